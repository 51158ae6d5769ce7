/* RTP packets (RFC 3550 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtp/packet.h"

static struct str bytes_of(const char *at, size_t len)
{
    return (struct str){at, len};
}
#define BYTES(literal) bytes_of(literal, sizeof(literal) - 1)

static void test_read(void **state)
{
    struct rtp_packet p;
    (void)state;
    assert_true(rtp_parse(BYTES("\x80\xe0\x12\x34\x00\x00\x00\xa0\xde\xad\xbe\xef"
                                "voice"),
                          &p));
    assert_true(p.marker && !p.extended && p.padding == 0);
    assert_int_equal(p.payload_type, 96);
    assert_int_equal(p.sequence, 0x1234);
    assert_int_equal(p.timestamp, 160);
    assert_int_equal(p.ssrc, 0xdeadbeef);
    assert_true(str_equal(p.payload, STR("voice")));
}

/* Two CSRCs, an extension of one word, and three bytes of padding. */
#define WHOLE                                          \
    "\xb2\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03" \
    "\x00\x00\x00\x0a\x00\x00\x00\x0b"                 \
    "\xbe\xde\x00\x01"                                 \
    "ext!"                                             \
    "pay"                                              \
    "\x00\x00\x03"

static void test_whole(void **state)
{
    struct rtp_packet p;
    char at[64];
    struct buf out;
    (void)state;
    assert_true(rtp_parse(BYTES(WHOLE), &p));
    assert_int_equal(p.n_csrcs, 2);
    assert_int_equal(p.csrcs[1], 11);
    assert_int_equal(p.extension_profile, 0xbede);
    assert_true(str_equal(p.extension, STR("ext!")) && str_equal(p.payload, STR("pay")));
    assert_int_equal(p.padding, 3);
    buf_init(&out, at, sizeof at);
    rtp_print(&out, &p);
    assert_true(str_equal(buf_str(&out), BYTES(WHOLE)));
    for (size_t cut = 0; cut < 28; cut++) /* into the head */
        assert_false(rtp_parse(str_slice(BYTES(WHOLE), 0, cut), &p));
}

static void test_malformed(void **state)
{
    static const struct {
        const char *at;
        size_t len;
    } cases[] = {
#define CASE(literal) {literal, sizeof(literal) - 1}
        CASE("\x40\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"),         /* version 1 */
        CASE("\x81\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00"),     /* a CSRC cut off */
        CASE("\x90\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\xbe\xde"), /* an extension cut off */
        CASE("\x90\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\xbe\xde\xff\xff"
             "ext!"),
        CASE("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"), /* padding of nothing */
        CASE("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"
             "a\x00"), /* … of no bytes */
        CASE("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"
             "a\x03"), /* … of more than there is */
#undef CASE
    };
    struct rtp_packet p;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (rtp_parse(bytes_of(cases[i].at, cases[i].len), &p))
            fail_msg("case %zu", i);
}

/* RFC 5761 4, RFC 7983 7 */
static void test_told_apart(void **state)
{
    (void)state;
    assert_true(rtp_is_rtcp(BYTES("\x80\xc8")) && rtp_is_rtcp(BYTES("\x80\xcf")));
    assert_false(rtp_is_rtcp(BYTES("\x80\x60")) || rtp_is_rtcp(BYTES("\x80\xe0")));
    assert_false(rtp_is_either(BYTES("\x00\x01")) || rtp_is_either(BYTES("\x16\xfe")));
    assert_false(rtp_is_either(BYTES("\x80")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
