/* Codes that an account dials: what they change, and what is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define ALICE "192.0.2.1:5060"
#define FROM_ALICE "sip:alice@example.com"
#define MF "Max-Forwards: 70\r\n"

static const struct feature_codes codes = {
    .forward = {STR_INIT("*72"), STR_INIT("*90"), STR_INIT("*92"), STR_INIT("*7")},
    .forward_off = {STR_INIT("*73"), STR_INIT("*91")},
    .forwards_off = STR_INIT("#74"),
    .login = STR_INIT("*45"),
    .logout = STR_INIT("*46")};

static struct config_agent member[] = {{.user = STR_INIT("alice")}};
static struct config_agent other[] = {{.user = STR_INIT("bob")}};
static struct config_group groups[] = {
    {.name = STR_INIT("sales"), .members = {member, 1}, .login = true},
    {.name = STR_INIT("600"), .members = {member, 1}, .login = true},
    {.name = STR_INIT("others"), .members = {other, 1}, .login = true}};
static const struct config_group_list list = {groups, 3};

static void configure(struct element_config *c)
{
    c->features = &codes;
    c->groups = &list;
}

static struct str record(struct world *w, const char *key)
{
    const struct store_ask get = {.op = STORE_GET, .key = str_from(key)};
    return scripted_answer(&w->store, 1, &get).value;
}

static struct str forwards(struct world *w)
{
    return record(w, "forward sip:alice@example.com");
}

static unsigned dial(struct world *w, const char *method, const char *user)
{
    static unsigned n;
    char uri[64], id[16];
    snprintf(uri, sizeof uri, "sip:%s@example.com", user);
    snprintf(id, sizeof id, "d%u", ++n);
    world_request(w, ALICE, method, uri, FROM_ALICE, id, MF);
    return world_status(w, ALICE);
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < 20; i++) {
        world_forget(w);
        world_pass(w, 5);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

static void test_forwards(void **state)
{
    (void)state;
    struct world *w = world_new(configure, -1);
    assert_int_equal(dial(w, "INVITE", "*72200"), 480);
    assert_non_null(strstr(world_last(w, ALICE), "SIP/2.0 480 Forwarding is on\r\n"));
    assert_non_null(strstr(world_last(w, ALICE), "Warning: 399 "));
    assert_true(str_equal(forwards(w), STR("always sip:200@example.com\n")));
    assert_int_equal(dial(w, "MESSAGE", "*92bob"), 200);
    assert_true(str_equal(forwards(w),
                          STR("always sip:200@example.com\nno-answer 20 sip:bob@example.com\n")));
    assert_int_equal(dial(w, "INVITE", "*73"), 480);
    assert_non_null(strstr(world_last(w, ALICE), "SIP/2.0 480 Forwarding is off\r\n"));
    assert_true(str_equal(forwards(w), STR("no-answer 20 sip:bob@example.com\n")));
    assert_int_equal(dial(w, "INVITE", "%2374"), 480);
    assert_int_equal(forwards(w).len, 0);
    finish(w);
}

/* The longest code counts. */
static void test_longest(void **state)
{
    (void)state;
    struct world *w = world_new(configure, -1);
    assert_int_equal(dial(w, "INVITE", "*75"), 480);
    assert_true(str_equal(forwards(w), STR("offline sip:5@example.com\n")));
    finish(w);
}

static void test_refused(void **state)
{
    (void)state;
    struct world *w = world_new(configure, -1);
    assert_int_equal(dial(w, "INVITE", "*72"), 484);
    assert_int_equal(dial(w, "INVITE", "*72alice"), 482);
    assert_int_equal(dial(w, "INVITE", "*731"), 480); /* *7 and 31 */
    assert_int_equal(dial(w, "INVITE", "*45nobody"), 404);
    assert_int_equal(dial(w, "INVITE", "*45others"), 403);
    assert_int_equal(dial(w, "OPTIONS", "*73"), 404);
    assert_int_equal(dial(w, "INVITE", "*99"), 404);
    world_request(w, ALICE, "INVITE", "sip:*72200@example.com", "sip:x@elsewhere.example", "s", MF);
    assert_int_equal(world_status(w, ALICE), 403);
    finish(w);
}

static void test_login(void **state)
{
    (void)state;
    struct world *w = world_new(configure, -1);
    assert_int_equal(dial(w, "INVITE", "*45600"), 480);
    assert_non_null(strstr(world_last(w, ALICE), "SIP/2.0 480 Logged in\r\n"));
    assert_true(str_equal(record(w, "group sip:600@example.com"), STR("sip:alice@example.com\n")));
    assert_int_equal(record(w, "group sip:sales@example.com").len, 0);
    assert_int_equal(dial(w, "MESSAGE", "*45"), 200);
    assert_true(
        str_equal(record(w, "group sip:sales@example.com"), STR("sip:alice@example.com\n")));
    assert_int_equal(record(w, "group sip:others@example.com").len, 0);
    assert_int_equal(dial(w, "INVITE", "*46"), 480);
    assert_non_null(strstr(world_last(w, ALICE), "SIP/2.0 480 Logged out\r\n"));
    assert_int_equal(record(w, "group sip:sales@example.com").len, 0);
    assert_int_equal(record(w, "group sip:600@example.com").len, 0);
    finish(w);
}

static void required(struct element_config *c)
{
    configure(c);
    c->access.required = true;
}

/* Nobody sets anything for somebody else: he is asked who he is. */
static void test_asked(void **state)
{
    (void)state;
    struct world *w = world_new(required, -1);
    assert_int_equal(dial(w, "INVITE", "*72200"), 407);
    assert_int_equal(forwards(w).len, 0);
    finish(w);
}

static void test_without(void **state)
{
    (void)state;
    struct world *w = world_new(NULL, -1);
    assert_int_equal(dial(w, "INVITE", "*72200"), 404);
    finish(w);
}

static void test_cancelled(void **state)
{
    (void)state;
    struct world *w = world_new(configure, -1);
    w->hold = true;
    world_request(w, ALICE, "INVITE", "sip:*73@example.com", FROM_ALICE, "c", MF);
    world_sendf(w, ALICE,
                "CANCEL sip:*73@example.com SIP/2.0\r\n"
                "Via: SIP/2.0/UDP %s;branch=z9hG4bKINVITEc\r\n"
                "From: <%s>;tag=f\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\n"
                "CSeq: 1 CANCEL\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                ALICE, FROM_ALICE);
    assert_int_equal(world_count(w, ALICE, "SIP/2.0 487 "), 1);
    world_release(w);
    finish(w);
}

static void test_want_of_memory(void **state)
{
    (void)state;
    for (long n = 0; n < 25; n++) {
        struct world *w = world_new(configure, -1);
        w->fail_in = n;
        (void)dial(w, "INVITE", "*45");
        w->fail_in = -1;
        finish(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forwards),  cmocka_unit_test(test_longest),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_login),
        cmocka_unit_test(test_asked),     cmocka_unit_test(test_without),
        cmocka_unit_test(test_cancelled), cmocka_unit_test(test_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
