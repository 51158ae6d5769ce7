/* Filters of packets: what their words mean, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/filter.h"
#include "rig.h"

static bool fits(const char *text, const char *from, const char *to, unsigned protocol)
{
    struct addr f = wire_addr(from), t = wire_addr(to);
    struct capture_filter filter;
    size_t at;

    assert_null(capture_filter_read(&filter, str_from(text), &at));
    return capture_filter_fits(&filter, &f, &t, protocol);
}

/* 192.0.2.1:5060 to 198.51.100.2:5070, by UDP. */
static bool udp(const char *text)
{
    return fits(text, "192.0.2.1:5060", "198.51.100.2:5070", 17);
}

static void test_values(void **state)
{
    (void)state;
    assert_true(udp("port 5060") && udp("port 5070") && !udp("port 5061"));
    assert_true(udp("src port 5060") && !udp("dst port 5060") && udp("dst port 5070"));
    assert_true(udp("host 192.0.2.1") && udp("192.0.2.1") && !udp("dst host 192.0.2.1"));
    assert_true(udp("src 192.0.2.1") && !udp("src 198.51.100.2"));
    assert_true(udp("net 192.0.2.0/24") && !udp("net 10.0.0.0/8") && !udp("net 2001:db8::/32"));
    assert_true(udp("portrange 5000-5060") && !udp("portrange 5061-5069"));
    assert_true(udp("udp") && !udp("tcp") && udp("udp port 5060") && !udp("tcp port 5060"));
    assert_true(udp("ip") && !udp("ip6") && udp("PORT 5060"));
    assert_true(fits("ip6 and host 2001:db8::1", "[2001:db8::1]:1", "[2001:db8::2]:2", 6));
    assert_false(fits("host 2001:db8::3", "[2001:db8::1]:1", "[2001:db8::2]:2", 6));
}

static void test_joined(void **state)
{
    (void)state;
    /* a value without words has those of the one before it */
    assert_true(udp("port 5061 or 5060") && !udp("port 5061 or 5062"));
    assert_true(udp("src host 10.0.0.1 or 192.0.2.1") && !udp("src host 10.0.0.1 or 198.51.100.2"));
    assert_true(udp("port 5060 and host 192.0.2.1") && !udp("port 5060 and host 10.0.0.1"));
    assert_true(udp("not port 5061") && !udp("not port 5060") && udp("! tcp") && udp("!!udp"));
    /* both bind alike, from the left: (a or b) and c */
    assert_false(udp("port 5060 or port 1 and port 2"));
    assert_true(udp("port 5060 or (port 1 and port 2)"));
    assert_true(udp("port 1 and port 2 or port 5060"));
    assert_true(udp("(udp)and(port 5060||5061)&&!tcp"));
    assert_false(udp("not (port 5060 or port 1)"));
    assert_true(udp("not port 1 and not port 2"));
}

static void test_what_is_none(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {{"", 0},
               {"port", 4},
               {"port x", 5},
               {"port 65536", 5},
               {"host example.com", 5},
               {"5060", 0},
               {"net 192.0.2.0/33", 4},
               {"portrange 5", 10},
               {"port 1 port 2", 7},
               {"port 1 and", 10},
               {"and port 1", 0},
               {"(port 1", 7},
               {"port 1)", 6},
               {"not", 3},
               {"src or dst port 1", 4},
               {"()", 1}};
    char text[LIMIT_CAPTURE_FILTER_TERMS * 8];
    struct buf b;
    struct capture_filter f;
    size_t at;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_non_null(capture_filter_read(&f, str_from(bad[i].text), &at));
        assert_int_equal(at, bad[i].at);
    }
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "udp");
    for (unsigned i = 0; i < LIMIT_CAPTURE_FILTER_TERMS / 2; i++)
        buf_put_lit(&b, " or udp");
    assert_string_equal(capture_filter_read(&f, buf_str(&b), &at), "too long");
    memset(text, '(', sizeof text);
    assert_string_equal(capture_filter_read(&f, (struct str){text, sizeof text}, &at), "too long");
}

static bool frame_fits(struct wire *w, uint32_t link, const char *text)
{
    struct str bytes = wire_bytes(w);
    struct capture_frame f = {1, link, (uint32_t)bytes.len, bytes};
    struct capture_filter filter;
    size_t at;

    assert_null(capture_filter_read(&filter, str_from(text), &at));
    return capture_filter_frame(&filter, &f);
}

static void test_frames(void **state)
{
    static struct wire w;

    (void)state;
    wire_begin(&w, STR("x"));
    wire_udp(&w, 5060, 5070);
    wire_ip4(&w, "192.0.2.1", "192.0.2.2", 17);
    assert_true(frame_fits(&w, LINK_RAW, "udp port 5060 and host 192.0.2.2"));
    assert_false(frame_fits(&w, LINK_RAW, "port 5061"));
    /* in a tunnel either end of it, and what is in it */
    wire_ip4(&w, "198.51.100.1", "198.51.100.2", 4);
    wire_ethernet(&w, 0x0800);
    assert_true(frame_fits(&w, LINK_ETHERNET, "host 198.51.100.1"));
    assert_true(frame_fits(&w, LINK_ETHERNET, "port 5060"));
    assert_false(frame_fits(&w, LINK_ETHERNET, "port 5061"));
    /* whose a later fragment is its own bytes do not say */
    wire_begin(&w, STR("12345678"));
    wire_ip4_part(&w, "192.0.2.1", "192.0.2.2", 17, 7, 3);
    assert_true(frame_fits(&w, LINK_RAW, "port 5061"));
    /* what is no IP at all does not fit, and its ports are 0 where there are none */
    wire_begin(&w, STR("arp, or so"));
    wire_ethernet(&w, 0x0806);
    assert_false(frame_fits(&w, LINK_ETHERNET, "not port 5060"));
    wire_begin(&w, STR("12345678"));
    wire_ip4(&w, "192.0.2.1", "192.0.2.2", 1);
    assert_false(frame_fits(&w, LINK_RAW, "port 5060"));
    assert_true(frame_fits(&w, LINK_RAW, "host 192.0.2.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
