/* Messages in a stream: any split of the bytes gives the same ones. RFC 3261 18.3, 7.5, RFC
 * 5626 4.4.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "msg/frame.h"
#include "msg/print.h"

#define A "INVITE sip:b SIP/2.0\r\nContent-Length: 4\r\n\r\nbody"
#define B "SIP/2.0 200 OK\r\nVia: x;l:9\r\nL\t:\r\n  5  \r\nX: y\r\n\r\n\r\n\r\n1"
#define C "BYE sip:b SIP/2.0\nx: Content-Length: 7\n and: folded\nl:0\n\n"

/* What a stream gave: "M<len>" a message's bytes, "P" a ping, "E<status>" its end. */
struct seen {
    struct buf b;
    char at[2048];
    bool bad;
};

/* The caller's side of the contract: keep what is not consumed, drop what may be dropped. */
static void drain(struct frame *f, struct str stream, size_t *from, size_t upto, struct seen *s)
{
    while (!s->bad) {
        size_t skip, len;
        unsigned status;
        struct str data = {stream.at + *from, upto - *from};
        enum frame_result r = frame_next(f, data, &skip, &len, &status);
        assert_true(skip + len <= data.len);
        if (r == FRAME_PING)
            buf_put_lit(&s->b, "P");
        if (r == FRAME_MESSAGE) {
            buf_put_lit(&s->b, "M");
            buf_put(&s->b, (struct str){data.at + skip, len});
        }
        if (r == FRAME_BAD) {
            buf_put_lit(&s->b, "E");
            buf_put_u64(&s->b, status);
            s->bad = true;
        }
        *from += r == FRAME_MORE ? skip : skip + len;
        if (r == FRAME_MORE)
            return;
    }
}

static void feed(struct str stream, size_t limit, const size_t *cuts, size_t n_cuts, struct seen *s)
{
    struct frame f;
    size_t from = 0;
    frame_init(&f, limit);
    buf_init(&s->b, s->at, sizeof s->at);
    s->bad = false;
    for (size_t i = 0; i < n_cuts; i++)
        drain(&f, stream, &from, cuts[i], s);
    drain(&f, stream, &from, stream.len, s);
}

static void assert_seen(const struct seen *s, const char *want)
{
    if (!str_equal(buf_str(&s->b), str_from(want)))
        fail_msg("\"%.*s\", wanted \"%s\"", STR_ARG(buf_str(&s->b)), want);
}

/* At once, at each pair of cuts, and byte by byte. */
static void assert_every_split(struct str stream, size_t limit, const char *want)
{
    static size_t each[4096];
    struct seen s;
    for (size_t i = 0; i < stream.len; i++)
        each[i] = i;
    feed(stream, limit, NULL, 0, &s);
    assert_seen(&s, want);
    feed(stream, limit, each, stream.len, &s);
    assert_seen(&s, want);
    for (size_t i = 0; i <= stream.len; i++) {
        for (size_t k = i; k <= stream.len; k++) {
            size_t cuts[2] = {i, k};
            feed(stream, limit, cuts, 2, &s);
            assert_seen(&s, want);
        }
    }
}

static void every_split(void **state)
{
    (void)state;
    assert_every_split(STR(A B C A), 4096, "M" A "M" B "M" C "M" A);
    assert_every_split(STR("\r\n\r\n" A "\r\n\r\n\r\n" C "\r\n" B "\r\n\r\n\r\n\r\n"), 4096,
                       "PM" A "PM" C "M" B "PP");
}

static void keep_alives(void **state)
{
    (void)state;
    assert_every_split(STR("\r\n\r\n"), 4096, "P");
    assert_every_split(STR("\r\n"), 4096, "");
    assert_every_split(STR("\r\n\r\n\r\n"), 4096, "P");
    assert_every_split(STR("\r\n" A "\r\n"), 4096, "M" A);
}

#define HEAD(lines) "OPTIONS sip:b SIP/2.0\r\nVia: x\r\n" lines "\r\n"

/* RFC 3261 18.3, 18.4, RFC 4475 3.1.2.3, 3.3.9 */
static void lengths(void **state)
{
    (void)state;
    assert_every_split(STR(HEAD("")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length: -1\r\n")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length: five\r\n")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length:\r\n")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length: 1 2\r\n")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length: 1\r\nl: 2\r\n")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length: 1\r\nl: 1\r\n")), 4096, "E400");
    assert_every_split(STR(HEAD("Content-Length: 4294967296\r\n")), 4096, "E413");
    assert_every_split(STR(HEAD("Content-Length: 99999999999999999999999\r\n")), 4096, "E413");
    assert_every_split(STR(HEAD("content-LENGTH \t: 00000000000001\r\n") "x"), 4096,
                       "M" HEAD("content-LENGTH \t: 00000000000001\r\n") "x");
    /* too short a body waits for the rest */
    assert_every_split(STR(HEAD("l: 9\r\n") "x"), 4096, "");
}

static void limits(void **state)
{
    (void)state;
    size_t whole = sizeof A - 1;
    assert_every_split(STR(A), whole, "M" A);
    assert_every_split(STR(A), whole - 1, "E413");
    assert_every_split(STR(A), whole - 4, "E413");
    assert_every_split(STR(A), whole - 5, "E513");
    static char head[LIMIT_MSG_HEAD_BYTES + 2];
    memset(head, 'x', sizeof head);
    struct seen s;
    feed((struct str){head, LIMIT_MSG_HEAD_BYTES}, LIMIT_MSG_BYTES, NULL, 0, &s);
    assert_seen(&s, "");
    feed((struct str){head, LIMIT_MSG_HEAD_BYTES + 1}, LIMIT_MSG_BYTES, NULL, 0, &s);
    assert_seen(&s, "E513");
}

/* What is no head at all ends the stream when its empty line comes. */
static void garbage(void **state)
{
    (void)state;
    assert_every_split(STR("\rx\r\n\r\n"), 4096, "E400");
    assert_every_split(STR("GET / HTTP/1.1\r\n\r\n"), 4096, "E400");
    assert_every_split((struct str){"\x16\x03\x01\0\n\n", 6}, 4096, "E400");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split), cmocka_unit_test(keep_alives), cmocka_unit_test(lengths),
        cmocka_unit_test(limits),      cmocka_unit_test(garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
