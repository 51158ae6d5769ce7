/* Over a limit new work is refused cheaply, work in progress is finished. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

static void start(uint32_t max)
{
    rig_config(&rig);
    rig.config.max_tx = max;
    rig_start(&rig);
}

static void arrive(const char *method, unsigned n, const char *to_tag)
{
    char branch[32];
    snprintf(branch, sizeof branch, "z9hG4bK%u", n);
    rig_recv(&rig, rig_request(method, branch, to_tag, ""));
}

static void new_requests_get_a_503(void **state)
{
    (void)state;
    start(16);
    for (unsigned i = 0; i < 20; i++)
        arrive("INVITE", i, "");
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 16);
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 4);
    assert_true(rig_has(&rig, 0, "Retry-After: 5\r\n"));
    assert_int_equal(engine_stats(rig.e)->refused_overload, 4);
    assert_int_equal(engine_stats(rig.e)->tx_server, 16);
    /* RFC 3261 17.1.1.3: the ACK of that 503 needs no transaction */
    arrive("ACK", 19, "x");
    assert_int_equal(engine_stats(rig.e)->tx_server, 16);
    rig_free(&rig);
}

static void work_in_progress_goes_on(void **state)
{
    (void)state;
    start(16);
    for (unsigned i = 0; i < 16; i++)
        arrive("INVITE", i, "");
    rig_clear(&rig);
    /* a retransmission, a CANCEL, a request inside a dialog, and what the TU sends for an admitted
     * one */
    arrive("INVITE", 3, "");
    arrive("CANCEL", 3, "");
    arrive("BYE", 99, "tag");
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 0);
    assert_int_equal(rig_count_events(&rig, EVENT_CANCEL), 1);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    for (unsigned i = 0; i < 16; i++)
        rig_send(&rig, "OPTIONS", "sip:x@192.0.2.20");
    rig_free(&rig);
}

static void even_that_has_an_end(void **state)
{
    (void)state;
    start(16);
    for (unsigned i = 0; i < 40; i++)
        arrive("BYE", i, "tag");
    assert_int_equal(engine_stats(rig.e)->tx_server, 18);
    for (unsigned i = 0; i < 32; i++)
        rig_send(&rig, "OPTIONS", "sip:x@192.0.2.20");
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    struct outgoing o = {.text = STR("OPTIONS sip:a SIP/2.0\r\nTo: <sip:a>\r\n\r\n"),
                         .flow = &flow};
    tx_id tx;
    assert_int_equal(engine_request(rig.e, &o, rig.now, &tx), ERR_LIMIT);
    assert_int_equal(tx, 0);
    rig_free(&rig);
}

/* Many requests of one Call-ID and CSeq cannot make a chain that every lookup walks. */
static void one_call_id_is_bounded(void **state)
{
    (void)state;
    rig_new(&rig);
    for (unsigned i = 0; i < 164; i++) {
        char branch[16];
        snprintf(branch, sizeof branch, "z9hG4bK%u", i);
        rig_recv(&rig, rig_request("OPTIONS", branch, "", ""));
    }
    assert_int_equal(engine_stats(rig.e)->tx_server, 128);
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 36);
    rig_end(&rig);
}

/* A server that ends takes nothing new and finishes what it has. */
static void draining_refuses_what_is_new(void **state)
{
    (void)state;
    rig_new(&rig);
    arrive("INVITE", 1, "");
    engine_drain(rig.e);
    rig_clear(&rig);
    arrive("OPTIONS", 2, "");
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 1);
    assert_true(rig_has(&rig, 0, "Retry-After: 5\r\n"));
    rig_clear(&rig);
    arrive("INVITE", 1, "");
    arrive("BYE", 3, "tag");
    arrive("CANCEL", 1, "");
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 0);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    assert_int_equal(rig_count_events(&rig, EVENT_CANCEL), 1);
    arrive("CANCEL", 4, ""); /* of an INVITE that nobody knows: RFC 3261 9.2 */
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 0);
    assert_int_equal(rig_count_events(&rig, EVENT_CANCEL), 2);
    rig_free(&rig);
}

static void who_is_behind_refuses_what_is_new(void **state)
{
    (void)state;
    rig_new(&rig);
    arrive("INVITE", 1, "");
    engine_set_load(rig.e, ENGINE_BEHIND);
    rig_clear(&rig);
    arrive("INVITE", 2, "");
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 1);
    assert_int_equal(engine_stats(rig.e)->refused_behind, 1);
    arrive("INVITE", 1, "");
    arrive("BYE", 3, "tag");
    arrive("CANCEL", 1, "");
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 1);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    assert_int_equal(rig_count_events(&rig, EVENT_CANCEL), 1);
    engine_set_load(rig.e, ENGINE_KEEPS_UP);
    arrive("INVITE", 4, "");
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 2);
    rig_free(&rig);
}

/* RFC 3261 17.1.1.2: it comes again by itself; by a stream it would not. */
static void who_is_swamped_leaves_it_unanswered_over_udp(void **state)
{
    (void)state;
    rig_new(&rig);
    engine_set_load(rig.e, ENGINE_SWAMPED);
    arrive("INVITE", 1, "");
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 0);
    assert_int_equal(engine_stats(rig.e)->refused_behind, 1);
    arrive("BYE", 2, "tag");
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    engine_set_load(rig.e, ENGINE_KEEPS_UP);
    arrive("INVITE", 1, "");
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 2);
    rig_free(&rig);
}

/* What lingers for retransmissions keeps no server from ending; an unanswered request does. */
static void quiet_once_everything_is_answered(void **state)
{
    (void)state;
    rig_new(&rig);
    assert_true(engine_is_quiet(rig.e));
    arrive("INVITE", 1, "");
    tx_id invite = rig_event(&rig, EVENT_REQUEST)->tx;
    rig_clear(&rig);
    arrive("OPTIONS", 2, "");
    tx_id options = rig_event(&rig, EVENT_REQUEST)->tx;
    assert_false(engine_is_quiet(rig.e));
    assert_int_equal(rig_reply(&rig, options, 200), OK);
    assert_int_equal(rig_reply(&rig, invite, 180), OK);
    assert_false(engine_is_quiet(rig.e));
    assert_int_equal(rig_reply(&rig, invite, 486), OK);
    assert_true(engine_is_quiet(rig.e));
    assert_int_equal(engine_stats(rig.e)->tx_server, 2);
    rig_free(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_requests_get_a_503),
        cmocka_unit_test(work_in_progress_goes_on),
        cmocka_unit_test(even_that_has_an_end),
        cmocka_unit_test(one_call_id_is_bounded),
        cmocka_unit_test(draining_refuses_what_is_new),
        cmocka_unit_test(who_is_behind_refuses_what_is_new),
        cmocka_unit_test(who_is_swamped_leaves_it_unanswered_over_udp),
        cmocka_unit_test(quiet_once_everything_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
