/* Addresses as text: what is one, what is not, and how each is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/addr.h"

static struct addr parse(struct str s)
{
    struct addr a = {0};
    assert_true(addr_parse(s, &a));
    return a;
}

static void check_print(void (*print)(struct buf *, const struct addr *), const struct addr *a,
                        struct str expected)
{
    char room[64];
    struct buf b;
    buf_init(&b, room, sizeof room);
    print(&b, a);
    assert_false(b.over);
    if (!str_equal(buf_str(&b), expected))
        fail_msg("printed %.*s, not %.*s", STR_ARG(buf_str(&b)), STR_ARG(expected));
}

/* RFC 5952 4 and 5 */
static void prints_the_canonical_text(void **state)
{
    (void)state;
    static const struct {
        struct str text, printed;
    } cases[] = {
        {STR_INIT("192.0.2.1"), STR_INIT("192.0.2.1")},
        {STR_INIT("0.0.0.0"), STR_INIT("0.0.0.0")},
        {STR_INIT("10.0.0.1"), STR_INIT("10.0.0.1")},
        {STR_INIT("255.255.255.255"), STR_INIT("255.255.255.255")},
        /* RFC 3261 25.1: 1*3DIGIT */
        {STR_INIT("192.000.002.010"), STR_INIT("192.0.2.10")},
        {STR_INIT("::"), STR_INIT("::")},
        {STR_INIT("[::1]"), STR_INIT("::1")},
        {STR_INIT("1::"), STR_INIT("1::")},
        {STR_INIT("2001:0DB8:0:0:0:0:0:1"), STR_INIT("2001:db8::1")},
        {STR_INIT("2001:db8:0:1:1:1:1:1"), STR_INIT("2001:db8:0:1:1:1:1:1")},
        {STR_INIT("2001:db8::1:1:1:1:1"), STR_INIT("2001:db8:0:1:1:1:1:1")},
        {STR_INIT("2001:0:0:1:0:0:0:1"), STR_INIT("2001:0:0:1::1")},
        {STR_INIT("2001:db8:0:0:1:0:0:1"), STR_INIT("2001:db8::1:0:0:1")},
        {STR_INIT("1:2:3:4:5:6:7::"), STR_INIT("1:2:3:4:5:6:7:0")},
        {STR_INIT("::2:3:4:5:6:7:8"), STR_INIT("0:2:3:4:5:6:7:8")},
        {STR_INIT("1:2:3:4:5:6:192.0.2.1"), STR_INIT("1:2:3:4:5:6:c000:201")},
        {STR_INIT("::ffff:192.0.2.1"), STR_INIT("::ffff:192.0.2.1")},
        {STR_INIT("64:ff9b::192.0.2.33"), STR_INIT("64:ff9b::c000:221")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct addr a = {.port = 7};
        assert_true(addr_parse_ip(cases[i].text, &a));
        assert_int_equal(a.port, 0);
        check_print(addr_print_ip, &a, cases[i].printed);
        struct addr again = parse(cases[i].printed);
        assert_true(addr_equal(&a, &again));
    }
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ".",
        "1",
        "1.2.3",
        "1.2.3.",
        "1.2.3.4.",
        "1.2.3.4.5",
        "1.2.3.",
        "1.2.3",
        "123.123.123.1234",
        "256.1.1.1",
        "1.2.3.0004",
        "1..2.3",
        "a.b.c.d",
        "1.2.3.-4",
        " 1.2.3.4",
        "[1.2.3.4]",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "1:::2",
        ":1::2",
        "1::2:",
        "12345::",
        "g::",
        "[::1",
        "::1]",
        "[]",
        "[[::1]]",
        "::1.2.3",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "fe80::1%eth0",
        "localhost",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct addr a = {.family = 99};
        if (addr_parse_ip(str_from(bad[i]), &a))
            fail_msg("took %s", bad[i]);
        assert_int_equal(a.family, 99);
    }
}

static void reads_and_prints_ports(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        bool ok;
        uint16_t port;
        struct str printed;
    } cases[] = {
        {STR_INIT("192.0.2.1:5060"), true, 5060, STR_INIT("192.0.2.1:5060")},
        {STR_INIT("192.0.2.1:0"), true, 0, STR_INIT("192.0.2.1")},
        {STR_INIT("192.0.2.1"), true, 0, STR_INIT("192.0.2.1")},
        {STR_INIT("[2001:db8::1]:65535"), true, 65535, STR_INIT("[2001:db8::1]:65535")},
        {STR_INIT("[2001:db8::1]"), true, 0, STR_INIT("[2001:db8::1]")},
        {STR_INIT("2001:db8::1"), true, 0, STR_INIT("[2001:db8::1]")},
        {STR_INIT("192.0.2.1:65536"), false, 0, STR_INIT("")},
        {STR_INIT("192.0.2.1:"), false, 0, STR_INIT("")},
        {STR_INIT("192.0.2.1:x"), false, 0, STR_INIT("")},
        {STR_INIT("[::1]5060"), false, 0, STR_INIT("")},
        {STR_INIT("[::1:5060"), false, 0, STR_INIT("")},
        {STR_INIT(":5060"), false, 0, STR_INIT("")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct addr a = {.port = 7};
        assert_int_equal(addr_parse(cases[i].text, &a), cases[i].ok);
        assert_int_equal(a.port, cases[i].ok ? cases[i].port : 7);
        if (cases[i].ok)
            check_print(addr_print, &a, cases[i].printed);
    }
}

static void compares_by_address_and_by_port(void **state)
{
    (void)state;
    struct addr a = parse(STR("192.0.2.1:1")), b = parse(STR("192.0.2.1:2"));
    struct addr c = parse(STR("192.0.2.2:1")), zone = parse(STR("[fe80::1]:1"));
    struct addr other_zone = zone;
    other_zone.scope = 3;
    assert_true(addr_equal_ip(&a, &b));
    assert_false(addr_equal(&a, &b));
    assert_false(addr_equal_ip(&a, &c));
    assert_false(addr_equal_ip(&zone, &other_zone));
}

static void knows_the_kinds(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        bool loopback, any, multicast;
    } cases[] = {
        {STR_INIT("127.0.0.1"), true, false, false},
        {STR_INIT("127.9.9.9"), true, false, false},
        {STR_INIT("128.0.0.1"), false, false, false},
        {STR_INIT("::1"), true, false, false},
        {STR_INIT("::2"), false, false, false},
        {STR_INIT("::ffff:127.0.0.1"), true, false, false},
        {STR_INIT("0.0.0.0"), false, true, false},
        {STR_INIT("::"), false, true, false},
        {STR_INIT("::ffff:0.0.0.0"), false, true, false},
        {STR_INIT("224.0.1.75"), false, false, true},
        {STR_INIT("239.255.255.255"), false, false, true},
        {STR_INIT("240.0.0.1"), false, false, false},
        {STR_INIT("255.255.255.255"), false, false, true},
        {STR_INIT("ff02::1"), false, false, true},
        {STR_INIT("fe80::1"), false, false, false},
        {STR_INIT("::ffff:224.0.0.1"), false, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct addr a = parse(cases[i].text);
        assert_int_equal(addr_is_loopback(&a), cases[i].loopback);
        assert_int_equal(addr_is_any(&a), cases[i].any);
        assert_int_equal(addr_is_multicast(&a), cases[i].multicast);
    }
    struct addr none = {0};
    assert_false(addr_is_any(&none));
    check_print(addr_print, &none, STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_the_canonical_text),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(reads_and_prints_ports),
        cmocka_unit_test(compares_by_address_and_by_port),
        cmocka_unit_test(knows_the_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
