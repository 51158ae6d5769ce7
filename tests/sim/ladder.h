/* The trace of a run: every message as it left, for the ladder that a failing run prints and for
 * checks of what was on the wire. */
#ifndef SIM_LADDER_H
#define SIM_LADDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "base/time.h"

struct node;
struct world;

enum fate {
    FATE_DELIVERED,
    FATE_LOST,
    FATE_DOUBLED,
    FATE_STREAM,
    FATE_NOWHERE,
    FATE_DEAD,    /* the same, of a server that the DNS names */
    FATE_CUT,     /* arrives without its end */
    FATE_TOO_LONG /* lost: longer than what the link carries */
};

struct rung {
    time_ns at;
    const struct node *from, *to; /* `to` NULL: nobody is there */
    enum fate fate;
    size_t len;
    char *text; /* NUL behind the end */
};

struct ladder {
    struct rung *rungs;
    size_t n, cap;
};

void ladder_fini(struct ladder *l);
void ladder_add(struct ladder *l, struct rung r, struct str text);
/* The whole run on standard error, with its seed. */
void ladder_print(const struct world *w);
/* Messages sent by `from` (NULL: anyone) whose text starts with `start`. */
size_t ladder_count(const struct world *w, const struct node *from, const char *start);
/* The n-th (from 0) of them; NULL: there are fewer. */
const struct rung *ladder_find(const struct world *w, const struct node *from, const char *start,
                               size_t n);
/* The value of a header line as it stands; empty: there is none. */
struct str rung_header(const struct rung *r, const char *name);
/* It belongs to a dialog: To has a tag. */
bool rung_is_within(const struct rung *r);

#endif
