/* A connection that goes while an INVITE rings on it: responses and the CANCEL take another. RFC
 * 3261 18, 9.1. */
#include "rig.h"

static struct rig rig;

#define BOB "sip:bob@192.0.2.20:5060;transport=tcp"
#define FROM_BOB "192.0.2.20:40001"

static void stand(conn_id id)
{
    struct addr local = rig_addr("192.0.2.1:40000");
    assert_int_equal(engine_connected(rig.e, id, &local, rig.now), OK);
    rig_drain(&rig);
}

static void lose(conn_id id)
{
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    rig_drain(&rig);
}

static void feed(conn_id id, unsigned status)
{
    struct str bytes = str_from(rig_response(rig_text(&rig, 1), status, "b1", ""));
    assert_int_equal(engine_stream(rig.e, id, bytes, rig.now), OK);
    rig_drain(&rig);
}

/* An INVITE that rings, sent as the text 1, and its connection gone. */
static tx_id ring_and_lose(void)
{
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB);
    conn_id id = rig.sent[0].conn;
    stand(id);
    feed(id, 180);
    lose(id);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 0);
    assert_int_equal(rig.n_sent, 2);
    return tx;
}

/* 18.2.2: the callee opens a connection for its response; 17.1.1.3: the ACK goes where the INVITE
 * went */
static void the_final_response_comes_by_another(void **state)
{
    (void)state;
    tx_id tx = ring_and_lose();
    struct flow flow = rig_flow(RIG_TCP, FROM_BOB);
    conn_id id = engine_accepted(rig.e, &flow, rig.now);
    feed(id, 486);
    assert_int_equal(rig.events[rig.n_events - 1].tx, tx);
    assert_int_equal(rig.events[rig.n_events - 1].msg->status, 486);
    assert_int_equal(rig.sent[2].kind, OUTPUT_CONNECT);
    stand(rig.sent[2].conn);
    assert_int_equal(rig_count(&rig, "ACK "), 1);
    rig_end(&rig);
}

static void the_cancel_goes_by_another(void **state)
{
    (void)state;
    tx_id tx = ring_and_lose();
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig.sent[2].kind, OUTPUT_CONNECT);
    struct addr bob = rig_addr("192.0.2.20:5060");
    assert_true(addr_equal(&rig.sent[2].flow.remote, &bob));
    stand(rig.sent[2].conn);
    assert_int_equal(rig_count(&rig, "CANCEL "), 1);
    rig_end(&rig);
}

/* 9.1: 64*T1 later the INVITE is over */
static void where_none_can_be_made_the_invite_ends(void **state)
{
    (void)state;
    tx_id tx = ring_and_lose();
    assert_int_equal(engine_cancel(rig.e, tx, STR_NONE, rig.now), OK);
    rig_drain(&rig);
    lose(rig.sent[2].conn);
    rig_pass(&rig, 31900 * MS);
    assert_int_equal(rig_count_events(&rig, EVENT_TIMEOUT), 0);
    rig_pass(&rig, 200 * MS);
    assert_int_equal(rig_event(&rig, EVENT_TIMEOUT)->tx, tx);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 0);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_final_response_comes_by_another),
        cmocka_unit_test(the_cancel_goes_by_another),
        cmocka_unit_test(where_none_can_be_made_the_invite_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
