/* What a body is for: its session description, alone or in multiparts, and what it is refused with
 * (RFC 3261 8.2.3, 20.11, RFC 2046 5.1, RFC 5621). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "given.h"
#include "msg/body.h"

#define SDP "Content-Type: application/sdp"
#define TEXT "Content-Type: text/plain"
#define MIXED "Content-Type: multipart/mixed;boundary=b"
#define EITHER "Content-Type: multipart/alternative;boundary=b"
#define PART(lines, content) "--b\r\n" lines "\r\n\r\n" content "\r\n"
#define INNER(lines, content) "--c\r\n" lines "\r\n\r\n" content "\r\n"
#define END "--b--\r\n"

static const struct {
    const char *lines, *body;
    const char *sdp;       /* "": none */
    unsigned status;       /* 0: fit */
    unsigned descriptions; /* that there are in it */
} rows[] = {
    {SDP, "", "", 0, 0},
    {SDP, "v=0", "v=0", 0, 1},
    {"Content-Type: Application/SDP;charset=utf-8", "v=0", "v=0", 0, 1},
    /* RFC 3261 7.4.1, 20.11, 20.12: encodings but identity are not known, nor is what has no type
     */
    {SDP "\r\nContent-Encoding: identity", "v=0", "v=0", 0, 1},
    {SDP "\r\nContent-Encoding: gzip", "v=0", "", 415, 0},
    {"Subject: s", "v=0", "", 415, 0},
    /* RFC 3261 20.11: a session is what nothing else is said of; who says "optional" is passed over
     */
    {SDP "\r\nContent-Disposition: session", "v=0", "v=0", 0, 1},
    {SDP "\r\nContent-Disposition: early-session", "v=0", "v=0", 0, 1},
    {SDP "\r\nContent-Disposition: icon", "v=0", "", 415, 1},
    {SDP "\r\nContent-Disposition: icon;handling=optional", "v=0", "", 0, 1},
    {TEXT, "x", "", 415, 0},
    {TEXT "\r\nContent-Disposition: render;handling=required", "x", "", 415, 0},
    {TEXT "\r\nContent-Disposition: render;HANDLING=Optional", "x", "", 0, 0},
    /* RFC 2046 5.1.1: what stands before the first delimiter and behind the last is nothing; a
     * delimiter may have white space behind it, and the line end before it is its own */
    {MIXED, PART(SDP, "v=0\r\n") END, "v=0\r\n", 0, 1},
    {MIXED, "pre\r\n--bb\r\n" PART(SDP, "v=0") END PART(TEXT, "x") END, "v=0", 0, 1},
    {"Content-Type: multipart/mixed;boundary=\"b b\"", "--b b \t\r\n" SDP "\r\n\r\nv=0\r\n--b b--",
     "v=0", 0, 1},
    {MIXED, "--b\n" SDP "\n\nv=0\n--b--", "v=0", 0, 1},
    /* RFC 2046 5.1: a part without a type is plain text */
    {MIXED, "--b\r\n\r\nx\r\n" PART(SDP, "v=0") END, "v=0", 415, 1},
    {MIXED,
     "--b\r\nContent-Disposition: render;handling=optional\r\n\r\nx\r\n" PART(SDP, "v=0") END,
     "v=0", 0, 1},
    {MIXED, PART(SDP "\r\nContent-Encoding: gzip", "z") END, "", 415, 0},
    /* RFC 5621 8.1: of several the first is meant, of alternatives the last that is known */
    {MIXED, PART(SDP, "v=1") PART(SDP, "v=2") END, "v=1", 0, 2},
    {EITHER, PART(SDP, "v=1") PART(SDP, "v=2") PART(TEXT, "x") END, "v=2", 0, 2},
    {EITHER, PART(TEXT, "x") END, "", 415, 0},
    {EITHER "\r\nContent-Disposition: render;handling=optional", PART(TEXT, "x") END, "", 0, 0},
    {MIXED,
     PART("Content-Type: multipart/alternative;boundary=c",
          INNER(SDP, "v=1") INNER(SDP, "v=2") "--c--") END,
     "v=2", 0, 2},
    /* RFC 2046 5.1.1: a boundary is needed, and each part ends; 400 stays, whatever else is not
       known */
    {"Content-Type: multipart/mixed", PART(SDP, "v=0") END, "", 400, 0},
    {"Content-Type: multipart/mixed;boundary=\"\"", PART(SDP, "v=0") END, "", 400, 0},
    {MIXED, "x", "", 400, 0},
    {MIXED, PART(SDP, "v=0"), "", 400, 0},
    {MIXED, PART(SDP, "v=0") PART(TEXT, "x"), "v=0", 400, 1},
    {MIXED,
     PART("Content-Type: multipart/mixed", "x")
         PART("Content-Type: multipart/alternative;boundary=c", INNER(TEXT, "x") "--c--") END,
     "", 400, 0},
};

static void what_a_body_is_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        struct msg *m = given(&g, rows[i].lines);
        struct body body;
        struct str found[4];
        m->body = str_from(rows[i].body);
        body_read(m, &body);
        if (body.status != rows[i].status || !str_equal(body.sdp, str_from(rows[i].sdp)))
            fail_msg("row %zu: %u \"%.*s\"", i, body.status, STR_ARG(body.sdp));
        unsigned n = body_descriptions(m, m->body, found, 4);
        if (n != rows[i].descriptions)
            fail_msg("row %zu: %u descriptions", i, n);
    }
}

static void no_more_are_told_than_there_is_room_for(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, MIXED);
    struct str found[2] = {STR_NONE, STR("mine")};
    assert_int_equal(body_descriptions(m, STR(PART(SDP, "v=1") PART(SDP, "v=2") END), found, 1), 1);
    assert_true(str_equal(found[0], STR("v=1")));
    assert_true(str_equal(found[1], STR("mine")));
}

/* Multiparts inside of one another, without end: they are looked into up to a limit, and refused
 * beyond. */
static void nesting_is_bounded(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, "Content-Type: multipart/mixed;boundary=b0");
    char text[4096];
    struct buf b;
    struct body body;
    buf_init(&b, text, sizeof text);
    for (unsigned i = 0; i <= LIMIT_MSG_MULTIPARTS; i++) {
        buf_put_lit(&b, "--b");
        buf_put_u64(&b, i);
        buf_put_lit(&b, "\r\nContent-Type: multipart/mixed;boundary=b");
        buf_put_u64(&b, i + 1);
        buf_put_lit(&b, "\r\n\r\n");
    }
    for (unsigned i = LIMIT_MSG_MULTIPARTS + 1; i-- > 0;) {
        buf_put_lit(&b, "\r\n--b");
        buf_put_u64(&b, i);
        buf_put_lit(&b, "--");
    }
    m->body = buf_str(&b);
    body_read(m, &body);
    assert_int_equal(body.status, 415);
    assert_int_equal(body.sdp.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_body_is_for),
        cmocka_unit_test(no_more_are_told_than_there_is_room_for),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
