/* Forwarding: the old bytes between edits, to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "msg/print.h"
#include "testdata.h"

#define TEXT "OPTIONS sip:b SIP/2.0\r\nVia: a\r\nX:1\r\n\r\nbody"

static struct test_msg t;
static char out[4096];

static struct str printed(const struct edits *e, bool *over)
{
    struct buf b;
    buf_init(&b, out, sizeof out);
    msg_print_edited(&b, &t.m, e);
    *over = b.over;
    if (!b.over)
        assert_int_equal(b.len, msg_edited_len(&t.m, e));
    return buf_str(&b);
}

static void assert_printed(const struct edits *e, const char *want)
{
    bool over;
    struct str got = printed(e, &over);
    assert_false(over);
    if (!str_equal(got, str_from(want)))
        fail_msg("%.*s", STR_ARG(got));
}

static void edits(void **state)
{
    (void)state;
    struct edits e;
    test_parse(&t, STR(TEXT), MSG_DATAGRAM);
    uint32_t via = t.m.headers[0].at, x = t.m.headers[1].at;

    edits_init(&e);
    assert_printed(&e, TEXT);

    /* any order of adding; equal offsets in the order of adding */
    edits_add(&e, x + 2, x + 3, STR("22"));
    edits_add(&e, via, via, STR("A: 1\r\n"));
    edits_add(&e, 8, 13, STR("sip:c@d"));
    edits_add(&e, via, via, STR("B: 2\r\n"));
    assert_printed(&e, "OPTIONS sip:c@d SIP/2.0\r\nA: 1\r\nB: 2\r\nVia: a\r\nX:22\r\n\r\nbody");

    /* a line goes, another comes in its place, before and behind */
    edits_init(&e);
    edits_remove_header(&e, &t.m.headers[0]);
    edits_add(&e, via, via, STR("Via: n\r\n"));
    edits_add(&e, x, x, STR("Y: 2\r\n"));
    assert_printed(&e, "OPTIONS sip:b SIP/2.0\r\nVia: n\r\nY: 2\r\nX:1\r\n\r\nbody");

    edits_init(&e);
    edits_add(&e, 0, (uint32_t)t.m.bytes.len, STR("all"));
    assert_printed(&e, "all");
    edits_init(&e);
    edits_add(&e, (uint32_t)t.m.bytes.len, (uint32_t)t.m.bytes.len, STR("!"));
    assert_printed(&e, TEXT "!");
}

static void too_many(void **state)
{
    (void)state;
    struct edits e;
    bool over;
    test_parse(&t, STR(TEXT), MSG_DATAGRAM);
    edits_init(&e);
    for (unsigned i = 0; i < EDITS_MAX; i++)
        edits_add(&e, 5, 5, STR("x"));
    printed(&e, &over);
    assert_false(over);
    edits_add(&e, 5, 5, STR("x"));
    assert_true(e.over);
    printed(&e, &over);
    assert_true(over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
