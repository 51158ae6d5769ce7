/* A call of the table: its messages and notes in order, its RTP streams, the calls that it is
 * joined with, and how it ended. Everything is borrowed from the table (trace/calls.h) until it
 * takes the next event. */
#ifndef TANDEM_TRACE_CALL_H
#define TANDEM_TRACE_CALL_H

#include "base/buf.h"
#include "base/list.h"
#include "rtp/source.h"
#include "trace/event.h"

/* One message or note. Views are into `text` and empty where there is nothing that can be read. */
struct trace_item {
    struct list in_call;
    enum trace_kind kind;
    uint8_t transport;
    uint8_t method;   /* enum method; of a response that of its CSeq */
    uint16_t status;  /* 0: a request */
    uint16_t n_vias;  /* of a request: how many have sent it, its maker included */
    uint16_t repeats; /* how often it came again, unchanged */
    uint32_t cseq;
    uint32_t
        transaction; /* from 1, one for an INVITE with its ACK and CANCEL, over all hops; 0: none */
    uint32_t dialog; /* from 1, by both tags; 0: outside of dialogs, or not yet in one */
    unix_ns at, last_at; /* of the first, and of its last repeat */
    struct addr from, to;
    struct str text; /* the message's bytes, or the sentence */
    struct str who;  /* of a note */
    struct str method_name, reason;
    struct str uri; /* Request-URI */
    struct str from_uri, to_uri;
    struct str from_tag, to_tag;
    struct str agent; /* User-Agent, of responses Server, too */
    struct str contact;
    struct str
        about; /* what a request is about: whom it calls, whom REFER names, what NOTIFY tells */
    struct addr sent_by; /* of a request: its topmost Via's sent-by, if that is an address */
    struct str
        sdp; /* the body, where it is a session description, alone or as part of a multipart */
};

/* How unevenly packets come (RFC 3550 6.4.1), without what has no clock, such as digits. In the
 * mean and the most is not what follows a silence. */
struct trace_jitter {
    double now_ms, mean_ms, most_ms;
    unix_ns at; /* of the packet that is furthest on, and its timestamp */
    uint32_t timestamp;
};

/* RTP from one source to one address. */
struct trace_stream {
    struct list in_call;
    struct addr from, to;
    struct addr from_side, to_side; /* who announced them; family ADDR_NONE: nobody yet */
    uint32_t ssrc;
    uint8_t payload_type; /* of the first packet */
    char codec[24];       /* "PCMU", ended by NUL; empty: no description names it */
    uint32_t clock;       /* Hz; 0: unknown, jitter is, too */
    unix_ns at, last_at;
    uint64_t packets, bytes; /* bytes of RTP, headers included */
    uint64_t late;           /* packets that came after a later one, or came again */
    struct rtp_source source;
    struct trace_jitter jitter;
};
/* Packets that are missing (RFC 3550 A.3); duplicates do not make it negative. */
uint64_t trace_stream_lost(const struct trace_stream *);
/* As it is at last, in microseconds; 0 where the clock is unknown. */
uint64_t trace_stream_jitter_us(const struct trace_stream *);

/* Why two calls are parts of one. Certain: a header that exists to say so. Guessed: what they have
 * in common is common in practice, and may be chance. */
enum trace_join {
    TRACE_JOIN_NONE,
    TRACE_JOIN_SESSION_ID, /* certain: the same UUID in Session-ID (RFC 7989 5) */
    TRACE_JOIN_REPLACES, /* certain: Replaces, Join or Target-Dialog names it (RFC 3891, 3911, 4538)
                          */
    TRACE_JOIN_REFERRED, /* certain: Referred-By, and a REFER within 60 s named its target (RFC
                            3892) */
    TRACE_JOIN_ASKED,    /* guessed: a REFER to its sender named its target, within 60 s */
    TRACE_JOIN_SDP,      /* guessed: the same origin and session id in SDP, within 10 s */
    TRACE_JOIN_PASSED_ON, /* guessed: whoever was called calls on behalf of the caller, within 2 s
                           */
    TRACE_N_JOINS
};
bool trace_join_is_certain(enum trace_join);
/* "the same Session-ID": goes on after "joined with X: ". */
struct str trace_join_why(enum trace_join);

enum trace_outcome {
    TRACE_UNANSWERED,  /* its request has seen no final response */
    TRACE_GOES_ON,     /* answered, and not ended */
    TRACE_ENDED,       /* answered, and ended by BYE */
    TRACE_CANCELLED,   /* by the caller, before an answer */
    TRACE_NOT_IN_TIME, /* 408, or 487 without a CANCEL of the caller's */
    TRACE_REFUSED,     /* 4xx to 6xx */
    TRACE_SENT_ON,     /* 3xx */
    TRACE_DONE,        /* a request other than INVITE has its 2xx */
    TRACE_FRAGMENT     /* its beginning is not in the trace */
};

/* What became of a call. Participants are addresses: trace/ladder.h knows their names. */
struct trace_end {
    enum trace_outcome outcome;
    const struct trace_item *opening; /* its first request; NULL: none */
    const struct trace_item *answer;  /* the last final response that the caller got; NULL: none */
    const struct trace_item *bye;     /* the first BYE; NULL: none */
    const struct trace_item *cancel;
};

/* A call that another one was found to belong to. */
#define TRACE_JOINS 4
struct trace_joined {
    const struct trace_call *with;
    enum trace_join why;
};

struct trace_call {
    struct list in_table, in_flow; /* the table's own */
    struct list items, streams;    /* struct trace_item, struct trace_stream: by time */
    struct str call_id;     /* of messages without one the name that is made up (trace/calls.h) */
    struct str method_name; /* of its first request, or of the first response's CSeq */
    struct str from_uri, to_uri; /* of its first message */
    uint8_t method;
    unix_ns at, last_at; /* of its first and last event, packets aside */
    uint32_t n_items, n_messages, n_repeats, n_streams; /* n_messages: repeats included */
    uint32_t left_out; /* messages, notes and streams that it had no room for */
    uint64_t serial;   /* grows with every call of the table */
    uint32_t n_joins;
    struct trace_joined joins[TRACE_JOINS]; /* with earlier calls */
};

/* Every message and note: start with NULL, ends with NULL. */
const struct trace_item *trace_call_item(const struct trace_call *, const struct trace_item *last);
const struct trace_stream *trace_call_stream(const struct trace_call *,
                                             const struct trace_stream *last);
/* The calls that are joined with it, itself included, in the order in which they began: start with
 * NULL, ends with NULL. */
const struct trace_call *trace_call_of_flow(const struct trace_call *,
                                            const struct trace_call *last);

struct trace_end trace_call_end(const struct trace_call *);

#endif
