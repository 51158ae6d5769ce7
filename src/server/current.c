/* Hands a new configuration over and frees the old one when nobody runs by it; wakes nobody. */
#include "server/current.h"

#include <assert.h>
#include <sched.h>

void current_init(struct current *c, struct config *config, unsigned n_takers)
{
    assert(n_takers <= CURRENT_TAKERS);
    *c = (struct current){.n_takers = n_takers, .first = config, .now = config};
    atomic_store(&c->shown, config);
}

static void free_later(const struct current *c, struct config *config)
{
    if (config != c->first)
        config_free(config);
}

void current_fini(struct current *c)
{
    free_later(c, c->old);
    free_later(c, c->now);
    config_free(c->first);
}

const struct config *current_config(const struct current *c)
{
    return atomic_load_explicit(&c->shown, memory_order_acquire);
}

bool current_is_new(const struct current *c, unsigned i)
{
    return atomic_load_explicit(&c->generation, memory_order_acquire) !=
           atomic_load_explicit(&c->taken[i], memory_order_relaxed);
}

/* No newer one than what it has just looked at can have come: it was waited for. */
void current_taken(struct current *c, unsigned i)
{
    atomic_store_explicit(&c->taken[i], atomic_load(&c->generation), memory_order_release);
}

const struct config *current_hold(struct current *c)
{
    while (atomic_exchange(&c->busy, true))
        sched_yield();
    return c->now;
}

void current_release(struct current *c)
{
    atomic_store(&c->busy, false);
}

static void free_old(struct current *c)
{
    unsigned generation = atomic_load(&c->generation);

    for (unsigned i = 0; i < c->n_takers; i++)
        if (atomic_load_explicit(&c->taken[i], memory_order_acquire) != generation)
            return;
    free_later(c, c->old);
    c->old = NULL;
}

bool current_replace(struct current *c, struct config *config)
{
    (void)current_hold(c);
    free_old(c);
    bool may = !c->old;

    if (may) {
        c->old = c->now;
        c->now = config;
        atomic_store(&c->shown, config);
        atomic_fetch_add(&c->generation, 1);
    }
    current_release(c);
    return may;
}

void current_sweep(struct current *c)
{
    (void)current_hold(c);
    free_old(c);
    current_release(c);
}
