/* RTCP (RFC 3550 6.4 to 6.6, A.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtp/rtcp.h"

static char at[1024];
static struct buf out;

static const struct rtcp_report sender = {
    .ssrc = 0x11223344,
    .sender = true,
    .ntp = UINT64_C(0xe8a1b2c3d4e5f607),
    .timestamp = 160,
    .packets = 50,
    .octets = 8000,
    .n_blocks = 2,
    .blocks = {{1, 64, -3, 0x10005, 20, 0xb2c3d4e5, 65536}, {2, 0, 0x7fffff, 9, 0, 0, 0}},
};

static void begin(void)
{
    buf_init(&out, at, sizeof at);
}

static void test_compound(void **state)
{
    struct rtcp_packet p;
    struct rtcp_report r;
    struct rtcp_description d;
    uint32_t ssrcs[RTCP_BLOCKS];
    struct str reason;
    size_t place = 0;
    (void)state;
    begin();
    rtcp_put_report(&out, &sender);
    rtcp_put_cname(&out, sender.ssrc, STR("a@example"));
    rtcp_put_bye(&out, sender.ssrc, STR("done"));
    struct str rest = buf_str(&out);
    assert_true(rtcp_is_valid(rest));
    assert_true(rtcp_next(&rest, &p) && p.type == RTCP_SR && rtcp_read_report(&p, &r));
    assert_memory_equal(&r, &sender, sizeof r);
    assert_true(rtcp_next(&rest, &p) && p.type == RTCP_SDES);
    assert_true(rtcp_read_description(&p, &place, &d));
    assert_true(d.ssrc == sender.ssrc && d.item == RTCP_CNAME &&
                str_equal(d.text, STR("a@example")));
    assert_false(rtcp_read_description(&p, &place, &d));
    assert_true(rtcp_next(&rest, &p) && p.type == RTCP_BYE && rtcp_read_bye(&p, ssrcs, &reason));
    assert_true(ssrcs[0] == sender.ssrc && str_equal(reason, STR("done")));
    assert_false(rtcp_next(&rest, &p));
}

/* RFC 3550 6.5: two sources, of which the first has two items. */
static void test_descriptions(void **state)
{
    static const char body[] = "\x00\x00\x00\x01"
                               "\x01\x01"
                               "a"
                               "\x06\x03"
                               "sip"
                               "\x00\x00\x00\x00"
                               "\x00\x00\x00\x02"
                               "\x02\x00"
                               "\x00\x00";
    struct rtcp_packet p = {.type = RTCP_SDES, .count = 2, .body = {body, sizeof body - 1}};
    struct rtcp_description d;
    size_t place = 0;
    (void)state;
    assert_true(rtcp_read_description(&p, &place, &d) && d.ssrc == 1 &&
                str_equal(d.text, STR("a")));
    assert_true(rtcp_read_description(&p, &place, &d) && d.ssrc == 1 && d.item == RTCP_TOOL);
    assert_true(rtcp_read_description(&p, &place, &d) && d.ssrc == 2 && d.text.len == 0);
    assert_false(rtcp_read_description(&p, &place, &d));
    for (p.body.len = 0; p.body.len < sizeof body - 1; p.body.len++)
        for (place = 0; rtcp_read_description(&p, &place, &d);)
            assert_true(d.text.len <= 3);
}

static void test_malformed(void **state)
{
    struct rtcp_packet p;
    struct rtcp_report r;
    (void)state;
    begin();
    rtcp_put_report(&out, &sender);
    assert_false(rtcp_is_valid(STR_NONE));
    for (size_t cut = 1; cut < out.len; cut++)
        assert_false(rtcp_is_valid(str_slice(buf_str(&out), 0, cut)));
    at[0] = (char)(0x80 | 31); /* more blocks than there are */
    struct str rest = buf_str(&out);
    assert_true(rtcp_is_valid(rest) && rtcp_next(&rest, &p) && !rtcp_read_report(&p, &r));
    at[0] = (char)(0xa0 | 2); /* padding of 0 bytes */
    at[out.len - 1] = 0;
    assert_false(rtcp_is_valid(buf_str(&out)));
    at[out.len - 1] = 24; /* the last block is all padding */
    rest = buf_str(&out);
    assert_true(rtcp_is_valid(rest) && rtcp_next(&rest, &p) && p.body.len == 48);
    rtcp_put_report(&out, &sender); /* only the last one may be padded */
    assert_false(rtcp_is_valid(buf_str(&out)));
}

static void test_long_name(void **state)
{
    static char name[300];
    struct rtcp_description d;
    struct rtcp_packet p;
    size_t place = 0;
    (void)state;
    for (size_t len = 0; len < sizeof name; len++) {
        begin();
        rtcp_put_cname(&out, 7, (struct str){name, len});
        struct str rest = buf_str(&out);
        assert_true(rtcp_is_valid(rest) && rtcp_next(&rest, &p) && rest.len == 0);
        place = 0;
        assert_true(rtcp_read_description(&p, &place, &d));
        assert_int_equal(d.text.len, len < 255 ? len : 255);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compound),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_long_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
