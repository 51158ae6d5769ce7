/* Accounts as bytes: what is written is read again, what is damaged is none, and each has one key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/account.h"

static struct digester *digester;

static int set_up(void **state)
{
    (void)state;
    digester = digester_new(&mem_libc);
    return digester ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    digester_free(digester);
    return 0;
}

static struct account alice(void)
{
    struct account a;
    assert_int_equal(
        account_make(&a, digester, STR("alice"), STR("example.com"), STR("wonderland")), OK);
    return a;
}

static struct str written(const struct account *a, char *space, size_t size)
{
    struct buf b;
    buf_init(&b, space, size);
    account_write(&b, a);
    assert_false(b.over);
    return buf_str(&b);
}

static void has_a_hash_for_each_algorithm(void **state)
{
    (void)state;
    struct account a = alice();
    assert_int_equal(a.algorithms, DIGEST_ALL);
    for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++) {
        uint8_t ha1[DIGEST_MAX_BYTES];
        enum digest_algorithm algorithm = (enum digest_algorithm)i;
        assert_true(digest_ha1(digester, algorithm, STR("alice"), STR("example.com"),
                               STR("wonderland"), ha1));
        assert_memory_equal(a.ha1[i], ha1, digest_len(algorithm));
    }
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char space[512];
    struct account a = alice();
    for (unsigned algorithms = 0; algorithms <= DIGEST_ALL; algorithms++) {
        struct account b;
        a.algorithms = algorithms;
        assert_true(account_read(&b, written(&a, space, sizeof space)));
        assert_true(str_equal(b.user, a.user));
        assert_true(str_equal(b.realm, a.realm));
        assert_int_equal(b.algorithms, algorithms);
        for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++)
            if (algorithms & 1u << i)
                assert_memory_equal(b.ha1[i], a.ha1[i], digest_len((enum digest_algorithm)i));
    }
}

static void the_password_is_not_in_it(void **state)
{
    (void)state;
    char space[512];
    struct account a = alice();
    struct str record = written(&a, space, sizeof space);
    assert_null(memmem(record.at, record.len, "wonderland", 10));
}

static void no_part_of_a_record_is_one(void **state)
{
    (void)state;
    char space[512];
    struct account a = alice(), b;
    struct str record = written(&a, space, sizeof space);
    for (size_t len = 0; len < record.len; len++) {
        char *exact = malloc(len + 1); /* reading further shows under ASan */
        assert_non_null(exact);
        memcpy(exact, record.at, len);
        assert_false(account_read(&b, (struct str){exact, len}));
        free(exact);
    }
    space[record.len] = 0;
    assert_false(account_read(&b, (struct str){space, record.len + 1}));
}

static void what_is_not_known_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t at;
        char byte;
    } changes[] = {{"another format", 0, 2},
                   {"no format", 0, 0},
                   {"an algorithm of the days to come", 1, 8 | 7},
                   {"no user", 2, 0},
                   {"a longer user", 2, 6}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char space[512];
        struct account a = alice(), b;
        struct str record = written(&a, space, sizeof space);
        space[changes[i].at] = changes[i].byte;
        if (account_read(&b, record))
            fail_msg("%s", changes[i].what);
    }
    struct account none;
    assert_false(account_read(&none, STR_NONE));
}

static bool fits(struct str user, struct str realm, size_t size)
{
    char space[ACCOUNT_MAX_BYTES];
    struct buf b;
    struct account a = alice();
    a.user = user;
    a.realm = realm;
    buf_init(&b, space, size);
    account_write(&b, &a);
    return !b.over;
}

static void names_have_a_bound(void **state)
{
    (void)state;
    char name[LIMIT_AOR_BYTES + 1];
    memset(name, 'a', sizeof name);
    struct str longest = {name, LIMIT_AOR_BYTES}, too_long = {name, sizeof name};
    assert_true(fits(longest, longest, ACCOUNT_MAX_BYTES));
    assert_false(fits(too_long, longest, ACCOUNT_MAX_BYTES));
    assert_false(fits(longest, too_long, ACCOUNT_MAX_BYTES));
    assert_false(fits(STR_NONE, longest, ACCOUNT_MAX_BYTES));
    assert_false(fits(longest, STR_NONE, ACCOUNT_MAX_BYTES));
    assert_false(fits(STR("alice"), STR("example.com"), 20));
}

static void one_key_for_each_user(void **state)
{
    (void)state;
    static const struct {
        const char *user, *realm, *key;
    } keys[] = {
        {"alice", "example.com", "sip:alice@example.com"},
        {"Alice", "Example.COM", "sip:Alice@example.com"},
        {"alice smith", "example.com", "sip:alice%20smith@example.com"},
        {"a@b", "example.com", "sip:a%40b@example.com"},
        {"a%41", "example.com", "sip:a%2541@example.com"},
        {"+15551234", "192.0.2.1", "sip:+15551234@192.0.2.1"},
        {"alice", "[2001:DB8::1]", "sip:alice@[2001:db8::1]"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char space[LIMIT_AOR_BYTES];
        struct buf b;
        buf_init(&b, space, sizeof space);
        account_key(&b, str_from(keys[i].user), str_from(keys[i].realm));
        assert_false(b.over);
        if (!str_equal(buf_str(&b), str_from(keys[i].key)))
            fail_msg("%s: %.*s", keys[i].key, STR_ARG(buf_str(&b)));
    }
}

static void nobody_has_no_key(void **state)
{
    (void)state;
    char space[2 * LIMIT_AOR_BYTES], name[LIMIT_AOR_BYTES + 1];
    memset(name, 'a', sizeof name);
    const struct {
        struct str user, realm;
    } nobody[] = {{STR_NONE, STR("example.com")},
                  {STR("alice"), STR_NONE},
                  {{name, sizeof name}, STR("example.com")}};
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        struct buf b;
        buf_init(&b, space, sizeof space);
        account_key(&b, nobody[i].user, nobody[i].realm);
        assert_true(b.over);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_hash_for_each_algorithm),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_password_is_not_in_it),
        cmocka_unit_test(no_part_of_a_record_is_one),
        cmocka_unit_test(what_is_not_known_is_none),
        cmocka_unit_test(names_have_a_bound),
        cmocka_unit_test(one_key_for_each_user),
        cmocka_unit_test(nobody_has_no_key),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
