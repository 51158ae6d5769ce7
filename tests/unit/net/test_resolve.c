/* The resolver's thread: addresses written as names need no network; nonsense is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>

#include "net/resolve.h"

static struct resolve_answer await(struct resolver *r, struct bell *b)
{
    struct resolve_answer a;
    struct pollfd fd = {.fd = b->fd, .events = POLLIN};

    while (!resolver_answer(r, 0, &a)) {
        bell_asleep(b);
        if (!resolver_has_answer(r, 0))
            assert_int_equal(poll(&fd, 1, 10000), 1);
        bell_awake(b);
        bell_hush(b);
    }
    return a;
}

static void answers_with_addresses_and_port(void **state)
{
    struct bell bell;
    struct bell *bells[] = {&bell};
    struct resolve_answer a;

    (void)state;
    assert_int_equal(bell_init(&bell), 0);
    struct resolver *r = resolver_new(&mem_libc, 1, bells);
    assert_non_null(r);
    assert_true(resolver_ask(r, 0, 42, STR("127.0.0.9"), 5070));
    a = await(r, &bell);
    assert_int_equal(a.query, 42);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.addrs[0].port, 5070);
    assert_int_equal(a.addrs[0].ip[3], 9);
    assert_true(resolver_ask(r, 0, 43, STR("no such name"), 5070));
    a = await(r, &bell);
    assert_int_equal(a.query, 43);
    assert_int_equal(a.n, 0);
    assert_false(resolver_ask(r, 0, 44, STR(""), 1));
    assert_false(resolver_ask(r, 0, 44, STR("a\0b"), 1));
    assert_true(resolver_free(r, 30 * NS_PER_S));
    bell_fini(&bell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_with_addresses_and_port)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
