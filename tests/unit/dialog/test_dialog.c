/* Dialogs: creation on both sides, sequence numbers, target refresh, requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "dialog/table.h"
#include "fixture.h"

static struct counting_mem heap;

static int fresh_heap(void **state)
{
    (void)state;
    heap = (struct counting_mem)COUNTING_MEM;
    return 0;
}

static int heap_is_balanced(void **state)
{
    (void)state;
    assert_int_equal(heap.live_bytes, 0);
    return 0;
}

static struct dialog trying_dialog(void)
{
    struct dialog d;
    struct dialog_start s = alice_calls_bob();
    assert_int_equal(dialog_init_trying(&d, &heap.mem, &s), OK);
    return d;
}

static struct dialog uac_dialog(const char *response)
{
    struct dialog d, trying = trying_dialog();
    struct uri hop;
    print_request(&trying, "INVITE", &hop);
    assert_int_equal(dialog_init_uac(&d, &trying, parse(response)), OK);
    dialog_fini(&trying);
    return d;
}

static struct dialog uas_dialog(const char *request, unsigned status)
{
    struct dialog d;
    assert_int_equal(dialog_init_uas(&d, &heap.mem, parse(request), status, STR("a6c85cf"),
                                     STR("sip:bob@192.0.2.4")),
                     OK);
    return d;
}

#define OK_200 "SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=a6c85cf") "Contact: <sip:bob@192.0.2.4>\r\n"

/* RFC 3261 8.1.1: the first request, whole but for its Via */
static void first_request_is_whole(void **state)
{
    (void)state;
    struct dialog d = trying_dialog();
    struct uri hop;
    assert_str(print_request(&d, "INVITE", &hop),
               "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
               "Max-Forwards: 70\r\n"
               "From: \"Alice\" <sip:alice@atlanta.com>;tag=1928301774\r\n"
               "To: <sip:bob@biloxi.com>\r\n"
               "Call-ID: a84b4c76e66710\r\n"
               "CSeq: 314159 INVITE\r\n"
               "Contact: <sip:alice@pc33.atlanta.com>\r\n"
               "Content-Length: 0\r\n\r\n");
    assert_str(hop.text, "sip:bob@biloxi.com");
    /* RFC 3261 22.2: sent again with credentials it has the next number */
    assert_has(print_request(&d, "INVITE", &hop), "CSeq: 314160 INVITE\r\n");
    dialog_fini(&d);
}

/* RFC 3261 8.1.1: what each request has, no dialog begins without; 8.1.1.5: a CSeq below 2**31 */
static void a_start_is_complete(void **state)
{
    (void)state;
    struct dialog_start bad[8];
    struct dialog d;
    for (size_t i = 0; i < 8; i++)
        bad[i] = alice_calls_bob();
    bad[0].call_id = bad[1].local_tag = bad[2].local = bad[3].remote = bad[4].target = STR_NONE;
    bad[5].target = STR("nobody");
    bad[6].cseq = 0;
    bad[7].cseq = UINT32_C(0x80000000);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(dialog_init_trying(&d, &heap.mem, &bad[i]), ERR_INVALID);
}

/* RFC 3261 8.1.3.4: after a redirection the Request-URI is another, and To, From and Call-ID stay
 */
static void a_redirected_request_keeps_its_to(void **state)
{
    (void)state;
    struct dialog d = trying_dialog();
    struct uri hop;
    print_request(&d, "INVITE", &hop);
    assert_int_equal(dialog_retarget(&d, STR("nowhere")), ERR_INVALID);
    assert_int_equal(dialog_retarget(&d, STR("sip:bob@home.com")), OK);
    struct str text = print_request(&d, "INVITE", &hop);
    assert_has(text, "INVITE sip:bob@home.com SIP/2.0\r\n");
    assert_has(text, "To: <sip:bob@biloxi.com>\r\nCall-ID: a84b4c76e66710\r\n"
                     "CSeq: 314160 INVITE\r\n");
    dialog_fini(&d);
    d = uac_dialog(OK_200 "\r\n");
    assert_int_equal(dialog_retarget(&d, STR("sip:bob@home.com")), ERR_INVALID);
    dialog_fini(&d);
}

/* RFC 3261 12.1.2 */
static void uac_state_comes_from_request_and_response(void **state)
{
    (void)state;
    struct dialog d = uac_dialog(OK_200 "\r\n");
    assert_int_equal(d.state, DIALOG_CONFIRMED);
    assert_true(d.is_uac);
    assert_false(d.secure);
    assert_str(d.id.call_id, "a84b4c76e66710");
    assert_str(d.id.local_tag, "1928301774");
    assert_str(d.id.remote_tag, "a6c85cf");
    assert_str(d.local, "\"Alice\" <sip:alice@atlanta.com>");
    assert_str(d.remote, "<sip:bob@biloxi.com>");
    assert_str(d.remote_target, "sip:bob@192.0.2.4");
    assert_str(d.routes, "");
    assert_true(d.has_local_seq && d.local_seq == 314159);
    assert_false(d.has_remote_seq);
    dialog_fini(&d);
}

/* RFC 3261 12.1.1 */
static void uas_state_comes_from_request(void **state)
{
    (void)state;
    struct dialog d = uas_dialog(INVITE_HEAD "Contact: <sip:alice@pc33.atlanta.com>\r\n\r\n", 180);
    assert_int_equal(d.state, DIALOG_EARLY);
    assert_false(d.is_uac);
    assert_str(d.id.local_tag, "a6c85cf");
    assert_str(d.id.remote_tag, "1928301774");
    assert_str(d.local, "Bob <sip:bob@biloxi.com>");
    assert_str(d.remote, "\"Alice\" <sip:alice@atlanta.com>");
    assert_str(d.remote_target, "sip:alice@pc33.atlanta.com");
    assert_true(d.has_remote_seq && d.remote_seq == 314159);
    assert_false(d.has_local_seq);
    dialog_confirm(&d);
    assert_int_equal(d.state, DIALOG_CONFIRMED);
    dialog_fini(&d);
}

/* RFC 3261 12.1.1: what a dialog is made of on the side that is called; only an early one is
 * confirmed */
static void uas_needs_a_whole_request(void **state)
{
    (void)state;
    static const char *const bad[] = {
        INVITE_HEAD "Contact: *\r\n\r\n",
        INVITE_HEAD "Contact: <mailto:alice@atlanta.com>\r\n\r\n",
        INVITE_HEAD "Record-Route: <tel:1>\r\n\r\n",
        OK_200 "\r\n",
    };
    static const char *const faulty[] = {
        "INVITE sip:b@x SIP/2.0\r\nTo: <sip:b@x>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n",
        "INVITE sip:b@x SIP/2.0\r\nFrom: <sip:a@x>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n",
        "INVITE sip:b@x SIP/2.0\r\nFrom: <sip:a@x>\r\nTo: <sip:b@x>\r\nCSeq: 1 INVITE\r\n\r\n",
        "INVITE sip:b@x SIP/2.0\r\nFrom: <sip:a@x>\r\nTo: <sip:b@x>\r\nCall-ID: 1\r\n\r\n",
    };
    struct dialog d;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(dialog_init_uas(&d, &heap.mem, parse(bad[i]), 180, STR("t"), STR_NONE),
                         ERR_INVALID);
    for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++)
        assert_int_equal(
            dialog_init_uas(&d, &heap.mem, parse_faulty(faulty[i]), 180, STR("t"), STR_NONE),
            ERR_INVALID);
    d = uas_dialog(INVITE_HEAD "\r\n", 180);
    dialog_terminate(&d);
    dialog_confirm(&d);
    assert_int_equal(d.state, DIALOG_TERMINATED);
    dialog_fini(&d);
}

/* RFC 3261 12.1: which responses make a dialog */
static void only_some_responses_make_dialogs(void **state)
{
    (void)state;
    static const struct {
        const char *response;
        int err;
        enum dialog_state state;
    } rows[] = {
        {"SIP/2.0 100 Trying\r\n" RESPONSE_HEAD(";tag=x") "\r\n", ERR_INVALID, 0},
        {"SIP/2.0 180 Ringing\r\n" RESPONSE_HEAD("") "\r\n", ERR_INVALID, 0},
        {"SIP/2.0 180 Ringing\r\n" RESPONSE_HEAD(";tag=x") "\r\n", OK, DIALOG_EARLY},
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=x") "\r\n", OK, DIALOG_CONFIRMED},
        /* RFC 3261 12.1.2: the null tag of an RFC 2543 peer */
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD("") "\r\n", OK, DIALOG_CONFIRMED},
        {"SIP/2.0 302 Moved\r\n" RESPONSE_HEAD(";tag=x") "\r\n", ERR_INVALID, 0},
        {"SIP/2.0 486 Busy\r\n" RESPONSE_HEAD(";tag=x") "\r\n", ERR_INVALID, 0},
        /* RFC 3261 12.1.1, 12.1.2: the remote target is a SIP or SIPS URI */
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=x") "Contact: <mailto:b@c>\r\n\r\n", ERR_INVALID,
         0},
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=x") "Contact: *\r\n\r\n", ERR_INVALID, 0},
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=x") "Record-Route: <tel:1>\r\n\r\n", ERR_INVALID,
         0},
    };
    struct dialog trying = trying_dialog();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dialog d;
        assert_int_equal(dialog_init_uac(&d, &trying, parse(rows[i].response)), rows[i].err);
        if (!rows[i].err)
            assert_int_equal(d.state, rows[i].state);
        dialog_fini(&d);
    }
    dialog_fini(&trying);
}

/* RFC 3261 12.1.1, 12.1.2, 12.2.1.1: null tags are kept and left out */
static void null_tags_of_old_peers(void **state)
{
    (void)state;
    struct uri hop;
    struct dialog d = uac_dialog("SIP/2.0 200 OK\r\n" RESPONSE_HEAD("") "\r\n");
    struct str text = print_request(&d, "BYE", &hop);
    assert_has(text, "To: <sip:bob@biloxi.com>\r\n");
    /* without a Contact the request's own target stays */
    assert_has(text, "BYE sip:bob@biloxi.com SIP/2.0\r\n");
    dialog_fini(&d);

    d = uas_dialog("INVITE sip:bob@192.0.2.4 SIP/2.0\r\n"
                   "Via: SIP/2.0/UDP old.atlanta.com\r\n"
                   "From: sip:alice@atlanta.com\r\n"
                   "To: sip:bob@biloxi.com\r\n"
                   "Call-ID: 1@old\r\n"
                   "CSeq: 1 INVITE\r\n\r\n",
                   200);
    text = print_request(&d, "BYE", &hop);
    assert_has(text, "BYE sip:alice@atlanta.com SIP/2.0\r\n");
    assert_has(text, "To: <sip:alice@atlanta.com>\r\n");
    assert_has(text, "From: <sip:bob@biloxi.com>;tag=a6c85cf\r\n");
    struct dialog_id id;
    assert_true(dialog_id_of(parse("BYE sip:bob@192.0.2.4 SIP/2.0\r\n"
                                   "Via: SIP/2.0/UDP old.atlanta.com\r\n"
                                   "From: sip:alice@atlanta.com\r\n"
                                   "To: sip:bob@biloxi.com;tag=a6c85cf\r\n"
                                   "Call-ID: 1@old\r\n"
                                   "CSeq: 2 BYE\r\n\r\n"),
                             &id));
    assert_true(dialog_id_equal(&id, &d.id));
    dialog_fini(&d);
}

/* RFC 3261 12.1.1, 12.1.2: over TLS and a SIPS Request-URI, both */
static void secure_needs_tls_and_sips(void **state)
{
    (void)state;
    static const struct {
        const char *uri;
        enum transport transport;
        bool secure;
    } rows[] = {{"sips:bob@b", TRANSPORT_TLS, true},
                {"sips:bob@b", TRANSPORT_WSS, true},
                {"sips:bob@b", TRANSPORT_UDP, false},
                {"sip:bob@b", TRANSPORT_TLS, false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];
        snprintf(
            text, sizeof(text),
            "INVITE %s SIP/2.0\r\nVia: SIP/2.0/TLS a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n"
            "To: <sip:bob@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n",
            rows[i].uri);
        struct msg *m = parse(text);
        m->flow.transport = (uint8_t)rows[i].transport;
        struct dialog d;
        assert_int_equal(dialog_init_uas(&d, &heap.mem, m, 200, STR("t"), STR("sips:b@c")), OK);
        assert_int_equal(d.secure, rows[i].secure);
        dialog_fini(&d);

        struct dialog_start s = alice_calls_bob();
        s.target = str_from(rows[i].uri);
        s.over_tls = rows[i].transport != TRANSPORT_UDP;
        assert_int_equal(dialog_init_trying(&d, &heap.mem, &s), OK);
        assert_int_equal(d.secure, rows[i].secure);
        dialog_fini(&d);
    }
}

/* RFC 3261 12.1.1: when our Contact must be SIPS */
static void sips_contact_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *rest;
        bool sips;
    } rows[] = {{"\r\n", false},
                {"Contact: <sips:a@b>\r\n\r\n", true},
                {"Contact: <sips:a@b>\r\nRecord-Route: <sip:p;lr>\r\n\r\n", false},
                {"Contact: <sip:a@b>\r\nRecord-Route: <sips:p;lr>\r\n\r\n", true}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[1024];
        snprintf(text, sizeof(text), "%s%s", INVITE_HEAD, rows[i].rest);
        assert_int_equal(dialog_wants_sips(parse(text)), rows[i].sips);
    }
    assert_true(
        dialog_wants_sips(parse_faulty("INVITE sips:b@x SIP/2.0\r\nContact: <sip:a@b>\r\n\r\n")));
}

/* RFC 3261 12.2.2: order of requests */
static void sequence_numbers_must_rise(void **state)
{
    (void)state;
    struct dialog d = uac_dialog(OK_200 "\r\n");
    /* empty before: taken as it is; then gaps are legal, going back is not */
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("INFO", "7", ""))), 0);
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("INFO", "6", ""))), 500);
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("INFO", "7", ""))), 500);
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("INVITE", "12", ""))), 0);
    assert_int_equal(d.remote_seq, 12);
    /* an ACK has its INVITE's number */
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("INFO", "13", ""))), 0);
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("ACK", "12", ""))), 0);
    assert_int_equal(d.remote_seq, 13);
    dialog_terminate(&d);
    assert_int_equal(dialog_receive(&d, parse(FROM_BOB("BYE", "14", ""))), 481);
    /* 8.1.1.5, 21.4.1: without a number it has no place in the order */
    assert_int_equal(dialog_receive(&d, parse_faulty("BYE sip:a@x SIP/2.0\r\nCall-ID: 1\r\n\r\n")),
                     400);
    dialog_fini(&d);
}

/* RFC 3261 12.2.2, RFC 3311 5.1, RFC 6665 4.4.1: who moves the remote target */
static void only_target_refreshes_move_the_target(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *target;
    } rows[] = {
        {FROM_BOB("INVITE", "2", "Contact: <sip:b@new>\r\n"), "sip:b@new"},
        {FROM_BOB("UPDATE", "2", "Contact: <sip:b@new>\r\n"), "sip:b@new"},
        {FROM_BOB("NOTIFY", "2", "Contact: <sip:b@new>\r\n"), "sip:b@new"},
        {FROM_BOB("INVITE", "2", ""), "sip:bob@192.0.2.4"},
        {FROM_BOB("INFO", "2", "Contact: <sip:b@new>\r\n"), "sip:bob@192.0.2.4"},
        {FROM_BOB("ACK", "2", "Contact: <sip:b@new>\r\n"), "sip:bob@192.0.2.4"},
        {FROM_BOB("BYE", "2", "Contact: <sip:b@new>\r\n"), "sip:bob@192.0.2.4"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dialog d = uac_dialog(OK_200 "Record-Route: <sip:p1;lr>\r\n\r\n");
        assert_int_equal(dialog_refresh(&d, parse(rows[i].request)), OK);
        assert_str(d.remote_target, rows[i].target);
        /* RFC 3261 12.2: the route set stays */
        assert_str(d.routes, "<sip:p1;lr>");
        assert_str(d.id.remote_tag, "a6c85cf");
        dialog_fini(&d);
    }
}

/* RFC 3261 12.2.1.2 */
static void answers_to_target_refreshes_move_the_target(void **state)
{
    (void)state;
    static const struct {
        const char *response;
        const char *target;
    } rows[] = {
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=a6c85cf") "Contact: <sip:b@new>\r\n\r\n",
         "sip:b@new"},
        {"SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=a6c85cf") "\r\n", "sip:bob@192.0.2.4"},
        {"SIP/2.0 488 No\r\n" RESPONSE_HEAD(";tag=a6c85cf") "Contact: <sip:b@new>\r\n\r\n",
         "sip:bob@192.0.2.4"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dialog d = uac_dialog(OK_200 "\r\n");
        assert_int_equal(dialog_answered(&d, parse(rows[i].response)), OK);
        assert_str(d.remote_target, rows[i].target);
        dialog_fini(&d);
    }
    assert_true(dialog_ends_on(481) && dialog_ends_on(408));
    assert_false(dialog_ends_on(200) || dialog_ends_on(486) || dialog_ends_on(500));
}

/* RFC 3261 12.2.1.1: contiguous numbers; 13.2.2.4: the ACK has the INVITE's */
static void numbers_of_our_requests(void **state)
{
    (void)state;
    struct dialog d = uac_dialog(OK_200 "\r\n");
    struct uri hop;
    assert_has(print_request(&d, "ACK", &hop), "CSeq: 314159 ACK\r\n");
    assert_has(print_request(&d, "INFO", &hop), "CSeq: 314160 INFO\r\n");
    assert_has(print_request(&d, "INVITE", &hop), "CSeq: 314161 INVITE\r\n");
    assert_has(print_request(&d, "INFO", &hop), "CSeq: 314162 INFO\r\n");
    assert_has(print_request(&d, "ACK", &hop), "CSeq: 314161 ACK\r\n");
    /* RFC 3261 12.2.1.1: Contact in target refreshes */
    assert_false(has(print_request(&d, "BYE", &hop), "Contact"));
    assert_has(print_request(&d, "UPDATE", &hop), "Contact: <sip:alice@pc33.atlanta.com>\r\n");
    d.local_seq = INT32_MAX;
    struct buf b;
    char at[1024];
    buf_init(&b, at, sizeof(at));
    struct dialog_request bye = {.method = STR("BYE")};
    assert_int_equal(dialog_print_request(&d, &bye, &b, &hop), ERR_LIMIT);
    dialog_fini(&d);
}

static void headers_and_body_are_carried(void **state)
{
    (void)state;
    struct dialog d = uac_dialog(OK_200 "\r\n");
    char at[1024];
    struct buf b;
    struct uri hop;
    struct dialog_request r = {
        .method = STR("INFO"), .headers = STR("Content-Type: a/b\r\n"), .body = STR("xyz")};
    buf_init(&b, at, 40);
    assert_int_equal(dialog_print_request(&d, &r, &b, &hop), ERR_LIMIT);
    assert_int_equal(d.local_seq, 314159);
    buf_init(&b, at, sizeof(at));
    assert_int_equal(dialog_print_request(&d, &r, &b, &hop), OK);
    assert_has(buf_str(&b), "Content-Type: a/b\r\nContent-Length: 3\r\n\r\nxyz");
    dialog_fini(&d);
}

/* RFC 3261 12.2.1.1, 15: nothing is sent in a dialog that has ended but the ACK of a 2xx, nor along
 * a route or to a target that is none */
static void what_cannot_be_sent_is_not(void **state)
{
    (void)state;
    struct dialog d = uac_dialog(OK_200 "\r\n");
    char at[1024];
    struct buf b;
    struct uri hop;
    struct dialog_request none = {.method = STR_NONE}, bye = {.method = STR("BYE")};
    buf_init(&b, at, sizeof(at));
    assert_int_equal(dialog_print_request(&d, &none, &b, &hop), ERR_INVALID);
    struct str routes = d.routes;
    d.routes = STR("<nowhere>");
    assert_int_equal(dialog_print_request(&d, &bye, &b, &hop), ERR_INVALID);
    d.routes = routes;
    dialog_terminate(&d);
    assert_int_equal(dialog_print_request(&d, &bye, &b, &hop), ERR_INVALID);
    assert_int_equal(b.len, 0);
    assert_has(print_request(&d, "ACK", &hop), "CSeq: 314159 ACK\r\n");
    dialog_fini(&d);
}

/* `head`, then a header line with a URI of LIMIT_DIALOG_BYTES and more. */
static struct msg *parse_too_much(const char *head, const char *header)
{
    static char text[LIMIT_DIALOG_BYTES + 1024], uri[LIMIT_DIALOG_BYTES + 1];
    static _Alignas(16) char space[131072];
    static struct msg m;
    memset(uri, 'a', LIMIT_DIALOG_BYTES);
    snprintf(text, sizeof(text), "%s%s: <sip:%s@b;lr>\r\n\r\n", head, header, uri);
    assert_int_equal(msg_parse(&m, str_from(text), MSG_DATAGRAM, space, sizeof(space)), MSG_OK);
    return &m;
}

/* Over the limit nothing changes, but that a 2xx confirms (RFC 3261 13.2.2.4) */
static void too_much_text_is_refused(void **state)
{
    (void)state;
    struct dialog d = uac_dialog(OK_200 "\r\n");
    struct msg *invite = parse_too_much("INVITE sip:alice@pc33.atlanta.com SIP/2.0\r\n"
                                        "Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKb\r\n"
                                        "Max-Forwards: 70\r\n"
                                        "From: <sip:bob@biloxi.com>;tag=a6c85cf\r\n"
                                        "To: <sip:alice@atlanta.com>;tag=1928301774\r\n"
                                        "Call-ID: a84b4c76e66710\r\nCSeq: 2 INVITE\r\n",
                                        "Contact");
    assert_int_equal(dialog_refresh(&d, invite), ERR_LIMIT);
    assert_str(d.remote_target, "sip:bob@192.0.2.4");
    dialog_fini(&d);
    d = uac_dialog("SIP/2.0 180 Ringing\r\n" RESPONSE_HEAD(
        ";tag=a6c85cf") "Contact: <sip:bob@192.0.2.4>\r\n\r\n");
    assert_int_equal(dialog_confirm_uac(&d, parse_too_much(OK_200, "Record-Route")), ERR_LIMIT);
    assert_int_equal(d.state, DIALOG_CONFIRMED);
    assert_str(d.routes, "");
    /* and again nothing is left to do */
    assert_int_equal(dialog_confirm_uac(&d, parse(OK_200 "\r\n")), OK);
    dialog_fini(&d);
}

/* RFC 3261 12: an id has a Call-ID and two tags, of From and To */
static void no_id_without_its_headers(void **state)
{
    (void)state;
    struct dialog_id id;
    assert_false(dialog_id_of(
        parse_faulty("BYE sip:b@x SIP/2.0\r\nTo: <sip:b@x>\r\nCall-ID: 1\r\n\r\n"), &id));
    assert_false(dialog_id_of(
        parse_faulty("BYE sip:b@x SIP/2.0\r\nFrom: <sip:a@x>\r\nCall-ID: 1\r\n\r\n"), &id));
    assert_false(dialog_id_of(
        parse_faulty("BYE sip:b@x SIP/2.0\r\nFrom: <sip:a@x>\r\nTo: <sip:b@x>\r\n\r\n"), &id));
}

/* RFC 3261 12.2.2: found by Call-ID and both tags, by no two of them */
static void the_table_finds_by_whole_id(void **state)
{
    (void)state;
    struct hash_key key = {1, 2};
    struct dialog_table t;
    assert_int_equal(dialog_table_init(&t, &heap.mem, &key), OK);
    struct dialog d = uac_dialog(OK_200 "\r\n");
    dialog_table_add(&t, &d);
    struct dialog_id id;
    assert_true(dialog_id_of(parse(FROM_BOB("BYE", "1", "")), &id));
    assert_ptr_equal(dialog_table_find(&t, &id), &d);
    assert_true(dialog_id_of(parse(OK_200 "\r\n"), &id));
    assert_ptr_equal(dialog_table_find(&t, &id), &d);
    struct dialog_id other[] = {{id.call_id, id.remote_tag, id.local_tag},
                                {STR("b"), id.local_tag, id.remote_tag},
                                {id.call_id, id.local_tag, STR_NONE},
                                {id.call_id, STR_NONE, id.remote_tag},
                                {id.call_id, STR("A6C85CF"), id.remote_tag}};
    for (size_t i = 0; i < 5; i++) {
        assert_false(dialog_id_equal(&other[i], &id));
        assert_null(dialog_table_find(&t, &other[i]));
    }
    assert_int_equal(dialog_table_count(&t), 1);
    dialog_table_remove(&t, &d);
    assert_null(dialog_table_find(&t, &id));
    dialog_table_fini(&t);
    dialog_fini(&d);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh_heap, heap_is_balanced)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_request_is_whole),
        TEST(a_start_is_complete),
        TEST(a_redirected_request_keeps_its_to),
        TEST(uac_state_comes_from_request_and_response),
        TEST(uas_state_comes_from_request),
        TEST(uas_needs_a_whole_request),
        TEST(only_some_responses_make_dialogs),
        TEST(null_tags_of_old_peers),
        TEST(secure_needs_tls_and_sips),
        TEST(sips_contact_is_wanted),
        TEST(sequence_numbers_must_rise),
        TEST(only_target_refreshes_move_the_target),
        TEST(answers_to_target_refreshes_move_the_target),
        TEST(numbers_of_our_requests),
        TEST(headers_and_body_are_carried),
        TEST(what_cannot_be_sent_is_not),
        TEST(too_much_text_is_refused),
        TEST(no_id_without_its_headers),
        TEST(the_table_finds_by_whole_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
