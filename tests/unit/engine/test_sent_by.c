/* Responses whose connection is gone, or whose address is not there: they go to where sent-by leads
 * (RFC 3261 18.2.2, RFC 3263 5). */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

#define ZONE                                                              \
    "_sip._tcp.client.example.org SRV 1 0 5075 b.example.org\n"           \
    "client.example.org A 192.0.2.9\nclient.example.org A 198.51.100.1\n" \
    "client.example.org A 198.51.100.2\nb.example.org A 198.51.100.3\n"   \
    "here.example.org A 127.0.0.1\n"

static const char *request(const char *method, const char *transport, const char *sent_by)
{
    static char text[2048];
    snprintf(text, sizeof text,
             "%s sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bKx\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=a1\r\n"
             "To: <sip:bob@example.com>\r\nCall-ID: call-1\r\nCSeq: 1 %s\r\n"
             "Content-Length: 0\r\n\r\n",
             method, transport, sent_by, method);
    return text;
}

static void arrive(const char *method, const char *sent_by)
{
    struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    conn_id id = engine_accepted(rig.e, &flow, rig.now);
    struct str bytes = str_from(request(method, "TCP", sent_by));
    assert_int_equal(engine_stream(rig.e, id, bytes, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    rig_drain(&rig);
}

/* A request whose connection has gone; answered with `status`, for which one is made to the
 * received address and fails. */
static tx_id answer_in_vain(const char *method, const char *sent_by, unsigned status)
{
    rig_new(&rig);
    arrive(method, sent_by);
    tx_id tx = rig_event(&rig, EVENT_REQUEST)->tx;
    assert_int_equal(rig_reply(&rig, tx, status), OK);
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(rig.sent[0].kind, OUTPUT_CONNECT);
    assert_int_equal(engine_closed(rig.e, rig.sent[0].conn, rig.now), OK);
    rig_drain(&rig);
    return tx;
}

/* The last output is a connection to there. */
static conn_id connects_to(const char *where)
{
    const struct rig_sent *s = &rig.sent[rig.n_sent - 1];
    struct addr a = rig_addr(where);
    assert_int_equal(s->kind, OUTPUT_CONNECT);
    assert_true(addr_equal(&s->flow.remote, &a));
    return s->conn;
}

static void fail_to(const char *where)
{
    assert_int_equal(engine_closed(rig.e, connects_to(where), rig.now), OK);
    rig_drain(&rig);
}

static void stand(const char *where)
{
    struct addr local = rig_addr("192.0.2.1:40000");
    assert_int_equal(engine_connected(rig.e, connects_to(where), &local, rig.now), OK);
    rig_drain(&rig);
}

/* With a port: its addresses, one after the other, but for the one that has just failed. */
static void by_the_addresses_of_a_name(void **state)
{
    (void)state;
    answer_in_vain("INVITE", "client.example.org:5070", 486);
    rig_dns(&rig, "client.example.org A 192.0.2.9\nclient.example.org A 198.51.100.1\n"
                  "client.example.org A 198.51.100.2\n");
    size_t n = rig.n_sent;
    fail_to("198.51.100.1:5070");
    assert_int_equal(rig.n_sent, n + 1);
    stand("198.51.100.2:5070");
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 1);
    assert_int_equal(rig_count_events(&rig, EVENT_SERVER_TIMEOUT), 0);
    rig_end(&rig);
}

/* Without one: the services of the Via's transport. */
static void by_the_services_of_a_name(void **state)
{
    (void)state;
    answer_in_vain("INVITE", "client.example.org", 486);
    rig_dns(&rig, ZONE);
    stand("198.51.100.3:5075");
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 1);
    rig_end(&rig);
}

static void by_a_numeric_address(void **state)
{
    (void)state;
    answer_in_vain("INVITE", "192.0.2.77", 486);
    stand("192.0.2.77:5060");
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 1);
    rig_end(&rig);
}

/* The transaction of another request than INVITE is over by then. */
static void of_a_transaction_that_has_ended(void **state)
{
    (void)state;
    answer_in_vain("OPTIONS", "client.example.org:5070", 200);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    rig_dns(&rig, ZONE);
    fail_to("198.51.100.1:5070");
    stand("198.51.100.2:5070");
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 "), 1);
    rig_end(&rig);
}

/* What comes later goes by the same connection. */
static void later_responses_follow(void **state)
{
    (void)state;
    tx_id tx = answer_in_vain("INVITE", "client.example.org:5070", 180);
    rig_dns(&rig, ZONE);
    conn_id id = connects_to("198.51.100.1:5070");
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    stand("198.51.100.1:5070");
    assert_int_equal(rig_count(&rig, "SIP/2.0 180 "), 1);
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 1);
    assert_int_equal(rig.sent[rig.n_sent - 1].flow.conn, id);
    rig_end(&rig);
}

/* RFC 3261 17.2.4: the user hears of it, once. */
static void nowhere(void **state)
{
    (void)state;
    static const char *const sent_by[] = {"192.0.2.9:5070",        "gone.example.org:5070",
                                          "here.example.org:5070", "127.0.0.1:5070",
                                          "localhost:5070",        "x.invalid:5070"};
    for (size_t i = 0; i < sizeof sent_by / sizeof sent_by[0]; i++) {
        tx_id tx = answer_in_vain("INVITE", sent_by[i], 180);
        rig_dns(&rig, ZONE);
        assert_int_equal(rig_event(&rig, EVENT_SERVER_TIMEOUT)->tx, tx);
        assert_int_equal(rig_count_events(&rig, EVENT_SERVER_TIMEOUT), 1);
        for (size_t n = 1; n < rig.n_sent; n++)
            assert_int_equal(rig.sent[n].kind, OUTPUT_RESOLVE);
        rig_free(&rig);
    }
}

/* A response that passes without state, whose next Via names the one that has gone. */
static void of_what_passes_without_state(void **state)
{
    (void)state;
    struct uri uri;
    struct msg_error err;
    rig_new(&rig);
    arrive("OPTIONS", "client.example.org:5070;received=192.0.2.9");
    const struct engine_event *ev = rig_event(&rig, EVENT_REQUEST);
    assert_true(uri_parse(STR("sip:bob@192.0.2.7"), &uri, &err));
    struct outgoing out = {.base = ev->msg, .hop = &uri, .passes = true};
    assert_int_equal(engine_send_stateless(rig.e, &out, rig.now), OK);
    assert_int_equal(engine_give_up(rig.e, ev->tx), OK);
    rig_drain(&rig);
    assert_int_equal(
        rig_from(&rig, RIG_UDP, "192.0.2.7:5060", rig_response(rig_text(&rig, 0), 200, "b", "")),
        OK);
    ev = rig_event(&rig, EVENT_PASSING_RESPONSE);
    assert_int_equal(engine_pass_response(rig.e, ev, NULL, rig.now), OK);
    rig_drain(&rig);
    fail_to("192.0.2.9:5070");
    rig_dns(&rig, ZONE);
    fail_to("198.51.100.1:5070");
    stand("198.51.100.2:5070");
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 "), 1);
    rig_end(&rig);
}

/* A datagram that ICMP says did not arrive. */
static void answer_by_udp(const char *sent_by)
{
    rig_new(&rig);
    rig_recv(&rig, request("INVITE", "UDP", sent_by));
    assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 486), OK);
    assert_int_equal(engine_unreachable(rig.e, &rig.sent[0].flow, rig.now), OK);
    rig_drain(&rig);
    rig_dns(&rig, "client.example.org A 198.51.100.1\nclient.example.org A 198.51.100.2\n");
}

static void of_a_datagram(void **state)
{
    (void)state;
    struct addr there = rig_addr("198.51.100.1:5070");
    answer_by_udp("client.example.org:5070");
    const struct rig_sent *s = &rig.sent[rig.n_sent - 1];
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 2);
    assert_true(addr_equal(&s->flow.remote, &there));
    /* neither further nor back */
    size_t n = rig.n_sent;
    assert_int_equal(engine_unreachable(rig.e, &s->flow, rig.now), OK);
    rig_pass(&rig, 400 * MS);
    assert_int_equal(rig.n_sent, n);
    rig_pass(&rig, 200 * MS);
    assert_true(addr_equal(&rig.sent[n].flow.remote, &there));
    rig_end(&rig);
}

/* RFC 3581 4: who asks for the answer to where he is gets it there or nowhere. */
static void not_of_a_datagram_with_rport(void **state)
{
    (void)state;
    answer_by_udp("client.example.org:5070;rport");
    assert_int_equal(rig.n_sent, 1);
    rig_end(&rig);
}

/* No memory at any moment: the response may be lost, nothing else is. */
static void short_of_memory(void **state)
{
    (void)state;
    for (size_t refuse = 0; refuse < 40; refuse++) {
        rig_new(&rig);
        arrive("INVITE", "client.example.org:5070");
        assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 486), OK);
        conn_id id = rig.sent[0].conn;
        rig.mem.refuse_after = refuse;
        int err = engine_closed(rig.e, id, rig.now);
        rig_drain(&rig);
        rig.mem.refuse_after = SIZE_MAX;
        if (err == ERR_NOMEM)
            assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
        else
            assert_int_equal(err, OK);
        rig_drain(&rig);
        rig_dns(&rig, ZONE);
        bool on_its_way = rig.sent[rig.n_sent - 1].kind == OUTPUT_CONNECT && rig.n_sent > 1;
        assert_int_equal(rig_count_events(&rig, EVENT_SERVER_TIMEOUT), !on_its_way);
        rig_free(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_addresses_of_a_name),
        cmocka_unit_test(by_the_services_of_a_name),
        cmocka_unit_test(by_a_numeric_address),
        cmocka_unit_test(of_a_transaction_that_has_ended),
        cmocka_unit_test(later_responses_follow),
        cmocka_unit_test(nowhere),
        cmocka_unit_test(of_what_passes_without_state),
        cmocka_unit_test(of_a_datagram),
        cmocka_unit_test(not_of_a_datagram_with_rport),
        cmocka_unit_test(short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
