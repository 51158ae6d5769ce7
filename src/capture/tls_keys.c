/* Key logs: LABEL, client random and secret in hexadecimal, a line each. */
#include "tls_keys.h"

#include "base/err.h"
#include "base/limits.h"
#include "bytes.h"

static const struct str labels[N_TLS_SECRETS] = {
    [TLS_MASTER] = STR_INIT("CLIENT_RANDOM"),
    [TLS_CLIENT_TRAFFIC] = STR_INIT("CLIENT_TRAFFIC_SECRET_0"),
    [TLS_SERVER_TRAFFIC] = STR_INIT("SERVER_TRAFFIC_SECRET_0"),
};

int tls_keys_init(struct tls_keys *k, struct mem *mem, const struct hash_key *key)
{
    *k = (struct tls_keys){.mem = mem, .key = *key};
    list_init(&k->by_age);
    return map_init(&k->map, mem, 16);
}

static void forget(struct tls_keys *k, struct tls_secrets *s)
{
    map_remove(&k->map, &s->by_random);
    list_remove(&s->by_age);
    mem_free(k->mem, s, sizeof(*s));
}

void tls_keys_fini(struct tls_keys *k)
{
    LIST_EACH (&k->by_age, node, after)
        forget(k, CONTAINER_OF(node, struct tls_secrets, by_age));
    map_fini(&k->map);
}

static uint64_t hash_of(const struct tls_keys *k, const char *random)
{
    return siphash13(&k->key, (struct str){random, TLS_RANDOM});
}

static struct tls_secrets *find(const struct tls_keys *k, const char *random)
{
    for (struct map_node *n = map_find(&k->map, hash_of(k, random)); n; n = map_find_next(n)) {
        struct tls_secrets *s = CONTAINER_OF(n, struct tls_secrets, by_random);

        if (memcmp(s->random, random, TLS_RANDOM) == 0)
            return s;
    }
    return NULL;
}

const struct tls_secrets *tls_keys_find(const struct tls_keys *k, const char *random)
{
    return find(k, random);
}

static struct tls_secrets *find_or_make(struct tls_keys *k, const char *random)
{
    struct tls_secrets *s = find(k, random);

    if (s)
        return s;
    if (k->map.n_nodes >= LIMIT_CAPTURE_TLS_KEYS)
        forget(k, CONTAINER_OF(list_first(&k->by_age), struct tls_secrets, by_age));
    s = mem_alloc_zero(k->mem, sizeof(*s));
    if (!s)
        return NULL;
    memcpy(s->random, random, TLS_RANDOM);
    map_insert(&k->map, &s->by_random, hash_of(k, random));
    list_append(&k->by_age, &s->by_age);
    return s;
}

/* Two digits a byte. Returns the bytes, 0: it is no such text, or there is no room. */
static size_t read_hex(struct str text, char *out, size_t cap)
{
    uint64_t byte;

    if (text.len % 2 || text.len / 2 > cap)
        return 0;
    for (size_t i = 0; i < text.len / 2; i++) {
        if (!str_to_hex(str_slice(text, 2 * i, 2), &byte))
            return 0;
        out[i] = (char)byte;
    }
    return text.len / 2;
}

static struct str next_word(struct str *line)
{
    *line = str_trim(*line);
    struct str word = str_slice(*line, 0, str_find(*line, ' '));

    *line = behind(*line, word.len);
    return word;
}

static bool read_line(struct tls_keys *k, struct str line)
{
    struct str label = next_word(&line), random_text = next_word(&line), text = next_word(&line);
    char random[TLS_RANDOM], secret[TLS_SECRET_MOST];
    unsigned kind = 0;

    while (kind < N_TLS_SECRETS && !str_equal(label, labels[kind]))
        kind++;
    if (kind == N_TLS_SECRETS || read_hex(random_text, random, sizeof random) != sizeof random)
        return false;
    size_t len = read_hex(text, secret, sizeof secret);
    struct tls_secrets *s = len > 0 ? find_or_make(k, random) : NULL;

    if (!s)
        return false;
    memcpy(s->secret[kind], secret, len);
    s->len[kind] = (uint8_t)len;
    return true;
}

size_t tls_keys_read(struct tls_keys *k, struct str text)
{
    size_t n = 0;

    while (text.len > 0) {
        size_t end = str_find(text, '\n');

        n += read_line(k, str_slice(text, 0, end));
        text = behind(text, end + 1);
    }
    return n;
}
