/* Connections: any split gives the same messages, keep-alives, faults, limits, responses on lost
 * connections. RFC 3261 18, RFC 5626. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"

static struct rig rig;

#define REMOTE "192.0.2.9:40000"

static conn_id accept_conn(void)
{
    struct flow flow = rig_flow(RIG_TCP, REMOTE);
    conn_id id = engine_accepted(rig.e, &flow, rig.now);
    assert_int_not_equal(id, 0);
    return id;
}

static void feed(conn_id id, const char *text, size_t len)
{
    assert_int_equal(engine_stream(rig.e, id, (struct str){text, len}, rig.now), OK);
    rig_drain(&rig);
}

static const char *tcp_request(const char *method, const char *branch, const char *body)
{
    static char texts[4][1024];
    static unsigned next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof texts[0],
             "%s sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9:5061;branch=%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c\r\n"
             "CSeq: 1 %s\r\nContent-Length: %zu\r\n\r\n%s",
             method, branch, method, strlen(body), body);
    return text;
}

/* RFC 3261 18.3: two requests and keep-alives between them, split at every byte */
static void every_split_gives_the_same(void **state)
{
    (void)state;
    char all[4096];
    snprintf(all, sizeof all, "%s\r\n\r\n%s\r\n", tcp_request("MESSAGE", "z9hG4bK1", "hello"),
             tcp_request("OPTIONS", "z9hG4bK2", ""));
    size_t len = strlen(all);
    for (size_t cut = 0; cut <= len; cut++) {
        rig_new(&rig);
        conn_id id = accept_conn();
        feed(id, all, cut);
        feed(id, all + cut, len - cut);
        assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 2);
        assert_true(str_equal(rig.events[0].msg->body, STR("hello")));
        assert_int_equal(rig.events[1].msg->method, METHOD_OPTIONS);
        assert_int_equal(rig.n_sent, 1);
        assert_string_equal(rig_text(&rig, 0), "\r\n");
        assert_int_equal(rig.sent[0].flow.conn, id);
        rig_free(&rig);
    }
}

static void byte_by_byte(void **state)
{
    (void)state;
    rig_new(&rig);
    conn_id id = accept_conn();
    const char *text = tcp_request("MESSAGE", "z9hG4bK1", "hello");
    for (size_t i = 0; text[i]; i++)
        feed(id, text + i, 1);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    rig_free(&rig);
}

/* 18.3: a stream without Content-Length cannot go on */
static void a_bad_stream_is_answered_and_closed(void **state)
{
    (void)state;
    rig_new(&rig);
    conn_id id = accept_conn();
    const char *text = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK1\r\n"
                       "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c\r\n"
                       "CSeq: 1 OPTIONS\r\n\r\n";
    feed(id, text, strlen(text));
    assert_int_equal(rig.n_sent, 2);
    assert_true(strncmp(rig_text(&rig, 0), "SIP/2.0 400 ", 12) == 0);
    assert_true(rig_has(&rig, 0, "Content-Length"));
    assert_int_equal(rig.sent[1].kind, OUTPUT_CLOSE);
    assert_int_equal(rig.sent[1].conn, id);
    assert_int_equal(engine_stats(rig.e)->conns, 0);
    assert_int_equal(engine_stream(rig.e, id, STR("x"), rig.now), ERR_STALE);
    rig_end(&rig);
}

/* 413 and 513 for what is too long, then closed */
static void oversized_is_refused(void **state)
{
    (void)state;
    static char head[LIMIT_MSG_HEAD_BYTES + 4096];
    rig_new(&rig);
    conn_id id = accept_conn();
    const char *text = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK1\r\n"
                       "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c\r\n"
                       "CSeq: 1 OPTIONS\r\nContent-Length: 99999999\r\n\r\n";
    feed(id, text, strlen(text));
    assert_true(strncmp(rig_text(&rig, 0), "SIP/2.0 413 ", 12) == 0);
    assert_int_equal(rig.sent[1].kind, OUTPUT_CLOSE);
    rig_clear(&rig);
    id = accept_conn();
    int n = snprintf(head, sizeof head, "%.*sX-Long: ", (int)strlen(text) - 28, text);
    memset(head + n, 'x', sizeof head - (size_t)n);
    feed(id, head, sizeof head);
    assert_true(strncmp(rig_text(&rig, 0), "SIP/2.0 513 ", 12) == 0);
    assert_int_equal(rig.sent[1].kind, OUTPUT_CLOSE);
    rig_end(&rig);
}

/* 18.2.2: on the same connection … */
static void responses_use_the_connection(void **state)
{
    (void)state;
    rig_new(&rig);
    conn_id id = accept_conn();
    const char *text = tcp_request("INVITE", "z9hG4bK1", "");
    feed(id, text, strlen(text));
    tx_id tx = rig_event(&rig, EVENT_REQUEST)->tx;
    assert_int_equal(rig_reply(&rig, tx, 180), OK);
    assert_int_equal(rig.sent[0].flow.conn, id);
    /* … and where it is gone on a new one to received and the port of sent-by */
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    assert_int_equal(rig.sent[1].kind, OUTPUT_CONNECT);
    assert_int_equal(rig.sent[1].flow.remote.port, 5061);
    struct addr local = rig_addr("192.0.2.1:40001");
    assert_int_equal(engine_connected(rig.e, rig.sent[1].conn, &local, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 1);
    assert_int_equal(rig.sent[2].flow.conn, rig.sent[1].conn);
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 1);
    assert_int_equal(rig_count_events(&rig, EVENT_SERVER_TIMEOUT), 1);
    rig_end(&rig);
}

/* RFC 6026 8.8: a response that cannot be sent is told, the transaction stays */
static void undeliverable_responses_are_told(void **state)
{
    (void)state;
    rig_new(&rig);
    conn_id id = accept_conn();
    const char *text = tcp_request("INVITE", "z9hG4bK1", "");
    feed(id, text, strlen(text));
    tx_id tx = rig_event(&rig, EVENT_REQUEST)->tx;
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    assert_int_equal(engine_closed(rig.e, rig.sent[0].conn, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_event(&rig, EVENT_SERVER_TIMEOUT)->tx, tx);
    assert_int_equal(engine_stats(rig.e)->tx_server, 1);
    rig_end(&rig);
}

/* 18: one connection for all requests to one place; 18.4: its loss is told */
static void connections_are_reused(void **state)
{
    (void)state;
    rig_new(&rig);
    tx_id a = rig_send(&rig, "OPTIONS", "sip:x@192.0.2.20;transport=tcp");
    tx_id b = rig_send(&rig, "INVITE", "sip:y@192.0.2.20;transport=tcp");
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(rig.sent[0].kind, OUTPUT_CONNECT);
    conn_id id = rig.sent[0].conn;
    struct addr local = rig_addr("192.0.2.1:40001");
    assert_int_equal(engine_connected(rig.e, id, &local, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig.n_sent, 3);
    rig_send(&rig, "OPTIONS", "sip:z@192.0.2.20;transport=tcp");
    assert_int_equal(rig.n_sent, 4);
    assert_int_equal(rig.sent[3].flow.conn, id);
    const char *ok = rig_response(rig_text(&rig, 3), 200, "t", "");
    feed(id, ok, strlen(ok));
    assert_int_equal(rig_count_events(&rig, EVENT_RESPONSE), 1);
    /* RFC 3261 17.1.2.2: Timer K is zero on reliable transports */
    assert_int_equal(engine_stats(rig.e)->tx_client, 2);
    assert_int_equal(engine_closed(rig.e, id, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count_events(&rig, EVENT_TRANSPORT_ERROR), 2);
    assert_int_equal(rig_event(&rig, EVENT_TRANSPORT_ERROR)->tx, a);
    assert_int_not_equal(a, b);
    rig_end(&rig);
}

static void silent_and_idle_connections_are_closed(void **state)
{
    (void)state;
    rig_new(&rig);
    conn_id silent = accept_conn(), slow = accept_conn();
    feed(slow, "OPT", 3);
    rig_pass(&rig, LIMIT_TCP_SILENT_S * NS_S + 10 * MS);
    assert_int_equal(rig.n_sent, 2);
    assert_int_equal(rig.sent[0].kind, OUTPUT_CLOSE);
    assert_true(rig.sent[0].conn == silent || rig.sent[1].conn == silent);
    conn_id idle = accept_conn();
    const char *text = tcp_request("OPTIONS", "z9hG4bK1", "");
    feed(idle, text, strlen(text));
    assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 200), OK);
    rig_pass(&rig, (LIMIT_TCP_IDLE_S - 10) * NS_S);
    assert_int_equal(engine_stats(rig.e)->conns, 1);
    rig_pass(&rig, 20 * NS_S);
    assert_int_equal(engine_stats(rig.e)->conns, 0);
    rig_end(&rig);
}

static void half_open_connections_are_limited(void **state)
{
    (void)state;
    rig_new(&rig);
    struct flow flow = rig_flow(RIG_TCP, REMOTE);
    for (unsigned i = 0; i < LIMIT_CONNS_SILENT; i++) {
        flow.remote.port = (uint16_t)(1024 + i);
        assert_int_not_equal(engine_accepted(rig.e, &flow, rig.now), 0);
    }
    assert_int_equal(engine_accepted(rig.e, &flow, rig.now), 0);
    rig_free(&rig);
}

/* What has come by a stream is not sent again: it waits for memory, or the connection ends. */
static void a_message_without_memory_is_taken_later(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        rig_new(&rig);
        conn_id id = accept_conn();
        rig.mem.refuse_after = i;
        struct str text = str_from(tcp_request("OPTIONS", "z9hG4bK1", ""));
        assert_int_equal(engine_stream(rig.e, id, text, rig.now), OK);
        rig.mem.refuse_after = SIZE_MAX;
        rig_drain(&rig);
        rig_pass(&rig, 20 * MS);
        bool taken = rig_count_events(&rig, EVENT_REQUEST) == 1;
        bool closed = rig.n_sent == 1 && rig.sent[0].kind == OUTPUT_CLOSE;
        assert_true(taken != closed);
        assert_true(taken || i == 0);
        rig_free(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_gives_the_same),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(a_bad_stream_is_answered_and_closed),
        cmocka_unit_test(oversized_is_refused),
        cmocka_unit_test(responses_use_the_connection),
        cmocka_unit_test(undeliverable_responses_are_told),
        cmocka_unit_test(connections_are_reused),
        cmocka_unit_test(silent_and_idle_connections_are_closed),
        cmocka_unit_test(half_open_connections_are_limited),
        cmocka_unit_test(a_message_without_memory_is_taken_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
