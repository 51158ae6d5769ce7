/* What a trace is made of: whole SIP messages, RTP packets and notes, each with its time, from
 * whoever sees them go by. All views are borrowed for the call. */
#ifndef TANDEM_TRACE_EVENT_H
#define TANDEM_TRACE_EVENT_H

#include "base/flow.h"
#include "base/str.h"
#include "rtp/packet.h"

/* Nanoseconds since 1970 (UTC): a trace compares clocks of several machines and days. */
typedef int64_t unix_ns;

enum trace_kind {
    TRACE_MESSAGE, /* one whole SIP message */
    TRACE_NOTE     /* a sentence of somebody who knows more of a call than its messages say */
};

struct trace_event {
    enum trace_kind kind;
    unix_ns at;
    struct addr from, to; /* of a note: none, or where whoever says it is */
    uint8_t transport;    /* enum transport */
    struct str text;      /* the message's bytes, head and body; or the sentence */
    struct str call_id;   /* of a note: whose call it is about; unused with messages */
    struct str who;       /* of a note: who says it, "proxy"; unused with messages */
};

/* An RTP packet; RTCP is none. */
struct trace_packet {
    unix_ns at;
    struct addr from, to;
    const struct rtp_packet *rtp;
    size_t len; /* of the datagram's payload, RTP's header included */
};

#endif
