/* Inputs that arise while outputs are drained (an answer of the store, a name that nobody resolves,
 * a connection that cannot be made) and wait until they are. */
#ifndef TANDEM_HOST_DUES_H
#define TANDEM_HOST_DUES_H

#include "base/attr.h"
#include "base/block.h"
#include "base/flow.h"
#include "engine/store_ask.h"

#define DUES_MAX 256

enum due_kind { DUE_STORED, DUE_UNRESOLVED, DUE_CLOSED };

struct due {
    enum due_kind kind;
    struct store_answer answer; /* STORED */
    struct block *value;        /* holds answer.value; may be NULL */
    uint64_t query;             /* UNRESOLVED */
    conn_id conn;               /* CLOSED */
};

struct dues {
    struct due list[DUES_MAX];
    unsigned head, n;
};

static inline unsigned dues_room(const struct dues *d)
{
    return DUES_MAX - d->n;
}

static inline bool dues_is_full(const struct dues *d)
{
    return dues_room(d) == 0;
}

/* It must not be full. */
void dues_push(struct dues *d, const struct due *due);
/* False: empty. */
MUST_USE bool dues_pop(struct dues *d, struct due *out);

#endif
