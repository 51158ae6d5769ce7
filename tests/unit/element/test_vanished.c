/* Members of groups whose phones vanish in a call: they are busy until that is noticed. */
#include "office.h"

/* Alice is in a call; then somebody calls her own name. */
static struct world *alice_talks(void (*then)(struct world *))
{
    group = usual(CONFIG_ORDER_IN_ORDER);
    group.members.n = 2;
    struct world *w = office();
    call(w, "one");
    world_answer(w, ALICE, 200, "");
    world_forget(w);
    then(w);
    return w;
}

static void call_alice(struct world *w)
{
    world_request(w, CALLER, "INVITE", "sip:alice@example.com", "sip:x@example.com", "own", MF);
    assert_int_equal(rings(w, ALICE), 1);
}

static void wait_for_end(struct world *w)
{
    for (unsigned i = 0; i < 8; i++) {
        world_pass(w, 5);
        world_forget(w);
    }
}

/* The next call of the group rings there, or at bob's. */
static void expect_next(struct world *w, bool alice)
{
    world_forget(w);
    call(w, "next");
    expect_ringing(w, alice, !alice, 0);
    world_answer(w, alice ? ALICE : BOB, 486, "");
    if (alice)
        world_answer(w, BOB, 486, "");
    finish(w);
}

static void does_nothing(struct world *w)
{
    (void)w;
}

static void is_not_there(struct world *w)
{
    call_alice(w);
    wait_for_end(w);
}

static void cannot_be_reached(struct world *w)
{
    call_alice(w);
    world_answer(w, ALICE, 408, "");
}

static void rings_in_vain(struct world *w)
{
    call_alice(w);
    world_answer(w, ALICE, 180, "");
    world_answer(w, ALICE, 408, "");
}

static void says_busy(struct world *w)
{
    call_alice(w);
    world_answer(w, ALICE, 486, "");
}

/* A second phone of hers, which is off. */
static void has_another_phone(struct world *w)
{
    world_register(w, CAROL, "alice", 3000);
    world_forget(w);
    call_alice(w);
    assert_int_equal(rings(w, CAROL), 1);
    world_answer(w, ALICE, 486, "");
    wait_for_end(w);
}

static void is_taken_off(struct world *w)
{
    world_register(w, ALICE, "alice", 0);
    world_register(w, ALICE, "alice", 600);
}

static void runs_out_and_comes_anew(struct world *w)
{
    for (unsigned i = 0; i < 70; i++) {
        world_pass(w, 50);
        world_forget(w);
    }
    world_register(w, ALICE, "alice", 600);
    world_register(w, BOB, "bob", 600);
}

static void is_refreshed(struct world *w)
{
    world_register(w, ALICE, "alice", 600);
}

static void test_vanished(void **state)
{
    static const struct {
        void (*then)(struct world *);
        bool free;
    } cases[] = {
        {does_nothing, false},     {is_not_there, true},
        {cannot_be_reached, true}, {rings_in_vain, false},
        {says_busy, false},        {has_another_phone, false},
        {is_taken_off, true},      {runs_out_and_comes_anew, true},
        {is_refreshed, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_next(alice_talks(cases[i].then), cases[i].free);
}

/* A call that is followed, and forgotten because its session is over, makes nobody busy. */
static void followed(struct element_config *c)
{
    configure(c);
    c->mode = CONFIG_MODE_CALL;
}

static void test_forgotten(void **state)
{
    (void)state;
    struct follow_view v;
    group = usual(CONFIG_ORDER_IN_ORDER);
    group.members.n = 2;
    struct world *w = world_new(followed, -1);
    assert_non_null(w);
    world_register(w, ALICE, "alice", 3000);
    world_register(w, BOB, "bob", 3000);
    world_request(w, CALLER, "INVITE", "sip:sales@example.com", "sip:x@example.com", "one",
                  MF "Contact: <sip:x@" CALLER ">\r\nSupported: timer\r\nSession-Expires: 90\r\n");
    world_answer(w, ALICE, 200,
                 "Contact: <sip:alice@" ALICE ">\r\nRequire: timer\r\n"
                 "Session-Expires: 90;refresher=uac\r\n");
    for (unsigned i = 0; i < 10; i++) {
        world_pass(w, 10);
        world_forget(w);
    }
    assert_true(element_ended(w->element, &v, w->now));
    assert_int_equal(v.cause, FOLLOW_EXPIRED);
    world_pass(w, 1);
    expect_next(w, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vanished),
        cmocka_unit_test(test_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
