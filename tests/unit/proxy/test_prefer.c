/* Caller preferences (RFC 3841) beside registered capabilities (RFC 3840), with the RFC's examples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proxy/capabilities.h"
#include "rig.h"

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *contact;
        bool agrees;
        unsigned score;
    } cases[] = {
        {"", ";audio", true, 1000},
        {";audio", ";audio", true, 1000},
        {";audio", ";audio=\"TRUE\"", true, 1000},
        {";audio", ";audio=\"FALSE\"", false, 1000},
        {";audio=\"!TRUE\"", ";audio=\"FALSE\"", true, 1000},
        {";Audio", ";aUDIO=\"true\"", true, 1000},
        {";audio;video", ";audio", true, 500},
        {";methods=\"BYE\"", ";methods=\"INVITE,OPTIONS\"", false, 1000},
        {";methods=\"bye\"", ";methods=\"INVITE, BYE\"", true, 1000},
        {";language=\"en,de\"", ";language=\"fr,de\"", true, 1000},
        {";language=\"!de\"", ";language=\"de\"", false, 1000},
        {";language=\"!de\"", ";language=\"!de\"", true, 1000},
        {";priority=\"#>=4\"", ";priority=\"#1:3.5\"", false, 1000},
        {";priority=\"#>=4\"", ";priority=\"#1:4.0\"", true, 1000},
        {";priority=\"#<=4\"", ";priority=\"#=4.000001\"", false, 1000},
        {";priority=\"!#1:5\"", ";priority=\"#2:3\"", false, 1000},
        {";priority=\"!#1:5\"", ";priority=\"#2:6\"", true, 1000},
        {";priority=\"#=-1\"", ";priority=\"#<=0\"", true, 1000},
        {";priority=\"#4\"", ";priority=\"#4\"", true, 1000},
        {";priority=\"#5:1\"", ";priority=\"#1:9\"", false, 1000},
        {";description=\"<PC, big>\"", ";description=\"<PC, big>\"", true, 1000},
        {";description=\"<PC>\"", ";description=\"<pc>\"", false, 1000},
        {";+sip.foo=\"bar\"", ";+sip.foo=\"BAR\"", true, 1000},
        {";+x.y", ";+x.z", true, 0},
        {";q=0.3;other", ";other=\"x\"", true, 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct feature_match m = features_match((struct params){str_from(cases[i].wanted)},
                                                (struct params){str_from(cases[i].contact)});
        if (m.agrees != cases[i].agrees || m.score != cases[i].score)
            fail_msg("%s beside %s: %d %u", cases[i].wanted, cases[i].contact, m.agrees, m.score);
    }
}

static void phone(struct rig *r, const char *uri, const char *params, unsigned q)
{
    rig_target(r, uri);
    r->targets[r->n_targets - 1].params = str_from(params);
    r->targets[r->n_targets - 1].q = q;
}

static void call(struct rig *r, const char *method, const char *headers)
{
    rig_send(r, rig_request(r, method, "sip:bob@example.com", "", headers));
}

static const struct rig_sent *rings(struct rig *r, const char *method, int last)
{
    const struct rig_sent *s = rig_next_of(r, method);
    assert_int_equal(s->flow.remote.ip[3], last);
    return s;
}

/* RFC 3841 7.2.5: u5, u1, u4 in this order; u2 and u3 are left out. */
static void test_example(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->how.order = FORK_BY_Q;
    phone(r, "sip:u4@192.0.2.4", ";audio;methods=\"INVITE,OPTIONS\"", 200);
    phone(r, "sip:u1@192.0.2.1", ";audio;video;methods=\"INVITE,BYE\"", 200);
    phone(r, "sip:u2@192.0.2.2", ";audio=\"FALSE\";methods=\"INVITE\";actor=\"msg-taker\"", 200);
    phone(r, "sip:u3@192.0.2.3", ";audio;actor=\"msg-taker\";methods=\"INVITE\";video", 300);
    phone(r, "sip:u5@192.0.2.5", "", 500);
    call(r, "INVITE",
         "Reject-Contact: *;actor=\"msg-taker\";video\r\n"
         "Accept-Contact: *;audio;require, *;video;explicit\r\n"
         "a: *;methods=\"BYE\";class=\"business\";q=1.0\r\n");
    rig_answer(r, rings(r, "INVITE ", 5), 486, "a", "");
    rig_answer(r, rings(r, "INVITE ", 1), 486, "b", "");
    rig_answer(r, rings(r, "INVITE ", 4), 486, "c", "");
    assert_int_equal(rig_count(r, "INVITE "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 486 "), 1);
    rig_end(r);
}

/* RFC 3841 7.2.2: who does not know the method or the event is left out, unless nobody does. */
static void test_implicit(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    phone(r, "sip:u@192.0.2.1", ";methods=\"INVITE,BYE\"", 1000);
    phone(r, "sip:u@192.0.2.2", ";methods=\"INVITE,MESSAGE\"", 1000);
    call(r, "MESSAGE", "");
    assert_int_equal(rig_count(r, "MESSAGE "), 1);
    rig_answer(r, rings(r, "MESSAGE ", 2), 200, "a", "");
    rig_end(r);
    r = rig_new();
    phone(r, "sip:u@192.0.2.1", ";events=\"dialog\"", 1000);
    phone(r, "sip:u@192.0.2.2", ";events=\"presence,dialog\"", 1000);
    call(r, "SUBSCRIBE", "Event: presence\r\n");
    assert_int_equal(rig_count(r, "SUBSCRIBE "), 1);
    rig_answer(r, rings(r, "SUBSCRIBE ", 2), 200, "a", "");
    rig_end(r);
    r = rig_new();
    phone(r, "sip:u@192.0.2.1", ";methods=\"INVITE\"", 1000);
    call(r, "MESSAGE", "");
    rig_answer(r, rings(r, "MESSAGE ", 1), 405, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 405 "), 1);
    rig_end(r);
}

/* RFC 3841 7.2.4: explicit wishes may leave nobody: 480. */
static void test_nobody_is_wanted(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    phone(r, "sip:u@192.0.2.1", ";audio", 1000);
    call(r, "INVITE", "Accept-Contact: *;video;require;explicit\r\n");
    assert_int_equal(rig_count(r, "INVITE "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 480 "), 1);
    rig_end(r);
}

static struct rig *disposed(const char *headers)
{
    struct rig *r = rig_new();
    r->how.recurse = true;
    rig_user(r, "sip:carol@example.com", "sip:c@192.0.2.9");
    phone(r, "sip:u@192.0.2.1", "", 1000);
    phone(r, "sip:u@192.0.2.2", "", 500);
    call(r, "INVITE", headers);
    return r;
}

/* RFC 3841 9.1 */
static void test_dispositions(void **state)
{
    (void)state;
    struct rig *r = disposed("Request-Disposition: proxy, no-fork\r\n");
    rig_answer(r, rings(r, "INVITE ", 1), 486, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 486 "), 1);
    rig_end(r);
    r = disposed("d: SEQUENTIAL\r\n");
    const struct rig_sent *s = rings(r, "INVITE ", 1);
    assert_int_equal(rig_count(r, "INVITE "), 0);
    rig_answer(r, s, 486, "a", "");
    rig_answer(r, rings(r, "INVITE ", 2), 200, "b", "");
    rig_end(r);
    r = disposed("Request-Disposition: no-recurse\r\n");
    rig_answer(r, rings(r, "INVITE ", 1), 302, "a", "Contact: <sip:carol@example.com>\r\n");
    rig_answer(r, rings(r, "INVITE ", 2), 486, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 302 "), 1);
    rig_end(r);
    r = disposed("Request-Disposition: no-cancel\r\n");
    s = rings(r, "INVITE ", 1);
    const struct rig_sent *t = rings(r, "INVITE ", 2);
    rig_answer(r, t, 180, "b", "");
    rig_answer(r, s, 200, "a", "");
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_answer(r, t, 200, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 2);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),       cmocka_unit_test(test_example),
        cmocka_unit_test(test_implicit),     cmocka_unit_test(test_nobody_is_wanted),
        cmocka_unit_test(test_dispositions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
