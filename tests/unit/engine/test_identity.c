/* Connections whose far end has proved who it is: trust, and aliases (RFC 5923) that nobody can
 * hijack.
 */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;
static unsigned tls;

static void start(void)
{
    rig_new(&rig);
    struct addr local = rig_addr("192.0.2.1:5061");
    tls = (unsigned)engine_listen(rig.e, TRANSPORT_TLS, &local, STR_NONE);
}

/* One that came from 192.0.2.20. */
static conn_id came(const char *from, const char *names)
{
    struct flow f = {.transport = TRANSPORT_TLS,
                     .listener = (uint8_t)tls,
                     .local = rig_addr("192.0.2.1:5061"),
                     .remote = rig_addr(from)};
    conn_id id = engine_accepted(rig.e, &f, rig.now);
    assert_true(id != 0);
    assert_int_equal(engine_identify(rig.e, id, str_from(names)), OK);
    return id;
}

static void says(conn_id id, const char *via)
{
    static unsigned n;
    char text[1024];
    snprintf(text, sizeof text,
             "OPTIONS sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TLS %s;branch=z9hG4bKa%u\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c%u\r\n"
             "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
             via, n, n);
    n++;
    assert_int_equal(engine_stream(rig.e, id, str_from(text), rig.now), OK);
    rig_drain(&rig);
}

/* The connection that a request to `uri` goes by; 0: by a new one. */
static conn_id goes_by(const char *uri)
{
    rig_clear(&rig);
    (void)rig_send(&rig, "OPTIONS", uri);
    assert_true(rig.n_sent > 0);
    return rig.sent[0].kind == OUTPUT_SEND ? rig.sent[0].flow.conn : 0;
}

/* RFC 5923 8.2: the address that Via advertises, and a domain that was proved. */
static void a_proved_alias_is_used(void **state)
{
    (void)state;
    start();
    conn_id id = came("192.0.2.20:40000", "peer.example other.example");
    assert_int_equal(goes_by("sips:x@peer.example;maddr=192.0.2.20"), 0); /* not asked for */
    rig_free(&rig);
    start();
    id = came("192.0.2.20:40000", "peer.example other.example");
    says(id, "peer.example:5071;alias");
    assert_true(goes_by("sips:x@other.example:5071;maddr=192.0.2.20") == id);
    assert_true(goes_by("sips:x@PEER.example:5071;maddr=192.0.2.20") == id);
    rig_free(&rig);
    start();
    id = came("192.0.2.20:40000", "peer.example");
    says(id,
         "192.0.2.99;alias"); /* 5061 where no port is said; the address is where it came from */
    assert_true(goes_by("sips:x@peer.example;maddr=192.0.2.20") == id);
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    assert_int_equal(goes_by("sips:x@peer.example;maddr=192.0.2.20"), 0);
    rig_free(&rig);
}

/* RFC 5923 9.2, 9.3. */
static void nobody_hijacks(void **state)
{
    static const struct {
        const char *names, *via, *uri;
    } rows[] = {
        /* another domain than what was proved, though it is part of its name */
        {"peer.example", "peer.example;alias", "sips:x@other.example;maddr=192.0.2.20"},
        {"peer.example", "peer.example;alias", "sips:x@example;maddr=192.0.2.20"},
        {"peer.example", "peer.example;alias", "sips:x@sub.peer.example;maddr=192.0.2.20"},
        /* another address: that of the victim's is advertised in vain */
        {"peer.example", "192.0.2.30;alias", "sips:x@peer.example;maddr=192.0.2.30"},
        /* another port */
        {"peer.example", "peer.example:5071;alias", "sips:x@peer.example;maddr=192.0.2.20"},
        /* nothing proved */
        {"", "peer.example;alias", "sips:x@peer.example;maddr=192.0.2.20"},
        /* not over TLS */
        {"peer.example", "peer.example;alias",
         "sip:x@peer.example:5061;maddr=192.0.2.20;transport=tcp"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start();
        says(came("192.0.2.20:40000", rows[i].names), rows[i].via);
        assert_int_equal(goes_by(rows[i].uri), 0);
        rig_free(&rig);
    }
}

#define OTHERS ((conn_id)9 << 56 | 7) /* worker 9's */

static struct engine_alias alias_of(conn_id id, const char *names)
{
    return (struct engine_alias){.flow = {.transport = TRANSPORT_TLS,
                                          .listener = (uint8_t)tls,
                                          .conn = id,
                                          .local = rig_addr("192.0.2.1:5061"),
                                          .remote = rig_addr("192.0.2.20:40000")},
                                 .port = 5071,
                                 .names = str_from(names)};
}

/* One worker gives it out, another sends by it until it hears of the connection's end. */
static void another_workers_alias_is_used(void **state)
{
    struct engine_alias a, none;
    (void)state;
    start();
    conn_id id = came("192.0.2.20:40000", "peer.example other.example");
    assert_false(engine_alias(rig.e, &a));
    says(id, "peer.example:5071;alias");
    assert_true(engine_alias(rig.e, &a));
    assert_true(a.flow.conn == id && a.port == 5071);
    assert_true(str_equal(a.names, STR("peer.example other.example")));
    assert_false(engine_alias(rig.e, &none));
    assert_int_equal(engine_learn_alias(rig.e, &a), ERR_INVALID);
    rig_free(&rig);
    start();
    a = alias_of(OTHERS, "peer.example other.example");
    assert_int_equal(engine_learn_alias(rig.e, &a), OK);
    assert_int_equal(engine_learn_alias(rig.e, &a), OK);
    assert_false(engine_alias(rig.e, &none)); /* it is not told on */
    assert_int_equal(engine_next_identified(rig.e, 0), 0);
    for (unsigned i = 0; i < 2; i++)
        assert_true(goes_by("sips:x@other.example:5071;maddr=192.0.2.20") == OTHERS);
    assert_int_equal(goes_by("sips:x@third.example:5071;maddr=192.0.2.20"), 0);
    assert_int_equal(goes_by("sips:x@peer.example:5061;maddr=192.0.2.20"), 0);
    assert_int_equal(engine_closed(rig.e, OTHERS, rig.now), OK);
    assert_int_equal(goes_by("sips:x@other.example:5071;maddr=192.0.2.20"), 0);
    rig_free(&rig);
}

/* It ends before anybody was told. */
static void an_alias_that_has_ended_is_not_told(void **state)
{
    struct engine_alias a;
    (void)state;
    start();
    conn_id id = came("192.0.2.20:40000", "peer.example");
    says(id, "peer.example;alias");
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    assert_false(engine_alias(rig.e, &a));
    a = alias_of(OTHERS, "");
    assert_int_equal(engine_learn_alias(rig.e, &a), ERR_INVALID);
    rig_free(&rig);
}

/* A connection that we made for peer.example, which has proved to be that. */
static conn_id made(void)
{
    (void)rig_send(&rig, "OPTIONS", "sips:x@peer.example;maddr=192.0.2.20");
    const struct rig_sent *connect = &rig.sent[0];
    assert_int_equal(connect->kind, OUTPUT_CONNECT);
    conn_id id = connect->flow.conn;
    struct addr local = rig_addr("192.0.2.1:40000");
    assert_int_equal(engine_identify(rig.e, id, STR("peer.example")), ERR_STALE);
    assert_int_equal(engine_connected(rig.e, id, &local, rig.now), OK);
    assert_int_equal(engine_identify(rig.e, id, STR("peer.example")), OK);
    return id;
}

/* RFC 5922 7.3: who was asked for by a name has proved it, and may have requests for us on the
 * connection that we made. */
static void who_was_connected_to_is_known_too(void **state)
{
    (void)state;
    start();
    conn_id id = made();
    assert_true(engine_next_identified(rig.e, 0) == id);
    engine_trust(rig.e, id, true);
    says(id, "peer.example");
    assert_true(rig_event(&rig, EVENT_REQUEST)->msg->flow.trusted);
    rig_free(&rig);
}

/* RFC 5923 5: whoever made it, it is the far end's requests with `alias` that make one of it, which
 * is then told to the other workers. */
static void so_is_a_connection_that_we_made(void **state)
{
    struct engine_alias a;
    struct flow flow;
    (void)state;
    start();
    conn_id id = made();
    says(id, "peer.example");
    assert_false(engine_alias(rig.e, &a));
    says(id, "peer.example:5071;alias");
    assert_true(engine_alias(rig.e, &a));
    assert_true(engine_conn_flow(rig.e, id, &flow));
    assert_true(a.flow.conn == id && a.port == 5071);
    assert_true(addr_equal(&a.flow.remote, &flow.remote));
    assert_true(str_equal(a.names, STR("peer.example")));
    /* here it serves both ports */
    assert_true(goes_by("sips:x@peer.example;maddr=192.0.2.20") == id);
    assert_true(goes_by("sips:x@peer.example:5071;maddr=192.0.2.20") == id);
    rig_free(&rig);
    /* there the one that was advertised */
    start();
    a.flow.conn = OTHERS;
    a.names = STR("peer.example");
    assert_int_equal(engine_learn_alias(rig.e, &a), OK);
    assert_true(goes_by("sips:x@peer.example:5071;maddr=192.0.2.20") == OTHERS);
    assert_int_equal(goes_by("sips:x@other.example:5071;maddr=192.0.2.20"), 0);
    assert_int_equal(engine_closed(rig.e, OTHERS, rig.now), OK);
    assert_int_equal(goes_by("sips:x@peer.example:5071;maddr=192.0.2.20"), 0);
    rig_free(&rig);
}

static void trust_comes_and_goes(void **state)
{
    (void)state;
    start();
    conn_id id = came("192.0.2.20:40000", "peer.example"), none = came("192.0.2.20:40001", "");
    assert_true(engine_next_identified(rig.e, 0) == id);
    assert_int_equal(engine_next_identified(rig.e, id), 0);
    assert_int_equal(engine_identity(rig.e, none).len, 0);
    engine_trust(rig.e, id, true);
    says(id, "peer.example");
    assert_true(rig_event(&rig, EVENT_REQUEST)->msg->flow.trusted);
    rig_clear(&rig);
    engine_trust(rig.e, id, false);
    says(id, "peer.example");
    assert_false(rig_event(&rig, EVENT_REQUEST)->msg->flow.trusted);
    assert_int_equal(engine_identify(rig.e, id + 99, STR("x")), ERR_STALE);
    rig_free(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proved_alias_is_used),
        cmocka_unit_test(nobody_hijacks),
        cmocka_unit_test(another_workers_alias_is_used),
        cmocka_unit_test(an_alias_that_has_ended_is_not_told),
        cmocka_unit_test(who_was_connected_to_is_known_too),
        cmocka_unit_test(so_is_a_connection_that_we_made),
        cmocka_unit_test(trust_comes_and_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
