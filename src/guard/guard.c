/* The guard's life and configuration; judges nobody. */
#include "guard/guard.h"

#include <string.h>

#include "base/err.h"
#include "guard/table.h"

static void configure(struct guard *g, const struct guard_config *c)
{
    g->interval = c->packets_per_s ? NS_PER_S / c->packets_per_s : 0;
    g->burst = c->packets_per_s ? (c->packets_per_s - 1) * g->interval : 0;
    g->limit = (uint64_t)c->strikes * STRIKE;
    g->ban = c->ban;
}

static size_t trusted_size(const struct guard *g)
{
    return g->n_trusted * sizeof *g->trusted;
}

static struct addr_block *copy_trusted(struct guard *g, const struct guard_config *c)
{
    size_t size = c->n_trusted * sizeof *c->trusted;
    struct addr_block *copy = size ? mem_alloc(g->mem, size) : NULL;

    if (copy)
        memcpy(copy, c->trusted, size);
    return copy;
}

struct guard *guard_new(const struct guard_config *c)
{
    struct guard *g = mem_alloc_zero(c->mem, sizeof *g);

    if (!g)
        return NULL;
    g->mem = c->mem;
    g->key = c->key;
    g->trusted = copy_trusted(g, c);
    g->n_trusted = g->trusted ? c->n_trusted : 0;
    configure(g, c);
    if (g->n_trusted == c->n_trusted && table_init(&g->table, g->mem, c->sources) == OK)
        return g;
    mem_free(g->mem, g->trusted, trusted_size(g));
    mem_free(g->mem, g, sizeof *g);
    return NULL;
}

void guard_free(struct guard *g)
{
    if (!g)
        return;
    table_fini(&g->table, g->mem);
    mem_free(g->mem, g->trusted, trusted_size(g));
    mem_free(g->mem, g, sizeof *g);
}

static int resize(struct guard *g, unsigned sources, time_ns now)
{
    struct table table;

    if (sources == g->table.cap)
        return OK;
    if (table_init(&table, g->mem, sources) != OK)
        return ERR_NOMEM;
    table_move(g, &table, now);
    table_fini(&g->table, g->mem);
    g->table = table;
    return OK;
}

static void trust_anew(struct guard *g)
{
    for (uint32_t i = 0; i < g->table.n; i++) {
        struct source *s = &g->table.sources[i];
        struct addr a;

        source_addr(s, &a);
        s->trust = (uint8_t)trust_of(g, &a);
    }
}

int guard_reconfigure(struct guard *g, const struct guard_config *c, time_ns now)
{
    struct addr_block *trusted = copy_trusted(g, c);

    if (c->n_trusted && !trusted)
        return ERR_NOMEM;
    if (resize(g, c->sources, now) != OK) {
        mem_free(g->mem, trusted, c->n_trusted * sizeof *trusted);
        return ERR_NOMEM;
    }
    mem_free(g->mem, g->trusted, trusted_size(g));
    g->trusted = trusted;
    g->n_trusted = c->n_trusted;
    configure(g, c);
    trust_anew(g);
    return OK;
}

void guard_counters(const struct guard *g, struct guard_stats *out)
{
    *out = (struct guard_stats){.passed = g->passed,
                                .silenced = g->silenced,
                                .flooded = g->flooded,
                                .bans = g->bans,
                                .sources = g->table.n};
}

void guard_stats(const struct guard *g, time_ns now, struct guard_stats *out)
{
    struct guard_ban ban;
    uint32_t cursor = 0;

    guard_counters(g, out);
    while (guard_each_ban(g, &cursor, &ban, now))
        out->banned++;
}
