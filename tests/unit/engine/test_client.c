/* Client transactions of the engine: retransmission, matching, ACK, timeouts, transport errors,
 * size, names. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"

static struct rig rig;

#define BOB "sip:bob@192.0.2.20:5060"
#define FROM_BOB "192.0.2.20:5060"

static void answer(unsigned status, const char *tag)
{
    const char *text = rig_response(rig_text(&rig, 0), status, tag, "");
    assert_int_equal(rig_from(&rig, RIG_UDP, FROM_BOB, text), OK);
}

/* RFC 3261 17.1.1.2, 18.1.1, RFC 3581 3 */
static void invite_goes_again_until_timer_b(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB);
    assert_true(rig_has(&rig, 0, "\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK"));
    assert_int_equal(rig.sent[0].flow.remote.port, 5060);
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_count(&rig, "INVITE "), 7);
    const struct engine_event *ev = rig_event(&rig, EVENT_TIMEOUT);
    assert_int_equal(ev->tx, tx);
    assert_int_equal(ev->owner, 3);
    assert_int_equal(ev->user, 33);
    rig_end(&rig);
}

/* RFC 3261 17.1.1.2, 17.1.1.3 */
static void final_is_acked_each_time(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_send_more(&rig, "INVITE", BOB, "Route: <sip:192.0.2.20;lr>\r\n", 0);
    answer(180, "b1");
    answer(486, "b1");
    answer(486, "b1");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 2);
    assert_int_equal(rig_count(&rig, "ACK " BOB " SIP/2.0\r\n"), 2);
    assert_true(rig_has(&rig, 1, "To: <sip:bob@example.com>;tag=b1\r\n"));
    assert_true(rig_has(&rig, 1, "CSeq: 5 ACK\r\n"));
    assert_true(rig_has(&rig, 1, "Route: <sip:192.0.2.20;lr>\r\n"));
    const char *via = strstr(rig_text(&rig, 0), "Via: ");
    char line[160];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(via, "\r"), via);
    assert_true(rig_has(&rig, 1, line));
    rig_pass(&rig, 31 * NS_S);
    assert_int_equal(engine_stats(rig.e)->tx_client, 1);
    assert_int_equal(rig_count(&rig, "INVITE "), 1);
    rig_end(&rig);
}

/* RFC 6026 7.2: each 2xx goes up, none is acknowledged here */
static void every_2xx_goes_up(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_send(&rig, "INVITE", BOB);
    answer(200, "b1");
    answer(200, "b1");
    answer(200, "b2");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 3);
    assert_int_equal(rig_count(&rig, "ACK "), 0);
    rig_pass(&rig, 32 * NS_S + 10 * MS);
    answer(200, "b1");
    assert_int_equal(rig_count_events(&rig, EVENT_STRAY_RESPONSE), 1);
    rig_end(&rig);
}

/* RFC 3261 17.1.2.2 */
static void non_invite_absorbs_further_finals(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_send(&rig, "OPTIONS", BOB);
    rig_pass(&rig, 4 * NS_S);
    assert_int_equal(rig_count(&rig, "OPTIONS "), 4);
    answer(200, "b1");
    answer(200, "b1");
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 1);
    rig_pass(&rig, 5 * NS_S + 10 * MS);
    assert_int_equal(engine_stats(rig.e)->tx_client, 0);
    assert_int_equal(rig_count(&rig, "OPTIONS "), 4);
    rig_end(&rig);
}

/* RFC 3261 17.1.3: branch and CSeq method; 18.1.2: sent-by is ours */
static void foreign_responses_do_not_match(void **state)
{
    (void)state;
    static char text[4096];
    rig_new(&rig);
    rig_send(&rig, "INVITE", BOB);
    snprintf(text, sizeof text, "%s", rig_response(rig_text(&rig, 0), 200, "b1", ""));
    strstr(text, "branch=z9hG4bK")[30] ^= 1;
    assert_int_equal(rig_from(&rig, RIG_UDP, FROM_BOB, text), OK);
    assert_int_equal(rig_count_events(&rig, EVENT_STRAY_RESPONSE), 1);
    snprintf(text, sizeof text, "%s", rig_response(rig_text(&rig, 0), 200, "b1", ""));
    memcpy(strstr(text, "CSeq: 5 INVITE"), "CSeq: 5 UPDATE", 14);
    assert_int_equal(rig_from(&rig, RIG_UDP, FROM_BOB, text), OK);
    assert_int_equal(rig_count_events(&rig, EVENT_STRAY_RESPONSE), 2);
    snprintf(text, sizeof text, "%s", rig_response(rig_text(&rig, 0), 200, "b1", ""));
    memcpy(strstr(text, "192.0.2.1:5060"), "192.0.2.7:5060", 14);
    assert_int_equal(rig_from(&rig, RIG_UDP, FROM_BOB, text), OK);
    assert_int_equal(rig.n_events, 2);
    assert_int_equal(engine_stats(rig.e)->stray_responses, 3);
    rig_end(&rig);
}

/* RFC 3261 18.4: ICMP */
static void unreachable_ends_what_waits(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB);
    rig_send(&rig, "OPTIONS", "sip:other@192.0.2.21");
    struct flow flow = rig_flow(RIG_UDP, FROM_BOB);
    assert_int_equal(engine_unreachable(rig.e, &flow, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 1);
    assert_int_equal(rig_event(&rig, EVENT_TRANSPORT_ERROR)->tx, tx);
    /* the next report within 100 ms is kept for the sweep */
    flow = rig_flow(RIG_UDP, "192.0.2.21:5060");
    assert_int_equal(engine_unreachable(rig.e, &flow, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 1);
    rig_pass(&rig, 101 * MS);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 2);
    rig_end(&rig);
}

/* RFC 3261 18.1.1: over 1300 bytes by TCP … */
static void large_requests_go_by_tcp(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_send_more(&rig, "MESSAGE", BOB, "", 1300);
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(rig.sent[0].kind, OUTPUT_CONNECT);
    struct addr local = rig_addr("192.0.2.1:40000");
    assert_int_equal(engine_connected(rig.e, rig.sent[0].conn, &local, rig.now), OK);
    rig_drain(&rig);
    assert_true(rig_has(&rig, 1, "Via: SIP/2.0/TCP 192.0.2.1:5060;branch="));
    assert_int_equal(rig.sent[1].flow.conn, rig.sent[0].conn);
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_count(&rig, "MESSAGE "), 1);
    assert_int_equal(engine_closed(rig.e, rig.sent[0].conn, rig.now), OK);
    rig_end(&rig);
}

/* … and by UDP again where no connection can be made */
static void large_requests_fall_back_to_udp(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send_more(&rig, "MESSAGE", BOB, "", 1300);
    assert_int_equal(engine_closed(rig.e, rig.sent[0].conn, rig.now), OK);
    rig_drain(&rig);
    assert_true(rig_has(&rig, 1, "Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch="));
    assert_int_equal(rig.sent[1].flow.conn, 0);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 0);
    rig_pass(&rig, 600 * MS);
    assert_int_equal(rig_count(&rig, "MESSAGE "), 2);
    const char *ok = rig_response(rig_text(&rig, 1), 200, "b1", "");
    assert_int_equal(rig_from(&rig, RIG_UDP, FROM_BOB, ok), OK);
    assert_int_equal(rig_event(&rig, EVENT_RESPONSE)->tx, tx);
    rig_end(&rig);
}

static void no_connection_is_a_transport_error(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id tx = rig_send(&rig, "INVITE", BOB ";transport=tcp");
    assert_int_equal(rig.sent[0].kind, OUTPUT_CONNECT);
    rig_pass(&rig, (LIMIT_TCP_CONNECT_S + 1) * NS_S);
    assert_int_equal(rig.sent[1].kind, OUTPUT_CLOSE);
    assert_int_equal(rig_event(&rig, EVENT_TRANSPORT_ERROR)->tx, tx);
    rig_end(&rig);
}

/* What OUTPUT_CONNECT asks to be proved there; empty: nothing, or no connection is asked for. */
static struct str expected_for(const char *uri)
{
    struct engine_output o;
    struct msg_error err;
    struct uri hop;
    tx_id tx;
    struct outgoing out = {.text = STR("OPTIONS sip:a@b SIP/2.0\r\n\r\n"), .hop = &hop};
    assert_true(uri_parse(str_from(uri), &hop, &err));
    assert_int_equal(engine_request(rig.e, &out, rig.now, &tx), OK);
    while (engine_output(rig.e, &o))
        if (o.kind == OUTPUT_CONNECT)
            return o.domain;
    return STR_NONE;
}

/* RFC 5922 7.3: the domain that the certificate must be for is the URI's; a connection serves the
 * one that it was made for. */
static void secure_connections_are_for_a_domain(void **state)
{
    (void)state;
    rig_new(&rig);
    struct addr local = rig_addr("192.0.2.1:5061");
    assert_true(engine_listen(rig.e, TRANSPORT_TLS, &local, STR_NONE) > 0);
    assert_true(str_equal(expected_for("sips:x@example.net;maddr=192.0.2.20"), STR("example.net")));
    assert_int_equal(expected_for("sip:x@EXAMPLE.net;maddr=192.0.2.20;transport=tls").len, 0);
    assert_true(str_equal(expected_for("sips:x@example.org;maddr=192.0.2.20"), STR("example.org")));
    assert_true(str_equal(expected_for("sips:x@192.0.2.20"), STR("192.0.2.20")));
    assert_int_equal(expected_for("sip:x@192.0.2.20;transport=tcp").len, 0);
    rig_end(&rig);
}

struct route {
    const char *uri;
    int err;
};

static void hops_without_a_listener_have_no_route(void **state)
{
    (void)state;
    static const struct route routes[] = {
        {"sip:a@192.0.2.5", OK},
        {"sip:a@localhost", OK},
        {"sip:a@[2001:db8::5]", OK},
        {"sip:a@[2001:db8::5];transport=tcp", ERR_NO_ROUTE},
        {"sips:a@192.0.2.5", ERR_NO_ROUTE},
        {"sip:a@192.0.2.5;transport=tls", ERR_NO_ROUTE},
        {"sip:a@192.0.2.5;transport=pigeon", ERR_NO_ROUTE},
        {"tel:+15551234", ERR_NO_ROUTE},
    };
    rig_new(&rig);
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        struct uri uri;
        struct msg_error fault;
        tx_id tx;
        assert_true(uri_parse(str_from(routes[i].uri), &uri, &fault));
        struct outgoing o = {.text = STR("OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"),
                             .hop = &uri};
        assert_int_equal(engine_request(rig.e, &o, rig.now, &tx), routes[i].err);
    }
    rig_drain(&rig);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invite_goes_again_until_timer_b),
        cmocka_unit_test(final_is_acked_each_time),
        cmocka_unit_test(every_2xx_goes_up),
        cmocka_unit_test(non_invite_absorbs_further_finals),
        cmocka_unit_test(foreign_responses_do_not_match),
        cmocka_unit_test(unreachable_ends_what_waits),
        cmocka_unit_test(large_requests_go_by_tcp),
        cmocka_unit_test(large_requests_fall_back_to_udp),
        cmocka_unit_test(no_connection_is_a_transport_error),
        cmocka_unit_test(secure_connections_are_for_a_domain),
        cmocka_unit_test(hops_without_a_listener_have_no_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
