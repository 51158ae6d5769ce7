/* Requests outside of dialogs: sent, challenged, redirected, answered, and who gets none. */
#include "rig.h"
#include "ua/request.h"

static struct rig r;
static ua_request id;

static int send_to(const char *target, const char *method)
{
    const struct request_start s = {.account = r.side[ALICE].account,
                                    .method = str_from(method),
                                    .target = str_from(target),
                                    .headers = STR("Content-Type: text/plain\r\n"),
                                    .body = STR("hello"),
                                    .user = 5};
    int error = request_send(r.side[ALICE].ua, &s, r.now, &id);
    rig_pass(&r, 30 * MS);
    return error;
}

static const struct rig_event *expect(unsigned status)
{
    const struct rig_event *e = rig_expect(&r, ALICE, UA_ANSWERED);
    assert_int_equal(e->ev.status, status);
    assert_int_equal(e->ev.user, 5);
    assert_int_equal(e->ev.request, id);
    rig_expect_none(&r, ALICE);
    return e;
}

static void a_message_comes_and_is_answered(void **state)
{
    (void)state;
    rig_new(&r);
    assert_int_equal(send_to("sip:bob@192.0.2.2", "MESSAGE"), OK);
    const struct rig_event *m = rig_expect(&r, BOB, UA_REQUEST);
    assert_true(rig_has(m->text, "\r\n\r\nhello"));
    assert_int_equal(m->ev.account, r.side[BOB].account);
    const struct reply ok = {.status = 200};
    assert_int_equal(ua_reply(r.side[BOB].ua, m->ev.tx, &ok, r.now), OK);
    rig_pass(&r, 30 * MS);
    (void)expect(200);
    rig_end(&r);
}

/* Another worker would get its answer. */
static void each_call_id_is_of_our_worker(void **state)
{
    (void)state;
    rig_config(&r);
    r.n_workers = 8;
    rig_start(&r);
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(send_to("sip:x@192.0.2.9", "OPTIONS"), OK);
        const char *request = rig_peer_next(&r, "OPTIONS");
        assert_true(
            engine_owns_call_id(r.side[ALICE].engine, str_from(rig_value(request, "Call-ID"))));
        rig_peer_answer(&r, ALICE, request, 200, "t", "", "");
        (void)expect(200);
    }
    rig_end(&r);
}

/* RFC 3261 22.2: once with the password, not a second time. */
static void a_challenge_is_answered_once(void **state)
{
    (void)state;
    static const char asked[] =
        "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\", qop=\"auth\"\r\n";
    rig_config(&r);
    r.password = "secret";
    rig_start(&r);
    assert_int_equal(send_to("sip:x@192.0.2.9", "OPTIONS"), OK);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "OPTIONS"), 401, "t", asked, "");
    rig_pass(&r, 30 * MS);
    const char *again = rig_peer_next(&r, "OPTIONS");
    assert_true(rig_has(again, "\r\nAuthorization: Digest username=\"alice\", realm=\"x\""));
    assert_string_equal(rig_value(again, "CSeq"), "2 OPTIONS");
    rig_peer_answer(&r, ALICE, again, 401, "t", asked, "");
    (void)expect(401);
    rig_end(&r);
}

/* RFC 3261 8.1.3.4; the first Contact of an answer is the peer's own */
static void a_redirection_is_followed(void **state)
{
    (void)state;
    rig_new(&r);
    assert_int_equal(send_to("sip:x@192.0.2.9", "MESSAGE"), OK);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "MESSAGE"), 302, "t",
                    "Contact: <sip:peer@192.0.2.9>, <sip:bob@192.0.2.2>\r\n", "");
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "MESSAGE sip:peer@192.0.2.9 "), 404, "t", "", "");
    rig_pass(&r, 30 * MS);
    const struct rig_event *m = rig_expect(&r, BOB, UA_REQUEST);
    assert_true(rig_has(m->text, "To: <sip:x@192.0.2.9>\r\n"));
    const struct reply ok = {.status = 202};
    assert_int_equal(ua_reply(r.side[BOB].ua, m->ev.tx, &ok, r.now), OK);
    rig_pass(&r, 30 * MS);
    (void)expect(202);
    rig_end(&r);
}

static void nobody_answers(void **state)
{
    (void)state;
    rig_new(&r);
    assert_int_equal(send_to("sip:x@192.0.2.9", "OPTIONS"), OK);
    rig_pass(&r, 40 * SECOND);
    assert_null(expect(408)->text);
    rig_end(&r);
}

static void who_is_forgotten_is_told_nothing(void **state)
{
    (void)state;
    rig_new(&r);
    assert_int_equal(send_to("sip:x@192.0.2.9", "OPTIONS"), OK);
    request_forget(r.side[ALICE].ua, id);
    request_forget(r.side[ALICE].ua, id);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "OPTIONS"), 200, "t", "", "");
    rig_expect_none(&r, ALICE);
    rig_end(&r);
}

static void a_wrong_one_leaves_nothing(void **state)
{
    (void)state;
    static const char *const methods[] = {"INVITE", "ACK", "BYE", "CANCEL", ""};
    rig_new(&r);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        assert_int_equal(send_to("sip:x@192.0.2.9", methods[i]), ERR_INVALID);
    assert_int_equal(send_to("no uri", "OPTIONS"), ERR_INVALID);
    for (size_t spare = 0;; spare++) {
        r.side[ALICE].mem.refuse_after = spare;
        const struct request_start s = {.account = r.side[ALICE].account,
                                        .method = STR("OPTIONS"),
                                        .target = STR("sip:x@192.0.2.9")};
        int error = request_send(r.side[ALICE].ua, &s, r.now, &id);
        r.side[ALICE].mem.refuse_after = SIZE_MAX;
        if (error == OK)
            break;
        assert_int_equal(error, ERR_NOMEM);
        rig_drain(&r);
        assert_int_equal(rig_count(&r, ALICE, "OPTIONS"), 0);
    }
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_and_is_answered),
        cmocka_unit_test(each_call_id_is_of_our_worker),
        cmocka_unit_test(a_challenge_is_answered_once),
        cmocka_unit_test(a_redirection_is_followed),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(who_is_forgotten_is_told_nothing),
        cmocka_unit_test(a_wrong_one_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
