/* One message for each fault of data/errors.def, with the place where it must be found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "testdata.h"

#define START "INVITE sip:bob@example.com SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
#define FROM "From: <sip:alice@example.com>;tag=1\r\n"
#define TO "To: <sip:bob@example.com>\r\n"
#define CALL_ID "Call-ID: 1@192.0.2.1\r\n"
#define CSEQ "CSeq: 1 INVITE\r\n"
#define ALL VIA FROM TO CALL_ID CSEQ

/* `|` marks the fault and is no part of the message; without it the fault is at the first byte. */
struct row {
    enum msg_error_code code;
    enum hdr_id header;
    const char *text;
    bool is_essential;
    unsigned answer;
};

static const struct row rows[] = {
    {MSG_E_EMPTY, HDR_NONE, "\r\n\r\n", true, 0},
    {MSG_E_BAD_START_LINE, HDR_NONE, "INVITE sip:bob@example.com| \r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_START_LINE, HDR_NONE, "INVITE sip:bob@example.com |HTTP/1.1\r\n" ALL "\r\n", true,
     400},
    {MSG_E_BAD_METHOD, HDR_NONE, "INV|<ITE sip:bob@example.com SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_REQUEST_URI, HDR_NONE, "INVITE sip:bob@example.com;| lr SIP/2.0\r\n" ALL "\r\n",
     true, 400},
    {MSG_E_REQUEST_URI_HEADERS, HDR_NONE, "INVITE sip:bob@example.com|?a=b SIP/2.0\r\n" ALL "\r\n",
     true, 400},
    {MSG_E_BAD_VERSION, HDR_NONE, "INVITE sip:bob@example.com |SIP/7.0\r\n" ALL "\r\n", true, 505},
    {MSG_E_BAD_STATUS, HDR_NONE, "SIP/2.0 |700 No\r\n" ALL "\r\n", true, 0},
    {MSG_E_BAD_REASON, HDR_NONE, "SIP/2.0 200 O|\x01K\r\n" ALL "\r\n", true, 0},
    {MSG_E_NO_EMPTY_LINE, HDR_NONE, START ALL "|", true, 400},
    {MSG_E_BARE_CR, HDR_SUBJECT, START ALL "Subject: a|\rb\r\n\r\n", true, 400},
    {MSG_E_HEADER_WITHOUT_COLON, HDR_NONE, START ALL "|Subject\r\n\r\n", true, 400},
    {MSG_E_BAD_HEADER_NAME, HDR_NONE, START ALL "|Sub ject: x\r\n\r\n", true, 400},

    {MSG_E_MISSING_VIA, HDR_VIA, START FROM TO CALL_ID CSEQ "\r\n|", true, 0},
    {MSG_E_MISSING_FROM, HDR_FROM, START VIA TO CALL_ID CSEQ "\r\n|", true, 400},
    {MSG_E_MISSING_TO, HDR_TO, START VIA FROM CALL_ID CSEQ "\r\n|", true, 400},
    {MSG_E_MISSING_CALL_ID, HDR_CALL_ID, START VIA FROM TO CSEQ "\r\n|", true, 400},
    {MSG_E_MISSING_CSEQ, HDR_CSEQ, START VIA FROM TO CALL_ID "\r\n|", true, 400},
    {MSG_E_DUPLICATE_FROM, HDR_FROM, START ALL "|" FROM "\r\n", true, 400},
    {MSG_E_DUPLICATE_TO, HDR_TO, START ALL "|" TO "\r\n", true, 400},
    {MSG_E_DUPLICATE_CALL_ID, HDR_CALL_ID, START ALL "|i: 1@192.0.2.1\r\n\r\n", true, 400},
    {MSG_E_DUPLICATE_CSEQ, HDR_CSEQ, START ALL "|" CSEQ "\r\n", true, 400},
    {MSG_E_DUPLICATE_MAX_FORWARDS, HDR_MAX_FORWARDS,
     START ALL "Max-Forwards: 70\r\n|Max-Forwards: 70\r\n\r\n", true, 400},
    {MSG_E_DUPLICATE_CONTENT_LENGTH, HDR_CONTENT_LENGTH, START ALL "l: 0\r\n|l: 0\r\n\r\n", true,
     400},
    {MSG_E_DUPLICATE_HEADER, HDR_EXPIRES, START ALL "Expires: 1\r\n|Expires: 1\r\n\r\n", false,
     400},

    {MSG_E_BAD_CONTENT_LENGTH, HDR_CONTENT_LENGTH, START ALL "l: |-1\r\n\r\n", true, 400},
    {MSG_E_CONTENT_LENGTH_TOO_LARGE, HDR_CONTENT_LENGTH, START ALL "l: |4\r\n\r\nabc", true, 400},

    {MSG_E_BAD_VIA, HDR_VIA, START "Via: SIP/2.0/UDP |:5060\r\n" FROM TO CALL_ID CSEQ "\r\n", true,
     400},
    {MSG_E_BAD_VIA, HDR_VIA, START ALL "Via: SIP/2.0/UDP |:5060\r\n\r\n", false, 400},
    {MSG_E_BAD_FROM, HDR_FROM, START VIA "From: \"A\" |x\r\n" TO CALL_ID CSEQ "\r\n", true, 400},
    {MSG_E_BAD_TO, HDR_TO, START VIA FROM "To: \"A\" |x\r\n" CALL_ID CSEQ "\r\n", true, 400},
    {MSG_E_BAD_CALL_ID, HDR_CALL_ID, START VIA FROM TO "Call-ID: |@b\r\n" CSEQ "\r\n", true, 400},
    {MSG_E_BAD_CSEQ, HDR_CSEQ, START VIA FROM TO CALL_ID "CSeq: |INVITE\r\n\r\n", true, 400},
    {MSG_E_CSEQ_TOO_LARGE, HDR_CSEQ, START VIA FROM TO CALL_ID "CSeq: |4294967296 INVITE\r\n\r\n",
     true, 400},
    {MSG_E_CSEQ_METHOD_MISMATCH, HDR_CSEQ, START VIA FROM TO CALL_ID "CSeq: 1 |BYE\r\n\r\n", true,
     400},
    {MSG_E_BAD_MAX_FORWARDS, HDR_MAX_FORWARDS, START ALL "Max-Forwards: |256\r\n\r\n", false, 0},
    {MSG_E_BAD_EXPIRES, HDR_EXPIRES, START ALL "Expires: |soon\r\n\r\n", false, 0},
    {MSG_E_BAD_CONTACT, HDR_CONTACT, START ALL "Contact: \"A\" |x\r\n\r\n", false, 400},
    {MSG_E_CONTACT_STAR, HDR_CONTACT, START ALL "Contact: *|, <sip:a@b>\r\n\r\n", false, 400},
    {MSG_E_BAD_ROUTE, HDR_ROUTE, START ALL "Route: |sip:a@b\r\n\r\n", false, 400},
    {MSG_E_BAD_RECORD_ROUTE, HDR_RECORD_ROUTE, START ALL "Record-Route: |sip:a@b\r\n\r\n", false,
     400},
    {MSG_E_BAD_CONTENT_TYPE, HDR_CONTENT_TYPE, START ALL "Content-Type: text|\r\n\r\n", false, 400},

    {MSG_E_TRAILING_BYTES, HDR_SUPPORTED, START ALL "Supported: a |b\r\n\r\n", false, 400},
    {MSG_E_EMPTY_VALUE, HDR_REQUIRE, START ALL "Require:|\r\n\r\n", false, 400},
    {MSG_E_BAD_NAME_ADDR, HDR_REPLY_TO, START ALL "Reply-To: \"A\" |x\r\n\r\n", false, 400},
    {MSG_E_BAD_DISPLAY_NAME, HDR_REPLY_TO, START ALL "Reply-To: A|, B <sip:a@b>\r\n\r\n", false,
     400},
    {MSG_E_UNBALANCED_QUOTE, HDR_REPLY_TO, START ALL "Reply-To: |\"A <sip:a@b>\r\n\r\n", false,
     400},
    {MSG_E_UNBALANCED_BRACKET, HDR_REPLY_TO, START ALL "Reply-To: <sip:a@b|\r\n\r\n", false, 400},
    {MSG_E_BRACKETS_NEEDED, HDR_REPLY_TO, START ALL "Reply-To: sip:a@b|?c=d\r\n\r\n", false, 400},
    {MSG_E_BAD_PARAM, HDR_REPLY_TO, START ALL "Reply-To: <sip:a@b>;|=d\r\n\r\n", false, 400},
    {MSG_E_BAD_NUMBER, HDR_MIN_SE, START ALL "Min-SE: |x\r\n\r\n", false, 400},
    {MSG_E_NUMBER_TOO_LARGE, HDR_RSEQ, START ALL "RSeq: |4294967296\r\n\r\n", false, 400},
    {MSG_E_BAD_TOKEN, HDR_EVENT, START ALL "Event: |;id=1\r\n\r\n", false, 400},
    {MSG_E_BAD_MEDIA_TYPE, HDR_ACCEPT, START ALL "Accept: text|\r\n\r\n", false, 400},
    {MSG_E_BAD_DIALOG_ID, HDR_REPLACES, START ALL "Replaces: |;to-tag=1\r\n\r\n", false, 400},
    {MSG_E_BAD_AUTH, HDR_AUTHORIZATION, START ALL "Authorization: Digest|\r\n\r\n", false, 400},
    {MSG_E_BAD_DATE, HDR_DATE, START ALL "Date: Fri, 01 Jan 2010 16:00:00 |EST\r\n\r\n", false, 0},
    {MSG_E_BAD_WARNING, HDR_WARNING, START ALL "Warning: |1812 a \"b\"\r\n\r\n", false, 0},
    {MSG_E_BAD_DECIMAL, HDR_MIME_VERSION, START ALL "MIME-Version: |x\r\n\r\n", false, 400},
    {MSG_E_BAD_RACK, HDR_RACK, START ALL "RAck: 1 |INVITE\r\n\r\n", false, 400},
    {MSG_E_BAD_IDENTITY, HDR_IDENTITY, START ALL "Identity: |;info=<a:b>\r\n\r\n", false, 400},
    {MSG_E_BAD_PRIVACY, HDR_PRIVACY, START ALL "Privacy: id;|;user\r\n\r\n", false, 400},
    {MSG_E_BAD_TEXT, HDR_SUBJECT, START ALL "Subject: a|\x01\r\n\r\n", false, 400},
    {MSG_E_BAD_TEXT, HDR_NONE, START ALL "X-Unknown: a|\x7F\r\n\r\n", false, 400},

    {MSG_E_BAD_URI, HDR_NONE, "INVITE sip:bob@example.com|>x SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_URI_SCHEME, HDR_NONE, "INVITE |<sip:bob@example.com> SIP/2.0\r\n" ALL "\r\n", true,
     400},
    {MSG_E_BAD_URI_USER, HDR_NONE, "INVITE sip:|@example.com SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_URI_HOST, HDR_NONE, "INVITE sip:bob@[::1| SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_URI_PORT, HDR_NONE, "INVITE sip:bob@b:|65536 SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_URI_PARAM, HDR_NONE, "INVITE sip:bob@b;|=x SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_URI_HEADERS, HDR_CONTACT, START ALL "Contact: <sip:bob@b?|=x>\r\n\r\n", false, 400},
    {MSG_E_BAD_URI_ESCAPE, HDR_NONE, "INVITE sip:bo|%4xb@b SIP/2.0\r\n" ALL "\r\n", true, 400},
    {MSG_E_BAD_TEL, HDR_NONE, "INVITE tel:+| SIP/2.0\r\n" ALL "\r\n", true, 400},
};

static struct test_msg t;
static bool seen[MSG_N_ERRORS];

/* Without the mark; its offset. */
static size_t unmark(char *to, const char *from)
{
    size_t at = strcspn(from, "|"), len = strlen(from);
    memcpy(to, from, at);
    if (at == len) {
        to[len] = '\0';
        return 0;
    }
    memcpy(to + at, from + at + 1, len - at);
    return at;
}

static void assert_first_fault(const char *text, enum msg_error_code code, enum hdr_id header,
                               size_t offset)
{
    const struct msg_error *e = &t.m.errors[0];
    seen[code] = true;
    if (t.m.n_errors != 1 || e->code != code || e->offset != offset || e->header != header)
        fail_msg("%s: wanted %s at %zu of %s, got %u faults, %s at %u of %s", text,
                 msg_error_name(code), offset, hdr_name_of(header), t.m.n_errors,
                 msg_error_name(e->code), e->offset, hdr_name_of(e->header));
}

static void one_message_a_fault(void **state)
{
    (void)state;
    char text[1024];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        size_t offset = unmark(text, row->text);
        test_parse(&t, str_from(text), MSG_DATAGRAM);
        if (msg_check(&t.m) != row->code)
            assert_first_fault(text, row->code, row->header, offset);
        assert_first_fault(text, row->code, row->header, offset);
        assert_int_equal(msg_answer(&t.m), row->answer);
        test_parse(&t, str_from(text), MSG_DATAGRAM);
        assert_int_equal(msg_check_essential(&t.m), row->is_essential ? row->code : MSG_OK);
        /* A fault that others have found already is judged alike. */
        msg_check(&t.m);
        assert_int_equal(msg_check_essential(&t.m), row->is_essential ? row->code : MSG_OK);
    }
}

/* Those that need more than a line. */
static void large_ones(void **state)
{
    (void)state;
    static char text[TEST_BYTES];
    struct buf b;
    test_parse(&t, STR(START ALL "\r\n"), MSG_STREAM);
    assert_first_fault("stream", MSG_E_MISSING_CONTENT_LENGTH, HDR_CONTENT_LENGTH,
                       sizeof START ALL + 1);

    memset(text, 'x', sizeof text);
    test_parse(&t, (struct str){text, LIMIT_MSG_BYTES + 1}, MSG_DATAGRAM);
    assert_first_fault("size", MSG_E_TOO_LARGE, HDR_NONE, 0);

    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, START ALL);
    size_t names = b.len;
    for (unsigned i = 0; i < LIMIT_MSG_HEADER_NAME + 1; i++)
        buf_put_char(&b, 'x');
    buf_put_lit(&b, ": 1\r\n\r\n");
    test_parse(&t, buf_str(&b), MSG_DATAGRAM);
    assert_first_fault("name", MSG_E_HEADER_NAME_TOO_LONG, HDR_NONE, names);

    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, START ALL);
    for (unsigned i = 0; i < LIMIT_MSG_HEADERS - 5; i++)
        buf_put_lit(&b, "a:b\r\n");
    size_t last = b.len;
    buf_put_lit(&b, "a:b\r\n\r\n");
    test_parse(&t, buf_str(&b), MSG_DATAGRAM);
    assert_first_fault("headers", MSG_E_TOO_MANY_HEADERS, HDR_NONE, last);

    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, START ALL "Supported: a");
    for (unsigned i = 0; i < 20000; i++)
        buf_put_lit(&b, ",a");
    buf_put_lit(&b, "\r\n\r\n");
    test_parse(&t, buf_str(&b), MSG_DATAGRAM);
    assert_int_equal(msg_check(&t.m), MSG_E_TOO_MANY_VALUES);
    assert_int_equal(t.m.errors[0].header, HDR_SUPPORTED);
    assert_int_equal(msg_check_essential(&t.m), MSG_OK);
    seen[MSG_E_TOO_MANY_VALUES] = true;
}

static void no_fault_is_left_out(void **state)
{
    (void)state;
    for (unsigned code = MSG_OK + 1; code < MSG_N_ERRORS; code++)
        if (!seen[code])
            fail_msg("no message for %s", msg_error_name(code));
}

/* RFC 3261 17.1.1.3, 18.2.2: never an answer to a response, an ACK, or a request without a Via. */
static void no_answer(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "SIP/2.0 200 OK\r\n" VIA FROM TO CALL_ID "\r\n",
        "ACK sip:b SIP/2.0\r\n" VIA FROM TO CALL_ID "\r\n",
        START FROM TO CALL_ID "\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        test_parse(&t, str_from(texts[i]), MSG_DATAGRAM);
        assert_int_not_equal(msg_check_essential(&t.m), MSG_OK);
        assert_int_equal(msg_answer(&t.m), 0);
    }
}

static void valid(void **state)
{
    (void)state;
    static const char *const texts[] = {
        START ALL "\r\n",
        /* RFC 2543: no Max-Forwards, no branch, no tag, no Content-Length */
        "INVITE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: sip:a\r\nTo: sip:b\r\nCall-ID: "
        "1\r\n" CSEQ "\r\n",
        START ALL "Subject:\r\nSupported:\r\nAllow:\r\nAccept:\r\n\r\n",
        START ALL "Authorization: Digest a=\"b\"\r\nAuthorization: Digest a=\"c\"\r\n\r\n",
        START ALL "X-Unknown:\r\nX-Unknown: \x80\r\n\r\n",
        "SIP/2.0 200 OK\r\n" VIA FROM TO CALL_ID "CSeq: 1 OTHER\r\n\r\n",
        "NEWMETHOD sip:b SIP/2.0\r\n" VIA FROM TO CALL_ID "CSeq: 1 NEWMETHOD\r\n\r\n",
        /* 416 is the element's to say */
        "INVITE nobodyknows:this SIP/2.0\r\n" ALL "\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        test_parse(&t, str_from(texts[i]), MSG_DATAGRAM);
        if (msg_check_essential(&t.m) != MSG_OK || msg_check(&t.m) != MSG_OK)
            fail_msg("%s: %s", texts[i], msg_error_name(t.m.errors[0].code));
        assert_int_equal(msg_answer(&t.m), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_message_a_fault),
        cmocka_unit_test(large_ones),
        cmocka_unit_test(no_fault_is_left_out),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
