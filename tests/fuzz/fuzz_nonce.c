/* Nonces: what was made is read, whatever is changed is not ours, and no count of any of them is
 * good twice. The input: a list of steps, each of a kind, a nonce made before, a count. */
#include "fuzz.h"

#include "auth/nonce.h"

#define MADE 32
#define COUNTS 64 /* that are watched */

static const struct hash_key keys[2] = {{1, 2}, {3, 4}};
static const struct addr client = {.family = ADDR_IP4, .ip = {192, 0, 2, 1}};

struct made {
    char text[NONCE_LEN];
    struct nonce nonce;
    bool used[COUNTS];
    bool once;
};

struct play {
    struct nonces *nonces;
    struct made list[MADE];
    size_t n;
    time_ns now;
};

static void make(struct play *p)
{
    struct made *m = &p->list[p->n++ % MADE];
    *m = (struct made){0};
    nonce_make(p->nonces, STR("example.com"), &client, p->now, m->text);
    bool read = nonce_read(p->nonces, (struct str){m->text, NONCE_LEN}, STR("example.com"), &client,
                           &m->nonce);
    assert(read && m->nonce.made <= p->now && p->now - m->nonce.made < NS_PER_MS);
}

static void use(struct play *p, struct made *m, uint32_t count)
{
    bool allowed = nonce_is_unused(p->nonces, &m->nonce, count);
    bool taken = nonce_use(p->nonces, &m->nonce, count);
    assert(taken == allowed);
    assert(!nonce_is_unused(p->nonces, &m->nonce, count));
    if (!taken)
        return;
    assert(!m->once);
    if (count < COUNTS) {
        assert(!m->used[count]);
        m->used[count] = true;
    }
    m->once = count == NONCE_ONCE;
}

static void change(const struct play *p, const struct made *m, uint8_t at, uint8_t with)
{
    char text[NONCE_LEN];
    struct nonce n;
    memcpy(text, m->text, sizeof text);
    text[at % NONCE_LEN] = (char)(text[at % NONCE_LEN] ^ with);
    assert(nonce_read(p->nonces, (struct str){text, NONCE_LEN}, STR("example.com"), &client, &n) ==
           (with == 0));
}

static void read_any(const struct play *p, struct str *input)
{
    struct nonce n;
    struct str text = exact_copy(draw_text(input));
    if (nonce_read(p->nonces, text, STR("example.com"), &client, &n))
        assert(text.len == NONCE_LEN);
    exact_free(text);
}

static void step(struct play *p, struct str *input)
{
    uint8_t kind = draw_byte(input);
    size_t live = p->n < MADE ? p->n : MADE;
    struct made *m = live ? &p->list[draw_byte(input) % live] : NULL;
    if (!m || kind % 5 == 0)
        make(p);
    else if (kind % 5 == 1)
        use(p, m, draw_byte(input));
    else if (kind % 5 == 2)
        use(p, m, (uint32_t)draw_uint(input, 4));
    else if (kind % 5 == 3)
        change(p, m, draw_byte(input), draw_byte(input));
    else
        read_any(p, input);
    p->now += (time_ns)kind * NS_PER_MS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play p;
    struct str input = {(const char *)data, size};
    p = (struct play){.nonces = nonces_new(&mem_libc, keys, 8), .now = NS_PER_S};
    assert(p.nonces);
    for (unsigned steps = 0; input.len > 0 && steps < 10000; steps++)
        step(&p, &input);
    nonces_free(p.nonces);
    return 0;
}
