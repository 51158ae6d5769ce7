/* The table of calls: events go in, calls come out, grouped by Call-ID, and those that are parts of
 * one are joined. It is bounded (data/limits.def, TRACE_*) in calls, messages and bytes: the oldest
 * call is forgotten first, and counted. REGISTER, OPTIONS, MESSAGE and SUBSCRIBE make calls of the
 * table like INVITE does. No socket, no clock, no file. */
#ifndef TANDEM_TRACE_CALLS_H
#define TANDEM_TRACE_CALLS_H

#include "base/attr.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "trace/call.h"
#include "trace/event.h"

struct trace_calls;

struct trace_counts {
    uint64_t calls;         /* that ever were in the table */
    uint64_t messages;      /* that belong to them, repeats included */
    uint64_t forgotten;     /* calls that made room for others */
    uint64_t without_call;  /* messages that are too long for any call: passed over */
    uint64_t left_out;      /* messages, notes and streams beyond what one call may have */
    uint64_t notes_unheard; /* notes about calls that are not in the table */
    uint64_t packets;       /* RTP packets of streams of the table's calls */
    uint64_t strange;       /* RTP packets that no description had announced */
};

/* A table that keeps at most `bytes` of messages and notes with what is known of each (at least
 * TRACE_BYTES_LEAST, more than TRACE_BYTES is cut to it). `key` should be entropy where strangers
 * send the messages. NULL: no memory. */
MUST_USE struct trace_calls *trace_calls_new(struct mem *, const struct hash_key *key,
                                             size_t bytes);
void trace_calls_free(struct trace_calls *); /* NULL is legal */

/* A message or a note has come. One with a Call-ID that is malformed is of the call that has it as
 * it stands; one without any is of a call named "no Call-ID ADDRESS ADDRESS", with all others
 * between the two. Events may come slightly out of order: within a call they are kept by their
 * times. A message is copied; what is wrong with it is no fault of the call: it is kept as it is.
 * The same bytes from the same place to the same place again are a repeat (retransmission) and only
 * counted with the first. OK, also for what was passed over (trace_calls_counts tells). ERR_NOMEM:
 * the event is lost, nothing else has changed; the next one may be given. */
MUST_USE int trace_calls_take(struct trace_calls *, const struct trace_event *);

/* An RTP packet has come. It belongs to the call whose messages announced the address that it goes
 * to, or, failing that, the one that it comes from (RFC 3264 5.1). It is counted, not kept. Where
 * none did, the stream is a stranger, once enough of it has come in sequence, and until a
 * description announces it. OK, also where nothing is known of it. ERR_NOMEM: the packet is not
 * counted. */
MUST_USE int trace_calls_hear(struct trace_calls *, const struct trace_packet *);

/* Every call in the order in which they began: start with NULL, ends with NULL. */
const struct trace_call *trace_calls_next(const struct trace_calls *,
                                          const struct trace_call *last);
/* NULL: none has this Call-ID. Borrowed until the next trace_calls_take. */
const struct trace_call *trace_calls_find(const struct trace_calls *, struct str call_id);

/* The message or note that was taken last, of a repeat the first one, and in *call whose it is.
 * NULL: it was passed over, or lost. Borrowed until the next trace_calls_take. */
const struct trace_item *trace_calls_last(const struct trace_calls *,
                                          const struct trace_call **call);

/* The call that this message belongs to; NULL: none that is in the table. */
const struct trace_call *trace_calls_of(const struct trace_calls *, const struct trace_event *);

/* RTP streams of no call, in the order in which they were known to be streams: start with NULL,
 * ends with NULL. */
const struct trace_stream *trace_calls_stranger(const struct trace_calls *,
                                                const struct trace_stream *last);

struct trace_counts trace_calls_counts(const struct trace_calls *);

#endif
