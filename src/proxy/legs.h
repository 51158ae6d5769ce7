/* Whom a request was retargeted to (by a forward that a user set, a group, a 3xx), and what its
 * copies for him bear of it. */
#ifndef TANDEM_SRC_PROXY_LEGS_H
#define TANDEM_SRC_PROXY_LEGS_H

#include "proxy/forward.h"

struct leg {
    struct block *block;
    struct leg *next;
    struct str uri;       /* his, as it was given */
    struct str index;     /* RFC 7044 10.3: of his entry in History-Info */
    struct str history;   /* whole lines: the entries that we add before his own */
    struct str diversion; /* whole lines (RFC 5806), the newest first */
    unsigned n_children;
    unsigned depth; /* how many came before him, himself among them */
    bool phones_only;
};

/* From one leg (NULL: of whom the request was for) to another. `cause` as in struct target. NULL:
 * no memory, or too much to be borne. */
struct leg *legs_new(struct proxy *p, struct context *c, struct leg *from, struct msg *m,
                     struct str uri, unsigned cause);
void legs_free(struct proxy *p, struct context *c);
/* Was he there before? */
bool legs_have(const struct context *c, struct msg *m, const struct uri *uri);
/* What a copy for him bears. `at`: where new lines go. `withheld`: it leaves for outside, and what
 * was before is not to be known there. */
void leg_edit(const struct proxy *p, struct forward *f, struct msg *m, const struct leg *leg,
              uint32_t at, bool withheld);

/* RFC 7044 9.2: … and of the step to the very phone, goal->step; behind leg_edit. */
void leg_step(const struct proxy *p, struct forward *f, struct msg *m, const struct goal *goal,
              uint32_t at, bool withheld);

/* history.c: does the sender want his request's history withheld outside? */
bool history_is_private(struct msg *m);
/* Lines of entries, each of which is anonymous where it is of a domain of ours. */
void history_put_lines(const struct proxy *p, struct buf *b, struct str lines);
/* … and likewise those that came with it. It leaves for outside. */
void history_forward(const struct proxy *p, struct forward *f, struct msg *m);

#endif
