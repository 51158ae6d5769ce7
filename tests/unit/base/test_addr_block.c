/* Blocks of addresses: their text, and who is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/addr_block.h"

static bool has(const char *block, const char *addr)
{
    struct addr_block b;
    struct addr a;
    assert_true(addr_block_parse(str_from(block), &b));
    assert_true(addr_parse(str_from(addr), &a));
    return addr_block_has(&b, &a);
}

static void the_leading_bits_count(void **state)
{
    (void)state;
    assert_true(has("192.0.2.0/24", "192.0.2.255:5060"));
    assert_false(has("192.0.2.0/24", "192.0.3.0"));
    assert_true(has("192.0.2.128/25", "192.0.2.200"));
    assert_false(has("192.0.2.128/25", "192.0.2.127"));
    assert_true(has("192.0.2.7", "192.0.2.7:1"));
    assert_false(has("192.0.2.7", "192.0.2.6"));
    assert_true(has("0.0.0.0/0", "203.0.113.9"));
    assert_true(has("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(has("2001:db8::/33", "2001:db8:8000::1"));
}

static void families_differ(void **state)
{
    (void)state;
    assert_false(has("0.0.0.0/0", "2001:db8::1"));
    assert_false(has("::/0", "192.0.2.1"));
}

static void what_is_no_block(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "example.com",   "192.0.2.0/33",
                                        "192.0.2.0/", "192.0.2.0/-1",  "192.0.2.0/8/8",
                                        "::/129",     "192.0.2.0:1/8", "/8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct addr_block b;
        assert_false(addr_block_parse(str_from(wrong[i]), &b));
    }
}

static void printed_as_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "::1",
                                        "0.0.0.0/0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char space[64];
        struct buf b;
        struct addr_block block;
        buf_init(&b, space, sizeof space);
        assert_true(addr_block_parse(str_from(texts[i]), &block));
        addr_block_print(&b, &block);
        assert_true(str_equal(buf_str(&b), str_from(texts[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_leading_bits_count),
        cmocka_unit_test(families_differ),
        cmocka_unit_test(what_is_no_block),
        cmocka_unit_test(printed_as_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
