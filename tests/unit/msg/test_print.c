/* The normal form of a message. RFC 3261 7.3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "msg/print.h"
#include "testdata.h"

#define START "OPTIONS sip:bob@example.com SIP/2.0\r\n"
#define HEADERS                                      \
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" \
    "From: <sip:alice@example.com>;tag=1\r\n"        \
    "To: <sip:bob@example.com>\r\n"                  \
    "Call-ID: 1@192.0.2.1\r\n"                       \
    "CSeq: 1 OPTIONS\r\n"

static struct test_msg t;

static const struct {
    const char *text, *printed;
} rows[] = {
    /* names as in the table, one space, foldings undone, Content-Length made true */
    {"OPTIONS sip:bob@example.com sip/2.0\n"
     "v :SIP/2.0/UDP 192.0.2.1\r\n ;branch=z9hG4bK1\nFROM:<sip:alice@example.com>;tag=1\n"
     "t:\t<sip:bob@example.com>  \r\ni: 1@192.0.2.1\ncseq: 1 \r\n \t OPTIONS\n\n",
     START "Via: SIP/2.0/UDP 192.0.2.1 ;branch=z9hG4bK1\r\nFrom: <sip:alice@example.com>;tag=1\r\n"
           "To: <sip:bob@example.com>\r\nCall-ID: 1@192.0.2.1\r\nCSeq: 1 OPTIONS\r\n"
           "Content-Length: 0\r\n\r\n"},
    /* unknown headers keep their names and places; empty values stay empty */
    {START "x-first: 1\r\n" HEADERS
           "X-LAST : ;;,,\r\nSubject:\r\nl: 4\r\nX-Y: y\r\n\r\nbody and more",
     START "x-first: 1\r\n" HEADERS
           "X-LAST: ;;,,\r\nSubject:\r\nContent-Length: 4\r\nX-Y: y\r\n\r\nbody"},
    /* a length that was not there, or not true, or there twice */
    {START HEADERS "\r\nbody", START HEADERS "Content-Length: 4\r\n\r\nbody"},
    {START HEADERS "Content-Length: 99\r\n\r\nbody", START HEADERS "Content-Length: 4\r\n\r\nbody"},
    {START HEADERS "l: 4\r\nl: 4\r\n\r\nbody", START HEADERS "Content-Length: 4\r\n\r\nbody"},
    {"SIP/2.0 180\r\n" HEADERS "\r\n", "SIP/2.0 180 \r\n" HEADERS "Content-Length: 0\r\n\r\n"},
    {"SIP/2.0 200 All  right\r\n" HEADERS "\r\n",
     "SIP/2.0 200 All  right\r\n" HEADERS "Content-Length: 0\r\n\r\n"},
    /* a start line that cannot be read stays as it is */
    {"SIP/2.0 0 \r\n" HEADERS "\r\n", "SIP/2.0 0 \r\n" HEADERS "Content-Length: 0\r\n\r\n"},
    {"what is this\r\n" HEADERS "\r\n", "what is this\r\n" HEADERS "Content-Length: 0\r\n\r\n"},
};

static void normal_form(void **state)
{
    (void)state;
    char out[2048];
    struct buf b;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        test_parse(&t, str_from(rows[i].text), MSG_DATAGRAM);
        buf_init(&b, out, sizeof out);
        msg_print(&b, &t.m);
        if (!str_equal(buf_str(&b), str_from(rows[i].printed)))
            fail_msg("row %zu: %.*s", i, STR_ARG(buf_str(&b)));
        test_parse(&t, str_from(rows[i].printed), MSG_DATAGRAM);
        buf_init(&b, out, sizeof out);
        msg_print(&b, &t.m);
        assert_true(str_equal(buf_str(&b), str_from(rows[i].printed)));
    }
}

static void overflow_sticks(void **state)
{
    (void)state;
    char out[2048];
    struct buf b;
    test_parse(&t, str_from(rows[2].text), MSG_DATAGRAM);
    for (size_t cap = 0; cap <= strlen(rows[2].printed); cap++) {
        buf_init(&b, out, cap);
        msg_print(&b, &t.m);
        assert_int_equal(b.over, cap < strlen(rows[2].printed));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_form),
        cmocka_unit_test(overflow_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
