/* Typed values are decoded on first use, once, into the message's own space; running out of it is a
 * fault of the message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static const char all[] =
    "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n"
    "Call-ID: c@h\r\nCSeq: 7 OPTIONS\r\nMax-Forwards: 70\r\nRequire: x, Timer\r\n"
    "Require: 100rel\r\nSubject: s\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\nTimestamp: 5\r\n"
    "RAck: 1 2 INVITE\r\nX-Own: y";

static void decoded_once(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, all);
    for (unsigned i = 0; i < m->n_headers; i++)
        assert_null(m->headers[i].typed);
    const struct via *via = msg_via(m);
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    const struct cseq *cseq = msg_cseq(m);
    const struct uri *uri = msg_uri(m);
    struct str call_id = msg_call_id(m);
    assert_true(str_equal(from->tag, STR("1")));
    assert_int_equal(to->tag.len, 0);
    assert_int_equal(cseq->number, 7);
    assert_true(str_equal(uri->host, STR("example.com")));
    assert_true(str_equal(call_id, STR("c@h")));
    assert_int_equal(msg_max_forwards(m), 70);
    size_t left = m->space_len;
    assert_ptr_equal(msg_via(m), via);
    assert_ptr_equal(msg_from(m), from);
    assert_ptr_equal(msg_to(m), to);
    assert_ptr_equal(msg_cseq(m), cseq);
    assert_ptr_equal(msg_uri(m), uri);
    assert_ptr_equal(msg_call_id(m).at, call_id.at);
    assert_int_equal(msg_max_forwards(m), 70);
    assert_int_equal(m->space_len, left);
    assert_int_equal(m->n_errors, 0);
}

static void absent_headers(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, "Subject: s\r\nX-Own: <");
    assert_null(msg_via(m));
    assert_null(msg_from(m));
    assert_null(msg_to(m));
    assert_null(msg_cseq(m));
    assert_int_equal(msg_call_id(m).len, 0);
    assert_int_equal(msg_max_forwards(m), -1);
    assert_null(msg_single(m, HDR_EXPIRES));
    assert_null(msg_nameaddr_next(m, HDR_ROUTE, NULL));
    assert_null(msg_token_next(m, HDR_REQUIRE, NULL));
    assert_false(msg_has_token(m, HDR_REQUIRE, STR("x")));
    /* no decoder, no fault */
    assert_null(msg_typed(m, &m->headers[0]));
    assert_null(msg_typed(m, &m->headers[1]));
    assert_int_equal(m->n_errors, 0);
}

static void tokens_of_all_lines(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, all);
    assert_true(msg_has_token(m, HDR_REQUIRE, STR("X")));
    assert_true(msg_has_token(m, HDR_REQUIRE, STR("timer")));
    assert_true(msg_has_token(m, HDR_REQUIRE, STR("100rel")));
    assert_false(msg_has_token(m, HDR_REQUIRE, STR("100")));
}

/* The fault stands where it is in the message, is noted once, and leaves the space as it was. */
static void fault_is_noted_once(void **state)
{
    (void)state;
    struct given g;
    struct msg *m = given(&g, "From: <sip:a@h>;tag=\"\"\r\nMax-Forwards: 300");
    size_t left = m->space_len;
    assert_null(msg_from(m));
    assert_null(msg_from(m));
    assert_int_equal(m->n_errors, 1);
    assert_int_equal(m->errors[0].offset, sizeof GIVEN_START - 1 + 20);
    assert_int_equal(m->errors[0].header, HDR_FROM);
    assert_int_equal(m->space_len, left);
    assert_int_equal(msg_max_forwards(m), -1);
    assert_int_equal(msg_max_forwards(m), -1);
    assert_int_equal(m->n_errors, 2);
}

static void bad_request_uri(void **state)
{
    (void)state;
    struct given g;
    struct buf b;
    buf_init(&b, g.text, sizeof g.text);
    buf_put_lit(&b, "OPTIONS sip:2001:db8::1 SIP/2.0\r\n\r\n"); /* RFC 5118 4.2 */
    msg_parse(&g.m, buf_str(&b), MSG_DATAGRAM, g.space, sizeof g.space);
    g.m.n_errors = 0;
    assert_null(msg_uri(&g.m));
    assert_null(msg_uri(&g.m));
    assert_int_equal(g.m.n_errors, 1);
    assert_int_equal(g.m.errors[0].code, MSG_E_BAD_URI_HOST);
    assert_int_equal(g.m.errors[0].offset, 16);
    assert_int_equal(g.m.errors[0].header, HDR_NONE);
}

/* Whatever room is left, a value is whole or the fault is said; nothing is written beyond the room.
 */
static void out_of_space(void **state)
{
    (void)state;
    bool failed = false, succeeded = false;
    for (size_t room = 0; room < 4096; room += 16) {
        struct given g;
        struct msg *m = given(&g, all);
        assert_true(m->space_len > room);
        m->space_len = room;
        memset(m->space + room, 0x5a, 64);
        unsigned bad = 0;
        for (unsigned i = 0; i < m->n_headers; i++) {
            msg_typed(m, &m->headers[i]);
            bad += m->headers[i].bad;
        }
        bad += !msg_uri(m);
        assert_int_equal(m->n_errors, bad);
        for (unsigned i = 0; i < m->n_errors; i++)
            assert_int_equal(m->errors[i].code, MSG_E_TOO_MANY_VALUES);
        failed |= bad > 0;
        succeeded |= bad == 0;
    }
    assert_true(failed && succeeded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoded_once),        cmocka_unit_test(absent_headers),
        cmocka_unit_test(tokens_of_all_lines), cmocka_unit_test(fault_is_noted_once),
        cmocka_unit_test(bad_request_uri),     cmocka_unit_test(out_of_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
