/* What a SIP server answers to STUN's Binding requests (RFC 5626 8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/binding.h"

#define ID STR("abcdefghijkl")

static void begin(struct buf *b, char at[256], enum stun_class class, uint16_t method)
{
    buf_init(b, at, 256);
    stun_begin(b, class, method, ID);
}

static bool ask(const struct buf *request, const char *from, char at[STUN_ANSWER_BYTES],
                struct stun_msg *answer)
{
    struct addr a;
    struct buf out;
    assert_true(addr_parse(str_from(from), &a));
    buf_init(&out, at, STUN_ANSWER_BYTES);
    if (!stun_binding_answer(buf_str(request), &a, &out))
        return false;
    assert_true(stun_parse(buf_str(&out), answer));
    assert_true(str_equal(answer->id, ID));
    return true;
}

static void assert_told(const struct stun_msg *m, const char *from)
{
    struct stun_attr a;
    struct addr got, expected;
    assert_int_equal(m->class, STUN_SUCCESS);
    assert_true(stun_attr_find(m, STUN_XOR_MAPPED_ADDRESS, &a));
    assert_true(stun_read_xor_addr(m, a.value, &got));
    assert_true(addr_parse(str_from(from), &expected));
    assert_true(addr_equal(&got, &expected));
}

static void test_where_it_came_from(void **state)
{
    (void)state;
    char in[256], out[STUN_ANSWER_BYTES];
    struct buf b;
    struct stun_msg m;
    begin(&b, in, STUN_REQUEST, STUN_BINDING);
    assert_true(ask(&b, "198.51.100.7:4711", out, &m));
    assert_told(&m, "198.51.100.7:4711");
    assert_false(stun_has_fingerprint(&m));
    assert_true(ask(&b, "[2001:db8::7]:65535", out, &m));
    assert_told(&m, "[2001:db8::7]:65535");
}

static void test_fingerprint_for_fingerprint(void **state)
{
    (void)state;
    char in[256], out[STUN_ANSWER_BYTES];
    struct buf b;
    struct stun_msg m;
    begin(&b, in, STUN_REQUEST, STUN_BINDING);
    stun_put(&b, STUN_SOFTWARE, STR("phone"));
    stun_put_fingerprint(&b);
    assert_true(ask(&b, "198.51.100.7:4711", out, &m));
    assert_told(&m, "198.51.100.7:4711");
    assert_true(stun_has_fingerprint(&m));
    in[b.len - 1] ^= 1;
    assert_false(ask(&b, "198.51.100.7:4711", out, &m));
}

/* RFC 8489 6.3.1: CHANGE-REQUEST of RFC 3489, for one, is not ours to understand. */
static void test_unknown_attributes(void **state)
{
    (void)state;
    char in[256], out[STUN_ANSWER_BYTES];
    struct buf b;
    struct stun_msg m;
    struct stun_attr a;
    struct str reason;
    begin(&b, in, STUN_REQUEST, STUN_BINDING);
    stun_put(&b, (enum stun_type)3, STR("\0\0\0\6"));
    stun_put(&b, (enum stun_type)0x8003, STR("may be ignored"));
    for (unsigned i = 0; i < 30; i++)
        stun_put(&b, (enum stun_type)(0x7000 + i), STR_NONE);
    assert_false(b.over);
    assert_true(ask(&b, "198.51.100.7:4711", out, &m));
    assert_int_equal(m.class, STUN_ERROR);
    assert_true(stun_attr_find(&m, STUN_ERROR_CODE, &a));
    assert_int_equal(stun_read_error(a.value, &reason), 420);
    assert_true(stun_attr_find(&m, STUN_UNKNOWN_ATTRIBUTES, &a));
    assert_int_equal(a.value.len, 32);
    assert_memory_equal(a.value.at, "\0\3\x70\0", 4);
}

static void test_no_answer(void **state)
{
    (void)state;
    char in[256], out[STUN_ANSWER_BYTES];
    struct buf b;
    struct stun_msg m;
    begin(&b, in, STUN_INDICATION, STUN_BINDING);
    assert_false(ask(&b, "198.51.100.7:4711", out, &m));
    begin(&b, in, STUN_SUCCESS, STUN_BINDING);
    assert_false(ask(&b, "198.51.100.7:4711", out, &m));
    begin(&b, in, STUN_ERROR, STUN_BINDING);
    assert_false(ask(&b, "198.51.100.7:4711", out, &m));
    begin(&b, in, STUN_REQUEST, 3);
    assert_false(ask(&b, "198.51.100.7:4711", out, &m));
    begin(&b, in, STUN_REQUEST, STUN_BINDING);
    b.len--;
    assert_false(ask(&b, "198.51.100.7:4711", out, &m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_came_from),
        cmocka_unit_test(test_fingerprint_for_fingerprint),
        cmocka_unit_test(test_unknown_attributes),
        cmocka_unit_test(test_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
