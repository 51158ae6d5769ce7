/* Calls laid out to be drawn, one or several that belong together: who takes part, and what went
 * between whom in which order. Every drawing (trace/draw.h) and every view stands on it. */
#ifndef TANDEM_TRACE_LADDER_H
#define TANDEM_TRACE_LADDER_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "trace/call.h"

/* A participant: whoever sends and receives at an address. A connection's other port is the same
 * one's, where the Via of what came through it says so. */
struct trace_side {
    struct addr addr;       /* without a port: all of its ports */
    struct addr connection; /* family ADDR_NONE: none */
    struct str user;        /* of whose URIs it speaks for itself; empty: it is nobody's phone */
    struct str agent;       /* its User-Agent or Server, without its comments; empty: unknown */
    bool passes_on;         /* it forwards requests of others: a proxy */
};

enum trace_rung_kind {
    TRACE_RUNG_MESSAGE,
    TRACE_RUNG_NOTE,
    TRACE_RUNG_STREAM,
    TRACE_RUNG_CALL /* a further call begins, and why it is one of these */
};

struct trace_rung {
    enum trace_rung_kind kind;
    unsigned from, to; /* sides; of messages and streams */
    unsigned call;     /* of which of `calls` */
    unsigned colour;   /* below TRACE_COLOURS: one for what belongs to one dialog of one call */
    unsigned until;    /* of a stream: the last rung before its last packet */
    unix_ns at;
    int64_t since_start, since_last;   /* ns; since the rung before it, 0 with the first */
    const struct trace_item *item;     /* of messages and notes */
    const struct trace_stream *stream; /* of streams */
    struct str media; /* "offer PCMU,PCMA 10.0.0.1:4000 sendrecv"; empty: no description */
};

#define TRACE_COLOURS 6

/* What of the calls is laid out; all false: everything. */
struct trace_ladder_options {
    bool without_streams;
    bool only_descriptions; /* of the messages only those with a session description */
    bool by_host;           /* all ports of an address are one side */
};

struct trace_ladder {
    struct mem *mem;
    struct trace_ladder_options options;
    const struct trace_call *calls[LIMIT_TRACE_FLOW];
    unsigned n_calls;
    struct trace_side sides[LIMIT_TRACE_SIDES];
    unsigned n_sides;
    struct trace_rung *rungs;
    unsigned n_rungs, cap_rungs;
    unsigned left_out;       /* messages and streams of participants beyond LIMIT_TRACE_SIDES */
    unsigned calls_left_out; /* those beyond LIMIT_TRACE_FLOW */
    char *text;              /* of `media` */
    size_t text_cap;
};

/* Lays out the call, with `joined` all that it is joined with, too. The table must take no event
 * while the ladder lives. ERR_NOMEM: there is nothing to free. */
MUST_USE int trace_ladder_init(struct trace_ladder *, struct mem *, const struct trace_call *,
                               bool joined);
/* The same of `n` calls, at least one, in the order in which they began; those beyond
 * LIMIT_TRACE_FLOW are not looked at. */
MUST_USE int trace_ladder_init_of(struct trace_ladder *, struct mem *,
                                  const struct trace_call *const *calls, size_t n,
                                  struct trace_ladder_options);
void trace_ladder_fini(struct trace_ladder *);

/* All texts below may hold any byte that a message holds: drawings make them harmless. What does
 * not fit is cut. TRACE_WORDS bytes suffice for each. */
#define TRACE_WORDS 512

/* "alice", "proxy", "Exchange/2.1" or "10.0.0.1:5060". */
void trace_side_name(struct buf *, const struct trace_ladder *, unsigned side);
/* The name; where other sides have it, too, with the address. */
void trace_side_tell(struct buf *, const struct trace_ladder *, unsigned side);
/* "calls", "passes requests on", "answers", "rings", "refuses": its part in these calls; empty:
 * none of these. */
struct str trace_side_role(const struct trace_ladder *, unsigned side);
/* "alice@example.com calls bob@example.com": of the first call. */
void trace_ladder_title(struct buf *, const struct trace_ladder *);
/* What such a message is for, for who does not know it: "takes the call". Empty: of a note. */
struct str trace_rung_meaning(const struct trace_rung *);
/* "INVITE bob", "200 OK (BYE)", "RTP PCMU, 337 packets, 3 lost", "proxy: bob has two phones". */
void trace_rung_label(struct buf *, const struct trace_ladder *, const struct trace_rung *);
/* "answered by bob after 2.1 s, ended by alice with BYE after 31.0 s": how a call ended. */
void trace_call_tell(struct buf *, const struct trace_ladder *, unsigned call);

#endif
