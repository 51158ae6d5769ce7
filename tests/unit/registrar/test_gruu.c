/* GRUUs as a registrar makes and reads them (RFC 5627 5): which are equal, which nobody can make,
 * how long they are good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "register_text.h"
#include "registrar/gruu.h"

#define NOW (1000 * NS_PER_S)
#define URN "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"

static const struct hash_key key = {1, 2}, other_key = {1, 3};
static struct engine *engine;
static struct registrar *registrar;
static struct block_pool *pool;

static int set_up(void **state)
{
    (void)state;
    struct engine_config e = {
        .mem = &mem_libc, .seed = rand_seed_from(1), .timers = tx_timers_default(), .n_workers = 1};
    struct registrar_config c = {.max_contacts = 3, .key = key};
    engine = engine_new(&e);
    assert_non_null(engine);
    registrar = registrar_new(engine, &c);
    assert_non_null(registrar);
    pool = engine_blocks(engine);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    registrar_free(registrar);
    engine_free(engine);
    return 0;
}

static struct binding phone(const char *params, time_ns begun, uint32_t cseq)
{
    return (struct binding){.uri = STR("sip:a@192.0.2.1"),
                            .params = {str_from(params)},
                            .call_id = STR("c"),
                            .begun = begun,
                            .cseq = cseq,
                            .by_flow = true,
                            .expires = NOW + 1,
                            .flow = flow_from("192.0.2.1:5060")};
}

struct text {
    char at[2048];
    size_t len;
};

static struct str str_of(const struct text *t)
{
    return (struct str){t->at, t->len};
}

static struct text temporary(const char *aor, const struct hash_key *k, const struct binding *b)
{
    struct text t;
    struct buf out;
    struct gruu_maker maker = {.key = k, .aor = str_from(aor)};
    buf_init(&out, t.at, sizeof t.at - 1);
    gruu_print_temporary(&out, &maker, b);
    assert_false(out.over);
    assert_true(out.len <= GRUU_BYTES(strlen(aor)));
    t.len = out.len;
    t.at[t.len] = '\0';
    return t;
}

/* Reads it as the Request-URI that it is. */
static bool read(struct str uri, struct text *aor, struct gruu *out)
{
    struct uri u;
    struct msg_error err;
    struct buf b;
    assert_true(uri_parse(uri, &u, &err));
    buf_init(&b, aor->at, LIMIT_AOR_BYTES);
    bool good = registrar_gruu(registrar, &u, &b, out);
    aor->len = b.len;
    return good;
}

#define P1 ";+sip.instance=\"<" URN ">\""
#define P1_UPPER ";+sip.instance=\"<urn:uuid:F81D4FAE-7dec-11d0-a765-00a0c91e6bf6>\""
#define P2 ";+sip.instance=\"<urn:x:odd \\\"one\\\"?>\""

static struct block *record_of(const struct binding *list, size_t n)
{
    struct bindings all = {.n = n};
    bool large;
    memcpy(all.list, list, n * sizeof *list);
    struct block *b = record_write(pool, &all, &large);
    assert_non_null(b);
    return b;
}

static size_t targets(const struct gruu *g, const struct binding *list, size_t n, bool *valid,
                      struct target *out)
{
    static struct block *last;
    block_unref(pool, last);
    last = NULL;
    struct block *b = record_of(list, n);
    size_t found = registrar_gruu_targets(registrar, block_str(b), g, NOW, out, 4, valid);
    last = n > 0 ? b : NULL;
    if (n == 0)
        block_unref(pool, b);
    return found;
}

static void test_public(void **state)
{
    (void)state;
    char space[512];
    struct buf b;
    struct text aor;
    struct gruu g;
    struct gruu_maker maker = {.key = &key, .aor = STR("sip:alice@example.com")};
    buf_init(&b, space, sizeof space);
    gruu_print_public(&b, &maker, STR(URN));
    assert_true(str_equal(buf_str(&b), STR("sip:alice@example.com;gr=" URN)));
    assert_true(read(buf_str(&b), &aor, &g));
    assert_true(str_equal(str_of(&aor), STR("sip:alice@example.com")));
    const struct binding list[] = {phone(P2, 1, 1), phone(P1_UPPER, 1, 1), phone(P1, 1, 1)};
    struct target out[4];
    bool valid;
    assert_int_equal(targets(&g, list, 3, &valid, out), 2);
    assert_true(valid);
    assert_int_equal(targets(&g, list, 1, &valid, out), 0);
    assert_true(valid); /* RFC 5627 5.3: 480, not 404 */
    targets(&g, list, 0, &valid, out);
}

/* What stands in an instance must not end the URI. */
static void test_public_is_escaped(void **state)
{
    (void)state;
    char space[512];
    struct buf b;
    struct text aor;
    struct gruu g;
    struct gruu_maker maker = {.key = &key, .aor = STR("sip:alice@example.com")};
    const struct binding list[] = {phone(";+sip.instance=\"<urn:x:a;b=c%41?d \xc3\xa9>\"", 1, 1)};
    struct target out[4];
    bool valid;
    buf_init(&b, space, sizeof space);
    gruu_print_public(&b, &maker, STR("urn:x:a;b=c%41?d \xc3\xa9"));
    assert_true(
        str_equal(buf_str(&b), STR("sip:alice@example.com;gr=urn:x:a%3bb%3dc%2541%3fd%20%c3%a9")));
    assert_true(read(buf_str(&b), &aor, &g));
    assert_int_equal(targets(&g, list, 1, &valid, out), 1);
    targets(&g, list, 0, &valid, out);
}

static void test_temporary(void **state)
{
    (void)state;
    struct binding b = phone(P1, 77, 5);
    struct text t = temporary("sip:alice@example.com", &key, &b), aor;
    struct gruu g;
    struct target out[4];
    bool valid;
    assert_true(str_starts(str_of(&t), STR("sip:tgruu.")));
    assert_true(str_ends_nocase(str_of(&t), STR("@example.com;gr")));
    assert_null(strstr(t.at, "alice"));
    assert_true(read(str_of(&t), &aor, &g));
    assert_true(g.is_temporary);
    assert_true(str_equal(str_of(&aor), STR("sip:alice@example.com")));
    assert_int_equal(targets(&g, &b, 1, &valid, out), 1);
    assert_true(valid);
    b.cseq = 6; /* a refresh */
    assert_int_equal(targets(&g, &b, 1, &valid, out), 1);
    b.begun = 78; /* RFC 5627 5.1: another Call-ID */
    assert_int_equal(targets(&g, &b, 1, &valid, out), 0);
    assert_false(valid);
    b.params.text = STR(P2); /* RFC 5627 5.3: its last contact has ended */
    assert_int_equal(targets(&g, &b, 1, &valid, out), 0);
    assert_false(valid);
    targets(&g, &b, 0, &valid, out);
}

/* RFC 5627 5.1: another one for each REGISTER; nothing tells whose they are. */
static void test_temporary_ones_differ(void **state)
{
    (void)state;
    struct binding b = phone(P1, 77, 5);
    struct text first = temporary("sip:alice@example.com", &key, &b);
    struct text same = temporary("sip:alice@example.com", &key, &b);
    assert_true(str_equal(str_of(&first), str_of(&same)));
    struct text more[4];
    more[0] = temporary("sip:bob@example.com", &key, &b);
    more[1] = temporary("sip:alice@example.com", &other_key, &b);
    b.cseq = 6;
    more[2] = temporary("sip:alice@example.com", &key, &b);
    b.params.text = STR(P2);
    more[3] = temporary("sip:alice@example.com", &key, &b);
    for (unsigned i = 0; i < 4; i++) {
        unsigned alike = 0;
        assert_int_equal(more[i].len, first.len);
        for (size_t k = 10; k < first.len - 15; k++)
            alike += more[i].at[k] == first.at[k];
        assert_true(alike < 15);
    }
}

/* One changed digit, a cut one, another domain's or another server's: nobody's. */
static void test_nobody_else_can_make_one(void **state)
{
    (void)state;
    struct binding b = phone(P1, 77, 5);
    struct text t = temporary("sip:alice@example.com", &key, &b), aor;
    struct gruu g;
    for (size_t i = 10; t.at[i] != '@'; i++) {
        char kept = t.at[i];
        t.at[i] = kept == 'A' ? 'B' : 'A';
        assert_false(read(str_of(&t), &aor, &g));
        t.at[i] = kept;
    }
    assert_true(read(str_of(&t), &aor, &g));
    memcpy(strstr(t.at, "example.com"), "exbmple", 7);
    assert_false(read(str_of(&t), &aor, &g));
    t = temporary("sip:alice@example.com", &other_key, &b);
    assert_false(read(str_of(&t), &aor, &g));
    assert_false(read(STR("sip:tgruu.@example.com;gr"), &aor, &g));
    assert_false(read(STR("sip:tgruu.AAAA@example.com;gr"), &aor, &g));
    assert_false(read(STR("sip:alice@example.com;gr"), &aor, &g));
    assert_false(read(STR("sip:alice@example.com"), &aor, &g));
}

static void test_longest(void **state)
{
    (void)state;
    char aor[LIMIT_AOR_BYTES + 1];
    struct binding b = phone(P1, 77, 5);
    struct text back;
    struct gruu g;
    memset(aor, 'a', sizeof aor);
    memcpy(aor, "sip:", 4);
    memcpy(aor + LIMIT_AOR_BYTES - 12, "@example.com", 13);
    struct text t = temporary(aor, &key, &b);
    assert_true(read(str_of(&t), &back, &g));
    assert_true(str_equal(str_of(&back), str_from(aor)));
}

static void test_leads_back(void **state)
{
    (void)state;
    struct binding b = phone(P1, 77, 5);
    struct gruu_maker maker = {.key = &key, .aor = STR("sip:alice@example.com")};
    struct text t = temporary("sip:alice@example.com", &key, &b);
    const struct {
        struct str uri;
        bool back;
    } cases[] = {
        {STR("sip:alice@example.com"), true},      {STR("sips:alice@EXAMPLE.com;x=y"), true},
        {STR("sip:alice@example.com;gr=x"), true}, {str_of(&t), true},
        {STR("sip:alice@192.0.2.1"), false},       {STR("sip:bob@example.com"), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct uri u;
        struct msg_error err;
        assert_true(uri_parse(cases[i].uri, &u, &err));
        assert_int_equal(gruu_leads_back(&maker, &u), cases[i].back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public),
        cmocka_unit_test(test_public_is_escaped),
        cmocka_unit_test(test_temporary),
        cmocka_unit_test(test_temporary_ones_differ),
        cmocka_unit_test(test_nobody_else_can_make_one),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_leads_back),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
