/* Owns which answers to a probe say that a member is there. */
#include "peers/set.h"

bool set_takes_alive(struct set *s, struct shelf *shelf, const struct str_list *texts)
{
    uint64_t from, to;

    s->alive = shelf_take(shelf, (texts->n + 1) * sizeof *s->alive);
    for (unsigned i = 0; s->alive && i < texts->n; i++) {
        size_t dash = str_find(texts->list[i], '-');

        if (!str_to_u64(str_slice(texts->list[i], 0, dash), 699, &from))
            continue;
        if (!str_to_u64(str_slice(texts->list[i], dash + 1, texts->list[i].len), 699, &to))
            to = from;
        s->alive[s->n_alive++] = (struct span){(unsigned)from, (unsigned)to};
    }
    return s->alive;
}

/* RFC 3261 21.4.9, 21.5.4, 21.5.5: whoever says anything else is there. 0: nothing came. */
bool set_is_alive(const struct set *s, unsigned status)
{
    bool found = false;

    if (s->n_alive == 0)
        return status != 0 && status != 408 && status != 503 && status != 504;
    for (unsigned i = 0; i < s->n_alive; i++)
        found |= status >= s->alive[i].from && status <= s->alive[i].to;
    return found;
}
