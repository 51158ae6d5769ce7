/* The request that opens a WebSocket: what is let in, and the answer that everything else gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "net/ws_handshake.h"
#include "net/ws_http.h"

#define REQUEST_LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: sip-ws.example.com\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: sip\r\n"
#define WHOLE HOST UPGRADE KEY VERSION PROTOCOL

static const struct ws_policy anybody = {.path = {NULL, 0}};

static unsigned ask(const char *request, const struct ws_policy *policy, struct buf *answer)
{
    static char space[512];
    const char *why = NULL;
    struct str head = str_from(request);

    buf_init(answer, space, sizeof(space));
    assert_int_equal(http_end(head), head.len);
    unsigned status = ws_handshake_answer(head, policy, answer, &why);

    assert_false(answer->over);
    assert_true((status == 101) == (why == NULL));
    return status;
}

static unsigned status_of(const char *request, const struct ws_policy *policy)
{
    struct buf answer;

    return ask(request, policy, &answer);
}

static bool has(struct str text, const char *part)
{
    struct str wanted = str_from(part);

    for (size_t i = 0; i + wanted.len <= text.len; i++)
        if (str_equal(str_slice(text, i, wanted.len), wanted))
            return true;
    return false;
}

/* RFC 7118 4.1: the example; its key and its accept are those of RFC 6455 1.3, too. */
static void the_example_of_the_rfc_is_let_in(void **state)
{
    struct buf answer;

    (void)state;
    assert_int_equal(
        ask(REQUEST_LINE WHOLE "Origin: http://www.example.com\r\n\r\n", &anybody, &answer), 101);
    assert_true(
        str_equal(buf_str(&answer), STR("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                        "Connection: Upgrade\r\n"
                                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                        "Sec-WebSocket-Protocol: sip\r\n\r\n")));
}

static void values_are_lists_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(status_of(REQUEST_LINE
                               "hOST: h\r\nupgrade: h2c,WebSocket\r\n"
                               "CONNECTION: keep-alive , UPGRADE\r\n" KEY VERSION
                               "Sec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Protocol: a, "
                               "SIP\r\nCookie: a=b\r\n\r\n",
                               &anybody),
                     101);
    assert_int_equal(status_of("GET /any?a=b HTTP/1.1\n" WHOLE "\n", &anybody), 101);
}

struct refused {
    unsigned status;
    const char *request;
};

static const struct refused all_refused[] = {
    {405, "POST / HTTP/1.1\r\n" WHOLE "\r\n"},
    {400, "GET / HTTP/1.0\r\n" WHOLE "\r\n"},
    {400, "GET / HTTP/2\r\n" WHOLE "\r\n"},
    {400, "GET / HTTP/1.1 x\r\n" WHOLE "\r\n"},
    {400, "GET x HTTP/1.1\r\n" WHOLE "\r\n"},
    {400, "GET /\r\n" WHOLE "\r\n"},
    {400, "\r\n"},
    {400, "REGISTER sip:a.example SIP/2.0\r\nVia: SIP/2.0/TCP h\r\n\r\n"},
    {400, REQUEST_LINE UPGRADE KEY VERSION PROTOCOL "\r\n"},
    {400, REQUEST_LINE HOST WHOLE "\r\n"},
    {400, REQUEST_LINE WHOLE "Origin: a\r\nOrigin: b\r\n\r\n"},
    {400, REQUEST_LINE WHOLE "no colon\r\n\r\n"},
    {400, REQUEST_LINE WHOLE ": no name\r\n\r\n"},
    {400, REQUEST_LINE WHOLE "Name : value\r\n\r\n"},
    {400, REQUEST_LINE WHOLE "X: a\r\n folded\r\n\r\n"},
    {400, REQUEST_LINE WHOLE "X: a\rb\r\n\r\n"},
    {400, REQUEST_LINE WHOLE "X: \001\r\n\r\n"},
    {426, REQUEST_LINE HOST "\r\n"},
    {426, REQUEST_LINE HOST "Upgrade: websocket\r\n" KEY VERSION PROTOCOL "\r\n"},
    {426, REQUEST_LINE HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n" KEY VERSION PROTOCOL "\r\n"},
    {426, REQUEST_LINE HOST UPGRADE KEY PROTOCOL "\r\n"},
    {426, REQUEST_LINE HOST UPGRADE KEY "Sec-WebSocket-Version: 8\r\n" PROTOCOL "\r\n"},
    {426, REQUEST_LINE WHOLE VERSION "\r\n"},
    {400, REQUEST_LINE HOST UPGRADE VERSION PROTOCOL "\r\n"},
    {400, REQUEST_LINE WHOLE KEY "\r\n"},
    {400, REQUEST_LINE HOST UPGRADE VERSION PROTOCOL "Sec-WebSocket-Key: short==\r\n\r\n"},
    {400, REQUEST_LINE HOST UPGRADE VERSION PROTOCOL
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n\r\n"},
    {400, REQUEST_LINE HOST UPGRADE VERSION PROTOCOL
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBu*25jZQ==\r\n\r\n"},
    {400, REQUEST_LINE HOST UPGRADE VERSION PROTOCOL
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=x\r\n\r\n"},
    {400, REQUEST_LINE HOST UPGRADE KEY VERSION "\r\n"},
    {400, REQUEST_LINE HOST UPGRADE KEY VERSION "Sec-WebSocket-Protocol: sips, xmpp\r\n\r\n"},
};

static void everything_else_gets_its_status_and_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(all_refused) / sizeof(all_refused[0]); i++) {
        struct buf answer;
        unsigned status = ask(all_refused[i].request, &anybody, &answer);

        if (status != all_refused[i].status)
            print_message("%zu: %u, not %u\n", i, status, all_refused[i].status);
        assert_int_equal(status, all_refused[i].status);
        assert_true(has(buf_str(&answer), "\r\nConnection: close"));
        assert_true(has(buf_str(&answer), "\r\n\r\n"));
        assert_true((status == 426) == has(buf_str(&answer), "\r\nSec-WebSocket-Version: 13\r\n"));
        assert_true((status == 405) == has(buf_str(&answer), "\r\nAllow: GET\r\n"));
    }
}

static unsigned from(const char *origin, const struct ws_policy *policy)
{
    char request[512];

    snprintf(request, sizeof(request), REQUEST_LINE WHOLE "Origin: %s\r\n\r\n", origin);
    return status_of(request, policy);
}

static void named_origins_alone_are_let_in(void **state)
{
    struct str origins[] = {STR("https://phone.example.com"), STR("http://localhost:8000")};
    const struct ws_policy p = {.origins = origins, .n_origins = 2};

    (void)state;
    assert_int_equal(from("https://phone.example.com", &p), 101);
    assert_int_equal(from("HTTPS://Phone.Example.com", &p), 101);
    assert_int_equal(from("http://localhost:8000", &p), 101);
    assert_int_equal(from("http://localhost:8001", &p), 403);
    assert_int_equal(from("http://phone.example.com", &p), 403);
    assert_int_equal(from("https://phone.example.com.evil.example", &p), 403);
    assert_int_equal(from("null", &p), 403);
    assert_int_equal(status_of(REQUEST_LINE WHOLE "\r\n", &p), 101); /* it is no browser */
}

static void a_star_lets_every_page_in(void **state)
{
    struct str star = STR("*");
    const struct ws_policy p = {.origins = &star, .n_origins = 1, .is_open = true};

    (void)state;
    assert_int_equal(from("https://evil.example", &p), 101);
    assert_int_equal(from("null", &p), 101);
}

/* A page from anywhere must not call by a server that trusts this machine. */
static void an_open_server_lets_in_pages_of_this_machine_alone(void **state)
{
    const struct ws_policy p = {.is_open = true};

    (void)state;
    assert_int_equal(from("http://localhost", &p), 101);
    assert_int_equal(from("https://localhost:8443", &p), 101);
    assert_int_equal(from("http://127.0.0.1:8000", &p), 101);
    assert_int_equal(from("http://[::1]:8000", &p), 101);
    assert_int_equal(from("https://evil.example", &p), 403);
    assert_int_equal(from("https://localhost.evil.example", &p), 403);
    assert_int_equal(from("https://127.0.0.1.evil.example", &p), 403);
    assert_int_equal(from("null", &p), 403);
    assert_int_equal(from("", &p), 403);
    assert_int_equal(status_of(REQUEST_LINE WHOLE "\r\n", &p), 101);
}

static void one_path_may_be_served(void **state)
{
    const struct ws_policy p = {.path = STR_INIT("/ws")};

    (void)state;
    assert_int_equal(status_of("GET /ws HTTP/1.1\r\n" WHOLE "\r\n", &p), 101);
    assert_int_equal(status_of("GET /ws?x HTTP/1.1\r\n" WHOLE "\r\n", &p), 101);
    assert_int_equal(status_of("GET /wss HTTP/1.1\r\n" WHOLE "\r\n", &p), 404);
    assert_int_equal(status_of("GET / HTTP/1.1\r\n" WHOLE "\r\n", &p), 404);
}

static void the_head_ends_with_its_empty_line(void **state)
{
    (void)state;
    assert_int_equal(http_end(STR("GET / HTTP/1.1\r\nA: b\r\n\r\nrest")), 24);
    assert_int_equal(http_end(STR("GET / HTTP/1.1\r\nA: b\r\n\r")), 0);
    assert_int_equal(http_end(STR("GET / HTTP/1.1\n\nrest")), 16);
    assert_int_equal(http_end(STR("GET / HTTP/1.1\r\n\rx\n")), 0);
    assert_int_equal(http_end(STR_NONE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_rfc_is_let_in),
        cmocka_unit_test(values_are_lists_in_any_case),
        cmocka_unit_test(everything_else_gets_its_status_and_a_reason),
        cmocka_unit_test(named_origins_alone_are_let_in),
        cmocka_unit_test(a_star_lets_every_page_in),
        cmocka_unit_test(an_open_server_lets_in_pages_of_this_machine_alone),
        cmocka_unit_test(one_path_may_be_served),
        cmocka_unit_test(the_head_ends_with_its_empty_line),
    };

    return cmocka_run_group_tests_name("ws_handshake", tests, NULL, NULL);
}
