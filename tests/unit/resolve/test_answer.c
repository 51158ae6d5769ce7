/* DNS messages, byte by byte: what is an answer to a question, and what is nonsense. */
#include "rig.h"

#include "resolve/answer.h"

static struct block_pool blocks;

#define HEAD(flags, answers, authorities) "\0\7" flags "\0\1\0" answers "\0" authorities "\0\0"
#define ASKED "\7example\3com\0\0\1\0\1"
#define OWNER "\xc0\x0c"
#define A_RECORD(ttl, ip) OWNER "\0\1\0\1" ttl "\0\4" ip
#define BYTES(literal) ((struct str){(literal), sizeof(literal) - 1})

static const struct dns_answer *parse(struct str bytes, struct block **hold)
{
    static const struct dns_question q = {STR_INIT("EXAMPLE.com"), DNS_A};
    *hold = dns_parse(&blocks, &q, bytes);
    assert_non_null(*hold);
    return dns_answer(*hold);
}

static void an_answer(void **state)
{
    (void)state;
    struct block *b;
    const struct dns_answer *a =
        parse(BYTES(HEAD("\x81\x80", "\2", "\0") ASKED A_RECORD("\0\0\0\x3c", "\xc0\0\2\1")
                        A_RECORD("\0\0\0\x0a", "\xc0\0\2\2")),
              &b);
    assert_int_equal(a->status, DNS_OK);
    assert_int_equal(a->n, 2);
    assert_int_equal(a->ttl_s, 10);
    assert_true(str_equal(a->question.name, STR("example.com")));
    assert_int_equal(a->records[1].addr.ip[3], 2);
    block_unref(&blocks, b);
}

struct row {
    struct str bytes;
    enum dns_status status;
    uint32_t ttl_s;
};

static void whole_and_broken(void **state)
{
    (void)state;
    const struct row rows[] = {
        {BYTES(""), DNS_FAILED, 0},
        {BYTES("\0\7\x81\x80"), DNS_FAILED, 0},
        /* a question, a refusal, another question, two questions, a status query */
        {BYTES(HEAD("\1\0", "\0", "\0") ASKED), DNS_FAILED, 0},
        {BYTES(HEAD("\x81\x82", "\0", "\0") ASKED), DNS_FAILED, 0},
        {BYTES(HEAD("\x81\x80", "\0", "\0") "\7exbmple\3com\0\0\1\0\1"), DNS_FAILED, 0},
        {BYTES("\0\7\x81\x80\0\2\0\0\0\0\0\0" ASKED ASKED), DNS_FAILED, 0},
        {BYTES(HEAD("\x91\x80", "\0", "\0") ASKED), DNS_FAILED, 0},
        /* less than it says */
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED), DNS_FAILED, 0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED OWNER "\0\1\0\1\0\0\0\1\0\4\1\2\3"), DNS_FAILED,
         0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED OWNER "\0\1\0\1\0\0\0\1\0\5\1\2\3\4\5"),
         DNS_FAILED, 0},
        /* pointers forward, to themselves, in a circle */
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED "\xc0\x40\0\1\0\1\0\0\0\1\0\4\1\2\3\4"),
         DNS_FAILED, 0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED "\xc0\x1d\0\1\0\1\0\0\0\1\0\4\1\2\3\4"),
         DNS_FAILED, 0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED "\1a\xc0\x1d\0\1\0\1\0\0\0\1\0\4\1\2\3\4"),
         DNS_FAILED, 0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED "\x41\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), DNS_FAILED,
         0},
        /* somebody else's record, another type's, another class's */
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED "\1x\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), DNS_NONE,
         0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED OWNER "\0\x10\0\1\0\0\0\1\0\4\1\2\3\4"), DNS_NONE,
         0},
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED OWNER "\0\1\0\3\0\0\0\1\0\4\1\2\3\4"), DNS_NONE,
         0},
        /* RFC 2181 8: a time with its highest bit set is none */
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED A_RECORD("\x80\0\0\1", "\1\2\3\4")), DNS_OK, 0},
        /* an alias that points at itself */
        {BYTES(HEAD("\x81\x80", "\1", "\0") ASKED OWNER "\0\5\0\1\0\0\0\1\0\2" OWNER), DNS_FAILED,
         0},
        /* RFC 2308: no such name, no such record; the SOA says for how long */
        {BYTES(HEAD("\x81\x83", "\0", "\0") ASKED), DNS_NONE, 0},
        {BYTES(HEAD("\x81\x83", "\0", "\1") ASKED OWNER
               "\0\6\0\1\0\0\0\x64\0\x16\0\0"
               "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\x32"),
         DNS_NONE, 50},
        {BYTES(HEAD("\x81\x80", "\0", "\1") ASKED OWNER
               "\0\6\0\1\0\0\0\x14\0\x16\0\0"
               "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\x32"),
         DNS_NONE, 20},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct block *b;
        const struct dns_answer *a = parse(rows[i].bytes, &b);
        if (a->status != rows[i].status || a->ttl_s != rows[i].ttl_s)
            fail_msg("row %zu: status %d, %u s", i, (int)a->status, a->ttl_s);
        block_unref(&blocks, b);
    }
}

/* example.com is another.com, whose address came with it, or did not. */
static void aliases(void **state)
{
    (void)state;
#define ALIAS OWNER "\0\5\0\1\0\0\0\x1e\0\x0a\7another\xc0\x14"
    struct block *b;
    const struct dns_answer *a = parse(
        BYTES(HEAD("\x81\x80", "\2", "\0") ASKED ALIAS "\xc0\x29\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4"),
        &b);
    assert_int_equal(a->status, DNS_OK);
    assert_int_equal(a->ttl_s, 30);
    block_unref(&blocks, b);
    a = parse(BYTES(HEAD("\x81\x80", "\1", "\0") ASKED ALIAS), &b);
    assert_int_equal(a->status, DNS_NONE);
    assert_true(str_equal(a->alias, STR("another.com")));
    assert_int_equal(a->ttl_s, 30);
    block_unref(&blocks, b);
}

static int start(void **state)
{
    (void)state;
    block_pool_init(&blocks, &mem_libc, 8);
    return 0;
}

static int end(void **state)
{
    (void)state;
    size_t live = blocks.live;
    block_pool_fini(&blocks);
    return live != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer),
        cmocka_unit_test(whole_and_broken),
        cmocka_unit_test(aliases),
    };
    return cmocka_run_group_tests(tests, start, end);
}
