/* Sessions whose calls have media: when these begin and end, and what comes of a call that is not
 * heard. And what scenarios say themselves. */
#include "rig.h"

static struct rig rig;

static struct tally *tally(unsigned i)
{
    return load_tally(rig.loads[i]);
}

static void call_many(unsigned n, time_ns apart)
{
    for (unsigned i = 0; i < n; i++) {
        load_start(rig.loads[0], rig.now, rig.now);
        rig_run(&rig, rig.now + apart);
    }
    rig_run(&rig, TIME_NEVER);
}

static void start_speaking(time_ns hold)
{
    rig_prepare(&rig);
    rig_speak(&rig);
    rig.config.hold = hold;
    rig_make(&rig, 0, scenario_builtin(STR("call")));
    rig.config.hold = 0;
    rig_make(&rig, 1, scenario_builtin(STR("answer")));
}

static void test_calls_speak(void **state)
{
    (void)state;
    start_speaking(1 * NS_PER_S);
    call_many(3, 100 * NS_PER_MS);
    assert_int_equal(tally(0)->succeeded, 3);
    assert_int_equal(tally(1)->succeeded, 3);
    assert_non_null(strstr(rig.last, "BYE"));
    for (unsigned i = 0; i < 2; i++) {
        const struct rtp_tally *t = &tally(i)->rtp;
        assert_int_equal(t->calls, 3);
        assert_int_equal(t->silent + t->one_way + t->lost + t->late + t->behind, 0);
        assert_in_range(t->sent, 3 * 49, 3 * 53);
        assert_in_range(t->received, 3 * 49, 3 * 53);
    }
    rig_fini(&rig);
}

static void test_what_is_said_is_not_heard(void **state)
{
    (void)state;
    start_speaking(1 * NS_PER_S);
    rig.mute[0] = true;
    call_many(2, 100 * NS_PER_MS);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(tally(i)->succeeded, 0);
        assert_int_equal(tally(i)->failed, 2);
        assert_int_equal(tally(i)->running, 0);
        assert_int_equal(tally(i)->failures[0].cause, CAUSE_MEDIA);
        assert_int_equal(tally(i)->rtp.one_way, 2);
    }
    rig_fini(&rig);
    start_speaking(1 * NS_PER_S);
    rig.mute[0] = rig.mute[1] = true;
    call_many(2, 100 * NS_PER_MS);
    assert_int_equal(tally(0)->rtp.silent + tally(1)->rtp.silent, 4);
    rig_fini(&rig);
}

static void test_what_a_scenario_says(void **state)
{
    (void)state;
    struct block *said[LIMIT_LOAD_SAID];
    rig_init(&rig,
             "<scenario><send><![CDATA[ OPTIONS [callee] SIP/2.0\nCall-ID: [call_id]\n"
             "CSeq: [cseq] OPTIONS\n\n]]></send><nop><action><log message='call [call_number]'/>"
             "<warning message='again'/><error message='enough'/></action></nop></scenario>",
             NULL);
    for (unsigned i = 0; i < 30; i++) {
        load_start(rig.loads[0], rig.now, rig.now);
        rig_drain(&rig);
    }
    unsigned n = load_said(rig.loads[0], said);
    assert_int_equal(n, LIMIT_LOAD_SAID);
    assert_int_equal(tally(0)->unsaid, 90 - LIMIT_LOAD_SAID);
    assert_true(str_equal(block_str(said[3]), STR("call 2")));
    assert_true(str_equal(block_str(said[4]), STR("again")));
    assert_true(str_equal(block_str(said[5]), STR("enough")));
    for (unsigned i = 0; i < n; i++)
        block_unref(&rig.blocks, said[i]);
    assert_int_equal(load_said(rig.loads[0], said), 0);
    assert_int_equal(tally(0)->failures[0].cause, CAUSE_SCENARIO);
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_speak),
        cmocka_unit_test(test_what_is_said_is_not_heard),
        cmocka_unit_test(test_what_a_scenario_says),
    };
    return cmocka_run_group_tests_name("load_talk", tests, NULL, NULL);
}
