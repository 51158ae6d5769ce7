/* What the engine shows of itself: its transactions portion by portion, and its counters. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

static size_t list_all(unsigned looks, struct engine_tx *out, size_t max)
{
    uint64_t cursor = 0;
    size_t n = 0;

    do
        n += engine_list(rig.e, &cursor, looks, &out[n], max - n);
    while (cursor != 0 && n < max);
    return n;
}

static const struct engine_tx *find(const struct engine_tx *list, size_t n, tx_id id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id)
            return &list[i];
    fail_msg("not listed");
    return NULL;
}

static void transactions_are_shown_as_they_stand(void **state)
{
    struct engine_tx list[8];

    (void)state;
    rig_new(&rig);
    rig.now += NS_S;
    time_ns began = rig.now;
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKa", "", ""));
    tx_id server = rig_event(&rig, EVENT_REQUEST)->tx;
    rig_pass(&rig, NS_S);
    tx_id client = rig_send(&rig, "OPTIONS", "sip:x@192.0.2.20");
    assert_int_equal(rig_reply(&rig, server, 180), OK);

    size_t n = list_all(100, list, 8);
    assert_int_equal(n, 2);
    const struct engine_tx *s = find(list, n, server), *c = find(list, n, client);
    assert_int_equal(s->kind, TX_INVITE_SERVER);
    assert_int_equal(s->state, TX_PROCEEDING);
    assert_int_equal(s->method, METHOD_INVITE);
    assert_int_equal(s->status, 180);
    assert_int_equal(s->since, began);
    assert_ptr_equal(s->request, engine_tx_request(rig.e, server));
    assert_true(str_equal(s->call_id, msg_call_id(s->request)));
    assert_int_equal(c->kind, TX_NON_INVITE_CLIENT);
    assert_int_equal(c->status, 0);
    assert_null(c->request);
    assert_true(c->since > began);
    assert_true(c->call_id.len > 0);
    struct addr to = rig_addr("192.0.2.20:5060");
    assert_true(addr_equal(&c->flow.remote, &to));

    /* once it is answered its request is gone, but not its name */
    assert_int_equal(rig_reply(&rig, server, 486), OK);
    n = list_all(100, list, 8);
    s = find(list, n, server);
    assert_int_equal(s->state, TX_COMPLETED);
    assert_null(s->request);
    assert_true(s->call_id.len > 0);
    rig_end(&rig);
}

static void an_unknown_method_has_its_name(void **state)
{
    struct engine_tx list[2];

    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("JUMP", "z9hG4bKa", "", ""));
    assert_int_equal(list_all(100, list, 2), 1);
    assert_int_equal(list[0].method, METHOD_OTHER);
    assert_true(str_equal(list[0].method_name, STR("JUMP")));
    rig_free(&rig);
}

static void a_portion_is_bounded(void **state)
{
    static struct engine_tx list[256];
    char branch[32];
    uint64_t cursor = 0;

    (void)state;
    rig_new(&rig);
    for (unsigned i = 0; i < 120; i++) {
        snprintf(branch, sizeof branch, "z9hG4bK%u", i);
        rig_recv(&rig, rig_request("INVITE", branch, "", ""));
        rig_clear(&rig);
    }
    assert_int_equal(engine_list(rig.e, &cursor, 50, list, 256), 50);
    assert_int_not_equal(cursor, 0);
    assert_int_equal(engine_list(rig.e, &cursor, 1000, list, 7), 7);
    assert_int_equal(engine_list(rig.e, &cursor, 1000, list, 256), 63);
    assert_int_equal(cursor, 0);
    for (unsigned looks = 1; looks < 300; looks += 37)
        assert_int_equal(list_all(looks, list, 256), 120);
    rig_free(&rig);
}

static void messages_are_counted_by_what_they_are(void **state)
{
    const struct engine_stats *stats;

    (void)state;
    rig_new(&rig);
    stats = engine_stats(rig.e);
    const char *invite = rig_request("INVITE", "z9hG4bKa", "", "");
    rig_recv(&rig, invite);
    rig_recv(&rig, invite); /* a retransmission is read, too */
    rig_recv(&rig, rig_request("JUMP", "z9hG4bKb", "", ""));
    rig_recv(&rig, "OPTIONS sip:x SIP/2.0\r\n\r\n"); /* bad */
    assert_int_equal(stats->requests_in[METHOD_INVITE], 2);
    assert_int_equal(stats->requests_in[METHOD_OTHER], 1);
    assert_int_equal(stats->requests_in[METHOD_OPTIONS], 1);
    assert_int_equal(stats->messages_in[TRANSPORT_UDP], 4);
    rig_clear(&rig);
    (void)rig_send(&rig, "OPTIONS", "sip:x@192.0.2.20");
    assert_int_equal(stats->requests_out[METHOD_OPTIONS], 1);
    const char *sent = rig_text(&rig, 0);
    uint64_t before = stats->messages_in[TRANSPORT_UDP];
    rig_recv(&rig, rig_response(sent, 604, "t", ""));
    assert_int_equal(stats->responses_in[604 - 100], 1);
    assert_int_equal(stats->messages_in[TRANSPORT_UDP], before + 1);
    assert_int_equal(stats->messages_in[TRANSPORT_TCP], 0);
    rig_clear(&rig);
    uint64_t out = stats->messages_out[TRANSPORT_UDP], sum = 0;
    rig_recv(&rig, rig_request("MESSAGE", "z9hG4bKc", "", ""));
    assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 405), OK);
    assert_int_equal(stats->responses_out[405 - 100], 1);
    assert_int_equal(stats->messages_out[TRANSPORT_UDP], out + 1);
    for (unsigned i = 0; i < ENGINE_STATUSES; i++)
        sum += stats->responses_out[i];
    for (unsigned i = 0; i < N_METHODS; i++)
        sum += stats->requests_out[i];
    assert_int_equal(sum, stats->sent);
    rig_free(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_are_shown_as_they_stand),
        cmocka_unit_test(an_unknown_method_has_its_name),
        cmocka_unit_test(a_portion_is_bounded),
        cmocka_unit_test(messages_are_counted_by_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
