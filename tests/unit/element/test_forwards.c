/* Forwards that users set: their records, and what becomes of calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "element/forwards.h"
#include "world.h"

#define ALICE "192.0.2.1:5060"
#define BOB "192.0.2.2:5062"
#define CAROL "192.0.2.3:5060"
#define FROM_ALICE "sip:alice@example.com"
#define MF "Max-Forwards: 70\r\n"

/* --- the record --- */

static void test_records(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        bool good;
    } cases[] = {
        {"", true},
        {"always sip:bob@example.com\n", true},
        {"busy sips:b@x\nno-answer 20 tel:+1555\noffline sip:c@x\n", true},
        {"busy sip:b@x", true},
        {"no-answer sip:b@x\n", false},
        {"no-answer 0 sip:b@x\n", false},
        {"no-answer 601 sip:b@x\n", false},
        {"always mailto:b@x\n", false},
        {"always sip:b@x?subject=y\n", false},
        {"always \n", false},
        {"always sip:b@x\nalways sip:c@x\n", false},
        {"never sip:b@x\n", false},
        {"\n", false},
        {"always sip:b@x>\r\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct forwards f;
        if (forwards_read(str_from(cases[i].record), &f) != cases[i].good)
            fail_msg("%s", cases[i].record);
        char again[FORWARDS_BYTES];
        struct buf b;
        buf_init(&b, again, sizeof again);
        forwards_write(&b, &f);
        size_t len = strlen(cases[i].record);
        bool whole = len == 0 || cases[i].record[len - 1] == '\n';
        if (cases[i].good && whole)
            assert_true(str_equal(buf_str(&b), str_from(cases[i].record)));
        assert_true(cases[i].good || b.len == 0);
    }
}

static void test_keys(void **state)
{
    (void)state;
    char space[64];
    struct buf b;
    buf_init(&b, space, sizeof space);
    forwards_key(&b, STR("sip:bob@example.com"));
    assert_true(forwards_is_key(buf_str(&b)));
    assert_false(forwards_is_key(STR("sip:bob@example.com")));
    assert_false(forwards_is_key(STR("forward")));
}

/* --- calls --- */

static void set(struct world *w, const char *user, const char *record)
{
    char space[128];
    struct buf key;
    buf_init(&key, space, sizeof space);
    forwards_key(&key, str_from(user));
    struct store_ask put = {.op = STORE_PUT, .key = buf_str(&key), .value = str_from(record)};
    assert_int_equal(scripted_answer(&w->store, 1, &put).status, STORE_OK);
}

static struct world *bob_forwards(const char *record)
{
    struct world *w = world_new(NULL, -1);
    assert_non_null(w);
    world_register(w, BOB, "bob", 600);
    world_register(w, CAROL, "carol", 600);
    set(w, "sip:bob@example.com", record);
    world_forget(w);
    world_request(w, ALICE, "INVITE", "sip:bob@example.com", FROM_ALICE, "call", MF);
    return w;
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < 60; i++) {
        world_forget(w);
        world_pass(w, 5);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

static void test_always(void **state)
{
    (void)state;
    struct world *w = bob_forwards("always sip:carol@example.com\n");
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    assert_int_equal(world_count(w, CAROL, "INVITE sip:carol@192.0.2.3:5060 "), 1);
    assert_non_null(strstr(world_last(w, CAROL), "index=1.1;mp=1\r\n"));
    world_answer(w, CAROL, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

static void test_busy(void **state)
{
    (void)state;
    struct world *w = bob_forwards("busy sip:carol@example.com\n");
    assert_int_equal(world_count(w, CAROL, "INVITE"), 0);
    world_answer(w, BOB, 486, "");
    assert_int_equal(world_count(w, CAROL, "INVITE"), 1);
    world_answer(w, CAROL, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

static void test_no_answer(void **state)
{
    (void)state;
    struct world *w = bob_forwards("no-answer 5 sip:carol@example.com\n");
    world_answer(w, BOB, 180, "");
    world_pass(w, 4);
    assert_int_equal(world_count(w, BOB, "CANCEL"), 0);
    world_pass(w, 2);
    assert_true(world_count(w, BOB, "CANCEL") > 0);
    world_pass(w, 2);
    assert_true(world_count(w, CAROL, "INVITE") > 0);
    world_answer(w, CAROL, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

/* Nobody is registered, or ever was. */
static void test_offline(void **state)
{
    (void)state;
    struct world *w = bob_forwards("");
    set(w, "sip:dave@example.com", "offline sip:carol@example.com\n");
    world_request(w, ALICE, "INVITE", "sip:dave@example.com", FROM_ALICE, "other", MF);
    assert_int_equal(world_count(w, CAROL, "INVITE"), 1);
    world_answer(w, CAROL, 486, "");
    assert_int_equal(world_status(w, ALICE), 486);
    finish(w);
}

/* What is elsewhere is reached there; a number is nobody's. */
static void test_elsewhere(void **state)
{
    (void)state;
    struct world *w = bob_forwards("always sip:x@198.51.100.7\n");
    assert_int_equal(world_count(w, "198.51.100.7:5060", "INVITE sip:x@198.51.100.7 "), 1);
    finish(w);
    w = bob_forwards("always tel:+1555\n");
    assert_int_equal(world_status(w, ALICE), 404);
    finish(w);
}

/* Loops of forwards end; other methods do not follow them. */
static void test_loop(void **state)
{
    (void)state;
    struct world *w = bob_forwards("");
    set(w, "sip:x@example.com", "always sip:y@example.com\n");
    set(w, "sip:y@example.com", "always sip:z@example.com\n");
    set(w, "sip:z@example.com", "always sip:x@example.com\n");
    world_request(w, ALICE, "INVITE", "sip:x@example.com", FROM_ALICE, "other", MF);
    assert_int_equal(world_status(w, ALICE), 482);
    world_request(w, ALICE, "MESSAGE", "sip:x@example.com", FROM_ALICE, "third", MF);
    assert_int_equal(world_status(w, ALICE), 404);
    finish(w);
}

static void test_want_of_memory(void **state)
{
    (void)state;
    for (long n = 0; n < 40; n++) {
        struct world *w = bob_forwards("always sip:carol@example.com\n");
        world_answer(w, CAROL, 486, "");
        w->fail_in = n;
        world_request(w, ALICE, "INVITE", "sip:bob@example.com", FROM_ALICE, "again", MF);
        w->fail_in = -1;
        world_pass(w, 1);
        finish(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_always),         cmocka_unit_test(test_busy),
        cmocka_unit_test(test_no_answer),      cmocka_unit_test(test_offline),
        cmocka_unit_test(test_elsewhere),      cmocka_unit_test(test_loop),
        cmocka_unit_test(test_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
