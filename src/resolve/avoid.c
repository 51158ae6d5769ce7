/* Places that did not answer, for as long as they are tried last. Changes no order itself. */
#include "resolve/avoid.h"

_Static_assert((LIMIT_RESOLVE_AVOIDED & (LIMIT_RESOLVE_AVOIDED - 1)) == 0, "a power of two");

static size_t place_of(const struct avoid *a, const struct resolve_target *t)
{
    char at[20] = {0};
    memcpy(at, t->addr.ip, 16);
    at[16] = (char)t->addr.family;
    at[17] = (char)(t->addr.port >> 8);
    at[18] = (char)t->addr.port;
    at[19] = (char)t->transport;
    return siphash13(&a->key, (struct str){at, sizeof at}) & (LIMIT_RESOLVE_AVOIDED - 1) &
           ~(size_t)(AVOID_WAYS - 1);
}

static bool is_same(const struct resolve_target *a, const struct resolve_target *b)
{
    return a->transport == b->transport && addr_equal(&a->addr, &b->addr);
}

static const struct avoided *find(const struct avoid *a, const struct resolve_target *t)
{
    const struct avoided *set = &a->list[place_of(a, t)];
    for (unsigned i = 0; i < AVOID_WAYS; i++)
        if (set[i].until && is_same(&set[i].target, t))
            return &set[i];
    return NULL;
}

bool avoid_has(const struct avoid *a, const struct resolve_target *t, time_ns now)
{
    const struct avoided *found = find(a, t);
    return found && found->until > now;
}

void avoid_add(struct avoid *a, const struct resolve_target *t, time_ns now, time_ns until)
{
    struct avoided *set = &a->list[place_of(a, t)], *place = set;
    if (until <= now)
        return;
    for (unsigned i = 0; i < AVOID_WAYS; i++) {
        if (set[i].until && is_same(&set[i].target, t)) {
            set[i].until = set[i].until > until ? set[i].until : until;
            return;
        }
        if (set[i].until < place->until)
            place = &set[i];
    }
    *place = (struct avoided){*t, until};
}

void avoid_remove(struct avoid *a, const struct resolve_target *t)
{
    struct avoided *set = &a->list[place_of(a, t)];
    for (unsigned i = 0; i < AVOID_WAYS; i++)
        if (set[i].until && is_same(&set[i].target, t))
            set[i].until = 0;
}

size_t avoid_count(const struct avoid *a, time_ns now)
{
    size_t n = 0;
    for (unsigned i = 0; i < LIMIT_RESOLVE_AVOIDED; i++)
        n += a->list[i].until > now;
    return n;
}
