/* What finds no memory is owed: a final answer, a CANCEL; nobody waits for ever. */
#include "rig.h"

static struct rig rig;

static tx_id invited(void)
{
    rig_new(&rig);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKi", "", ""));
    return rig_event(&rig, EVENT_REQUEST)->tx;
}

static int reply_short_of_memory(tx_id tx, unsigned status, const char *headers)
{
    struct reply r = {.status = status, .headers = str_from(headers)};
    rig.mem.refuse_after = 0;
    int err = engine_reply(rig.e, tx, &r, rig.now);
    rig.mem.refuse_after = SIZE_MAX;
    rig_drain(&rig);
    return err;
}

struct row {
    unsigned status;
    const char *headers;
    const char *sent;
};

/* The engine waits for the TU as long as T2; then the answer is its own. */
static void a_final_answer_is_owed(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {486, "", "SIP/2.0 486 Busy Here\r\n"},
        {404, "", "SIP/2.0 404 Not Found\r\n"},
        {407, "Proxy-Authenticate: Digest\r\n", "SIP/2.0 500 "},
        {200, "", "SIP/2.0 500 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tx_id tx = invited();
        assert_int_equal(reply_short_of_memory(tx, rows[i].status, rows[i].headers), ERR_NOMEM);
        rig_pass(&rig, 3900 * MS);
        assert_int_equal(rig_count(&rig, "SIP/2.0 1"), rig.n_sent);
        rig_pass(&rig, 200 * MS);
        assert_int_equal(rig_count(&rig, rows[i].sent), 1);
        rig_end(&rig);
    }
}

static void the_tu_may_give_it_again(void **state)
{
    (void)state;
    tx_id tx = invited();
    assert_int_equal(reply_short_of_memory(tx, 486, ""), ERR_NOMEM);
    rig_pass(&rig, NS_S);
    assert_int_equal(rig_reply(&rig, tx, 603), OK);
    rig_recv(&rig, rig_request("ACK", "z9hG4bKi", "", ""));
    rig_pass(&rig, 60 * NS_S);
    assert_int_equal(rig_count(&rig, "SIP/2.0 603 "), 1);
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 0);
    rig_end(&rig);
}

static void a_provisional_answer_is_not_owed(void **state)
{
    (void)state;
    tx_id tx = invited();
    assert_int_equal(reply_short_of_memory(tx, 180, ""), ERR_NOMEM);
    rig_pass(&rig, 60 * NS_S);
    assert_int_equal(rig_count(&rig, "SIP/2.0 100 "), rig.n_sent);
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    rig_end(&rig);
}

/* RFC 3261 17.2.4: the TU is told */
static void without_memory_it_ends(void **state)
{
    (void)state;
    tx_id tx = invited();
    rig_pass(&rig, NS_S);
    assert_int_equal(reply_short_of_memory(tx, 486, ""), ERR_NOMEM);
    rig.mem.refuse_after = 0;
    rig_pass(&rig, 35 * NS_S);
    assert_int_equal(engine_stats(rig.e)->tx_server, 1);
    rig_pass(&rig, 2 * NS_S);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    assert_int_equal(rig_event(&rig, EVENT_SERVER_TIMEOUT)->tx, tx);
    assert_int_equal(rig_event(&rig, EVENT_SERVER_END)->tx, tx);
    rig.mem.refuse_after = SIZE_MAX;
    rig_end(&rig);
}

/* RFC 3261 9.1 */
static void a_cancel_is_owed(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", "sip:bob@192.0.2.20");
    rig_recv(&rig, rig_response(rig_text(&rig, 0), 180, "b1", ""));
    rig.mem.refuse_after = 0;
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), OK);
    rig_drain(&rig);
    rig.mem.refuse_after = SIZE_MAX;
    assert_int_equal(rig_count(&rig, "CANCEL "), 0);
    rig_pass(&rig, 510 * MS);
    assert_int_equal(rig_count(&rig, "CANCEL "), 1);
    rig_end(&rig);
}

static void an_invite_without_its_cancel_ends(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", "sip:bob@192.0.2.20");
    rig_recv(&rig, rig_response(rig_text(&rig, 0), 180, "b1", ""));
    rig.mem.refuse_after = 0;
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), OK);
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_event(&rig, EVENT_TIMEOUT)->tx, tx);
    rig.mem.refuse_after = SIZE_MAX;
    rig_end(&rig);
}

/* The answer of the store comes once: without memory for its value as a failure. */
static void a_store_answer_is_not_lost(void **state)
{
    (void)state;
    rig_new(&rig);
    struct store_ask ask = {.op = STORE_GET, .key = STR("k")};
    assert_int_equal(engine_ask_store(rig.e, &ask, 5, 55), OK);
    rig_drain(&rig);
    struct store_answer a = {
        .query = rig.sent[0].query, .status = STORE_OK, .version = 9, .value = STR("record")};
    rig.mem.refuse_after = 0;
    assert_int_equal(engine_store_answered(rig.e, &a, rig.now), OK);
    rig.mem.refuse_after = SIZE_MAX;
    rig_drain(&rig);
    const struct engine_event *ev = rig_event(&rig, EVENT_STORE);
    assert_int_equal(ev->user, 55);
    assert_int_equal(ev->store.status, STORE_FAILED);
    assert_int_equal(ev->store.value.len, 0);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_final_answer_is_owed),
        cmocka_unit_test(the_tu_may_give_it_again),
        cmocka_unit_test(a_provisional_answer_is_not_owed),
        cmocka_unit_test(without_memory_it_ends),
        cmocka_unit_test(a_cancel_is_owed),
        cmocka_unit_test(an_invite_without_its_cancel_ends),
        cmocka_unit_test(a_store_answer_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
