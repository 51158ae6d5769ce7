/* Groups: how they are compiled, the records of their members, and who rings when one is called. */
#include "office.h"

static void bye(struct world *w, const char *id, const char *tag)
{
    world_sendf(w, CALLER,
                "BYE sip:x@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKbye%s\r\n"
                "From: <sip:x@example.com>;tag=f\r\nTo: <sip:bob@example.com>;tag=%s\r\n"
                "Call-ID: %s\r\nCSeq: 2 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                CALLER, id, tag, id);
}

/* --- what is compiled --- */

static void expect_fault(const struct config_group_list *l, const char *key)
{
    struct group_fault fault = {.key = ""};
    assert_null(groups_new(&mem_libc, l, STR("example.com"), &fault));
    assert_string_equal(fault.key, key);
    assert_true(fault.what[0] != 0);
}

static void test_faults(void **state)
{
    (void)state;
    struct config_agent twice[] = {{.user = STR_INIT("a")},
                                   {.user = STR_INIT("sip:a@example.com")}};
    struct config_group g = usual(CONFIG_ORDER_ALL);
    const struct config_group_list one = {&g, 1};
    g.members = (struct config_agent_list){twice, 2};
    expect_fault(&one, "members");
    twice[1].user = STR("mailto:a@b");
    expect_fault(&one, "members");
    g = usual(CONFIG_ORDER_ALL);
    g.forward = STR("nobody");
    expect_fault(&one, "forward");
    struct config_group two[2] = {usual(CONFIG_ORDER_ALL), usual(CONFIG_ORDER_ALL)};
    const struct config_group_list both = {two, 2};
    expect_fault(&both, "name");
    two[1].name = STR("other");
    two[1].numbers = (struct str_list){&two[0].name, 1};
    expect_fault(&both, "numbers");
}

static void test_names(void **state)
{
    (void)state;
    struct str number = STR("600");
    struct config_group g = usual(CONFIG_ORDER_ALL);
    const struct config_group_list one = {&g, 1};
    struct group_fault fault;
    g.numbers = (struct str_list){&number, 1};
    struct groups *all = groups_new(&mem_libc, &one, STR("example.com"), &fault);
    assert_non_null(all);
    assert_ptr_equal(groups_find(all, STR("sip:600@example.com")), groups_at(all, 0));
    assert_ptr_equal(groups_find(all, STR("sip:sales@example.com")),
                     groups_named(all, STR("SALES")));
    assert_null(groups_find(all, STR("sip:sales@example.org")));
    assert_true(groups_have(all, STR("sip:bob@example.com")));
    assert_false(groups_have(all, STR("sip:sales@example.com")));
    assert_null(groups_at(all, 1));
    groups_free(all);
}

static void test_records(void **state)
{
    (void)state;
    struct config_group g = usual(CONFIG_ORDER_ALL);
    const struct config_group_list one = {&g, 1};
    struct group_fault fault;
    char space[256], again[256];
    struct buf b, c;
    struct groups *all = groups_new(&mem_libc, &one, STR("example.com"), &fault);
    buf_init(&b, space, sizeof space);
    buf_init(&c, again, sizeof again);
    group_record_change(&b, STR("sip:old@example.com\n"), STR("sip:bob@example.com"), true);
    assert_true(str_equal(buf_str(&b), STR("sip:bob@example.com\nsip:old@example.com\n")));
    assert_int_equal(group_record_read(buf_str(&b), groups_at(all, 0)), 2);
    group_record_change(&c, buf_str(&b), STR("sip:bob@example.com"), false);
    assert_int_equal(group_record_read(buf_str(&c), groups_at(all, 0)), 0);
    groups_free(all);
    const struct agent_state s = {2, 17, 18};
    buf_init(&b, space, AGENT_STATE_BYTES);
    agent_state_write(&b, &s);
    struct agent_state read = agent_state_read(buf_str(&b));
    assert_true(read.calls == 2 && read.ended == 17 && read.offered == 18);
    read = agent_state_read(STR("1 x 3"));
    assert_int_equal(read.calls, 0);
}

/* --- who rings --- */

static void test_all(void **state)
{
    (void)state;
    three[2].delay_s = 3;
    group = usual(CONFIG_ORDER_ALL);
    struct world *w = office();
    call(w, "one");
    expect_ringing(w, 1, 1, 0);
    assert_non_null(strstr(world_last(w, ALICE), "History-Info: <sip:alice@example.com>;index=1."));
    world_answer(w, ALICE, 180, "");
    world_answer(w, BOB, 180, "");
    world_pass(w, 4);
    assert_true(rings(w, ALICE) == 1 && rings(w, BOB) == 1 && rings(w, CAROL) > 0);
    world_answer(w, CAROL, 200, "");
    assert_int_equal(world_status(w, CALLER), 200);
    assert_int_equal(world_count(w, ALICE, "CANCEL"), 1);
    assert_int_equal(world_count(w, BOB, "CANCEL"), 1);
    three[2].delay_s = 0;
    finish(w);
}

static void test_in_order(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_IN_ORDER);
    group.reply = 480;
    struct world *w = office();
    call(w, "one");
    expect_ringing(w, 1, 0, 0);
    world_answer(w, ALICE, 180, "");
    world_pass(w, 6);
    world_answer(w, ALICE, 200, ""); /* to the CANCEL */
    world_pass(w, 2);
    assert_true(rings(w, BOB) > 0 && rings(w, CAROL) == 0);
    world_answer(w, BOB, 486, "");
    assert_int_equal(rings(w, CAROL), 1);
    world_answer(w, CAROL, 404, "");
    world_pass(w, 40);
    assert_int_equal(world_status(w, CALLER), 480);
    finish(w);
}

/* Who is not registered is left out. */
static void test_absent(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_IN_ORDER);
    group.forward = STR("sip:bob@example.com");
    struct world *w = world_new(configure, -1);
    world_register(w, CAROL, "carol", 3000);
    call(w, "one");
    assert_int_equal(rings(w, CAROL), 1);
    world_answer(w, CAROL, 486, "");
    assert_true(world_status(w, CALLER) >= 400);
    finish(w);
}

static void test_forwarded(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_ALL);
    group.members.n = 2;
    group.forward = STR("sip:carol@example.com");
    struct world *w = office();
    call(w, "one");
    expect_ringing(w, 1, 1, 0);
    world_answer(w, ALICE, 486, "");
    world_answer(w, BOB, 480, "");
    assert_int_equal(rings(w, CAROL), 1);
    world_answer(w, CAROL, 200, "");
    assert_int_equal(world_status(w, CALLER), 200);
    finish(w);
}

static void test_in_turn(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_IN_TURN);
    struct world *w = office();
    static const char *const ids[] = {"one", "two", "three", "four"};
    static const char *const phones[] = {ALICE, BOB, CAROL, ALICE};
    for (int i = 0; i < 4; i++) {
        world_forget(w);
        call(w, ids[i]);
        for (int k = 0; k < 3; k++)
            assert_int_equal(rings(w, phones[k]), phones[k] == phones[i]);
        world_answer(w, phones[i], 603, "");
        assert_int_equal(world_status(w, CALLER), 603);
        world_pass(w, 40);
    }
    finish(w);
}

/* A member in a call is left out until it is over, and for the wrap-up time; with nobody free the
 * caller gets a 486. */
static void test_busy(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_IN_ORDER);
    group.members.n = 2;
    group.wrap_up_s = 30;
    struct world *w = office();
    call(w, "one");
    world_answer(w, ALICE, 200, "");
    assert_int_equal(world_status(w, CALLER), 200);
    world_forget(w);
    call(w, "two");
    expect_ringing(w, 0, 1, 0);
    world_answer(w, BOB, 200, "");
    world_forget(w);
    call(w, "three");
    expect_ringing(w, 0, 0, 0);
    assert_int_equal(world_status(w, CALLER), 486);
    bye(w, "one", ALICE);
    world_pass(w, 20);
    world_forget(w);
    call(w, "four");
    expect_ringing(w, 0, 0, 0);
    world_pass(w, 12);
    world_forget(w);
    call(w, "five");
    expect_ringing(w, 1, 0, 0);
    world_answer(w, ALICE, 486, "");
    finish(w);
}

/* Who makes a call is in one, too. */
static void test_busy_caller(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_IN_ORDER);
    struct world *w = office();
    world_request(w, ALICE, "INVITE", "sip:carol@example.com", "sip:alice@example.com", "own", MF);
    world_answer(w, CAROL, 200, "");
    world_forget(w);
    call(w, "one");
    expect_ringing(w, 0, 1, 0);
    world_answer(w, BOB, 486, "");
    assert_int_equal(world_status(w, CALLER), 486);
    finish(w);
}

static void test_longest_idle(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_LONGEST_IDLE);
    struct world *w = office();
    call(w, "one");
    expect_ringing(w, 1, 0, 0);
    world_answer(w, ALICE, 200, "");
    world_pass(w, 1);
    bye(w, "one", ALICE);
    world_pass(w, 1);
    world_forget(w);
    call(w, "two");
    expect_ringing(w, 0, 1, 0);
    world_answer(w, BOB, 603, "");
    world_pass(w, 1);
    world_forget(w);
    call(w, "three");
    expect_ringing(w, 0, 0, 1);
    world_answer(w, CAROL, 603, "");
    world_pass(w, 1);
    world_forget(w);
    call(w, "four");
    expect_ringing(w, 1, 0, 0);
    world_answer(w, ALICE, 603, "");
    finish(w);
}

static void log_in(struct world *w, const char *record)
{
    struct store_ask put = {
        .op = STORE_PUT, .key = STR("group sip:sales@example.com"), .value = str_from(record)};
    assert_int_equal(scripted_answer(&w->store, 1, &put).status, STORE_OK);
}

static void test_login(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_ALL);
    group.login = true;
    struct world *w = office();
    call(w, "one");
    assert_int_equal(world_status(w, CALLER), 480);
    log_in(w, "sip:carol@example.com\nsip:mallory@example.com\n");
    call(w, "two");
    expect_ringing(w, 0, 0, 1);
    world_answer(w, CAROL, 486, "");
    finish(w);
}

/* A call waits, is told so, and rings with the first who is free; no more wait than may. */
static void test_queue(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_IN_ORDER);
    group.members.n = 1;
    group.queue = 1;
    struct world *w = office();
    call(w, "one");
    world_answer(w, ALICE, 200, "");
    world_forget(w);
    call(w, "two");
    assert_int_equal(world_status(w, CALLER), 182);
    call(w, "three");
    assert_int_equal(world_status(w, CALLER), 486);
    world_pass(w, 10);
    assert_int_equal(rings(w, ALICE), 0);
    bye(w, "one", ALICE);
    world_pass(w, 2);
    assert_true(rings(w, ALICE) > 0);
    world_answer(w, ALICE, 200, "");
    assert_int_equal(world_status(w, CALLER), 200);
    finish(w);
}

static void test_queue_in_vain(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_ALL);
    group.login = true;
    group.queue = 5;
    group.forward = STR("sip:bob@example.com");
    struct world *w = office();
    call(w, "one");
    assert_int_equal(world_status(w, CALLER), 182);
    world_pass(w, 58);
    expect_ringing(w, 0, 0, 0);
    world_pass(w, 3);
    assert_true(rings(w, BOB) > 0);
    world_answer(w, BOB, 603, "");
    finish(w);
}

/* Groups within groups, in a circle. */
static void test_circle(void **state)
{
    (void)state;
    static struct config_agent of_a[] = {{.user = STR_INIT("b")}, {.user = STR_INIT("alice")}};
    static struct config_agent of_b[] = {{.user = STR_INIT("sales")}, {.user = STR_INIT("bob")}};
    static struct config_group both[2];
    both[0] = usual(CONFIG_ORDER_ALL);
    both[0].members = (struct config_agent_list){of_a, 2};
    both[1] = usual(CONFIG_ORDER_ALL);
    both[1].name = STR("b");
    both[1].members = (struct config_agent_list){of_b, 2};
    struct world *w = office();
    struct element_config c;
    static const struct str domain = STR_INIT("example.com");
    static const struct config_group_list circle = {both, 2};
    element_config_default(&c);
    c.domains = &domain;
    c.n_domains = 1;
    c.groups = &circle;
    assert_int_equal(element_reconfigure(w->element, &c), OK);
    call(w, "one");
    expect_ringing(w, 1, 1, 0);
    world_answer(w, ALICE, 486, "");
    world_answer(w, BOB, 200, "");
    assert_int_equal(world_status(w, CALLER), 200);
    finish(w);
}

static void test_cancelled(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_ALL);
    struct world *w = office();
    w->hold = true;
    call(w, "one");
    world_sendf(w, CALLER,
                "CANCEL sip:sales@example.com SIP/2.0\r\n"
                "Via: SIP/2.0/UDP %s;branch=z9hG4bKINVITEone\r\n"
                "From: <sip:x@example.com>;tag=f\r\nTo: <sip:bob@example.com>\r\nCall-ID: one\r\n"
                "CSeq: 1 CANCEL\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                CALLER);
    assert_true(world_count(w, CALLER, "SIP/2.0 487 ") == 1);
    world_release(w);
    expect_ringing(w, 0, 0, 0);
    finish(w);
}

static void test_want_of_memory(void **state)
{
    (void)state;
    group = usual(CONFIG_ORDER_LONGEST_IDLE);
    for (long n = 0; n < 60; n++) {
        struct world *w = office();
        w->fail_in = n;
        call(w, "one");
        world_answer(w, ALICE, 200, "");
        w->fail_in = -1;
        bye(w, "one", ALICE);
        finish(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),         cmocka_unit_test(test_names),
        cmocka_unit_test(test_records),        cmocka_unit_test(test_all),
        cmocka_unit_test(test_in_order),       cmocka_unit_test(test_absent),
        cmocka_unit_test(test_forwarded),      cmocka_unit_test(test_in_turn),
        cmocka_unit_test(test_busy),           cmocka_unit_test(test_busy_caller),
        cmocka_unit_test(test_longest_idle),   cmocka_unit_test(test_login),
        cmocka_unit_test(test_queue),          cmocka_unit_test(test_queue_in_vain),
        cmocka_unit_test(test_circle),         cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
