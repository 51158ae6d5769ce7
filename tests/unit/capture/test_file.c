/* Capture files: both forms, both byte orders, whatever portions they come in; what is written here
 * is read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "capture/pcapng.h"
#include "rig.h"

struct reading {
    unsigned n_frames, n_keys;
    bool is_bad;
    uint64_t passed_over;
    struct capture_frame last;
    size_t rest;
};

/* All of a file, in portions of `portion` bytes. */
static struct reading read_all(struct str bytes, size_t portion)
{
    static struct capture_file f;
    struct reading out = {0};
    size_t at = 0, end = 0, used;

    capture_file_init(&f);
    while (!out.is_bad) {
        struct capture_frame frame = {0};
        enum capture_read r = capture_file_next(&f, str_slice(bytes, at, end - at), &used, &frame);

        assert_true(used <= end - at);
        at += used;
        if (r == CAPTURE_READ_MORE && end == bytes.len)
            break;
        if (r == CAPTURE_READ_MORE)
            end = end + portion < bytes.len ? end + portion : bytes.len;
        out.n_frames += r == CAPTURE_READ_FRAME;
        out.n_keys += r == CAPTURE_READ_KEYS;
        out.is_bad = r == CAPTURE_READ_BAD;
        if (r == CAPTURE_READ_FRAME || r == CAPTURE_READ_KEYS)
            out.last = frame;
    }
    out.passed_over = f.passed_over;
    out.rest = end - at;
    return out;
}

static struct reading read_any(struct str bytes)
{
    struct reading whole = read_all(bytes, bytes.len ? bytes.len : 1), single = read_all(bytes, 1);

    assert_int_equal(whole.n_frames, single.n_frames);
    assert_int_equal(whole.is_bad, single.is_bad);
    return whole;
}

#define PCAP_LITTLE "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0"
#define PCAP_BIG "\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\x71"
#define PCAP_NANO "\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0"
#define RECORD_LITTLE "\2\0\0\0\3\0\0\0\4\0\0\0\x40\0\0\0abcd"

static void test_pcap(void **state)
{
    struct reading r = read_any(STR(PCAP_LITTLE RECORD_LITTLE RECORD_LITTLE));
    (void)state;
    assert_int_equal(r.n_frames, 2);
    assert_int_equal(r.last.link, LINK_ETHERNET);
    assert_int_equal(r.last.at, 2000003000);
    assert_int_equal(r.last.len, 0x40);
    assert_true(str_equal(r.last.bytes, STR("abcd")));
    r = read_any(STR(PCAP_BIG "\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\4abcd"));
    assert_int_equal(r.n_frames, 1);
    assert_int_equal(r.last.link, LINK_SLL);
    assert_int_equal(r.last.at, 2000003000);
    r = read_any(STR(PCAP_NANO RECORD_LITTLE));
    assert_int_equal(r.last.at, 2000000003);
}

/* A length that cannot be is passed over as far as it goes, and a file may end anywhere. */
static void test_pcap_bad(void **state)
{
    struct str whole = STR(PCAP_LITTLE RECORD_LITTLE RECORD_LITTLE);
    struct reading r;
    (void)state;
    r = read_any(STR(PCAP_LITTLE "\2\0\0\0\3\0\0\0\xff\xff\xff\xff\4\0\0\0" RECORD_LITTLE));
    assert_int_equal(r.n_frames, 0);
    assert_int_equal(r.passed_over, 1);
    for (size_t len = 0; len < whole.len; len++)
        assert_int_equal(read_any(str_slice(whole, 0, len)).n_frames, len >= 44);
    assert_true(read_any(STR("not a capture")).is_bad);
    assert_false(read_any(STR("")).is_bad);
}

#define SECTION \
    "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
#define INTERFACE "\1\0\0\0\x14\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0"
/* raw IP, units of 2^-10 s, 100 s later */
#define INTERFACE_2                                                        \
    "\1\0\0\0\x2c\0\0\0\x65\0\0\0\0\0\0\0\x09\0\1\0\x8a\0\0\0\x0e\0\x08\0" \
    "\x64\0\0\0\0\0\0\0\0\0\0\0\x2c\0\0\0"
#define PACKET(interface, time) \
    "\6\0\0\0\x24\0\0\0" interface "\0\0\0\0\0\0\0" time "\4\0\0\0\x08\0\0\0abcd\x24\0\0\0"
#define KEYS "\x0a\0\0\0\x1c\0\0\0KSLT\6\0\0\0KEYS\r\n\0\0\x1c\0\0\0"

static void test_ng(void **state)
{
    struct reading r = read_any(STR(SECTION INTERFACE INTERFACE_2 KEYS PACKET("\0", "\1\0\0\0")));
    (void)state;
    assert_int_equal(r.n_frames, 1);
    assert_int_equal(r.n_keys, 1);
    assert_int_equal(r.last.at, 1000);
    assert_int_equal(r.last.link, LINK_ETHERNET);
    assert_int_equal(r.last.len, 8);
    assert_true(str_equal(r.last.bytes, STR("abcd")));
    /* the other interface has a link type and a clock of its own */
    r = read_any(STR(SECTION INTERFACE INTERFACE_2 PACKET("\1", "\0\2\0\0")));
    assert_int_equal(r.last.link, LINK_RAW);
    assert_int_equal(r.last.at, 100500000000);
    /* a new section knows none of the old one's */
    r = read_any(STR(SECTION INTERFACE SECTION PACKET("\0", "\1\0\0\0")));
    assert_int_equal(r.n_frames, 0);
    assert_int_equal(r.passed_over, 1);
    /* without a time, and a block that nobody knows */
    r = read_any(STR(SECTION INTERFACE "\x99\0\0\0\x10\0\0\0abcd\x10\0\0\0"
                                       "\3\0\0\0\x14\0\0\0\3\0\0\0abc\0\x14\0\0\0"));
    assert_int_equal(r.n_frames, 1);
    assert_true(str_equal(r.last.bytes, STR("abc")));
    /* a block shorter than its own ends */
    assert_true(read_any(STR(SECTION "\1\0\0\0\4\0\0\0\4\0\0\0")).is_bad);
}

static void test_write(void **state)
{
    static char at[400000];
    struct addr a4 = wire_addr("192.0.2.1:5060"), b4 = wire_addr("192.0.2.2:5070");
    struct addr a6 = wire_addr("[2001:db8::1]:5060"), b6 = wire_addr("[2001:db8::2]:5070");
    struct capture_frame frame = {1700000000123456789, LINK_ETHERNET, 9, STR_INIT("abcde")};
    struct pcapng_writer w;
    struct buf b;
    struct rig *rig = rig_new();
    struct reading r;
    size_t before;
    (void)state;
    buf_init(&b, at, sizeof at);
    pcapng_begin(&w, &b);
    assert_true(pcapng_frame(&w, &b, &frame));
    r = read_any(buf_str(&b));
    assert_int_equal(r.n_frames, 1);
    assert_int_equal(r.last.at, frame.at);
    assert_int_equal(r.last.link, LINK_ETHERNET);
    assert_int_equal(r.last.len, 9);
    assert_true(str_equal(r.last.bytes, frame.bytes));
    for (unsigned i = 0; i < 2; i++) {
        before = b.len;
        assert_true(pcapng_message(&w, &b, frame.at, i ? &a6 : &a4, i ? &b6 : &b4, STR(MESSAGE)));
        assert_true(b.len - before <= sizeof MESSAGE - 1 + PCAPNG_AROUND);
        r = read_any(buf_str(&b));
        assert_int_equal(r.n_frames, 2 + i);
        capture_take(rig->capture, &r.last);
        rig_drain(rig);
        assert_int_equal(rig->n_messages, 1 + i);
        assert_true(str_equal(rig->text, STR(MESSAGE)));
        assert_true(addr_equal(&rig->last.from, i ? &a6 : &a4));
        assert_true(addr_equal(&rig->last.to, i ? &b6 : &b4));
    }
    assert_false(pcapng_message(&w, &b, 0, &a4, &b6, STR(MESSAGE)));
    /* what is too long for a datagram is cut */
    assert_true(pcapng_message(&w, &b, 0, &a4, &b4, (struct str){at + 100000, 70000}));
    assert_int_equal(read_any(buf_str(&b)).last.bytes.len, 65535);
    assert_false(b.over);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pcap),
        cmocka_unit_test(test_pcap_bad),
        cmocka_unit_test(test_ng),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
