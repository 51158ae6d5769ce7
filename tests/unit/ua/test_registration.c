/* Registrations in virtual time: bound, refreshed, refused, tried again, taken back. */
#include <string.h>

#include "rig.h"
#include "ua/registration.h"

static struct rig r;
static ua_registration id;

#define REGISTRAR "sip:192.0.2.9"
#define CONTACT "Contact: <sip:alice@192.0.2.1>"

static void start(const char *instance, unsigned expires_s, bool once)
{
    rig_new(&r);
    const struct registration_start s = {.account = r.side[ALICE].account,
                                         .registrar = STR(REGISTRAR),
                                         .expires_s = expires_s,
                                         .instance = str_from(instance),
                                         .reg_id = instance ? 1 : 0,
                                         .once = once,
                                         .user = 77};
    assert_int_equal(registration_start(r.side[ALICE].ua, &s, r.now, &id), OK);
    rig_pass(&r, 20 * MS);
}

static const char *answer(unsigned status, const char *more)
{
    const char *request = rig_peer_next(&r, "REGISTER " REGISTRAR " SIP/2.0");
    rig_peer_answer(&r, ALICE, request, status, "t", more, "");
    return request;
}

static struct registration_view look(void)
{
    struct registration_view v;
    assert_int_equal(registration_look(r.side[ALICE].ua, id, &v), OK);
    return v;
}

/* RFC 3261 10.2, 10.2.4 */
static void it_is_bound_refreshed_and_taken_back(void **state)
{
    (void)state;
    start(NULL, 600, false);
    const char *first = answer(200, CONTACT ";expires=300\r\n");
    assert_true(rig_has(first, "\r\n" CONTACT "\r\nExpires: 600\r\n"));
    assert_string_equal(rig_value(first, "To"), "\"Alice\" <sip:alice@example.com>");
    const struct rig_event *e = rig_expect(&r, ALICE, UA_REGISTERED);
    assert_int_equal(e->ev.user, 77);
    assert_int_equal(e->ev.registration, id);
    assert_true(look().is_registered);
    rig_pass(&r, 235 * SECOND);
    assert_int_equal(rig_count(&r, ALICE, "REGISTER"), 1);
    rig_pass(&r, SECOND + 50 * MS);
    const char *second = answer(200, CONTACT ";expires=300\r\n");
    assert_string_equal(rig_value(second, "Call-ID"), rig_value(first, "Call-ID"));
    assert_string_equal(rig_value(second, "CSeq"), "2 REGISTER");
    rig_expect(&r, ALICE, UA_REGISTERED);
    assert_int_equal(registration_end(r.side[ALICE].ua, id, r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_string_equal(rig_value(answer(200, ""), "Expires"), "0");
    assert_int_equal(rig_expect(&r, ALICE, UA_UNREGISTERED)->ev.status, 200);
    assert_int_equal(registration_end(r.side[ALICE].ua, id, r.now), ERR_STALE);
    rig_end(&r);
}

/* RFC 3261 10.2.8 */
static void a_longer_time_is_asked_for_where_it_was_too_brief(void **state)
{
    (void)state;
    start(NULL, 60, false);
    (void)answer(423, "Min-Expires: 900\r\n");
    rig_pass(&r, 20 * MS);
    assert_string_equal(rig_value(answer(200, CONTACT ";expires=900\r\n"), "Expires"), "900");
    rig_expect(&r, ALICE, UA_REGISTERED);
    rig_free(&r);
    start(NULL, 900, true);
    (void)answer(423, "Min-Expires: 900\r\n");
    assert_int_equal(rig_expect(&r, ALICE, UA_REGISTRATION_FAILED)->ev.status, 423);
    rig_expect_none(&r, ALICE);
    rig_free(&r);
}

/* RFC 5626 4.5: from half a minute on, twice as long each time, no less than Retry-After. */
static void failures_are_waited_out(void **state)
{
    (void)state;
    start(NULL, 600, false);
    time_ns base = 30 * SECOND;
    for (unsigned i = 0; i < 4; i++, base *= 2) {
        (void)answer(503, "");
        assert_int_equal(rig_expect(&r, ALICE, UA_REGISTRATION_FAILED)->ev.status, 503);
        time_ns pause = look().next - r.now;
        assert_true(pause <= base && pause + 20 * MS >= base / 2);
        assert_int_equal(look().failures, i + 1);
        rig_pass(&r, pause + 20 * MS);
    }
    (void)answer(480, "Retry-After: 7000\r\n");
    rig_expect(&r, ALICE, UA_REGISTRATION_FAILED);
    assert_true(look().next - r.now + 20 * MS >= 7000 * SECOND);
    rig_pass(&r, 7001 * SECOND);
    (void)answer(200, CONTACT "\r\n");
    rig_expect(&r, ALICE, UA_REGISTERED);
    assert_int_equal(look().failures, 0);
    rig_free(&r);
}

static void nobody_answers_and_nothing_is_bound(void **state)
{
    (void)state;
    start(NULL, 600, true);
    rig_pass(&r, 33 * SECOND);
    assert_int_equal(rig_expect(&r, ALICE, UA_REGISTRATION_FAILED)->ev.status, 408);
    rig_pass(&r, 600 * SECOND);
    assert_int_equal(rig_count(&r, ALICE, "REGISTER"), 11); /* one, and its retransmissions */
    assert_false(look().is_registered);
    rig_free(&r);
}

/* RFC 3261 10.2.4: a 200 that does not have our contact has not bound it. */
static void an_answer_without_our_contact_binds_nothing(void **state)
{
    (void)state;
    static const char *const others[] = {"", "Contact: <sip:alice@192.0.2.44>;expires=60\r\n",
                                         CONTACT ";expires=0\r\n", "Contact: *\r\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        start(NULL, 600, true);
        (void)answer(200, others[i]);
        rig_expect(&r, ALICE, UA_REGISTRATION_FAILED);
        assert_false(look().is_registered);
        rig_free(&r);
    }
}

/* RFC 5626 4.2.1, RFC 5627 4, RFC 3608 5 */
static void what_the_registrar_gives_is_kept(void **state)
{
    (void)state;
    start("urn:uuid:1", 600, false);
    const char *request = answer(
        200, CONTACT ";expires=600;pub-gruu=\"sip:alice@example.com;gr=1\";temp-gruu=\"sip:t@x;gr\""
                     "\r\nService-Route: <sip:192.0.2.9;lr>,<sip:b@192.0.2.8;lr>\r\n");
    assert_true(rig_has(request, CONTACT ";+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"));
    assert_true(rig_has(request, "\r\nSupported: path, gruu, outbound\r\n"));
    struct registration_view v = look();
    assert_true(str_equal(v.pub_gruu, STR("sip:alice@example.com;gr=1")));
    assert_true(str_equal(v.temp_gruu, STR("sip:t@x;gr")));
    assert_true(str_equal(v.service_route, STR("<sip:192.0.2.9;lr>,<sip:b@192.0.2.8;lr>")));
    (void)rig_call(&r, "sip:carol@example.com");
    rig_pass(&r, 20 * MS);
    assert_string_equal(rig_value(rig_last(&r, ALICE, "INVITE sip:carol@example.com"), "Route"),
                        "<sip:192.0.2.9;lr>,<sip:b@192.0.2.8;lr>");
    rig_free(&r);
}

/* RFC 5626 4.4.1: Flow-Timer, and up to a fifth sooner. */
static void the_flow_is_kept_open(void **state)
{
    (void)state;
    start(NULL, 600, false);
    (void)answer(200, CONTACT ";expires=600\r\nFlow-Timer: 20\r\n");
    rig_pass(&r, 15 * SECOND);
    assert_int_equal(rig_count(&r, ALICE, "\r\n\r\n"), 0);
    rig_pass(&r, 5 * SECOND);
    assert_int_equal(rig_count(&r, ALICE, "\r\n\r\n"), 1);
    rig_pass(&r, 200 * SECOND);
    assert_in_range(rig_count(&r, ALICE, "\r\n\r\n"), 11, 13);
    rig_free(&r);
}

static void what_is_under_way_is_taken_back_behind_it(void **state)
{
    (void)state;
    start(NULL, 600, false);
    assert_int_equal(registration_end(r.side[ALICE].ua, id, r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, ALICE, "REGISTER"), 1);
    (void)answer(200, CONTACT ";expires=600\r\n");
    rig_pass(&r, 20 * MS);
    assert_string_equal(rig_value(answer(200, ""), "Expires"), "0");
    rig_expect(&r, ALICE, UA_UNREGISTERED);
    rig_expect_none(&r, ALICE);
    rig_end(&r);
}

/* One at a time (RFC 3261 10.2.4). */
static void a_refresh_on_command_takes_the_place_of_the_planned_one(void **state)
{
    (void)state;
    start(NULL, 600, false);
    answer(200, CONTACT ";expires=300\r\n");
    rig_expect(&r, ALICE, UA_REGISTERED);
    rig_pass(&r, 235 * SECOND);
    assert_int_equal(registration_refresh(r.side[ALICE].ua, id, r.now), OK);
    rig_pass(&r, 3 * SECOND);
    assert_string_equal(rig_value(rig_last(&r, ALICE, "REGISTER"), "CSeq"), "2 REGISTER");
    answer(200, CONTACT ";expires=300\r\n");
    rig_expect(&r, ALICE, UA_REGISTERED);
    assert_int_equal(registration_end(r.side[ALICE].ua, id, r.now), OK);
    rig_pass(&r, 20 * MS);
    while (!rig_has(answer(200, ""), "Expires: 0"))
        ;
    rig_expect(&r, ALICE, UA_UNREGISTERED);
    rig_end(&r);
}

static void a_wrong_start_leaves_nothing(void **state)
{
    (void)state;
    struct registration_start s = {.account = 99, .expires_s = 60};
    rig_new(&r);
    assert_int_equal(registration_start(r.side[ALICE].ua, &s, r.now, &id), ERR_STALE);
    s.account = r.side[ALICE].account;
    s.registrar = STR("no uri");
    assert_int_equal(registration_start(r.side[ALICE].ua, &s, r.now, &id), ERR_INVALID);
    s.registrar = STR(REGISTRAR);
    for (size_t spare = 0;; spare++) {
        r.side[ALICE].mem.refuse_after = spare;
        int error = registration_start(r.side[ALICE].ua, &s, r.now, &id);
        r.side[ALICE].mem.refuse_after = SIZE_MAX;
        if (error == OK)
            break;
        assert_int_equal(error, ERR_NOMEM);
        rig_drain(&r);
        assert_int_equal(rig_count(&r, ALICE, "REGISTER"), 0);
    }
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_bound_refreshed_and_taken_back),
        cmocka_unit_test(a_longer_time_is_asked_for_where_it_was_too_brief),
        cmocka_unit_test(failures_are_waited_out),
        cmocka_unit_test(nobody_answers_and_nothing_is_bound),
        cmocka_unit_test(an_answer_without_our_contact_binds_nothing),
        cmocka_unit_test(what_the_registrar_gives_is_kept),
        cmocka_unit_test(the_flow_is_kept_open),
        cmocka_unit_test(what_is_under_way_is_taken_back_behind_it),
        cmocka_unit_test(a_refresh_on_command_takes_the_place_of_the_planned_one),
        cmocka_unit_test(a_wrong_start_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
