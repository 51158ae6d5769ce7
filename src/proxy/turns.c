/* Owns the memory of targets that wait for their turn. Knows not when that is. */
#include "proxy/turns.h"

#include <string.h>

static size_t size_of(const struct turn *list, unsigned n)
{
    size_t size = sizeof(struct turns) + n * sizeof *list;
    for (unsigned i = 0; i < n; i++)
        size += list[i].target.uri.len + list[i].target.path.len + list[i].target.instance.len;
    return size;
}

static struct str keep(char **at, struct str s)
{
    struct str kept = {*at, s.len};
    if (s.len > 0)
        memcpy(*at, s.at, s.len);
    *at += s.len;
    return s.len > 0 ? kept : STR_NONE;
}

struct turns *turns_new(struct block_pool *pool, const struct turn *list, unsigned n, time_ns began)
{
    struct block *block = block_new(pool, size_of(list, n));
    if (!block)
        return NULL;
    struct turns *t = (struct turns *)(void *)block->bytes;
    *t = (struct turns){.block = block, .n = n, .began = began};
    char *text = (char *)&t->list[n];
    for (unsigned i = 0; i < n; i++) {
        t->list[i] = list[i];
        t->list[i].target.uri = keep(&text, list[i].target.uri);
        t->list[i].target.path = keep(&text, list[i].target.path);
        t->list[i].target.instance = keep(&text, list[i].target.instance);
        t->list[i].target.params = STR_NONE; /* who is to ring is decided */
    }
    return t;
}

void turns_free(struct block_pool *pool, struct turns *t)
{
    while (t) {
        struct turns *rest = t->rest;
        block_unref(pool, t->block);
        t = rest;
    }
}

void turns_tidy(struct block_pool *pool, struct turns **all)
{
    while (*all) {
        struct turns *rest = (*all)->rest;
        if (turns_next(*all)) {
            all = &(*all)->rest;
            continue;
        }
        block_unref(pool, (*all)->block);
        *all = rest;
    }
}

unsigned turns_in_stage(const struct turns *t)
{
    unsigned n = 0;
    while (t->at + n < t->n && t->list[t->at + n].stage == t->list[t->at].stage)
        n++;
    return n;
}
