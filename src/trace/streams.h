/* RTP streams as the table keeps them: what counts their packets, and those of no call. Private to
 * trace/. */
#ifndef TANDEM_SRC_TRACE_STREAMS_H
#define TANDEM_SRC_TRACE_STREAMS_H

#include "trace/table.h"

/* A stream; until a call has it, one of the table's strangers. */
struct held_stream {
    struct trace_stream open; /* the first member */
    struct map_node node;     /* of a stranger, as the two that follow */
    struct list by_use;
    bool is_believed;
    uint16_t sequence; /* of the last packet */
    uint8_t run;       /* how many came in sequence lately */
    /* What the payload type of the last packet means. */
    uint8_t payload_type;
    uint32_t clock;
    bool is_event;
};

/* streams.c. `at`: the announced place that says what payload types mean; NULL: none does. */
MUST_USE struct held_stream *stream_new(struct trace_calls *, const struct held_place *at,
                                        const struct trace_packet *);
void stream_free(struct trace_calls *, struct held_stream *);
/* What this payload type means is asked (again). */
void stream_learn(struct trace_calls *, struct held_stream *, const struct held_place *at,
                  unsigned type);
bool stream_is_of(const struct trace_stream *, const struct trace_packet *);
void stream_count(struct trace_calls *, struct held_stream *, const struct held_place *at,
                  const struct trace_packet *);

/* strangers.c: streams that no description announced. */
int strangers_init(struct trace_calls *);
void strangers_fini(struct trace_calls *);
/* A packet of one. OK, or ERR_NOMEM: it is not counted. */
MUST_USE int stranger_hear(struct trace_calls *, const struct trace_packet *);
/* Takes the stream of this packet out of the strangers, now that its address is announced; NULL: it
 * is none of them. */
struct held_stream *stranger_claim(struct trace_calls *, const struct trace_packet *);

#endif
