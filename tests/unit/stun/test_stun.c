/* STUN's messages against the vectors of RFC 5769 and RFC 8489 B.1, and against bytes that are
 * none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stun/stun.h"

#define PACKET_MAX 256
#define SHORT_KEY STR("VOkJxbRl1RmTxUk/WvJxBt")

/* RFC 5769 2.1 */
static const char request[] = "000100582112a442b7e7a701bc34d686fa87dfae80220010"
                              "5354554e207465737420636c69656e74002400046e0001ff"
                              "80290008932ff9b151263b36000600096576746a3a683676"
                              "59202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249"
                              "c1b571a280280004e57a3bcf";
/* RFC 5769 2.2 */
static const char response4[] = "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b"
                                "7465737420766563746f7220002000080001a147e112a643"
                                "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                "80280004c07d4c96";
/* RFC 5769 2.3 */
static const char response6[] = "010100482112a442b7e7a701bc34d686fa87dfae8022000b"
                                "7465737420766563746f7220002000140002a1470113a9fa"
                                "a5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf1"
                                "1784c97c8292c275bfe3ed4180280004c8fb0b4c";
/* RFC 5769 2.4 */
static const char long_term[] = "000100602112a44278ad3433c6ad72c029da412e00060012"
                                "e3839ee38388e383aae38383e382afe382b900000015001c"
                                "662f2f3439396b39353464364f4c33346f4c394653547679"
                                "363473410014000b6578616d706c652e6f72670000080014"
                                "f67024656dd64a3e02b8e0712e85c9a28ca89666";
/* RFC 8489 B.1, with its length put right */
static const char sha256[] = "000100882112a44278ad3433c6ad72c029da412e001e0020"
                             "4a3cf38fef6992bda952c6780417da0f24819415569e60b2"
                             "05c46e41407f1704001500296f624d61744a6f7332414141"
                             "43662f2f3439396b39353464364f4c33346f4c3946535476"
                             "79363473410000000014000b6578616d706c652e6f726700"
                             "001c0020e4686c8f0edeb59013e07090010a93efccbccc54"
                             "4c0a45d9f830aa6d6f735a01";

struct packet {
    char bytes[PACKET_MAX];
    struct str all;
};

static unsigned digit(char c)
{
    return (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

static void unhex(const char *hex, struct packet *p)
{
    size_t n = strlen(hex) / 2;
    assert_true(n <= sizeof p->bytes);
    for (size_t i = 0; i < n; i++)
        p->bytes[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    p->all = (struct str){p->bytes, n};
}

static void parse(const char *hex, struct packet *p, struct stun_msg *m)
{
    unhex(hex, p);
    assert_true(stun_is(p->all));
    assert_true(stun_parse(p->all, m));
}

static struct str value_of(const struct stun_msg *m, enum stun_type type)
{
    struct stun_attr a;
    assert_true(stun_attr_find(m, type, &a));
    return a.value;
}

static void assert_text(struct str s, const char *text)
{
    assert_true(str_equal(s, str_from(text)));
}

static void test_request(void **state)
{
    (void)state;
    struct packet p;
    struct stun_msg m;
    parse(request, &p, &m);
    assert_int_equal(m.class, STUN_REQUEST);
    assert_int_equal(m.method, STUN_BINDING);
    assert_text(value_of(&m, STUN_SOFTWARE), "STUN test client");
    assert_text(value_of(&m, STUN_USERNAME), "evtj:h6vY");
    assert_true(stun_has_fingerprint(&m));
    assert_false(stun_is_forged(&m));
    assert_true(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY, SHORT_KEY));
    assert_false(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY, STR("VOkJxbRl1RmTxUk/WvJxBT")));
    assert_false(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY_SHA256, SHORT_KEY));
}

static void assert_mapped(const char *hex, const char *address)
{
    struct packet p;
    struct stun_msg m;
    struct addr a, expected;
    parse(hex, &p, &m);
    assert_int_equal(m.class, STUN_SUCCESS);
    assert_true(stun_read_xor_addr(&m, value_of(&m, STUN_XOR_MAPPED_ADDRESS), &a));
    assert_true(addr_parse(str_from(address), &expected));
    assert_true(addr_equal(&a, &expected));
    assert_true(stun_has_fingerprint(&m));
    assert_true(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY, SHORT_KEY));
}

static void test_responses(void **state)
{
    (void)state;
    assert_mapped(response4, "192.0.2.1:32853");
    assert_mapped(response6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

/* Its key is MD5 of "user:realm:password". */
static void test_long_term(void **state)
{
    (void)state;
    struct packet p, key;
    struct stun_msg m;
    parse(long_term, &p, &m);
    unhex("e8ca7ad59d5eb0518e312911d2dab2a9", &key);
    assert_text(value_of(&m, STUN_REALM), "example.org");
    assert_text(value_of(&m, STUN_NONCE), "f//499k954d6OL34oL9FSTvy64sA");
    assert_true(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY, key.all));
    assert_false(stun_has_fingerprint(&m));
    assert_false(stun_is_forged(&m));
}

/* As the RFC prints it the length counts the header, too: that is no message. */
static void test_printed_length_is_refused(void **state)
{
    (void)state;
    struct packet p;
    struct stun_msg m;
    parse(sha256, &p, &m);
    assert_int_equal(value_of(&m, STUN_USERHASH).len, 32);
    p.bytes[3] = (char)0x9c;
    assert_false(stun_parse(p.all, &m));
}

/* What is written is what the RFC prints, but for its padding, which is zero here. */
static void test_written(void **state)
{
    (void)state;
    struct packet p;
    struct stun_msg m;
    struct addr a;
    struct buf b;
    char out[PACKET_MAX];
    parse(response6, &p, &m);
    (void)addr_parse(STR("[2001:db8:1234:5678:11:2233:4455:6677]:32853"), &a);
    buf_init(&b, out, sizeof out);
    stun_begin(&b, STUN_SUCCESS, STUN_BINDING, m.id);
    stun_put(&b, STUN_SOFTWARE, STR("test vector"));
    out[b.len - 1] = ' ';
    stun_put_xor_addr(&b, STUN_XOR_MAPPED_ADDRESS, &a);
    stun_put_integrity(&b, STUN_MESSAGE_INTEGRITY, SHORT_KEY);
    stun_put_fingerprint(&b);
    assert_false(b.over);
    assert_true(str_equal(buf_str(&b), p.all));
}

static void test_sha256(void **state)
{
    (void)state;
    struct stun_msg m;
    struct buf b;
    char out[PACKET_MAX];
    buf_init(&b, out, sizeof out);
    stun_begin(&b, STUN_REQUEST, STUN_BINDING, STR("123456789012"));
    stun_put(&b, STUN_USERNAME, STR("alice"));
    stun_put_integrity(&b, STUN_MESSAGE_INTEGRITY, STR("k"));
    stun_put_integrity(&b, STUN_MESSAGE_INTEGRITY_SHA256, STR("k"));
    stun_put_fingerprint(&b);
    assert_true(stun_parse(buf_str(&b), &m));
    assert_true(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY, STR("k")));
    assert_true(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY_SHA256, STR("k")));
    assert_true(stun_has_fingerprint(&m));
    out[25] ^= 1;
    assert_false(stun_is_authentic(&m, STUN_MESSAGE_INTEGRITY_SHA256, STR("k")));
    assert_true(stun_is_forged(&m));
}

/* RFC 8489 14.5: what stands behind MESSAGE-INTEGRITY is nobody's word. */
static void test_behind_the_integrity(void **state)
{
    (void)state;
    struct stun_msg m;
    struct stun_attr a;
    struct buf b;
    char out[PACKET_MAX];
    buf_init(&b, out, sizeof out);
    stun_begin(&b, STUN_REQUEST, STUN_BINDING, STR("123456789012"));
    stun_put_integrity(&b, STUN_MESSAGE_INTEGRITY, STR("k"));
    stun_put(&b, STUN_USERNAME, STR("mallory"));
    stun_put_fingerprint(&b);
    assert_true(stun_parse(buf_str(&b), &m));
    assert_false(stun_attr_find(&m, STUN_USERNAME, &a));
    assert_true(stun_has_fingerprint(&m));
}

static void test_errors_and_addresses(void **state)
{
    (void)state;
    static const uint16_t types[] = {3, 0x7fff};
    struct stun_msg m;
    struct addr a, got;
    struct str reason;
    struct buf b;
    char out[PACKET_MAX];
    (void)addr_parse(STR("192.0.2.7:5060"), &a);
    buf_init(&b, out, sizeof out);
    stun_begin(&b, STUN_ERROR, STUN_BINDING, STR("123456789012"));
    stun_put_error(&b, 420, STR("Unknown Attribute"));
    stun_put_unknown(&b, types, 2);
    stun_put_addr(&b, STUN_MAPPED_ADDRESS, &a);
    assert_true(stun_parse(buf_str(&b), &m));
    assert_int_equal(m.class, STUN_ERROR);
    assert_int_equal(stun_read_error(value_of(&m, STUN_ERROR_CODE), &reason), 420);
    assert_text(reason, "Unknown Attribute");
    assert_memory_equal(value_of(&m, STUN_UNKNOWN_ATTRIBUTES).at, "\0\3\x7f\xff", 4);
    assert_true(stun_read_addr(value_of(&m, STUN_MAPPED_ADDRESS), &got));
    assert_true(addr_equal(&a, &got));
    assert_int_equal(stun_read_error(STR("\0\0\2\0"), &reason), 0);
    assert_int_equal(stun_read_error(STR("\0\0\4\x64"), &reason), 0);
    assert_false(stun_read_addr(STR("\0\3aabbbb"), &got));
    assert_false(stun_read_addr(STR("\0\1aa"), &got));
}

static void test_classes(void **state)
{
    (void)state;
    static const uint16_t methods[] = {1, 3, 0x0f, 0x10, 0x7f, 0x80, 0xfff};
    for (unsigned class = 0; class < 4; class ++)
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
            struct stun_msg m;
            struct buf b;
            char out[STUN_HEADER_BYTES];
            buf_init(&b, out, sizeof out);
            stun_begin(&b, (enum stun_class) class, methods[i], STR("123456789012"));
            assert_true(stun_parse(buf_str(&b), &m));
            assert_int_equal(m.class, class);
            assert_int_equal(m.method, methods[i]);
        }
}

/* Cut, longer, or with lengths that lie: refused, and nothing behind the bytes is read. */
static void test_no_messages(void **state)
{
    (void)state;
    struct packet p;
    struct stun_msg m;
    unhex(request, &p);
    for (size_t len = 0; len < p.all.len; len++) {
        char *exact = malloc(len ? len : 1);
        assert_non_null(exact);
        memcpy(exact, p.bytes, len);
        assert_false(stun_parse((struct str){exact, len}, &m));
        free(exact);
    }
    p.bytes[p.all.len] = 0;
    assert_false(stun_parse((struct str){p.bytes, p.all.len + 1}, &m));
    p.bytes[22] = (char)0xff;
    assert_false(stun_parse(p.all, &m));
    assert_false(stun_is(STR("OPTIONS sip:a@example.com SIP/2.0\r\n")));
    assert_false(stun_is(STR("\0\1\0\0\x21\x12\xa4\x43"
                             "123456789012")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_long_term),
        cmocka_unit_test(test_printed_length_is_refused),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_behind_the_integrity),
        cmocka_unit_test(test_errors_and_addresses),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_no_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
