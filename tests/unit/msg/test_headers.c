/* Every header with a decoder: values that its RFC allows and values that it does not, each with
 * the place of the fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static const char *const goods[] = {
    /* RFC 3261 20 */
    "Accept: application/sdp;level=1, application/x-private, text/html",
    "Accept: */*;q=0.5 , text/*",
    "Accept-Encoding: gzip;q=1.0, identity; q=0.5, *;q=0",
    "Accept-Language: da, en-gb;q=0.8, en;q=0.7",
    "Alert-Info: <http://www.example.com/sounds/moo.wav>;appearance=2",
    "Allow: INVITE, ACK, OPTIONS, CANCEL,BYE\r\n , X",
    "Authentication-Info: nextnonce=\"47364c23432d2e131a5fb210812c\", rspauth=\"\",nc=00000001",
    "Authorization: Digest username=\"Alice\", realm=\"atlanta.com\",\r\n nonce=\"84a4cc6f\", "
    "response=\"75\", nc=1",
    "Authorization: digest a=b",
    "Authorization: Bearer eyJhbGci.OiJIUzI1NiJ9-_~+/==",
    "Call-ID: f81d4fae-7dec-11d0-a765-00a0c91e6bf6@biloxi.com",
    "i: (a)<b>:\\\"/[c]?{d}%!*_+`'~",
    "Call-Info: <http://wwww.example.com/alice/photo.jpg> ;purpose=icon, <http://h/> ;purpose=info",
    "Contact: \"Mr. Watson\" <sip:watson@w.example.com> ;q=0.7; expires=3600, \"W\" "
    "<mailto:w@b.com> ;q=0.1",
    "m: sips:bob@192.0.2.4;expires=60,sip:b",
    "Content-Disposition: session;handling=required",
    "Content-Encoding: gzip",
    "e: tar, gzip",
    "Content-Language: fr, en-gb",
    "Content-Length: 0",
    "Content-Type: text/html; charset=ISO-8859-4",
    "c: multipart/signed ; boundary=\"a b\" ; micalg=sha1",
    "Content-Type: application / sdp",
    "CSeq: 4711 INVITE",
    "CSeq: 0009\r\n\tOPTIONS",
    "CSeq: 4294967295 X-y",
    "Date: Sat, 13 Nov 2010 23:29:00 GMT",
    "Error-Info: <sip:not-in-service-recording@atlanta.com>",
    "Expires: 5",
    "Expires: 4294967295",
    "From: sip:a@h;tag=x",
    "In-Reply-To: 70710@saturn.bell-tel.com, 17320@saturn.bell-tel.com",
    "Max-Forwards: 6",
    "Max-Forwards: 0068",
    "Max-Forwards: 255",
    "Min-Expires: 60",
    "MIME-Version: 1.0",
    "Priority: non-urgent",
    "Proxy-Authenticate: Digest realm=\"atlanta.com\", domain=\"sip:ss1.carrier.com\", "
    "qop=\"auth,auth-int\", "
    "nonce=\"f8\", opaque=\"\", stale=FALSE, algorithm=MD5",
    "Proxy-Authorization: Digest username=\"A\", uri=sip:h;lr, response=\"1\""
    "",
    "Proxy-Require: foo",
    "Record-Route: <sip:server10.biloxi.com;lr>, <sip:bigbox3.site3.atlanta.com;lr>",
    "Reply-To: Bob <sip:bob@biloxi.com>",
    "Require: 100rel",
    "Retry-After: 18000;duration=3600",
    "Retry-After: 120 (I'm in a (long) meeting \\))",
    "Retry-After: 5 (x) ; duration=1",
    "Route: <sip:bigbox3.site3.atlanta.com;lr>,\r\n <sip:server10.biloxi.com;lr>",
    "Supported: 100rel, timer",
    "k: x",
    "Timestamp: 54",
    "Timestamp: 54.3 1.2",
    "Timestamp: 54. .5",
    "Unsupported: foo",
    "Via: SIP/2.0/UDP h;branch=z9hG4bKx",
    "Warning: 307 isi.edu \"Session parameter 'foo' not understood\"",
    "Warning: 301 isi.edu:5060 \"a, b\", 399 [2001:db8::1] \"\"",
    "WWW-Authenticate: Digest realm=\"a, b\", nonce=\"c=d\"",
    "WWW-Authenticate: Negotiate x",
    /* extensions */
    "Path: <sip:P3.EXAMPLEHOME.COM;lr>,<sip:P1.EXAMPLEVISITED.COM;lr>",
    "Service-Route: <sip:P2.HOME.EXAMPLE.COM;lr>",
    "RAck: 776656 1 INVITE",
    "RSeq: 988789",
    "Event: presence",
    "o: dialog;call-id=\"a@b\";include-session-description",
    "Event: foo.winfo;id=4",
    "Allow-Events: spirits-INDPs, conference.x",
    "Subscription-State: active;expires=60",
    "Subscription-State: terminated;reason=timeout;retry-after=5",
    "Refer-To: \"Bob\" <sip:bob@biloxi.example.net?Accept-Contact=sip:b%3d1&Call-ID%3d5=x>",
    "r: sip:bob@biloxi.example.net;method=INVITE",
    "Referred-By: <sip:r@ref.example>;cid=\"20398823.2UWQFN309shb3@ref.example\"",
    "b: sip:r@ref.example",
    "Replaces: 425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only",
    "Join: 12adf2f34456gs5;to-tag=12345;from-tag=54321",
    "Target-Dialog: fa77as7dad8-sd98ajzz@host.example.com ;local-tag=kkaz-;remote-tag=6544",
    "Session-Expires: 4000;refresher=uac",
    "x: 90",
    "Min-SE: 60;lr=true",
    "Reason: SIP ;cause=200 ;text=\"Call completed elsewhere\", Q.850;cause=16",
    "History-Info: <sip:UserA@ims.example.com?Reason=SIP%3Bcause%3D302>;index=1;foo=bar,\r\n "
    "<sip:B@h>;index=1.1",
    "Diversion: \"x\" <sip:+19195551002@h;user=phone>;reason=no-answer;counter=2;privacy=off",
    "P-Asserted-Identity: \"Cullen Jennings\" <sip:fluffy@cisco.com>, tel:+14085264000",
    "P-Preferred-Identity: sip:fluffy@cisco.com",
    /* RFC 7315 5 */
    "P-Access-Network-Info: 3GPP-UTRAN-TDD; utran-cell-id-3gpp=\"C359A3913B20E\", ADSL2+;x",
    "P-Associated-URI: <sip:user2@example.com>;a=b, \"U\" <tel:+1>",
    "P-Called-Party-ID: \"U\" <sip:user1-business@example.com>;np=ue",
    "Privacy: id",
    "Privacy: header; user;critical",
    "Privacy: id,header",
    "Security-Client: ipsec-ike, tls;q=0.1",
    "Security-Server: ipsec-3gpp;q=0.5;d-ver=\"00\"",
    "Security-Verify: digest; d-alg=MD5 , tls",
    "Identity: "
    "eyJhbGciOi..sv5CTo05KqpSmtHt3dcEiO_1CWTSZtnG3iV;info=<https://biloxi.example.org/"
    "b.cer>;alg=ES256;"
    "ppt=shaken",
    "y: \"sv5CTo05KqpSmtHt3dcEiO/1CWTSZtnG3iV+1nmurLXV/HmtyNS7Ltrg9dlxkWzo=\"",
    "SIP-ETag: dx200xyz",
    "SIP-If-Match: kwj449x",
    "Flow-Timer: 126",
    /* of the table besides */
    "Accept-Contact: *;audio;+sip.instance=\"<urn:x>\";require",
    "a: *;methods=\"INVITE,BYE\"",
    "Reject-Contact: *;actor=\"msg-taker\";video",
    "Request-Disposition: proxy, recurse, parallel",
    "Resource-Priority: dsn.flash, wps.3",
    "Accept-Resource-Priority: dsn.flash-override",
    "Feature-Caps: *;+g.3gpp.srvcc=\"<sip:a@h>\"",
    "Geolocation: <cid:target123@alice.example.com>",
    "Info-Package: foo;a=b",
    "Recv-Info: a, b",
    "Answer-Mode: Auto;require",
    "Priv-Answer-Mode: Manual",
    "Refer-Sub: false",
    "Suppress-If-Match: *",
    "Max-Breadth: 60",
    "Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000",
};

static void good_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        struct given g;
        struct msg *m = given(&g, goods[i]);
        void *v = msg_typed(m, given_line(m));
        if (!v && m->n_errors)
            fail_msg("%s: %s at %ld", goods[i], msg_error_name(m->errors[0].code), given_fault(m));
        if (!v)
            fail_msg("%s: no decoder", goods[i]);
        assert_ptr_equal(msg_typed(m, given_line(m)), v);
        assert_int_equal(m->n_errors, 0);
    }
}

/* The empty list is a value of these (RFC 3261 25.1, 6086 10.7). */
static void empty_lists(void **state)
{
    (void)state;
    static const char *const lines[] = {"Accept:",   "Accept-Encoding: ", "Accept-Language:",
                                        "Allow:",    "Supported:",        "k:\r\n ",
                                        "Recv-Info:"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct given g;
        struct msg *m = given(&g, lines[i]);
        assert_null(msg_typed(m, given_line(m)));
        assert_int_equal(m->n_errors, 0);
        assert_false(given_line(m)->bad);
    }
}

static const struct {
    const char *line;
    enum msg_error_code code;
    long offset;
} bads[] = {
    {"Accept: text", MSG_E_BAD_MEDIA_TYPE, 4},
    {"Accept: text/", MSG_E_BAD_MEDIA_TYPE, 5},
    {"Accept: a/b, ,c/d", MSG_E_BAD_MEDIA_TYPE, 5},
    {"Accept: a/b c", MSG_E_TRAILING_BYTES, 4},
    {"Accept-Encoding: gzip;", MSG_E_BAD_PARAM, 5},
    {"Accept-Language: en,", MSG_E_BAD_TOKEN, 3},
    {"Alert-Info: info=alert-internal", MSG_E_BAD_DISPLAY_NAME, 4},
    {"Alert-Info: http://h/", MSG_E_BAD_NAME_ADDR, 0},
    {"Allow: INVITE ACK", MSG_E_TRAILING_BYTES, 7},
    {"Allow: INV@TE", MSG_E_TRAILING_BYTES, 3},
    {"Authentication-Info: nextnonce", MSG_E_BAD_AUTH, 9},
    {"Authentication-Info: a=b,", MSG_E_BAD_AUTH, 4},
    {"Authorization: Digest", MSG_E_BAD_AUTH, 6},
    {"Authorization: Digest username=\"a", MSG_E_BAD_AUTH, 16},
    {"Authorization: Digest username=\"a\" realm=\"b\"", MSG_E_BAD_AUTH, 20},
    {"Authorization: =x", MSG_E_BAD_AUTH, 0},
    {"Call-ID: a@", MSG_E_BAD_CALL_ID, 2},
    {"Call-ID: @a", MSG_E_BAD_CALL_ID, 0},
    {"Call-ID: a b", MSG_E_TRAILING_BYTES, 2},
    {"Call-ID: a@b@c", MSG_E_TRAILING_BYTES, 3},
    {"Call-ID: a,b", MSG_E_TRAILING_BYTES, 1},
    {"Call-ID: \xc3\xa9", MSG_E_BAD_CALL_ID, 0},
    {"Call-Info: <http://h/>;;", MSG_E_BAD_PARAM, 12},
    {"Content-Disposition: a, b", MSG_E_TRAILING_BYTES, 1},
    {"Content-Encoding:", MSG_E_EMPTY_VALUE, 0},
    {"Content-Language: (x)", MSG_E_BAD_TOKEN, 0},
    {"Content-Length: five", MSG_E_BAD_CONTENT_LENGTH, 0},
    {"Content-Length: -999", MSG_E_BAD_CONTENT_LENGTH, 0},
    {"Content-Length: 4294967296", MSG_E_BAD_CONTENT_LENGTH, 0},
    {"Content-Type: sdp", MSG_E_BAD_CONTENT_TYPE, 3},
    {"Content-Type: a/b;c=", MSG_E_BAD_PARAM, 6},
    {"Content-Type: a/b, c/d", MSG_E_TRAILING_BYTES, 3},
    {"CSeq: INVITE", MSG_E_BAD_CSEQ, 0},
    {"CSeq: 1", MSG_E_BAD_CSEQ, 1},
    {"CSeq: 1INVITE", MSG_E_BAD_CSEQ, 7},
    {"CSeq: 1 INVITE x", MSG_E_BAD_CSEQ, 8},
    {"CSeq: 4294967296 INVITE", MSG_E_CSEQ_TOO_LARGE, 0},
    {"CSeq: 36893488147419103232 REGISTER", MSG_E_CSEQ_TOO_LARGE, 0}, /* RFC 4475 3.1.2.4 */
    {"CSeq: -1 INVITE", MSG_E_BAD_CSEQ, 0},
    {"Date: Fri, 01 Jan 2010 16:00:00 EST", MSG_E_BAD_DATE, 26}, /* RFC 4475 3.1.2.12 */
    {"Date: Fri, 1 Jan 2010 16:00:00 GMT", MSG_E_BAD_DATE, 6},
    {"Date: Fri, 31 Feb 2010 16:00:00 GMT", MSG_E_BAD_DATE, 29},
    {"Date: 01 Jan 2010", MSG_E_BAD_DATE, 0},
    {"Date: Fr", MSG_E_BAD_DATE, 0},
    {"Date: Fri, 01 Jan 2010 24:00:00 GMT", MSG_E_BAD_DATE, 29},
    {"Error-Info: sip:a", MSG_E_BAD_NAME_ADDR, 0},
    {"Expires: 4294967296", MSG_E_BAD_EXPIRES, 0},
    {"Expires: Thu, 01 Dec 1994 16:00:00 GMT", MSG_E_BAD_EXPIRES, 0},
    {"Expires: 1 2", MSG_E_BAD_EXPIRES, 2},
    {"Expires: 1;a", MSG_E_BAD_EXPIRES, 1},
    {"In-Reply-To: a b", MSG_E_TRAILING_BYTES, 2},
    {"Max-Forwards: 256", MSG_E_BAD_MAX_FORWARDS, 0},
    {"Max-Forwards: x", MSG_E_BAD_MAX_FORWARDS, 0},
    {"Min-Expires: ", MSG_E_EMPTY_VALUE, 0},
    {"Min-Expires: 1.5", MSG_E_BAD_NUMBER, 1},
    {"MIME-Version: 1", MSG_E_BAD_DECIMAL, 1},
    {"MIME-Version: 1.0.0", MSG_E_BAD_DECIMAL, 3},
    {"Priority: a b", MSG_E_TRAILING_BYTES, 2},
    {"Proxy-Authenticate: Digest realm", MSG_E_BAD_AUTH, 12},
    {"Proxy-Authorization: Digest ,", MSG_E_BAD_AUTH, 7},
    {"Proxy-Require:", MSG_E_EMPTY_VALUE, 0},
    {"Reply-To: <sip:a>, <sip:b>", MSG_E_TRAILING_BYTES, 7},
    {"Require: foo;;", MSG_E_BAD_PARAM, 4},
    {"Retry-After: soon", MSG_E_BAD_NUMBER, 0},
    {"Retry-After: 5 (x", MSG_E_BAD_NUMBER, 2},
    {"Retry-After: 5 (x\\", MSG_E_BAD_NUMBER, 2},
    {"Retry-After: 5;duration=", MSG_E_BAD_PARAM, 11},
    {"Retry-After: 949302838503028349304023988", MSG_E_NUMBER_TOO_LARGE, 0},
    {"Supported: a,,b", MSG_E_BAD_TOKEN, 2},
    {"Timestamp: .5", MSG_E_BAD_DECIMAL, 0},
    {"Timestamp: 5 x", MSG_E_BAD_DECIMAL, 2},
    {"Unsupported: ,", MSG_E_BAD_TOKEN, 0},
    {"Warning: 1812 overture \"In Progress\"", MSG_E_BAD_WARNING, 0}, /* RFC 4475 3.1.2.5 */
    {"Warning: 399 h x", MSG_E_BAD_WARNING, 6},
    {"Warning: 399 \"x\"", MSG_E_BAD_WARNING, 4},
    {"Warning: 399 h \"x", MSG_E_BAD_WARNING, 6},
    {"Warning: 399 h \"x\\", MSG_E_BAD_WARNING, 6},
    {"Warning: 399 h \"\x01\"", MSG_E_BAD_WARNING, 6},
    {"WWW-Authenticate: Digest", MSG_E_BAD_AUTH, 6},
    {"Path: sip:a;lr", MSG_E_BAD_NAME_ADDR, 0},
    {"Service-Route: <sip:a;lr", MSG_E_UNBALANCED_BRACKET, 9},
    {"RAck: 1 2", MSG_E_BAD_RACK, 3},
    {"RAck: 1 INVITE", MSG_E_BAD_RACK, 2},
    {"RAck: 1 4294967296 INVITE", MSG_E_BAD_RACK, 2},
    {"RAck: 1 2 INVITE x", MSG_E_BAD_RACK, 10},
    {"RSeq: 0", MSG_E_BAD_NUMBER, 0},
    {"RSeq: 4294967296", MSG_E_NUMBER_TOO_LARGE, 0},
    {"Event: a, b", MSG_E_TRAILING_BYTES, 1},
    {"Event: a;id=", MSG_E_BAD_PARAM, 5},
    {"Allow-Events: a/b", MSG_E_TRAILING_BYTES, 1},
    {"Subscription-State: active;expires", MSG_OK, -1},
    {"Subscription-State: ;", MSG_E_BAD_TOKEN, 0},
    {"Refer-To: <sip:b@h>, <sip:c@h>", MSG_E_TRAILING_BYTES, 9},
    {"Refer-To: sip:b@h?Replaces=x", MSG_E_BRACKETS_NEEDED, 7},
    {"Referred-By: <sip:r>;cid=\"x", MSG_E_BAD_PARAM, 12},
    {"Replaces: ;to-tag=1", MSG_E_BAD_DIALOG_ID, 0},
    {"Replaces: a;to-tag=", MSG_E_BAD_PARAM, 9},
    {"Join: a, b", MSG_E_TRAILING_BYTES, 1},
    {"Target-Dialog: a@;x", MSG_E_BAD_DIALOG_ID, 2},
    {"Session-Expires: x", MSG_E_BAD_NUMBER, 0},
    {"Session-Expires: 90;", MSG_E_BAD_PARAM, 3},
    {"Min-SE: 4294967296", MSG_E_NUMBER_TOO_LARGE, 0},
    {"Reason: ;cause=1", MSG_E_BAD_TOKEN, 0},
    {"Reason: SIP;text=\"x", MSG_E_BAD_PARAM, 9},
    {"History-Info: sip:a", MSG_E_BAD_NAME_ADDR, 0},
    {"Diversion: <sip:a>;=", MSG_E_BAD_PARAM, 8},
    {"P-Asserted-Identity: fluffy", MSG_E_BAD_DISPLAY_NAME, 6},
    {"P-Preferred-Identity: <fluffy>", MSG_E_BAD_URI_SCHEME, 7},
    {"P-Access-Network-Info: 3GPP-UTRAN-FDD;=x", MSG_E_BAD_PARAM, 15},
    {"Privacy: id;", MSG_E_BAD_PRIVACY, 3},
    {"Privacy: id header", MSG_E_BAD_PRIVACY, 3},
    {"Security-Client: tls;q=", MSG_E_BAD_PARAM, 6},
    {"Security-Server: ;q=1", MSG_E_BAD_TOKEN, 0},
    {"Security-Verify: tls digest", MSG_E_TRAILING_BYTES, 4},
    {"Identity: ;info=<x>", MSG_E_BAD_IDENTITY, 0},
    {"Identity: abc;info=<x", MSG_E_BAD_IDENTITY, 11},
    {"Identity: \"abc", MSG_E_BAD_IDENTITY, 0},
    {"SIP-ETag: a b", MSG_E_TRAILING_BYTES, 2},
    {"SIP-If-Match: \"x\"", MSG_E_BAD_TOKEN, 0},
    {"Flow-Timer: 1s", MSG_E_BAD_NUMBER, 1},
};

static void bad_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        struct given g;
        struct msg *m = given(&g, bads[i].line);
        bool bad = bads[i].code != MSG_OK;
        void *v = msg_typed(m, given_line(m));
        if (v && bad)
            fail_msg("%s: taken", bads[i].line);
        assert_int_equal(m->n_errors, bad);
        assert_int_equal(given_line(m)->bad, bad);
        if ((bad && m->errors[0].code != bads[i].code) || given_fault(m) != bads[i].offset)
            fail_msg("%s: %s at %ld", bads[i].line, msg_error_name(m->errors[0].code),
                     given_fault(m));
        assert_true(!bad || m->errors[0].header == given_line(m)->id);
        /* asking again tells nothing new */
        assert_ptr_equal(msg_typed(m, given_line(m)), v);
        assert_int_equal(m->n_errors, bad);
    }
}

/* Every header of the table that has a decoder is in the list of good values. */
static void none_is_forgotten(void **state)
{
    (void)state;
    bool seen[N_HDR] = {false};
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++)
        seen[hdr_id_of((struct str){goods[i], str_find(str_from(goods[i]), ':')})] = true;
    for (unsigned id = HDR_NONE + 1; id < N_HDR; id++) {
        struct given g;
        char line[128];
        struct buf b;
        buf_init(&b, line, sizeof line);
        buf_put(&b, str_from(hdr_name_of((enum hdr_id)id)));
        buf_put_lit(&b, ": ;;;");
        buf_put_char(&b, '\0');
        struct msg *m = given(&g, line);
        assert_null(msg_typed(m, given_line(m)));
        bool decoded = given_line(m)->bad;
        bool wanted = seen[id] || id == HDR_TO;
        if (decoded != wanted)
            fail_msg("%s: decoder %d, tested %d", hdr_name_of((enum hdr_id)id), decoded, seen[id]);
    }
}

static void *typed(struct given *g, const char *line)
{
    struct msg *m = given(g, line);
    void *v = msg_typed(m, given_line(m));
    assert_non_null(v);
    return v;
}

#define IS(str, literal) assert_true(str_equal((str), STR(literal)))

static void parts_of_numbers(void **state)
{
    (void)state;
    struct given g;
    const struct number *n = typed(&g, "Retry-After: 120 (I'm in a (long) meeting) ;duration=3600");
    assert_int_equal(n->value, 120);
    IS(n->comment, "I'm in a (long) meeting");
    IS(n->params.text, ";duration=3600");
    n = typed(&g, "Session-Expires: 1800;refresher=uac");
    struct str v;
    assert_int_equal(n->value, 1800);
    assert_true(params_get(n->params, STR("refresher"), &v));
    IS(v, "uac");
    const struct decimal *d = typed(&g, "Timestamp: 54.25\r\n 1.5");
    IS(d->value, "54.25");
    IS(d->second, "1.5");
    const struct cseq *c = typed(&g, "CSeq: 0009 INVITE");
    assert_int_equal(c->number, 9);
    assert_int_equal(c->method, METHOD_INVITE);
    IS(c->method_name, "INVITE");
    c = typed(&g, "CSeq: 1 invite");
    assert_int_equal(c->method, METHOD_OTHER);
    const struct rack *r = typed(&g, "RAck: 776656 4294967295 PRACK");
    assert_int_equal(r->rseq, 776656);
    assert_int_equal(r->cseq, 4294967295);
    assert_int_equal(r->method, METHOD_PRACK);
}

static void parts_of_tokens(void **state)
{
    (void)state;
    struct given g;
    const struct token *t = typed(&g, "Reason: SIP ;cause=200 , Q.850 ; cause = 16");
    IS(t->name, "SIP");
    IS(t->text, "SIP ;cause=200");
    IS(t->params.text, ";cause=200");
    IS(t->next->name, "Q.850");
    IS(t->next->params.text, "; cause = 16");
    assert_null(t->next->next);
    t = typed(&g, "Privacy: header ; user,critical");
    IS(t->name, "header");
    IS(t->next->name, "user");
    IS(t->next->next->name, "critical");
    t = typed(&g, "Identity: a.b_/+==;info=<https://h/;x,y>;alg=ES256");
    IS(t->name, "a.b_/+==");
    IS(t->params.text, ";info=<https://h/;x,y>;alg=ES256");
    const struct media_type *y = typed(&g, "Accept: text / html ; level=1 , */*");
    IS(y->type, "text");
    IS(y->subtype, "html");
    IS(y->params.text, "; level=1");
    IS(y->text, "text / html ; level=1");
    IS(y->next->type, "*");
    const struct callid *c = typed(&g, "Replaces: a@b ; to-tag=1;early-only");
    IS(c->id, "a@b");
    IS(c->params.text, "; to-tag=1;early-only");
    c = typed(&g, "In-Reply-To: a@b , c");
    IS(c->next->id, "c");
    const struct warning *w = typed(&g, "Warning: 301 h:5060 \"a \\\"b\\\"\" , 399 x \"\"");
    assert_int_equal(w->code, 301);
    IS(w->agent, "h:5060");
    IS(w->text, "a \\\"b\\\"");
    assert_int_equal(w->next->code, 399);
}

static void parts_of_auth(void **state)
{
    (void)state;
    struct given g;
    struct str v;
    const struct auth *a = typed(
        &g, "Authorization: DIGEST Username=\"a, \\\"b\\\"\" ,\r\n nc = 00000001,opaque=\"\"");
    IS(a->scheme, "DIGEST");
    assert_true(auth_param(a, STR("username"), &v));
    IS(v, "a, \\\"b\\\"");
    assert_true(auth_param(a, STR("NC"), &v));
    IS(v, "00000001");
    assert_true(auth_param(a, STR("opaque"), &v));
    assert_int_equal(v.len, 0);
    assert_false(auth_param(a, STR("user"), &v));
    a = typed(&g, "Authentication-Info: qop=auth");
    assert_int_equal(a->scheme.len, 0);
    assert_true(auth_param(a, STR("qop"), &v));
    a = typed(&g, "Authorization: Basic QWxhZGRpbg==");
    IS(a->text, "QWxhZGRpbg==");
    assert_false(auth_param(a, STR("realm"), &v));
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t unix_s;
    } rows[] = {
        {"Date: Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Date: Sat, 13 Nov 2010 23:29:00 GMT", 1289690940},
        {"Date: tue, 29 feb 2000 12:00:00 gmt", 951825600},
        {"Date: Wed, 31 Dec 2036 23:59:60 GMT", 2114380800},
        {"Date: Mon, 01 Mar 1900 00:00:00 GMT", -2203891200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct given g;
        const struct date *d = typed(&g, rows[i].line);
        if (d->unix_s != rows[i].unix_s)
            fail_msg("%s: %lld", rows[i].line, (long long)d->unix_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_values),      cmocka_unit_test(empty_lists),
        cmocka_unit_test(bad_values),       cmocka_unit_test(none_is_forgotten),
        cmocka_unit_test(parts_of_numbers), cmocka_unit_test(parts_of_tokens),
        cmocka_unit_test(parts_of_auth),    cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
