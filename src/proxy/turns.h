/* The targets of a request that wait for their turn, in stages: those of one ring together, the
 * next ones once nobody rings any more (RFC 3261 16.6). Knows no branch and no message. */
#ifndef TANDEM_SRC_PROXY_TURNS_H
#define TANDEM_SRC_PROXY_TURNS_H

#include "base/attr.h"
#include "base/block.h"
#include "base/time.h"
#include "engine/target.h"

struct leg;

struct turn {
    struct target target; /* its texts: ours */
    unsigned stage;
    unsigned group; /* as the goal's; of a spare one 0: it was tried */
};

/* Some targets, ordered by stage, within it by their delay; in one block. */
struct turns {
    struct block *block;
    struct turns *rest; /* who comes after the last of these; NULL: nobody */
    unsigned n, at;     /* list[at] is the next one */
    unsigned stage;     /* whose targets ring now */
    time_ns began;      /* when the first of them did */
    struct leg *leg;    /* whose they are; NULL: whom the request was for */
    struct turn list[];
};

/* A copy of them with their texts. Stage 0 began at `began`. NULL: no memory. */
MUST_USE struct turns *turns_new(struct block_pool *, const struct turn *, unsigned n,
                                 time_ns began);
/* All of them, with the rest. NULL is legal. */
void turns_free(struct block_pool *, struct turns *);
/* Frees those batches that are through. */
void turns_tidy(struct block_pool *, struct turns **);
/* The next one; NULL: it is through. */
static inline struct turn *turns_next(struct turns *t)
{
    return t->at < t->n ? &t->list[t->at] : NULL;
}
/* How many of its stage have not had their turn, it included. */
unsigned turns_in_stage(const struct turns *);

#endif
