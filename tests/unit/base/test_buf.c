/* The writer: what it writes, and the overflow that sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static void writes_text_and_numbers(void **state)
{
    (void)state;
    char room[64];
    struct buf b;
    buf_init(&b, room, sizeof room);
    buf_put_lit(&b, "n=");
    buf_put_u64(&b, 0);
    buf_put_char(&b, ' ');
    buf_put_u64(&b, UINT64_MAX);
    buf_put_char(&b, ' ');
    buf_put_hex(&b, 0xbeef, 8);
    buf_put_hex(&b, 0xabc, 2);
    buf_put_hex(&b, 0x123456789abcdef, 13);
    buf_put(&b, STR_NONE);
    assert_false(b.over);
    assert_true(str_equal(buf_str(&b), STR("n=0 18446744073709551615 0000beefbc3456789abcdef")));
}

static void lower_case_is_of_ascii_letters_alone(void **state)
{
    (void)state;
    char room[16];
    struct buf b;
    buf_init(&b, room, sizeof room);
    buf_put_lit(&b, "AB");
    buf_put_lower(&b, STR("@AZaz[\xc4\xd6_9"));
    assert_true(str_equal(buf_str(&b), STR("AB@azaz[\xc4\xd6_9")));
    assert_false(b.over);
    buf_put_lower(&b, STR("12345"));
    assert_true(b.over);
    assert_true(str_equal(buf_str(&b), STR("AB@azaz[\xc4\xd6_9")));
    buf_put_lower(&b, STR("X"));
    assert_int_equal(b.len, 12);
}

static void fits_exactly(void **state)
{
    (void)state;
    char room[4];
    struct buf b;
    buf_init(&b, room, sizeof room);
    buf_put_lit(&b, "abc");
    buf_put_char(&b, 'd');
    assert_false(b.over);
    buf_put(&b, STR(""));
    assert_false(b.over);
    buf_put_char(&b, 'e');
    assert_true(b.over);
    assert_true(str_equal(buf_str(&b), STR("abcd")));
}

static void the_first_overflow_sticks(void **state)
{
    (void)state;
    char room[4];
    struct buf b;
    buf_init(&b, room, sizeof room);
    buf_put_lit(&b, "ab");
    buf_put_lit(&b, "cde");
    assert_true(b.over);
    buf_put_char(&b, 'x');
    buf_put_u64(&b, 1);
    buf_put_hex(&b, 1, 1);
    assert_true(str_equal(buf_str(&b), STR("ab")));
}

static void no_room_at_all_is_legal(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, NULL, 0);
    buf_put(&b, STR_NONE);
    assert_false(b.over);
    buf_put_char(&b, 'x');
    assert_true(b.over);
    assert_int_equal(b.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_text_and_numbers),
        cmocka_unit_test(lower_case_is_of_ascii_letters_alone),
        cmocka_unit_test(fits_exactly),
        cmocka_unit_test(the_first_overflow_sticks),
        cmocka_unit_test(no_room_at_all_is_legal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
