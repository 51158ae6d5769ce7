/* Timers by their tick: each waits at the level of the highest digit in which its tick differs from
 * the wheel's, so lower levels always come first; reads no clock. */
#include "base/wheel.h"

#include <assert.h>
#include <string.h>

#define SLOT_BITS 8
#define REACH_BITS (SLOT_BITS * WHEEL_LEVELS)
#define NO_TICK UINT64_MAX

_Static_assert(1 << SLOT_BITS == WHEEL_SLOTS, "a slot for each digit");

static uint64_t tick_of(const struct timer *t)
{
    return t->at / NS_PER_MS + (t->at % NS_PER_MS != 0);
}

static time_ns tick_time(uint64_t tick)
{
    return tick > (TIME_NEVER - 1) / NS_PER_MS ? TIME_NEVER - 1 : tick * NS_PER_MS;
}

void wheel_init(struct wheel *w, time_ns now)
{
    memset(w->used, 0, sizeof w->used);
    for (unsigned level = 0; level < WHEEL_LEVELS; level++)
        for (unsigned i = 0; i < WHEEL_SLOTS; i++)
            list_init(&w->slots[level][i]);
    list_init(&w->far);
    list_init(&w->due);
    w->tick = now / NS_PER_MS;
    w->n_timers = 0;
}

void timer_init(struct timer *t)
{
    list_init(&t->node);
    t->at = TIME_NEVER;
}

static void file_timer(struct wheel *w, struct timer *t)
{
    uint64_t tick = tick_of(t);
    if (tick <= w->tick) {
        list_append(&w->due, &t->node);
        return;
    }
    unsigned level = (63u - (unsigned)__builtin_clzll(tick ^ w->tick)) / SLOT_BITS;
    if (level >= WHEEL_LEVELS) {
        list_append(&w->far, &t->node);
        return;
    }
    unsigned slot = (unsigned)(tick >> SLOT_BITS * level) & (WHEEL_SLOTS - 1);
    list_append(&w->slots[level][slot], &t->node);
    w->used[level][slot / 64] |= UINT64_C(1) << slot % 64;
}

static void mark_empty(struct wheel *w, unsigned level, unsigned slot)
{
    w->used[level][slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

/* A ring that became empty may be a slot: then its bit goes, lest the wheel wake for nothing. */
static void unlink_timer(struct wheel *w, struct timer *t)
{
    struct list *before = t->node.prev;
    list_remove(&t->node);
    uintptr_t offset = (uintptr_t)before - (uintptr_t)w->slots;
    if (offset >= sizeof w->slots || !list_is_empty(before))
        return;
    size_t index = offset / sizeof(struct list);
    mark_empty(w, (unsigned)(index / WHEEL_SLOTS), (unsigned)(index % WHEEL_SLOTS));
}

void wheel_set(struct wheel *w, struct timer *t, time_ns at)
{
    wheel_stop(w, t);
    if (at == TIME_NEVER)
        return;
    t->at = at;
    file_timer(w, t);
    w->n_timers++;
}

void wheel_stop(struct wheel *w, struct timer *t)
{
    if (!timer_is_set(t))
        return;
    assert(w->n_timers > 0);
    unlink_timer(w, t);
    t->at = TIME_NEVER;
    w->n_timers--;
}

static void take_all(struct list *from, struct list *to)
{
    list_init(to);
    if (list_is_empty(from))
        return;
    *to = *from;
    to->next->prev = to;
    to->prev->next = to;
    list_init(from);
}

static void refile_all(struct wheel *w, struct list *from)
{
    struct list taken;
    take_all(from, &taken);
    LIST_EACH (&taken, node, after)
        file_timer(w, CONTAINER_OF(node, struct timer, node));
}

struct place {
    unsigned level, slot; /* WHEEL_LEVELS: none */
};

/* The first slot of the lowest level that is in use comes before anything else. */
static struct place first_used(const struct wheel *w)
{
    for (unsigned level = 0; level < WHEEL_LEVELS; level++)
        for (unsigned i = 0; i < WHEEL_SLOTS / 64; i++)
            if (w->used[level][i])
                return (struct place){level, i * 64 + (unsigned)__builtin_ctzll(w->used[level][i])};
    return (struct place){WHEEL_LEVELS, 0};
}

/* The tick at which the wheel must next move timers, or NO_TICK. */
static uint64_t next_turn(const struct wheel *w, struct place p)
{
    if (p.level == WHEEL_LEVELS)
        return list_is_empty(&w->far) ? NO_TICK : ((w->tick >> REACH_BITS) + 1) << REACH_BITS;
    unsigned shift = SLOT_BITS * p.level;
    return (w->tick >> (shift + SLOT_BITS) << SLOT_BITS | p.slot) << shift;
}

/* Nothing is left within reach: go to the first of the far ones, however far that is. */
static void turn_far(struct wheel *w, uint64_t now)
{
    uint64_t first = NO_TICK;
    LIST_EACH (&w->far, node, after) {
        uint64_t tick = tick_of(CONTAINER_OF(node, struct timer, node));
        if (tick < first)
            first = tick;
    }
    w->tick = first < now ? first : now;
    refile_all(w, &w->far);
}

/* Turns to `now` or to the first tick at which something is due, whichever comes first. */
static void turn(struct wheel *w, uint64_t now)
{
    while (list_is_empty(&w->due)) {
        struct place first = first_used(w);
        uint64_t next = next_turn(w, first);
        if (next > now) {
            if (now > w->tick)
                w->tick = now;
            return;
        }
        assert(next > w->tick);
        if (first.level == WHEEL_LEVELS) {
            turn_far(w, now);
            continue;
        }
        w->tick = next;
        mark_empty(w, first.level, first.slot);
        if (first.level == 0) /* all of one tick, which has come */
            take_all(&w->slots[0][first.slot], &w->due);
        else
            refile_all(w, &w->slots[first.level][first.slot]);
    }
}

struct timer *wheel_pop(struct wheel *w, time_ns now)
{
    turn(w, now / NS_PER_MS);
    struct list *first = list_first(&w->due);
    if (!first)
        return NULL;
    struct timer *t = CONTAINER_OF(first, struct timer, node);
    wheel_stop(w, t);
    return t;
}

time_ns wheel_deadline(const struct wheel *w)
{
    if (!list_is_empty(&w->due))
        return tick_time(w->tick);
    uint64_t next = next_turn(w, first_used(w));
    return next == NO_TICK ? TIME_NEVER : tick_time(next);
}
