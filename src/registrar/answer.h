/* The answers to a REGISTER. */
#ifndef TANDEM_SRC_REGISTRAR_ANSWER_H
#define TANDEM_SRC_REGISTRAR_ANSWER_H

#include "registrar/gruu.h"
#include "registrar/record.h"
#include "registrar/request.h"

/* What a 200 bears besides the bindings; empty: none of it. */
struct extras {
    struct str path;                 /* echoed (RFC 3327) */
    struct str info;                 /* whole lines */
    const struct str *service_route; /* RFC 3608 */
    size_t n_service_route;
    bool outbound;          /* RFC 5626 6: it was done as that has it … */
    struct gruu_maker gruu; /* RFC 5627 5.2 */
    uint32_t flow_timer_s;  /* … and the phone shall keep its flow open so often; 0: not said */
};
/* The headers of a 200 (RFC 3261 10.3 step 8): every binding, and the extras. NULL: no memory. */
MUST_USE struct block *answer_print_ok(struct block_pool *, const struct bindings *,
                                       const struct extras *, time_ns now);
/* Any other answer, with the header that belongs to it. */
int answer_refusal(struct engine *, tx_id, struct refusal, const struct registrar_config *,
                   time_ns now);
/* 420; `option_tags` (at most 1024 bytes) may be empty. */
int answer_unsupported(struct engine *, tx_id, struct str option_tags, time_ns now);

#endif
