/* Nonces: good for whom they were made, where and while; their counts once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "auth/nonce.h"
#include "base/limits.h"
#include "base/str.h"

#define NOW (1000 * NS_PER_S)
static const struct hash_key keys[2] = {{1, 2}, {3, 4}};
static const struct hash_key other_keys[2] = {{1, 2}, {3, 5}};

static struct addr addr_of(const char *text)
{
    struct addr a;
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static struct nonces *new_nonces(unsigned capacity)
{
    struct nonces *n = nonces_new(&mem_libc, keys, capacity);
    assert_non_null(n);
    return n;
}

/* Makes one and reads it. */
static struct nonce made(struct nonces *n)
{
    char text[NONCE_LEN];
    struct nonce nonce;
    struct addr client = addr_of("192.0.2.1");
    nonce_make(n, STR("example.com"), &client, NOW, text);
    assert_true(nonce_read(n, (struct str){text, NONCE_LEN}, STR("example.com"), &client, &nonce));
    return nonce;
}

static void good_for_whom_it_was_made(void **state)
{
    (void)state;
    static const struct {
        const char *realm, *client;
        bool good;
    } cases[] = {
        {"example.com", "192.0.2.1:5060", true},  {"example.com", "192.0.2.1:1", true},
        {"example.com", "192.0.2.2:5060", false}, {"example.org", "192.0.2.1:5060", false},
        {"example.co", "192.0.2.1:5060", false},  {"example.com", "[2001:db8::1]:5060", false},
    };
    struct nonces *n = new_nonces(8);
    struct addr client = addr_of("192.0.2.1:5060");
    char text[NONCE_LEN];
    nonce_make(n, STR("example.com"), &client, NOW + 999999, text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nonce nonce;
        struct addr from = addr_of(cases[i].client);
        bool good =
            nonce_read(n, (struct str){text, NONCE_LEN}, str_from(cases[i].realm), &from, &nonce);
        assert_int_equal(good, cases[i].good);
        if (good)
            assert_int_equal(nonce.made, NOW);
    }
    nonces_free(n);
}

static void good_in_its_life_alone(void **state)
{
    (void)state;
    struct nonces *n = new_nonces(8), *other = nonces_new(&mem_libc, other_keys, 8);
    struct addr client = addr_of("192.0.2.1");
    struct nonce nonce;
    char text[NONCE_LEN];
    assert_non_null(other);
    nonce_make(n, STR("example.com"), &client, NOW, text);
    assert_false(
        nonce_read(other, (struct str){text, NONCE_LEN}, STR("example.com"), &client, &nonce));
    nonces_free(n);
    nonces_free(other);
}

static void no_change_of_it_is_one(void **state)
{
    (void)state;
    struct nonces *n = new_nonces(8);
    struct addr client = addr_of("192.0.2.1");
    struct nonce nonce;
    char text[NONCE_LEN + 1];
    nonce_make(n, STR("example.com"), &client, NOW, text);
    text[NONCE_LEN] = '0';
    for (size_t i = 0; i < NONCE_LEN; i++) {
        char was = text[i];
        text[i] = was == '0' ? '1' : '0';
        assert_false(
            nonce_read(n, (struct str){text, NONCE_LEN}, STR("example.com"), &client, &nonce));
        text[i] = was;
    }
    for (size_t len = 0; len <= NONCE_LEN + 1; len++)
        assert_int_equal(
            nonce_read(n, (struct str){text, len}, STR("example.com"), &client, &nonce),
            len == NONCE_LEN);
    nonces_free(n);
}

static void two_of_one_moment_differ(void **state)
{
    (void)state;
    struct nonces *n = new_nonces(8);
    struct nonce a = made(n), b = made(n);
    assert_int_not_equal(a.serial, b.serial);
    assert_true(nonce_use(n, &a, 1));
    assert_true(nonce_use(n, &b, 1));
    nonces_free(n);
}

static void counts_are_good_once(void **state)
{
    (void)state;
    static const struct {
        uint32_t count;
        bool good;
    } steps[] = {
        {2, true},
        {2, false},
        {1, true},
        {1, false},
        {3, true},
        {2, false},
        {1, false},
        {40, true},
        {7, false},
        {8, true},
        {8, false},
        {39, true},
        {40, false},
        {72, true},
        {40, false},
        {41, true},
        {UINT32_MAX, true},
        {UINT32_MAX, false},
        {73, false},
        {UINT32_MAX - 32, true},
        {UINT32_MAX - 33, false},
        {NONCE_ONCE, false},
    };
    struct nonces *n = new_nonces(8);
    struct nonce nonce = made(n);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (nonce_is_unused(n, &nonce, steps[i].count) != steps[i].good ||
            nonce_use(n, &nonce, steps[i].count) != steps[i].good)
            fail_msg("step %zu: %u", i, steps[i].count);
    }
    nonces_free(n);
}

static void the_window_has_its_bound(void **state)
{
    (void)state;
    for (uint32_t behind = 1; behind <= LIMIT_NONCE_WINDOW + 1; behind++) {
        struct nonces *n = new_nonces(8);
        struct nonce nonce = made(n);
        assert_true(nonce_use(n, &nonce, 1000));
        assert_int_equal(nonce_use(n, &nonce, 1000 - behind), behind <= LIMIT_NONCE_WINDOW);
        assert_false(nonce_use(n, &nonce, 1000 - behind));
        /* what was used stays used while the window moves on */
        for (uint32_t on = 1; on <= 2 * LIMIT_NONCE_WINDOW; on++) {
            assert_true(nonce_use(n, &nonce, 1000 + on));
            assert_false(nonce_is_unused(n, &nonce, 1000 - behind));
            assert_false(nonce_is_unused(n, &nonce, 1000));
        }
        nonces_free(n);
    }
}

static void without_a_count_it_is_used_up(void **state)
{
    (void)state;
    struct nonces *n = new_nonces(8);
    struct nonce nonce = made(n);
    assert_true(nonce_use(n, &nonce, NONCE_ONCE));
    assert_false(nonce_use(n, &nonce, NONCE_ONCE));
    assert_false(nonce_use(n, &nonce, 1));
    assert_false(nonce_use(n, &nonce, UINT32_MAX));
    nonces_free(n);
}

static void what_is_forgotten_is_never_good_again(void **state)
{
    (void)state;
    enum { N = 64 };
    struct nonces *n = new_nonces(16);
    struct nonce all[N];
    for (size_t i = 0; i < N; i++) {
        all[i] = made(n);
        assert_true(nonce_use(n, &all[i], 1));
    }
    for (size_t i = 0; i < N; i++) {
        assert_false(nonce_use(n, &all[i], 1));
        assert_int_equal(nonce_use(n, &all[i], 2), i >= N - 16);
    }
    nonces_free(n);
}

/* However many ask without a password: what the others have stays good. */
static void asking_drives_nobody_out(void **state)
{
    (void)state;
    struct nonces *n = new_nonces(8);
    struct nonce mine = made(n), unused = made(n);
    assert_true(nonce_use(n, &mine, 1));
    for (size_t i = 0; i < 1000; i++)
        (void)made(n);
    assert_true(nonce_use(n, &mine, 2));
    assert_true(nonce_use(n, &unused, 1));
    nonces_free(n);
}

static void one_used_late_keeps_its_place(void **state)
{
    (void)state;
    struct nonces *n = new_nonces(8);
    struct nonce late = made(n), others[8];
    for (size_t i = 0; i < 8; i++) {
        others[i] = made(n);
        assert_true(nonce_use(n, &others[i], 1));
    }
    assert_true(nonce_use(n, &late, 1));
    assert_false(nonce_use(n, &late, 1));
    assert_true(nonce_use(n, &late, 2));
    assert_false(nonce_use(n, &others[0], 2)); /* made room */
    assert_true(nonce_use(n, &others[1], 2));
    nonces_free(n);
}

static void memory_is_taken_at_the_start_or_not_at_all(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct nonces *n = NULL;
    for (size_t granted = 0; !n; granted++) {
        assert_true(granted < 5);
        mem.refuse_after = granted;
        n = nonces_new(&mem.mem, keys, 64);
        assert_true(n || mem.n_live == 0);
    }
    mem.refuse_after = 0;
    for (size_t i = 0; i < 200; i++) {
        struct nonce nonce = made(n);
        assert_true(nonce_use(n, &nonce, 1));
    }
    nonces_free(n);
    assert_int_equal(mem.n_live, 0);
    nonces_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_for_whom_it_was_made),
        cmocka_unit_test(good_in_its_life_alone),
        cmocka_unit_test(no_change_of_it_is_one),
        cmocka_unit_test(two_of_one_moment_differ),
        cmocka_unit_test(counts_are_good_once),
        cmocka_unit_test(the_window_has_its_bound),
        cmocka_unit_test(without_a_count_it_is_used_up),
        cmocka_unit_test(what_is_forgotten_is_never_good_again),
        cmocka_unit_test(asking_drives_nobody_out),
        cmocka_unit_test(one_used_late_keeps_its_place),
        cmocka_unit_test(memory_is_taken_at_the_start_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
