/* Searches: begun, run again with each answer that they wait for, ended. Knows no rule of where a
 * server is found. */
#include <assert.h>

#include "base/err.h"
#include "resolve/parts.h"

static void free_search(struct resolver *r, struct search *s)
{
    for (unsigned i = 0; i < s->n_known; i++)
        block_unref(r->blocks, s->known[i]);
    list_remove(&s->ended);
    pool_free(&r->searches, s->id);
}

static struct block *recall(const struct search *s, const struct dns_question *q)
{
    for (unsigned i = 0; i < s->n_known; i++) {
        const struct dns_question *of = &dns_answer(s->known[i])->question;
        if (of->type == q->type && str_equal_nocase(of->name, q->name))
            return s->known[i];
    }
    return NULL;
}

void search_keep(struct resolver *r, struct search *s, struct block *answer)
{
    (void)r;
    if (recall(s, &dns_answer(answer)->question))
        return;
    if (s->n_known == LIMIT_DNS_LOOKUPS)
        s->over = ERR_LIMIT;
    else
        s->known[s->n_known++] = block_ref(answer);
}

/* The operator's names, else what is remembered. NULL: neither. */
static struct block *known_already(struct resolver *r, struct search *s,
                                   const struct dns_question *q, time_ns now)
{
    if (!r->hosts || !hosts_know(r->hosts, q->name)) {
        struct block *b = cache_get(&r->cache, q, now);
        return b ? block_ref(b) : NULL;
    }
    struct block *made = hosts_answer(r->hosts, r->blocks, q);
    if (!made)
        s->over = ERR_NOMEM;
    return made;
}

const struct dns_answer *search_look(struct resolver *r, struct search *s, struct str name,
                                     uint16_t type, time_ns now)
{
    struct dns_question q = {name, type};
    struct block *b = recall(s, &q);
    if (b)
        return dns_answer(b);
    if (s->n_known == LIMIT_DNS_LOOKUPS)
        s->over = ERR_LIMIT;
    if (s->over)
        return NULL;
    b = known_already(r, s, &q, now);
    if (b) {
        r->stats.hits++;
        search_keep(r, s, b);
        block_unref(r->blocks, b);
        return dns_answer(b);
    }
    if (!s->over)
        s->over = ask_wait(r, s, &q, now);
    return NULL;
}

bool search_run(struct resolver *r, struct search *s, time_ns now)
{
    s->n_targets = 0;
    bool whole = s->number_len > 0 ? number_run(r, s, now) : find_targets(r, s, now);
    if (!whole && s->outstanding > 0)
        return false;
    r->stats.refused += s->over != OK;
    r->stats.found_nothing += s->n_targets == 0 && s->number_len == 0;
    return true;
}

int search_new(struct resolver *r, const struct resolve_request *q, uint64_t user, pool_id *id,
               struct search **out)
{
    struct search *s = pool_alloc(&r->searches, id);
    if (!s)
        return r->searches.live == r->searches.max ? ERR_LIMIT : ERR_NOMEM;
    s->id = *id;
    s->user = user;
    list_init(&s->ended);
    s->request = *q;
    memcpy(s->host, q->host.at, q->host.len);
    s->request.host.at = s->host;
    r->stats.searches++;
    *out = s;
    return OK;
}

int resolver_find(struct resolver *r, const struct resolve_request *q, uint64_t user, time_ns now,
                  pool_id *search, bool *over)
{
    if (!dns_is_name(q->host))
        return ERR_INVALID;
    struct search *s;
    int err = search_new(r, q, user, search, &s);
    if (err)
        return err;
    *over = search_run(r, s, now);
    if (!*over || !s->over || s->n_targets > 0)
        return OK;
    err = s->over;
    free_search(r, s);
    return err;
}

bool resolver_ended(struct resolver *r, pool_id *search, uint64_t *user)
{
    struct list *node = list_first(&r->ended);
    if (!node)
        return false;
    list_remove(node);
    *search = CONTAINER_OF(node, struct search, ended)->id;
    *user = CONTAINER_OF(node, struct search, ended)->user;
    return true;
}

/* What did not answer lately comes last, never not at all. */
static unsigned put_targets(const struct resolver *r, const struct search *s, bool avoided,
                            time_ns now, struct resolve_target *out, unsigned n)
{
    for (unsigned i = 0; i < s->n_targets; i++)
        if (avoid_has(&r->avoid, &s->targets[i], now) == avoided)
            out[n++] = s->targets[i];
    return n;
}

unsigned resolver_targets(struct resolver *r, pool_id search, time_ns now,
                          struct resolve_target out[LIMIT_RESOLVE_TARGETS])
{
    struct search *s = pool_get(&r->searches, search);
    assert(s);
    unsigned n = put_targets(r, s, false, now, out, 0);
    n = put_targets(r, s, true, now, out, n);
    free_search(r, s);
    return n;
}

void resolver_drop(struct resolver *r, pool_id search)
{
    struct search *s = pool_get(&r->searches, search);
    if (s)
        free_search(r, s);
}
