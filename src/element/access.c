/* Owns what asking for credentials needs: who need not be asked, nonces, contexts for the sums.
 * Judges nobody. */
#include "element/parts.h"

static struct addr_block *copy_peers(struct mem *mem, const struct access_config *c)
{
    struct addr_block *peers = mem_alloc(mem, c->n_peers * sizeof *peers);
    if (peers)
        memcpy(peers, c->peers, c->n_peers * sizeof *peers);
    return peers;
}

/* Of this worker and this life alone, whatever the configuration's key is: what a nonce was used
 * for is known here only. */
static struct hash_key own_key(struct element *e, const struct hash_key *given)
{
    char space[16];
    rand_bytes(engine_rand(e->engine), space, sizeof space);
    return (struct hash_key){siphash24(given, (struct str){space, 8}),
                             siphash24(given, (struct str){space + 8, 8})};
}

static bool begin_asking(struct element *e, struct access *a)
{
    struct buf opaque;
    struct hash_key keys[2];
    for (unsigned i = 0; i < 2; i++)
        keys[i] = own_key(e, &a->config.nonce_key);
    const struct hash_key slow_key = own_key(e, &a->config.nonce_key);
    rand_bytes(engine_rand(e->engine), a->dummy, sizeof a->dummy);
    buf_init(&opaque, a->opaque, sizeof a->opaque);
    buf_put_hex(&opaque, rand_u64(engine_rand(e->engine)), 16);
    a->digester = digester_new(e->mem);
    a->nonces = nonces_new(e->mem, keys, LIMIT_NONCES);
    a->slow = slow_new(e->mem, &slow_key);
    return a->digester && a->nonces && a->slow;
}

int access_make(struct element *e, struct access *out, const struct access_config *config,
                const struct access *old)
{
    *out = old ? *old : (struct access){0};
    out->config = *config;
    out->config.peers = NULL;
    if (config->n_peers > LIMIT_PEERS) {
        *out = (struct access){0};
        return ERR_LIMIT;
    }
    if (config->n_peers > 0)
        out->config.peers = copy_peers(e->mem, config);
    int named = home_make(e->mem, &out->peer_names, config->peer_names, config->n_peer_names);
    if (named != OK || (config->n_peers > 0 && !out->config.peers) ||
        (config->required && !out->nonces && !begin_asking(e, out))) {
        access_drop(e, out, old);
        *out = (struct access){0};
        return named == ERR_LIMIT ? ERR_LIMIT : ERR_NOMEM;
    }
    return OK;
}

void access_drop(struct element *e, struct access *old, const struct access *new)
{
    if (old->config.peers)
        mem_free(e->mem, (void *)(uintptr_t)old->config.peers,
                 old->config.n_peers * sizeof *old->config.peers);
    home_drop(e->mem, &old->peer_names);
    if (!new || new->digester != old->digester)
        digester_free(old->digester);
    if (!new || new->nonces != old->nonces)
        nonces_free(old->nonces);
    if (!new || new->slow != old->slow)
        slow_free(old->slow);
}

static bool has_name(const struct home *h, struct str name)
{
    for (size_t i = 0; i < h->n; i++)
        if (str_equal(h->domains[i], name))
            return true;
    return false;
}

/* RFC 5922 7.4: any of the identities counts. */
void access_judge(struct element *e, conn_id conn)
{
    struct str names = engine_identity(e->engine, conn);
    bool trusted = false;
    while (names.len > 0 && !trusted) {
        size_t end = str_find(names, ' ');
        trusted = has_name(&e->access.peer_names, str_slice(names, 0, end));
        names = str_slice(names, end + 1, names.len);
    }
    engine_trust(e->engine, conn, trusted);
}

bool access_is_peer(const struct access *a, const struct flow *flow)
{
    const struct addr *from = &flow->remote;
    if (flow->trusted)
        return true;
    for (size_t i = 0; i < a->config.n_peers; i++)
        if (addr_block_has(&a->config.peers[i], from))
            return true;
    return false;
}
