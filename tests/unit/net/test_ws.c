/* WebSocket frames: any split gives the same messages, fragments become one, and what breaks the
 * rules ends the connection with the code that the RFC has for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "net/ws.h"

#define HANDSHAKE                                                                  \
    "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" \
    "Sec-WebSocket-Protocol: sip\r\n\r\n"

#define FIN 0x80u

static struct block_pool blocks;
static const struct ws_policy anybody = {.path = {NULL, 0}};

/* What came out of a connection, as one text: "[message]", "<send>", "!why". */
struct told {
    char *at;
    size_t len;
    FILE *to;
    enum ws_result last;
};

static void told_init(struct told *t)
{
    *t = (struct told){.last = WS_MORE};
    t->to = open_memstream(&t->at, &t->len);
    assert_non_null(t->to);
}

static void told_fini(struct told *t)
{
    fclose(t->to);
    free(t->at);
}

static void put(struct told *t, char open, struct str s, char close)
{
    fputc(open, t->to);
    fwrite(s.at, 1, s.len, t->to);
    fputc(close, t->to);
}

static void note(struct told *t, enum ws_result r, const struct ws_event *ev)
{
    t->last = r;
    if (r == WS_MESSAGE)
        put(t, '[', ev->message, ']');
    if (ev->send.len > 0)
        put(t, '<', ev->send, '>');
    if (r == WS_OVER && ev->why)
        put(t, '!', str_from(ev->why), '\n');
}

/* Everything of `bytes`, in portions of `most` at most, each in memory of its own. */
static void feed(struct ws *ws, struct told *t, struct str bytes, size_t most)
{
    struct ws_event ev;

    while (bytes.len > 0) {
        size_t n = bytes.len < most ? bytes.len : most, at = 0, used;
        char *copy = malloc(n);

        assert_non_null(copy);
        memcpy(copy, bytes.at, n);
        for (enum ws_result r = WS_ALIVE; r != WS_MORE; at += used) {
            r = ws_read(ws, &blocks, &anybody, copy + at, n - at, &used, &ev);
            assert_true(used <= n - at);
            note(t, r, &ev);
        }
        assert_int_equal(at, n);
        free(copy);
        bytes = str_slice(bytes, n, bytes.len);
    }
    fflush(t->to);
}

/* A frame of a client's: masked. */
static void put_frame(struct buf *b, unsigned first, struct str payload)
{
    static const char mask[4] = {0x37, (char)0xfa, 0x21, 0x3d};

    buf_put_char(b, (char)first);
    if (payload.len <= 125) {
        buf_put_char(b, (char)(0x80u | payload.len));
    } else if (payload.len <= 65535) {
        buf_put_char(b, (char)(0x80u | 126));
        buf_put_char(b, (char)(payload.len >> 8));
        buf_put_char(b, (char)payload.len);
    } else {
        buf_put_char(b, (char)(0x80u | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            buf_put_char(b, (char)((uint64_t)payload.len >> shift));
    }
    buf_put(b, (struct str){mask, 4});
    for (size_t i = 0; i < payload.len; i++)
        buf_put_char(b, (char)(payload.at[i] ^ mask[i % 4]));
}

static char room[4 * LIMIT_MSG_BYTES];

static int setup(void **state)
{
    static struct ws ws;

    block_pool_init(&blocks, &mem_libc, 16);
    ws_init(&ws);
    *state = &ws;
    return 0;
}

static int teardown(void **state)
{
    ws_fini(*state, &blocks);
    assert_int_equal(blocks.live, 0);
    block_pool_fini(&blocks);
    return 0;
}

static void open_one(struct ws *ws)
{
    struct told t;

    told_init(&t);
    feed(ws, &t, STR(HANDSHAKE), SIZE_MAX);
    assert_int_equal(ws->state, WS_OPEN);
    assert_true(str_starts((struct str){t.at, t.len}, STR("<HTTP/1.1 101 ")));
    told_fini(&t);
    assert_false(ws_waits(ws));
}

/* What an open connection makes of these bytes. */
static void expect(struct ws *ws, struct str bytes, struct str wanted)
{
    struct told t;

    told_init(&t);
    feed(ws, &t, bytes, SIZE_MAX);
    if (!str_equal((struct str){t.at, t.len}, wanted))
        print_message("got %.*s\n", (int)t.len, t.at);
    assert_int_equal(t.len, wanted.len);
    assert_memory_equal(t.at, wanted.at, wanted.len);
    told_fini(&t);
}

/* The handshake, messages of all sizes, fragments, control frames between them, and an end. */
static struct str conversation(void)
{
    static char text[70000];
    struct buf b;

    memset(text, 'x', sizeof(text));
    buf_init(&b, room, sizeof(room));
    buf_put(&b, STR(HANDSHAKE));
    put_frame(&b, FIN | 1, STR("one"));
    put_frame(&b, FIN | 2, STR_NONE);
    put_frame(&b, 1, STR("tw"));
    put_frame(&b, FIN | 9, STR("ping"));
    put_frame(&b, 0, STR_NONE);
    put_frame(&b, FIN | 0, STR("o"));
    put_frame(&b, FIN | 1, (struct str){text, 125});
    put_frame(&b, FIN | 1, (struct str){text, 126});
    put_frame(&b, FIN | 2, (struct str){text, 300});
    put_frame(&b, FIN | 10, STR("pong"));
    put_frame(&b, 2, (struct str){text, 200});
    put_frame(&b, FIN | 0, (struct str){text, 200});
    put_frame(&b, FIN | 8, STR("\x03\xe8so"));
    buf_put(&b, STR("nothing more is read"));
    assert_false(b.over);
    return buf_str(&b);
}

static void every_split_gives_the_same(void **state)
{
    struct str all = conversation();
    struct told whole, part;
    struct ws ws;

    (void)state;
    told_init(&whole);
    ws_init(&ws);
    feed(&ws, &whole, all, SIZE_MAX);
    ws_fini(&ws, &blocks);
    assert_int_equal(ws.state, WS_ENDED);
    for (size_t most = 1; most < all.len; most++) {
        told_init(&part);
        ws_init(&ws);
        feed(&ws, &part, all, most);
        assert_int_equal(part.len, whole.len);
        assert_memory_equal(part.at, whole.at, whole.len);
        told_fini(&part);
        ws_fini(&ws, &blocks);
    }
    told_fini(&whole);
}

static void every_place_to_cut_once_gives_the_same(void **state)
{
    struct str all = conversation();
    struct told whole, part;
    struct ws ws;

    (void)state;
    told_init(&whole);
    ws_init(&ws);
    feed(&ws, &whole, all, SIZE_MAX);
    ws_fini(&ws, &blocks);
    for (size_t cut = 1; cut < all.len; cut++) {
        told_init(&part);
        ws_init(&ws);
        feed(&ws, &part, str_slice(all, 0, cut), SIZE_MAX);
        feed(&ws, &part, str_slice(all, cut, all.len), SIZE_MAX);
        assert_int_equal(part.len, whole.len);
        assert_memory_equal(part.at, whole.at, whole.len);
        told_fini(&part);
        ws_fini(&ws, &blocks);
    }
    told_fini(&whole);
}

/* RFC 6455 5.7: the examples. */
static void the_examples_of_the_rfc(void **state)
{
    struct ws *ws = *state;
    static char frame[65536 + WS_HEAD_MAX];

    open_one(ws);
    expect(ws, STR("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), STR("[Hello]"));
    expect(ws, STR("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), STR("<\x8a\x05Hello>"));
    assert_int_equal(ws_put(ws, STR("Hello"), frame), 7);
    assert_memory_equal(frame, "\x81\x05Hello", 7);
    assert_int_equal(ws_put(ws, (struct str){room, 256}, frame), 4 + 256);
    assert_memory_equal(frame + 1, "\x7e\x01\x00", 3);
    assert_int_equal(ws_put(ws, (struct str){room, 65536}, frame), 10 + 65536);
    assert_memory_equal(frame + 1, "\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 9);
}

/* RFC 7118 4.2 */
static void answers_go_in_the_kind_that_the_peer_uses(void **state)
{
    struct ws *ws = *state;
    char head[WS_HEAD_MAX + 1];
    struct buf b;

    open_one(ws);
    (void)ws_put(ws, STR("a"), head);
    assert_int_equal((uint8_t)head[0], 0x81);
    (void)ws_put(ws, STR("\xff"), head);
    assert_int_equal((uint8_t)head[0], 0x82); /* no UTF-8: never text */
    buf_init(&b, room, sizeof(room));
    put_frame(&b, FIN | 2, STR("b\xff"));
    expect(ws, buf_str(&b), STR("[b\xff]"));
    (void)ws_put(ws, STR("a"), head);
    assert_int_equal((uint8_t)head[0], 0x82);
}

struct fault {
    const char *bytes;
    size_t len;
    const char *end; /* the close frame */
};

#define FAULT(bytes, end)             \
    {                                 \
        bytes, sizeof(bytes) - 1, end \
    }
#define PROTOCOL_ERROR "<\x88\x02\x03\xea>"
#define NOT_UTF8 "<\x88\x02\x03\xef>"
#define TOO_LARGE "<\x88\x02\x03\xf1>"

static const struct fault faults[] = {
    FAULT("\xc1", PROTOCOL_ERROR),                             /* RSV1: no extension was agreed */
    FAULT("\xa1", PROTOCOL_ERROR),                             /* RSV2 */
    FAULT("\x91", PROTOCOL_ERROR),                             /* RSV3 */
    FAULT("\x83", PROTOCOL_ERROR),                             /* reserved opcodes */
    FAULT("\x87", PROTOCOL_ERROR),                             /* … */
    FAULT("\x8b", PROTOCOL_ERROR),                             /* … */
    FAULT("\x8f", PROTOCOL_ERROR),                             /* … */
    FAULT("\x80", PROTOCOL_ERROR),                             /* nothing to continue */
    FAULT("\x09", PROTOCOL_ERROR),                             /* a ping in fragments */
    FAULT("\x81\x05", PROTOCOL_ERROR),                         /* no mask */
    FAULT("\x89\xfe", PROTOCOL_ERROR),                         /* a ping of over 125 bytes */
    FAULT("\x81\xfe\x00\x05zzzz", PROTOCOL_ERROR),             /* not the shortest length */
    FAULT("\x81\xff\0\0\0\0\0\0\xff\xffzzzz", PROTOCOL_ERROR), /* … */
    FAULT("\x81\xff\x80\0\0\0\0\1\0\0zzzz", PROTOCOL_ERROR),   /* a sign */
    FAULT("\x81\xff\0\0\0\0\0\1\0\0zzzz", TOO_LARGE),          /* 65536 bytes */
    FAULT("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xffzzzz", TOO_LARGE),
    FAULT("\x81\x81\0\0\0\0\xff", NOT_UTF8),           /* a text that is none */
    FAULT("\x81\x82\0\0\0\0\xc3(", NOT_UTF8),          /* … */
    FAULT("\x88\x81\0\0\0\0\3", PROTOCOL_ERROR),       /* half a code */
    FAULT("\x88\x82\0\0\0\0\x03\xed", PROTOCOL_ERROR), /* 1005 is never sent */
    FAULT("\x88\x82\0\0\0\0\x03\xe7", PROTOCOL_ERROR), /* 999 */
    FAULT("\x88\x83\0\0\0\0\x03\xe8\xff", NOT_UTF8),   /* a reason that is no text */
};

static void whoever_breaks_a_rule_is_told_which_and_let_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct told t;
        struct ws ws;

        ws_init(&ws);
        open_one(&ws);
        told_init(&t);
        feed(&ws, &t, (struct str){faults[i].bytes, faults[i].len}, 1);
        if (!str_starts((struct str){t.at, t.len}, str_from(faults[i].end)))
            print_message("fault %zu: %zu bytes\n", i, t.len);
        assert_true(str_starts((struct str){t.at, t.len}, str_from(faults[i].end)));
        assert_true(t.len > 6); /* why */
        assert_int_equal(ws.state, WS_ENDED);
        told_fini(&t);
        ws_fini(&ws, &blocks);
    }
}

static void a_message_in_fragments_is_bounded_as_a_whole(void **state)
{
    struct ws *ws = *state;
    static char half[LIMIT_MSG_BYTES / 2 + 1];
    struct buf b;
    struct told t;

    open_one(ws);
    memset(half, 'x', sizeof(half));
    buf_init(&b, room, sizeof(room));
    put_frame(&b, 1, (struct str){half, sizeof(half)});
    put_frame(&b, 0, (struct str){half, sizeof(half) - 1});
    put_frame(&b, FIN | 0, STR_NONE);
    told_init(&t);
    feed(ws, &t, buf_str(&b), SIZE_MAX);
    assert_int_equal(t.len, LIMIT_MSG_BYTES + 2); /* as long as may be, in brackets */
    told_fini(&t);
    b.len = 0;
    put_frame(&b, 1, (struct str){half, sizeof(half)});
    put_frame(&b, 0, (struct str){half, sizeof(half)});
    told_init(&t);
    feed(ws, &t, buf_str(&b), SIZE_MAX);
    assert_true(str_starts((struct str){t.at, t.len}, STR(TOO_LARGE)));
    told_fini(&t);
}

static void a_second_message_within_one_ends_it(void **state)
{
    struct ws *ws = *state;
    struct buf b;
    struct told t;

    open_one(ws);
    buf_init(&b, room, sizeof(room));
    put_frame(&b, 1, STR("a"));
    put_frame(&b, FIN | 1, STR("b"));
    told_init(&t);
    feed(ws, &t, buf_str(&b), SIZE_MAX);
    assert_true(str_starts((struct str){t.at, t.len}, STR(PROTOCOL_ERROR)));
    told_fini(&t);
}

static void closes_are_answered_with_their_code(void **state)
{
    struct ws *ws = *state;
    struct ws_event ev;

    open_one(ws);
    expect(ws, STR("\x88\x82\0\0\0\0\x0f\xa0"), STR("<\x88\x02\x0f\xa0>"));
    ws_init(ws);
    open_one(ws);
    expect(ws, STR("\x88\x80\0\0\0\0"), STR("<\x88\x00>"));
    ws_init(ws);
    open_one(ws);
    assert_true(str_equal(ws_close(ws, WS_GOING_AWAY, &ev), STR("\x88\x02\x03\xe9")));
    assert_true(ws_close(ws, WS_GOING_AWAY, &ev).len == 0); /* once */
    expect(ws, STR("\x88\x80\0\0\0\0"), STR_NONE);
}

static void it_waits_while_something_is_not_whole(void **state)
{
    struct ws *ws = *state;

    assert_true(ws_waits(ws));
    open_one(ws);
    expect(ws, STR("\x01"), STR_NONE);
    assert_true(ws_waits(ws));
    expect(ws, STR("\x81zzzz\x1b"), STR_NONE);
    assert_true(ws_waits(ws)); /* for the other fragments */
    expect(ws, STR("\x80\x80zzzz"), STR("[a]"));
    assert_false(ws_waits(ws));
}

static void a_request_that_never_ends_is_cut(void **state)
{
    struct ws *ws = *state;
    struct told t;

    memset(room, 'x', LIMIT_WS_HANDSHAKE_BYTES);
    told_init(&t);
    feed(ws, &t, (struct str){room, LIMIT_WS_HANDSHAKE_BYTES - 1}, 1000);
    assert_int_equal(t.len, 0);
    feed(ws, &t, STR("x"), 1);
    assert_true(str_starts((struct str){t.at, t.len}, STR("<HTTP/1.1 431 ")));
    assert_int_equal(ws->state, WS_ENDED);
    told_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_split_gives_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(every_place_to_cut_once_gives_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(the_examples_of_the_rfc, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_go_in_the_kind_that_the_peer_uses, setup, teardown),
        cmocka_unit_test_setup_teardown(whoever_breaks_a_rule_is_told_which_and_let_go, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_message_in_fragments_is_bounded_as_a_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_second_message_within_one_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(closes_are_answered_with_their_code, setup, teardown),
        cmocka_unit_test_setup_teardown(it_waits_while_something_is_not_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_request_that_never_ends_is_cut, setup, teardown),
    };

    return cmocka_run_group_tests_name("ws", tests, NULL, NULL);
}
