/* A WebSocket of ours as a client: what answers has to be a WebSocket server that speaks SIP, our
 * frames have masks that nobody guesses, and a server's have none (RFC 6455, RFC 7118). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/ws.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define UPGRADE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
#define GOOD UPGRADE "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: sip\r\n"

static struct block_pool blocks;
static const struct ws_policy anybody = {.path = {NULL, 0}};

struct pair {
    struct rand rand;
    struct ws client, server;
};

static void feed(struct ws *ws, struct str bytes, struct ws_event *ev, enum ws_result expected)
{
    static char copy[70000];
    size_t used;

    memcpy(copy, bytes.at, bytes.len);
    assert_int_equal(ws_read(ws, &blocks, &anybody, copy, bytes.len, &used, ev), expected);
    assert_int_equal(used, bytes.len);
}

static int setup(void **state)
{
    static struct pair p;
    struct rand_seed seed = rand_seed_from(7);
    char request[WS_REQUEST_MAX];
    struct buf b;
    struct ws_event ev, answered;

    block_pool_init(&blocks, &mem_libc, 16);
    rand_init(&p.rand, &seed);
    buf_init(&b, request, sizeof(request));
    ws_init(&p.server);
    ws_init_client(&p.client, &p.rand, &(struct ws_place){STR("h:1"), STR_NONE}, &b);
    assert_false(b.over);
    feed(&p.server, buf_str(&b), &ev, WS_OPENED);
    feed(&p.client, ev.send, &answered, WS_OPENED);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;

    ws_fini(&p->client, &blocks);
    ws_fini(&p->server, &blocks);
    assert_int_equal(blocks.live, 0);
    block_pool_fini(&blocks);
    return 0;
}

static void what_is_asked_for(void **state)
{
    char text[512];
    struct buf b;

    (void)state;
    buf_init(&b, text, sizeof(text));
    ws_ask_print(&b, &(struct ws_place){STR("a.example"), STR("/ws")}, STR(KEY));
    assert_true(str_equal(
        buf_str(&b), STR("GET /ws HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Protocol: sip\r\n\r\n")));
}

/* RFC 6455 4.1, RFC 7118 4.1: everything that a client has to check. */
static void who_answers_otherwise_is_not_spoken_with(void **state)
{
    static const char *const bad[] = {
        "HTTP/1.0 101 x\r\n" GOOD "\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\n\r\n",
        "SIP/2.0 101 Dialog Establishement\r\n\r\n",
        UPGRADE "Sec-WebSocket-Protocol: sip\r\n\r\n",
        UPGRADE "Sec-WebSocket-Accept: " KEY "\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
        UPGRADE "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
        UPGRADE "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: chat\r\n\r\n",
        GOOD "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        GOOD "no field\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " ACCEPT
        "\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
        "HTTP/1.1 101 x\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " ACCEPT
        "\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
        "",
    };

    (void)state;
    assert_null(ws_ask_judge(STR(GOOD "\r\n"), STR(KEY)));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_non_null(ws_ask_judge(str_from(bad[i]), STR(KEY)));
}

static void messages_go_both_ways(void **state)
{
    struct pair *p = *state;
    char frame[64], again[64];
    struct ws_event ev;
    size_t n = ws_put(&p->client, STR("to the server"), frame);

    assert_int_equal(n, 2 + 4 + 13);
    (void)ws_put(&p->client, STR("to the server"), again);
    assert_memory_not_equal(frame + 2, again + 2, 4); /* RFC 6455 5.3: a new mask for each frame */
    assert_memory_not_equal(frame + 6, "to the server", 13);
    feed(&p->server, (struct str){frame, n}, &ev, WS_MESSAGE);
    assert_true(str_equal(ev.message, STR("to the server")));
    n = ws_put(&p->server, STR("back"), frame);
    feed(&p->client, (struct str){frame, n}, &ev, WS_MESSAGE);
    assert_true(str_equal(ev.message, STR("back")));
}

static void pings_are_answered_with_a_mask(void **state)
{
    struct pair *p = *state;
    struct ws_event ev, answered;
    char ping[WS_HEAD_MAX];

    feed(&p->client, STR("\x89\x02hi"), &ev, WS_ALIVE);
    assert_int_equal(ev.send.len, 2 + 4 + 2);
    assert_memory_equal(ev.send.at, "\x8a\x82", 2);
    feed(&p->server, ev.send, &answered, WS_ALIVE);
    feed(&p->server, (struct str){ping, ws_ping(&p->client, ping)}, &ev, WS_ALIVE);
    feed(&p->client, ev.send, &answered, WS_ALIVE);
}

/* RFC 6455 5.1: "A client MUST close a connection if it detects a masked frame." */
static void a_server_that_masks_is_left(void **state)
{
    struct pair *p = *state;
    struct ws_event ev, closed;

    feed(&p->client, STR("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), &ev, WS_OVER);
    assert_non_null(ev.why);
    feed(&p->server, ev.send, &closed, WS_OVER);
    assert_null(closed.why);
}

static void either_side_closes(void **state)
{
    struct pair *p = *state;
    struct ws_event ev, answered;

    feed(&p->server, ws_close(&p->client, WS_GOING_AWAY, &ev), &answered, WS_OVER);
    assert_null(answered.why);
    assert_memory_equal(answered.send.at, "\x88\x02\x03\xe9", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_for),
        cmocka_unit_test(who_answers_otherwise_is_not_spoken_with),
        cmocka_unit_test_setup_teardown(messages_go_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(pings_are_answered_with_a_mask, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_that_masks_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(either_side_closes, setup, teardown),
    };

    return cmocka_run_group_tests_name("ws_client", tests, NULL, NULL);
}
