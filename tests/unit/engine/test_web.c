/* Connections of browsers: whole messages without Content-Length, keep-alives, and nothing but
 * their own connection that leads to them. RFC 7118, RFC 5626 3.5.1. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"

static struct rig rig;
static int listener;

static void start(void)
{
    struct addr local = rig_addr("192.0.2.1:8088");
    rig_new(&rig);
    listener = engine_listen(rig.e, TRANSPORT_WS, &local, STR_NONE);
    assert_true(listener > 0);
}

static struct flow flow_of(const char *remote)
{
    return (struct flow){.transport = TRANSPORT_WS,
                         .listener = (uint8_t)listener,
                         .local = rig_addr("192.0.2.1:8088"),
                         .remote = rig_addr(remote)};
}

static conn_id accept_conn(void)
{
    struct flow flow = flow_of("192.0.2.9:40000");
    conn_id id = engine_accepted(rig.e, &flow, rig.now);
    assert_int_not_equal(id, 0);
    return id;
}

static void feed(conn_id id, const char *text)
{
    assert_int_equal(engine_message(rig.e, id, str_from(text), rig.now), OK);
    rig_drain(&rig);
}

static const char *request(const char *method, const char *branch, const char *rest)
{
    static char texts[4][1024];
    static unsigned next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof texts[0],
             "%s sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;branch=%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c\r\n"
             "CSeq: 1 %s\r\n%s",
             method, branch, method, rest);
    return text;
}

/* RFC 7118 5: the message ends where it ends; what is behind Content-Length is not looked at (RFC
 * 3261 18.3 for transports that keep messages apart). */
static void content_length_need_not_be_there(void **state)
{
    (void)state;
    start();
    conn_id id = accept_conn();
    feed(id, request("MESSAGE", "z9hG4bK1", "\r\nhello"));
    feed(id, request("MESSAGE", "z9hG4bK2", "Content-Length: 2\r\n\r\nhello"));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 2);
    assert_true(str_equal(rig.events[0].msg->body, STR("hello")));
    assert_true(str_equal(rig.events[1].msg->body, STR("he")));
    assert_int_equal(rig.events[0].msg->flow.transport, TRANSPORT_WS);
    assert_int_equal(rig.events[0].msg->flow.conn, id);
    assert_int_equal(rig_reply(&rig, rig.events[0].tx, 200), OK);
    assert_int_equal(rig.sent[0].flow.conn, id);
    rig_free(&rig);
}

/* RFC 3261 18.3 closes a stream that cannot go on; here the next message begins anew. */
static void a_bad_message_is_answered_and_the_connection_stays(void **state)
{
    (void)state;
    start();
    conn_id id = accept_conn();
    feed(id, request("OPTIONS", "z9hG4bK1", "Content-Length: 99\r\n\r\n"));
    feed(id, "SIP/2.0 200 OK\r\n\r\n");
    assert_int_equal(rig.n_sent, 1);
    assert_true(strncmp(rig_text(&rig, 0), "SIP/2.0 400 ", 12) == 0);
    feed(id, request("OPTIONS", "z9hG4bK2", "\r\n"));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    rig_free(&rig);
}

static void a_double_line_end_is_answered_with_one(void **state)
{
    (void)state;
    start();
    conn_id id = accept_conn();
    feed(id, "\r\n\r\n");
    assert_int_equal(rig.n_sent, 1);
    assert_string_equal(rig_text(&rig, 0), "\r\n");
    assert_int_equal(rig.sent[0].flow.conn, id);
    feed(id, "\r\n");
    feed(id, "");
    assert_int_equal(rig.n_sent, 1);
    rig_free(&rig);
}

static void keep_alives_keep_it_and_silence_ends_it(void **state)
{
    (void)state;
    start();
    conn_id id = accept_conn();
    for (unsigned i = 0; i < 3; i++) { /* without a message they do not help */
        rig_pass(&rig, LIMIT_TCP_SILENT_S * NS_S / 4);
        feed(id, "");
    }
    rig_pass(&rig, LIMIT_TCP_SILENT_S * NS_S / 3);
    assert_int_equal(engine_stats(rig.e)->conns, 0);
    id = accept_conn();
    feed(id, request("OPTIONS", "z9hG4bK1", "\r\n"));
    assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 200), OK);
    for (unsigned i = 0; i < 3; i++) {
        rig_pass(&rig, (LIMIT_TCP_IDLE_S - 10) * NS_S);
        feed(id, "");
    }
    assert_int_equal(engine_stats(rig.e)->conns, 1);
    rig_pass(&rig, (LIMIT_TCP_IDLE_S + 10) * NS_S);
    assert_int_equal(engine_stats(rig.e)->conns, 0);
    rig_end(&rig);
}

/* RFC 7118: a browser cannot be connected to: with its connection the answer is lost. */
static void nothing_is_dialled_for_an_answer(void **state)
{
    (void)state;
    start();
    conn_id id = accept_conn();
    feed(id, request("INVITE", "z9hG4bK1", "\r\n"));
    feed(id, request("OPTIONS", "z9hG4bK2", "\r\n"));
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    assert_int_equal(rig_reply(&rig, rig.events[0].tx, 486), OK);
    assert_int_equal(rig_reply(&rig, rig.events[1].tx, 200), OK);
    assert_int_equal(rig.n_sent, 0);
    assert_int_equal(engine_stats(rig.e)->transport_errors, 2);
    rig_end(&rig);
}

static int try(const char *uri_text, const struct flow *flow)
{
    struct uri uri;
    struct msg_error err;
    char text[512];
    tx_id tx;
    assert_true(uri_parse(str_from(uri_text), &uri, &err));
    int n =
        snprintf(text, sizeof text,
                 "OPTIONS %s SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:me@x>;tag=1\r\n"
                 "To: <sip:b@x>\r\nCall-ID: out\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                 uri_text);
    struct outgoing o = {.text = {text, (size_t)n}, .hop = &uri, .flow = flow};
    int rc = engine_request(rig.e, &o, rig.now, &tx);
    rig_drain(&rig);
    return rc;
}

static void nor_for_a_request(void **state)
{
    (void)state;
    start();
    conn_id id = accept_conn();
    struct flow flow;
    assert_true(engine_conn_flow(rig.e, id, &flow));
    assert_int_equal(try("sip:a@df7jal23ls0d.invalid;transport=ws", NULL), ERR_NO_ROUTE);
    assert_int_equal(try("sip:a@df7jal23ls0d.INVALID", NULL), ERR_NO_ROUTE);
    assert_int_equal(try("sip:a@invalid;transport=tcp", NULL), ERR_NO_ROUTE);
    assert_int_equal(try("sip:a@x.example;maddr=y.invalid", NULL), ERR_NO_ROUTE);
    assert_int_equal(try("sip:a@192.0.2.9:40000;transport=ws", NULL), ERR_NO_ROUTE);
    assert_int_equal(rig.n_sent, 0);
    assert_int_equal(try("sip:a@df7jal23ls0d.invalid;transport=ws", &flow), OK);
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(rig.sent[0].flow.conn, id);
    assert_true(rig_has(&rig, 0, "\r\nVia: SIP/2.0/WS 192.0.2.1:8088;branch=z9hG4bK"));
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 1);
    assert_int_equal(try("sip:a@df7jal23ls0d.invalid;transport=ws", &flow), ERR_NO_ROUTE);
    assert_int_equal(rig.n_sent, 1);
    rig_end(&rig);
}

/* What has come is not sent again: without memory for it the connection ends. */
static void a_message_without_memory_ends_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        start();
        conn_id id = accept_conn();
        rig.mem.refuse_after = i;
        assert_int_equal(
            engine_message(rig.e, id, str_from(request("OPTIONS", "z9hG4bK1", "\r\n")), rig.now),
            OK);
        rig.mem.refuse_after = SIZE_MAX;
        rig_drain(&rig);
        rig_pass(&rig, 20 * MS);
        bool taken = rig_count_events(&rig, EVENT_REQUEST) == 1;
        bool closed = rig.n_sent == 1 && rig.sent[0].kind == OUTPUT_CLOSE;
        assert_true(taken != closed);
        rig_free(&rig);
    }
}

static void messages_are_for_web_connections_alone(void **state)
{
    (void)state;
    start();
    struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    conn_id id = engine_accepted(rig.e, &flow, rig.now);
    assert_int_equal(engine_message(rig.e, id, STR("x"), rig.now), ERR_INVALID);
    assert_int_equal(engine_message(rig.e, id + 1, STR("x"), rig.now), ERR_STALE);
    rig_free(&rig);
}

/* RFC 7118 5.5 */
static void the_port_of_ws_is_80(void **state)
{
    struct addr local = rig_addr("192.0.2.1:80"), secure = rig_addr("192.0.2.1:443");
    (void)state;
    start();
    assert_false(engine_is_local(rig.e, TRANSPORT_WS, STR("192.0.2.1"), 0));
    assert_true(engine_listen(rig.e, TRANSPORT_WS, &local, STR_NONE) > 0);
    assert_true(engine_is_local(rig.e, TRANSPORT_WS, STR("192.0.2.1"), 0));
    assert_false(engine_is_local(rig.e, TRANSPORT_WSS, STR("192.0.2.1"), 0));
    assert_true(engine_listen(rig.e, TRANSPORT_WSS, &secure, STR_NONE) > 0);
    assert_true(engine_is_local(rig.e, TRANSPORT_WSS, STR("192.0.2.1"), 0));
    rig_free(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_length_need_not_be_there),
        cmocka_unit_test(a_bad_message_is_answered_and_the_connection_stays),
        cmocka_unit_test(a_double_line_end_is_answered_with_one),
        cmocka_unit_test(keep_alives_keep_it_and_silence_ends_it),
        cmocka_unit_test(nothing_is_dialled_for_an_answer),
        cmocka_unit_test(nor_for_a_request),
        cmocka_unit_test(a_message_without_memory_ends_it),
        cmocka_unit_test(messages_are_for_web_connections_alone),
        cmocka_unit_test(the_port_of_ws_is_80),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
