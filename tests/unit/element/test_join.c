/* A phone that registers while its user is called: here or at another worker, with forwards and by
 * rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "element/forwards.h"
#include "world.h"

#define ALICE "192.0.2.1:5060"
#define BOB "192.0.2.2:5062"
#define LATE "192.0.2.3:5060"
#define CAROL "192.0.2.4:5060"
#define FROM_ALICE "sip:alice@example.com"
#define MF "Max-Forwards: 70\r\n"

static void joins(struct element_config *c)
{
    c->fork.joins = true;
}

static void waits(struct element_config *c)
{
    c->fork.joins = true;
    c->fork.wait = 10 * NS_PER_S;
}

static void call(struct world *w, const char *id)
{
    world_request(w, ALICE, "INVITE", "sip:bob@example.com", FROM_ALICE, id, MF);
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < 60; i++) {
        world_forget(w);
        world_pass(w, 5);
    }
    assert_true(element_is_idle(w->element));
    assert_false(element_awaits(w->element));
    world_free(w);
}

static void test_joins(void **state)
{
    (void)state;
    struct world *w = world_new(joins, -1);
    world_register(w, BOB, "bob", 600);
    world_register(w, CAROL, "carol", 600);
    assert_false(element_awaits(w->element));
    call(w, "one");
    assert_true(element_awaits(w->element));
    world_answer(w, BOB, 180, "");
    world_register(w, BOB, "bob", 600);
    world_register(w, CAROL, "carol", 600);
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    world_register(w, LATE, "bob", 600);
    assert_int_equal(world_count(w, LATE, "INVITE"), 1);
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    assert_int_equal(world_count(w, CAROL, "INVITE"), 0);
    world_answer(w, LATE, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

static void test_not_without_being_told(void **state)
{
    (void)state;
    struct world *w = world_new(NULL, -1);
    world_register(w, BOB, "bob", 600);
    call(w, "one");
    world_register(w, LATE, "bob", 600);
    assert_int_equal(world_count(w, LATE, "INVITE"), 0);
    world_answer(w, BOB, 486, "");
    finish(w);
}

/* Another worker took the REGISTER: it has noted whose it is. */
static void test_another_worker(void **state)
{
    (void)state;
    struct world *w = world_new(joins, -1);
    struct element_note note, last = {.kind = N_ELEMENT_NOTES};
    char key[LIMIT_AOR_BYTES];
    world_register(w, BOB, "bob", 600);
    while (element_note(w->element, &note))
        last = note;
    assert_int_equal(last.kind, NOTE_REGISTERED);
    assert_true(str_equal(last.key, STR("sip:bob@example.com")));
    memcpy(key, last.key.at, last.key.len);
    call(w, "one");
    world_forget(w);
    element_came(w->element, (struct str){key, last.key.len}, w->now);
    world_pass(w, 1);
    assert_int_equal(world_count(w, BOB, "INVITE sip:bob@192.0.2.2:5062 "), 1); /* sent again */
    world_answer(w, BOB, 486, "");
    finish(w);
}

static void test_waits(void **state)
{
    (void)state;
    struct world *w = world_new(waits, -1);
    call(w, "one");
    world_pass(w, 5);
    assert_int_equal(world_status(w, ALICE), 100);
    world_register(w, LATE, "bob", 600);
    assert_int_equal(world_count(w, LATE, "INVITE"), 1);
    world_answer(w, LATE, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

/* 404: nobody knows him; 480: he was there. Nobody waits with anything but an INVITE. */
static void test_waits_in_vain(void **state)
{
    (void)state;
    struct world *w = world_new(waits, -1);
    call(w, "one");
    world_pass(w, 11);
    assert_int_equal(world_status(w, ALICE), 404);
    world_register(w, LATE, "bob", 600);
    world_register(w, LATE, "bob", 0);
    call(w, "two");
    world_pass(w, 11);
    assert_int_equal(world_status(w, ALICE), 480);
    world_request(w, ALICE, "MESSAGE", "sip:bob@example.com", FROM_ALICE, "three", MF);
    assert_int_equal(world_status(w, ALICE), 480);
    finish(w);
}

static void set_forwards(struct world *w, const char *user, const char *record)
{
    char space[128];
    struct buf key;
    buf_init(&key, space, sizeof space);
    forwards_key(&key, str_from(user));
    struct store_ask put = {.op = STORE_PUT, .key = buf_str(&key), .value = str_from(record)};
    assert_int_equal(scripted_answer(&w->store, 1, &put).status, STORE_OK);
}

/* Whose calls are forwarded when nobody answers, his late phone rings as long as the others do. */
static void test_with_forwards(void **state)
{
    (void)state;
    struct world *w = world_new(waits, -1);
    world_register(w, CAROL, "carol", 600);
    set_forwards(w, "sip:bob@example.com",
                 "no-answer 5 sip:carol@example.com\noffline sip:carol@example.com\n");
    call(w, "one");
    world_pass(w, 3);
    world_register(w, LATE, "bob", 600);
    world_answer(w, LATE, 180, "");
    world_pass(w, 4);
    assert_int_equal(world_count(w, CAROL, "INVITE"), 0);
    world_pass(w, 4);
    assert_true(world_count(w, LATE, "CANCEL") > 0);
    assert_true(world_count(w, CAROL, "INVITE") > 0);
    world_answer(w, CAROL, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
    w = world_new(waits, -1);
    world_register(w, CAROL, "carol", 600);
    set_forwards(w, "sip:bob@example.com", "offline sip:carol@example.com\n");
    call(w, "one");
    world_pass(w, 9);
    assert_int_equal(world_count(w, CAROL, "INVITE"), 0);
    world_pass(w, 2);
    assert_true(world_count(w, CAROL, "INVITE") > 0);
    world_answer(w, CAROL, 200, "");
    finish(w);
}

/* A forward leads to a user whose late phone rings, too. */
static void test_of_whom_it_is_forwarded_to(void **state)
{
    (void)state;
    struct world *w = world_new(joins, -1);
    world_register(w, CAROL, "carol", 600);
    set_forwards(w, "sip:bob@example.com", "always sip:carol@example.com\n");
    call(w, "one");
    world_register(w, LATE, "carol", 600);
    assert_int_equal(world_count(w, LATE, "INVITE"), 1);
    world_register(w, BOB, "bob", 600);
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    world_answer(w, LATE, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

static void by_rule(struct element_config *c)
{
    static struct str name = STR_INIT("bob");
    static struct config_route rule = {
        .users = {&name, 1}, .serve = CONFIG_SERVE_LOOKUP, .join = CONFIG_ON, .wait_s = 10};
    static const struct config_route_list routes = {&rule, 1};
    c->routes = &routes;
}

static void test_by_rule(void **state)
{
    (void)state;
    struct world *w = world_new(by_rule, -1);
    call(w, "one");
    world_register(w, LATE, "bob", 600);
    assert_int_equal(world_count(w, LATE, "INVITE"), 1);
    world_answer(w, LATE, 486, "");
    assert_int_equal(world_status(w, ALICE), 486);
    world_request(w, ALICE, "INVITE", "sip:carol@example.com", FROM_ALICE, "two", MF);
    assert_int_equal(world_status(w, ALICE), 404);
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_not_without_being_told),
        cmocka_unit_test(test_another_worker),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_waits_in_vain),
        cmocka_unit_test(test_with_forwards),
        cmocka_unit_test(test_of_whom_it_is_forwarded_to),
        cmocka_unit_test(test_by_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
