/* Records for who looks after a server: what is in them, and what is left once somebody takes a
 * registration away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "register_text.h"
#include "registrar/record.h"
#include "registrar/registrar.h"

#define NOW (1000 * NS_PER_S)

static struct block_pool pool;

static int set_up(void **state)
{
    (void)state;
    block_pool_init(&pool, &mem_libc, 8);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(pool.live, 0);
    block_pool_fini(&pool);
    return 0;
}

static struct block *two_bindings(void)
{
    static struct bindings all;
    bool large;

    all.n = 3;
    all.list[0] = (struct binding){.uri = STR("sip:a@192.0.2.1"),
                                   .params = {STR(";+sip.instance=\"<urn:uuid:1>\"")},
                                   .call_id = STR("x"),
                                   .q = 500,
                                   .by_flow = true,
                                   .expires = NOW + 60 * NS_PER_S,
                                   .flow = flow_from("192.0.2.1:5060")};
    all.list[1] = (struct binding){.uri = STR("sip:a@192.0.2.2"),
                                   .call_id = STR("y"),
                                   .q = 1000,
                                   .path = STR("<sip:edge;lr>"),
                                   .expires = NOW + 90 * NS_PER_S,
                                   .flow = flow_from("192.0.2.2:5060")};
    all.list[2] = all.list[1];
    all.list[2].expires = NOW; /* over */
    struct block *b = record_write(&pool, &all, &large);
    assert_non_null(b);
    return b;
}

static void live_bindings_are_shown(void **state)
{
    struct registered out[4];
    struct block *record = two_bindings();

    (void)state;
    assert_int_equal(registrar_bindings(block_str(record), NOW, out, 4), 2);
    assert_true(str_equal(out[0].contact, STR("sip:a@192.0.2.1")));
    assert_true(str_equal(out[0].instance, STR("urn:uuid:1")));
    assert_true(out[0].by_flow);
    assert_int_equal(out[0].q, 500);
    assert_int_equal(out[1].instance.len, 0);
    assert_true(str_equal(out[1].path, STR("<sip:edge;lr>")));
    assert_true(str_equal(out[1].call_id, STR("y")));
    assert_int_equal(out[1].expires, NOW + 90 * NS_PER_S);
    /* all are counted although there is room for one */
    assert_int_equal(registrar_bindings(block_str(record), NOW, out, 1), 2);
    assert_int_equal(registrar_bindings(STR("garbage"), NOW, out, 4), 0);
    assert_int_equal(registrar_bindings(STR_NONE, NOW, out, 4), 0);
    block_unref(&pool, record);
}

static void removed_bindings_are_gone(void **state)
{
    struct registered out[4];
    struct block *record = two_bindings(), *shorter;
    size_t removed;
    time_ns expires;

    (void)state;
    shorter = registrar_without(&pool, block_str(record), STR("sip:a@192.0.2.2"), NOW, &removed,
                                &expires);
    assert_non_null(shorter);
    assert_int_equal(removed, 1);
    assert_int_equal(registrar_bindings(block_str(shorter), NOW, out, 4), 1);
    assert_true(str_equal(out[0].contact, STR("sip:a@192.0.2.1")));
    assert_int_equal(expires, NOW + (60 + LIMIT_RECORD_KEPT_S) * NS_PER_S);
    block_unref(&pool, shorter);

    /* of all the user stays known */
    shorter = registrar_without(&pool, block_str(record), STR_NONE, NOW, &removed, &expires);
    assert_int_equal(removed, 2);
    assert_int_equal(registrar_bindings(block_str(shorter), NOW, out, 4), 0);
    assert_int_equal(expires, NOW + LIMIT_RECORD_KEPT_S * NS_PER_S);
    block_unref(&pool, shorter);

    assert_null(
        registrar_without(&pool, block_str(record), STR("sip:nobody"), NOW, &removed, &expires));
    assert_int_equal(removed, 0);
    block_unref(&pool, record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(live_bindings_are_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removed_bindings_are_gone, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
