/* The index of a message: start line, header lines, body, and limits. RFC 3261 7, 18.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "testdata.h"

#define START "OPTIONS sip:bob@example.com SIP/2.0\r\n"
#define HEADERS                                      \
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" \
    "From: <sip:alice@example.com>;tag=1\r\n"        \
    "To: <sip:bob@example.com>\r\n"                  \
    "Call-ID: 1@192.0.2.1\r\n"                       \
    "CSeq: 1 OPTIONS\r\n"

static struct test_msg t;

static void parse(const char *text)
{
    test_parse(&t, str_from(text), MSG_DATAGRAM);
}

static void assert_str(struct str got, const char *want)
{
    if (!str_equal(got, str_from(want)))
        fail_msg("\"%.*s\", wanted \"%s\"", STR_ARG(got), want);
}

static void assert_value(enum hdr_id id, const char *want)
{
    const struct hdr *h = msg_header(&t.m, id);
    assert_non_null(h);
    assert_str(hdr_value(&t.m, h), want);
}

static void request_line(void **state)
{
    (void)state;
    parse(START HEADERS "\r\nbody");
    assert_int_equal(t.m.n_errors, 0);
    assert_true(t.m.is_request);
    assert_int_equal(t.m.method, METHOD_OPTIONS);
    assert_str(t.m.uri_text, "sip:bob@example.com");
    assert_str(t.m.version, "SIP/2.0");
    assert_int_equal(t.m.n_headers, 5);
    assert_int_equal(t.m.refs, 1);
    assert_str(t.m.body, "body");
    /* RFC 3261 7.1: the version is case-insensitive, the method is not */
    parse("options sip:bob@example.com sip/2.0\r\n" HEADERS "\r\n");
    assert_int_equal(t.m.n_errors, 0);
    assert_int_equal(t.m.method, METHOD_OTHER);
    assert_str(t.m.method_name, "options");
}

static void status_line(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        unsigned status;
        const char *reason;
        enum msg_error_code code;
    } rows[] = {
        {"SIP/2.0 200 OK\r\n", 200, "OK", MSG_OK},
        {"SIP/2.0 100 \r\n", 100, "", MSG_OK},
        {"SIP/2.0 100\r\n", 100, "", MSG_OK},
        {"SIP/2.0 699 \xD0\xBD\xD0\xB5\xD1\x82 a  b\r\n", 699, "\xD0\xBD\xD0\xB5\xD1\x82 a  b",
         MSG_OK},
        {"sip/2.0 200 OK\r\n", 200, "OK", MSG_OK},
        {"SIP/2.0 700 X\r\n", 0, "X", MSG_E_BAD_STATUS},
        {"SIP/2.0 099 X\r\n", 0, "X", MSG_E_BAD_STATUS},
        {"SIP/2.0 20 X\r\n", 0, "X", MSG_E_BAD_STATUS},
        {"SIP/2.0 4294967301 X\r\n", 0, "X", MSG_E_BAD_STATUS},
        {"SIP/2.0  200 X\r\n", 0, "200 X", MSG_E_BAD_STATUS},
        {"SIP/2.0\r\n", 0, "", MSG_E_BAD_START_LINE},
        {"SIP/3.0 200 OK\r\n", 200, "OK", MSG_E_BAD_VERSION},
        {"SIP/2 200 OK\r\n", 200, "OK", MSG_E_BAD_START_LINE},
    };
    char text[512];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b;
        buf_init(&b, text, sizeof text);
        buf_put(&b, str_from(rows[i].line));
        buf_put_lit(&b, HEADERS "\r\n");
        assert_int_equal(test_parse(&t, buf_str(&b), MSG_DATAGRAM), rows[i].code);
        assert_false(t.m.is_request);
        assert_int_equal(t.m.status, rows[i].status);
        assert_str(t.m.reason, rows[i].reason);
    }
}

/* RFC 3261 7.5: CRLFs in front are skipped; offsets count from the start line */
static void leading_line_ends(void **state)
{
    (void)state;
    parse("\r\n\r\n\n" START HEADERS "\r\n");
    assert_int_equal(t.m.n_errors, 0);
    assert_str(t.m.method_name, "OPTIONS");
    assert_int_equal(t.m.headers[0].at, sizeof START - 1);
}

/* RFC 3261 7.3.1: folding, case, compact forms, white space around the colon */
static void header_spellings(void **state)
{
    (void)state;
    parse(START HEADERS "sUBJECT\t :  \r\n  first \r\n\t second  \r\nK:100rel\r\nSupported :\r\n"
                        "X-New: ;;,,\r\nOrganization:\r\n \r\n\r\n");
    assert_int_equal(t.m.n_errors, 0);
    assert_value(HDR_SUBJECT, "first \r\n\t second");
    assert_value(HDR_SUPPORTED, "100rel");
    assert_value(HDR_ORGANIZATION, "");
    const struct hdr *second = msg_header_next(&t.m, msg_header(&t.m, HDR_SUPPORTED));
    assert_non_null(second);
    assert_str(hdr_value(&t.m, second), "");
    assert_null(msg_header_next(&t.m, second));
    const struct hdr *unknown = msg_header_named(&t.m, STR("x-nEW"));
    assert_non_null(unknown);
    assert_int_equal(unknown->id, HDR_NONE);
    assert_str(hdr_value(&t.m, unknown), ";;,,");
    assert_ptr_equal(msg_header_named(&t.m, STR("s")), msg_header(&t.m, HDR_SUBJECT));
    assert_null(msg_header_named(&t.m, STR("X-Ne")));
}

static void lines_are_whole(void **state)
{
    (void)state;
    parse(START HEADERS "Subject: a\r\n b\r\nX: 1\r\n\r\nbody");
    uint32_t at = sizeof START - 1;
    for (unsigned i = 0; i < t.m.n_headers; i++) {
        assert_int_equal(t.m.headers[i].at, at);
        at = t.m.headers[i].end;
    }
    assert_int_equal(at + 2, t.m.head_len);
    assert_str(hdr_name(&t.m, &t.m.headers[5]), "Subject");
}

/* A lone LF ends a line, mixed with CRLF too; a lone CR does not. */
static void line_ends(void **state)
{
    (void)state;
    parse("OPTIONS sip:bob@example.com SIP/2.0\n"
          "v: SIP/2.0/UDP 192.0.2.1\nf: <sip:a@b>;tag=1\r\nt: <sip:b@b>\ni: 1\nCSeq: 1\n "
          "OPTIONS\n\nbody\n");
    assert_int_equal(t.m.n_errors, 0);
    assert_str(t.m.body, "body\n");
    assert_value(HDR_CSEQ, "1\n OPTIONS");
    parse(START HEADERS "Subject: a\rX: b\r\n\r\n");
    assert_int_equal(t.m.errors[0].code, MSG_E_BARE_CR);
    assert_int_equal(t.m.errors[0].offset, sizeof START HEADERS "Subject: a" - 1);
    assert_int_equal(t.m.n_headers, 6);
}

/* RFC 3261 18.3 */
static void body_length(void **state)
{
    (void)state;
    parse(START HEADERS "Content-Length: 4\r\n\r\nbodyINVITE sip:x SIP/2.0\r\n");
    assert_int_equal(t.m.n_errors, 0);
    assert_str(t.m.body, "body");
    assert_int_equal(t.m.bytes.len, t.m.head_len + 4);
    parse(START HEADERS "l: 000\r\n\r\nbody");
    assert_int_equal(t.m.n_errors, 0);
    assert_int_equal(t.m.body.len, 0);
    static const char with_nul[] = START HEADERS "\r\na\0b";
    test_parse(&t, (struct str){with_nul, sizeof with_nul - 1}, MSG_DATAGRAM);
    assert_int_equal(t.m.body.len, 3);
}

static void stream_framing(void **state)
{
    (void)state;
    enum msg_error_code code = test_parse(&t, STR(START HEADERS "\r\n"), MSG_STREAM);
    assert_int_equal(code, MSG_E_MISSING_CONTENT_LENGTH);
    assert_int_equal(test_parse(&t, STR(START HEADERS "l:2\r\n\r\nab"), MSG_STREAM), MSG_OK);
}

/* After a fault the other lines are still there to build an answer from. */
static void goes_on_behind_faults(void **state)
{
    (void)state;
    parse("nonsense\r\n" HEADERS
          "no colon here\r\n and its continuation\r\nBad Name: x\r\n: y\r\n\r\n");
    assert_int_equal(t.m.n_errors, 4);
    assert_int_equal(t.m.errors[0].code, MSG_E_BAD_START_LINE);
    assert_int_equal(t.m.errors[1].code, MSG_E_HEADER_WITHOUT_COLON);
    assert_int_equal(t.m.errors[2].code, MSG_E_BAD_HEADER_NAME);
    assert_int_equal(t.m.errors[3].code, MSG_E_BAD_HEADER_NAME);
    assert_int_equal(t.m.n_headers, 5);
    assert_value(HDR_CALL_ID, "1@192.0.2.1");
}

static void every_fault_list_is_bounded(void **state)
{
    (void)state;
    char text[4096];
    struct buf b;
    buf_init(&b, text, sizeof text);
    for (unsigned i = 0; i < 100; i++)
        buf_put_lit(&b, "\x01\r\n");
    test_parse(&t, buf_str(&b), MSG_DATAGRAM);
    assert_int_equal(t.m.n_errors, MSG_MAX_ERRORS);
    for (unsigned i = 1; i < MSG_MAX_ERRORS; i++)
        assert_true(t.m.errors[i].offset > t.m.errors[i - 1].offset);
}

static void limits(void **state)
{
    (void)state;
    static char text[TEST_BYTES];
    struct buf b;
    for (unsigned extra = 0; extra < 2; extra++) {
        buf_init(&b, text, sizeof text);
        buf_put_lit(&b, START HEADERS);
        for (unsigned i = 0; i < LIMIT_MSG_HEADERS - 5 + extra; i++)
            buf_put_lit(&b, "a:b\r\n");
        buf_put_lit(&b, "\r\n");
        test_parse(&t, buf_str(&b), MSG_DATAGRAM);
        assert_int_equal(t.m.n_headers, LIMIT_MSG_HEADERS);
        assert_int_equal(t.m.n_errors, extra);
        assert_true(!extra || t.m.errors[0].code == MSG_E_TOO_MANY_HEADERS);

        buf_init(&b, text, sizeof text);
        buf_put_lit(&b, START HEADERS);
        for (unsigned i = 0; i < LIMIT_MSG_HEADER_NAME + extra; i++)
            buf_put_char(&b, 'n');
        buf_put_lit(&b, ": x\r\n\r\n");
        test_parse(&t, buf_str(&b), MSG_DATAGRAM);
        assert_int_equal(t.m.errors[0].code * extra, MSG_E_HEADER_NAME_TOO_LONG * extra);
        assert_int_equal(t.m.n_errors, extra);

        memcpy(text, START HEADERS "\r\n", sizeof START HEADERS "\r\n");
        enum msg_error_code code =
            test_parse(&t, (struct str){text, LIMIT_MSG_BYTES + extra}, MSG_DATAGRAM);
        assert_int_equal(code, extra ? MSG_E_TOO_LARGE : MSG_OK);
    }
}

/* Any beginning of a message is survived, from a buffer that ends where the message does. */
static void every_prefix(void **state)
{
    (void)state;
    static const char text[] = START HEADERS "Subject: a\r\n b\r\nl : 4\r\n\r\nbody";
    static _Alignas(16) char space[4096];
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *copy = test_malloc(len + 1);
        memcpy(copy, text, len);
        struct msg m;
        assert_int_not_equal(
            msg_parse(&m, (struct str){copy, len}, MSG_DATAGRAM, space, sizeof space), MSG_OK);
        test_free(copy);
    }
}

static void *no_memory(struct mem *m, size_t size)
{
    (void)m;
    (void)size;
    return NULL;
}

/* One block holds it all, counted; without memory there is no message. */
static void counted_block(void **state)
{
    (void)state;
    struct block_pool pool;
    block_pool_init(&pool, &mem_libc, 4);
    struct msg *m = msg_new(&pool, STR(START HEADERS "\r\nbody"), MSG_DATAGRAM);
    assert_non_null(m);
    assert_int_equal(m->n_errors, 0);
    assert_str(m->body, "body");
    assert_true(m->bytes.at > m->block->bytes && m->bytes.at < m->block->bytes + m->block->cap);
    assert_non_null(msg_via(m));
    assert_ptr_equal(msg_ref(m), m);
    msg_unref(&pool, m);
    assert_int_equal(pool.live, 1);
    msg_unref(&pool, m);
    assert_int_equal(pool.live, 0);
    msg_unref(&pool, NULL);
    block_pool_fini(&pool);
    struct mem none = {no_memory, NULL};
    block_pool_init(&pool, &none, 4);
    assert_null(msg_new(&pool, STR(START HEADERS "\r\nbody"), MSG_DATAGRAM));
    assert_int_equal(pool.live, 0);
    block_pool_fini(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_line),
        cmocka_unit_test(status_line),
        cmocka_unit_test(leading_line_ends),
        cmocka_unit_test(header_spellings),
        cmocka_unit_test(lines_are_whole),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(body_length),
        cmocka_unit_test(stream_framing),
        cmocka_unit_test(goes_on_behind_faults),
        cmocka_unit_test(every_fault_list_is_bounded),
        cmocka_unit_test(limits),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(counted_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
