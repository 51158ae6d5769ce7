/* Each request for memory of a long scene fails in turn, alone and with all behind it: no crash, no
 * leak, each call ends, and the user agents live on. */
#include "rig.h"

static struct rig r;

/* What the application does: the same whatever came of it before. */
static void say(ua_call bob, ua_call alice, const struct sdp_local *media)
{
    (void)!call_hold(r.side[BOB].ua, bob, true, r.now);
    rig_pass(&r, 100 * MS);
    (void)!call_change(r.side[ALICE].ua, alice, media, r.now);
    rig_pass(&r, 100 * MS);
    (void)!call_info(r.side[ALICE].ua, alice, STR("application/dtmf"), STR_NONE, STR("1"), r.now);
    rig_pass(&r, 400 * SECOND);
    if (call_end(r.side[ALICE].ua, alice, STR("Q.850;cause=16"), r.now))
        (void)call_end(r.side[BOB].ua, bob, STR_NONE, r.now);
    rig_pass(&r, 100 * MS);
}

static void play(bool late)
{
    ua_call alice = 0, bob = 0;
    const struct call_start start = {.account = r.side[ALICE].account,
                                     .target = STR("sip:bob@192.0.2.2"),
                                     .media = rig_media(4000),
                                     .offer_later = late,
                                     .headers = STR("Subject: a scene\r\n")};
    const struct call_ring ring = {.status = 183, .media = rig_media(5000)};
    (void)!call_start(r.side[ALICE].ua, &start, r.now, &alice);
    rig_pass(&r, 100 * MS);
    bob = call_next(r.side[BOB].ua, 0);
    (void)!call_ring(r.side[BOB].ua, bob, &ring, r.now);
    rig_pass(&r, 700 * MS);
    (void)!call_change(r.side[ALICE].ua, alice, rig_media(4200), r.now);
    rig_pass(&r, 100 * MS);
    (void)!call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now);
    rig_pass(&r, 700 * MS);
    say(bob, alice, rig_media(4400));
}

static void start(void)
{
    rig_config(&r);
    r.config.session_s = 600;
    rig_start(&r);
}

/* What is left of it ends by the application's hand, and a new call is made. */
static void lives_on(void)
{
    ua_call alice, bob;
    for (enum rig_who who = ALICE; who <= BOB; who++) {
        struct rig_side *s = &r.side[who];
        s->mem.refuse_after = SIZE_MAX;
        s->mem.refuse_one = 0;
        for (ua_call call; (call = call_next(s->ua, 0)) != 0;)
            assert_int_equal(call_end(s->ua, call, STR_NONE, r.now), OK);
    }
    rig_pass(&r, 300 * SECOND);
    for (enum rig_who who = ALICE; who <= BOB; who++)
        r.side[who].n_read = r.side[who].n_events;
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_end(r.side[BOB].ua, bob, STR_NONE, r.now), OK);
    rig_end(&r);
}

static size_t allocations(enum rig_who who, bool late)
{
    start();
    size_t before = r.side[who].mem.n_allocs;
    play(late);
    size_t n = r.side[who].mem.n_allocs - before;
    lives_on();
    return n;
}

static void sweep(enum rig_who who, bool late)
{
    size_t n = allocations(who, late);
    assert_true(n > 20);
    for (size_t i = 0; i <= n; i++) {
        start();
        r.side[who].mem.refuse_after = i;
        play(late);
        lives_on();
    }
}

static void the_caller_has_no_memory_any_more(void **state)
{
    (void)state;
    sweep(ALICE, false);
    sweep(ALICE, true);
}

static void the_callee_has_no_memory_any_more(void **state)
{
    (void)state;
    sweep(BOB, false);
    sweep(BOB, true);
}

static void one_request_for_memory_fails(void **state)
{
    (void)state;
    for (enum rig_who who = ALICE; who <= BOB; who++) {
        size_t n = allocations(who, false);
        for (size_t i = 0; i <= n; i++) {
            start();
            r.side[who].mem.refuse_one = i + 1;
            play(false);
            lives_on();
        }
    }
}

static void ua_new_fails_whole(void **state)
{
    (void)state;
    rig_new(&r);
    struct rig_side *s = &r.side[ALICE];
    size_t live = s->mem.n_live;
    struct ua *ua = NULL;
    struct ua_config config = r.config;
    config.engine = s->engine;
    for (size_t i = 0; !ua; i++) {
        assert_int_equal(s->mem.n_live, live);
        s->mem.refuse_after = i;
        ua = ua_new(&config);
        assert_true(ua || i < 100);
    }
    s->mem.refuse_after = SIZE_MAX;
    ua_free(ua);
    assert_int_equal(s->mem.n_live, live);
    rig_end(&r);
}

/* ERR_NOMEM: nothing was sent, nothing is left, and the next try succeeds. */
static void a_call_begins_or_not(void **state)
{
    (void)state;
    const struct call_start how = {.target = STR("sip:bob@192.0.2.2"), .media = rig_media(4000)};
    int err = ERR_NOMEM;
    for (size_t i = 0; err; i++) {
        struct call_start s = how;
        ua_call call;
        rig_new(&r);
        s.account = r.side[ALICE].account;
        r.side[ALICE].mem.refuse_after = i;
        err = call_start(r.side[ALICE].ua, &s, r.now, &call);
        assert_true(err == OK || err == ERR_NOMEM);
        r.side[ALICE].mem.refuse_after = SIZE_MAX;
        rig_pass(&r, 10 * MS);
        assert_int_equal(rig_count(&r, ALICE, "INVITE "), err ? 0 : 1);
        assert_int_equal(ua_is_quiet(r.side[ALICE].ua), err != OK);
        rig_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ua_new_fails_whole),
        cmocka_unit_test(a_call_begins_or_not),
        cmocka_unit_test(the_caller_has_no_memory_any_more),
        cmocka_unit_test(the_callee_has_no_memory_any_more),
        cmocka_unit_test(one_request_for_memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
