/* The looks at many bytes against their twins by one: every byte at every place, and next to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/scan.h"

static void assert_twins_agree(const char *window)
{
    for (size_t at = 0; at + SCAN_STEP <= SCAN_WINDOW; at++) {
        assert_int_equal(scan_byte(window + at, ':'), scan_byte_portable(window + at, ':'));
        assert_int_equal(scan_line_end(window + at), scan_line_end_portable(window + at));
    }
    assert_true(scan_line_ends(window) == scan_line_ends_portable(window));
}

static void one_byte_anywhere(void **state)
{
    (void)state;
    char window[SCAN_WINDOW];
    for (size_t at = 0; at < sizeof window; at++)
        for (unsigned byte = 0; byte < 256; byte++) {
            memset(window, 'a', sizeof window);
            window[at] = (char)byte;
            assert_twins_agree(window);
        }
}

static void two_bytes_anywhere(void **state)
{
    (void)state;
    static const char marks[] = {'\r', '\n', ':', '\0', (char)0x8A, (char)0x8D, (char)0xBA};
    char window[SCAN_WINDOW];
    for (size_t at = 0; at + 1 < sizeof window; at++)
        for (size_t i = 0; i < sizeof marks * sizeof marks; i++) {
            memset(window, 0xFF, sizeof window);
            window[at] = marks[i / sizeof marks];
            window[at + 1] = marks[i % sizeof marks];
            assert_twins_agree(window);
        }
}

static void places(void **state)
{
    (void)state;
    static const char text[SCAN_WINDOW + 1] =
        "Via: SIP/2.0/UDP\r\n:123456789abcdef0123456789\n........:......\r.\r\n";
    assert_int_equal(scan_byte(text, ':'), 3);
    assert_int_equal(scan_byte(text, ';'), SCAN_STEP);
    assert_int_equal(scan_byte(text + 3, '\n'), 14);
    assert_int_equal(scan_line_end(text), SCAN_STEP);
    assert_int_equal(scan_line_end(text + 1), 15);
    uint64_t ends = UINT64_C(1) << 16 | UINT64_C(1) << 17 | UINT64_C(1) << 44 | UINT64_C(1) << 60 |
                    UINT64_C(1) << 62 | UINT64_C(1) << 63;
    assert_true(scan_line_ends(text) == ends);
}

/* What stands behind a tail does not count. */
static void tails(void **state)
{
    (void)state;
    char window[SCAN_WINDOW];
    memset(window, '\n', sizeof window);
    for (size_t len = 0; len < sizeof window; len++)
        assert_true(scan_line_ends_tail(window, len) == (UINT64_C(1) << len) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_byte_anywhere),
        cmocka_unit_test(two_bytes_anywhere),
        cmocka_unit_test(places),
        cmocka_unit_test(tails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
