/* Where responses go and what Via gets on the way: received, rport, maddr, IPv6. RFC 3261 18.2, RFC
 * 3581. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

static const char *options(const char *via)
{
    static char text[1024];
    snprintf(text, sizeof text,
             "OPTIONS sip:192.0.2.1 SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\n"
             "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n"
             "Content-Length: 0\r\n\r\n",
             via);
    return text;
}

struct row {
    unsigned listener;
    const char *remote, *via; /* of the request */
    const char *to;           /* where the response goes */
    const char *has;          /* what stands in it */
};

static const struct row rows[] = {
    /* RFC 3261 18.2.2: the port of sent-by, 5060 where there is none */
    {RIG_UDP, "192.0.2.9:5060", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1", "192.0.2.9:5060",
     "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"},
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 192.0.2.9:7000;branch=z9hG4bK1", "192.0.2.9:7000",
     "Via: SIP/2.0/UDP 192.0.2.9:7000;branch=z9hG4bK1\r\n"},
    /* 18.2.1: another address, or a name */
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 10.0.0.1:7000;branch=z9hG4bK1", "192.0.2.9:7000",
     ";received=192.0.2.9"},
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP phone.example.com;branch=z9hG4bK1", "192.0.2.9:5060",
     ";received=192.0.2.9"},
    /* a received that the client made up is replaced */
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 10.0.0.1;received=198.51.100.1;branch=z9hG4bK1",
     "192.0.2.9:5060", ";received=192.0.2.9"},
    /* RFC 3581 4 */
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 192.0.2.9:7000;rport;branch=z9hG4bK1",
     "192.0.2.9:6000", ";received=192.0.2.9;rport=6000"},
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 10.0.0.1;rport=1;branch=z9hG4bK1", "192.0.2.9:6000",
     ";rport=6000"},
    /* 18.2.2: maddr */
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 192.0.2.9:7000;maddr=192.0.2.30;branch=z9hG4bK1",
     "192.0.2.30:7000", "maddr=192.0.2.30"},
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 192.0.2.9;maddr=192.0.2.30;rport;branch=z9hG4bK1",
     "192.0.2.30:5060", "maddr=192.0.2.30"},
    /* no answers to groups, nor to another family */
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 192.0.2.9:7000;maddr=224.0.1.75;branch=z9hG4bK1",
     "192.0.2.9:7000", "maddr=224.0.1.75"},
    {RIG_UDP, "192.0.2.9:6000", "SIP/2.0/UDP 192.0.2.9:7000;maddr=[2001:db8::9];branch=z9hG4bK1",
     "192.0.2.9:7000", "200 OK"},
    /* IPv6 */
    {RIG_UDP6, "[2001:db8::9]:6000", "SIP/2.0/UDP [2001:db8::9];rport;branch=z9hG4bK1",
     "[2001:db8::9]:6000", ";received=2001:db8::9;rport=6000"},
    {RIG_UDP6, "[2001:db8::9]:6000", "SIP/2.0/UDP [2001:db8:0::9]:7000;branch=z9hG4bK1",
     "[2001:db8::9]:7000", "Via: SIP/2.0/UDP [2001:db8:0::9]:7000;branch=z9hG4bK1\r\n"},
};

static void responses_follow_the_via(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        rig_new(&rig);
        assert_int_equal(rig_from(&rig, row->listener, row->remote, options(row->via)), OK);
        assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 200), OK);
        struct addr to = rig_addr(row->to);
        if (!addr_equal(&rig.sent[0].flow.remote, &to) || !rig_has(&rig, 0, row->has))
            fail_msg("row %zu: %s", i, rig_text(&rig, 0));
        assert_int_equal(rig.sent[0].flow.listener, row->listener);
        rig_end(&rig);
    }
}

/* RFC 3261 18.2.1: the next hop sees received and rport below our own Via */
static void forwarded_requests_carry_received(void **state)
{
    (void)state;
    rig_new(&rig);
    const char *text = options("SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1");
    assert_int_equal(rig_from(&rig, RIG_UDP, "192.0.2.9:6000", text), OK);
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    struct outgoing o = {
        .base = rig_event(&rig, EVENT_REQUEST)->msg, .flow = &flow, .branch_suffix = STR("loop1")};
    tx_id tx;
    assert_int_equal(engine_request(rig.e, &o, rig.now, &tx), OK);
    rig_drain(&rig);
    assert_true(
        rig_has(&rig, 0, "SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK"));
    assert_true(rig_has(&rig, 0, ".loop1\r\nVia: SIP/2.0/UDP 10.0.0.1;"));
    assert_true(rig_has(&rig, 0, ";received=192.0.2.9;rport=6000\r\n"));
    rig_end(&rig);
}

/* RFC 3261 16.11: a retransmission gets the same branch */
static void stateless_branches_are_stable(void **state)
{
    (void)state;
    rig_new(&rig);
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    for (unsigned i = 0; i < 3; i++) {
        rig_recv(&rig, rig_request("ACK", i < 2 ? "z9hG4bKsame" : "z9hG4bKother", "t", ""));
        struct outgoing o = {.base = rig.events[i].msg, .flow = &flow};
        assert_int_equal(engine_send_stateless(rig.e, &o, rig.now), OK);
        rig_drain(&rig);
    }
    assert_string_equal(rig_text(&rig, 0), rig_text(&rig, 1));
    assert_string_not_equal(rig_text(&rig, 0), rig_text(&rig, 2));
    assert_int_equal(engine_stats(rig.e)->tx_client, 0);
    rig_end(&rig);
}

struct local {
    enum transport transport;
    const char *host;
    uint16_t port;
    bool is;
};

static void local_names(void **state)
{
    (void)state;
    static const struct local locals[] = {
        {TRANSPORT_NONE, "192.0.2.1", 5060, true},    {TRANSPORT_NONE, "192.0.2.1", 0, true},
        {TRANSPORT_NONE, "192.0.2.1", 5070, false},   {TRANSPORT_TCP, "192.0.2.1", 5060, true},
        {TRANSPORT_TCP, "127.0.0.1", 5060, false},    {TRANSPORT_NONE, "[2001:DB8::1]", 0, true},
        {TRANSPORT_NONE, "[2001:db8:0::1]", 0, true}, {TRANSPORT_NONE, "example.com", 0, false},
    };
    rig_new(&rig);
    for (size_t i = 0; i < sizeof locals / sizeof locals[0]; i++)
        assert_int_equal(
            engine_is_local(rig.e, locals[i].transport, str_from(locals[i].host), locals[i].port),
            locals[i].is);
    struct addr near = rig_addr("127.0.0.1:9"), far = rig_addr("198.51.100.1:9");
    assert_int_equal(engine_listener_for(rig.e, TRANSPORT_UDP, &near), RIG_LOOPBACK);
    assert_int_equal(engine_listener_for(rig.e, TRANSPORT_UDP, &far), RIG_UDP);
    assert_int_equal(engine_listener_for(rig.e, TRANSPORT_TLS, &far), -1);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_follow_the_via),
        cmocka_unit_test(forwarded_requests_carry_received),
        cmocka_unit_test(stateless_branches_are_stable),
        cmocka_unit_test(local_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
