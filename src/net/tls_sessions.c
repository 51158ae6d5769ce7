/* Keeps one session for each peer, a bounded number in all. */
#include "net/tls_sessions.h"

void tls_sessions_init(struct tls_sessions *s, struct mem *mem)
{
    memset(s, 0, sizeof(*s));
    s->mem = mem;
}

static void drop(struct tls_sessions *s, struct tls_kept *k)
{
    SSL_SESSION_free(k->session);
    if (k->key.at)
        mem_free(s->mem, (char *)k->key.at, k->key.len);
    *k = (struct tls_kept){0};
}

void tls_sessions_fini(struct tls_sessions *s)
{
    for (unsigned i = 0; s->mem && i < LIMIT_TLS_SESSIONS; i++)
        drop(s, &s->kept[i]);
}

static struct tls_kept *find(struct tls_sessions *s, struct str key)
{
    for (unsigned i = 0; i < LIMIT_TLS_SESSIONS; i++)
        if (s->kept[i].session && str_equal(s->kept[i].key, key))
            return &s->kept[i];
    return NULL;
}

static struct tls_kept *place_for(struct tls_sessions *s, struct str key)
{
    struct tls_kept *k = find(s, key);

    if (!k) {
        k = &s->kept[s->next];
        s->next = (s->next + 1) % LIMIT_TLS_SESSIONS;
    }
    return k;
}

bool tls_sessions_keep(struct tls_sessions *s, uint64_t context, struct str key,
                       SSL_SESSION *session)
{
    char *copy = key.len > 0 ? mem_alloc(s->mem, key.len) : NULL;

    if (!copy)
        return false;
    memcpy(copy, key.at, key.len);
    struct tls_kept *k = place_for(s, key);

    drop(s, k);
    *k = (struct tls_kept){session, context, {copy, key.len}};
    return true;
}

SSL_SESSION *tls_sessions_take(struct tls_sessions *s, uint64_t context, struct str key)
{
    struct tls_kept *k = find(s, key);
    SSL_SESSION *session = NULL;

    if (!k)
        return NULL;
    if (k->context == context && SSL_SESSION_up_ref(k->session))
        session = k->session;
    if (!session || SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION)
        drop(s, k);
    return session;
}
