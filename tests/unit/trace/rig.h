/* Messages of stories and memory that fails on order, for the tests of traces. */
#ifndef TANDEM_TESTS_TRACE_RIG_H
#define TANDEM_TESTS_TRACE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "trace/calls.h"

#define T0 (INT64_C(1767268800) * 1000000000) /* 2026-01-01 12:00:00 UTC */

/* A message in few words. `extra` are whole header lines; a body without a Content-Type of its own
 * is SDP. */
struct said {
    unsigned ms;
    const char *from, *to;                        /* who sends it, and whom: "10.0.0.1:5060" */
    const char *start;                            /* without the SIP version */
    const char *call_id, *caller, *called, *cseq; /* values of From and To with their tags */
    unsigned vias;
    const char *extra, *body;
};

struct rig {
    struct mem mem;
    int64_t spare; /* allocations that succeed before one fails; below 0: all do */
    int64_t live;
    struct trace_calls *calls;
};

void rig_init(struct rig *, size_t bytes);
/* The heap alone; the table is the test's. */
void rig_heap(struct rig *);
void rig_fini(struct rig *);

struct str said_text(const struct said *, char *at, size_t cap);
int rig_say(struct rig *, const struct said *);
void rig_tell(struct rig *, const struct said *list, size_t n);
int rig_note(struct rig *, unsigned ms, const char *call_id, const char *who, const char *what);
/* `n` packets of 20 ms from `ms` on, of which each `lost`-th never came (0: none). */
int rig_rtp(struct rig *, unsigned ms, const char *from, const char *to, uint32_t ssrc, unsigned n,
            unsigned lost);
const struct trace_call *rig_call(const struct rig *, const char *call_id);

/* Stories (stories.c). */
extern const struct said plain_call[];
extern const size_t n_plain_call;
/* alice → proxy → bob's two phones; one answers, the other is cancelled; bob sends alice on to
 * carol, and is told. With RTP. */
void tell_transfer(struct rig *);

#endif
