/* Credentials of requests: which are found, which are improper, and whose response is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/challenge.h"
#include "auth/nonce.h"

static struct digester *digester;
static struct block_pool pool;

static int set_up(void **state)
{
    (void)state;
    digester = digester_new(&mem_libc);
    block_pool_init(&pool, &mem_libc, 4);
    return digester ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    digester_free(digester);
    block_pool_fini(&pool);
    return 0;
}

/* `vias` and `lines` are whole lines. */
static struct msg *request(const char *vias, const char *lines)
{
    char text[4096];
    int len = snprintf(text, sizeof text,
                       "REGISTER sip:example.com SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n%s"
                       "From: <sip:alice@example.com>;tag=1\r\nTo: <sip:alice@example.com>\r\n"
                       "Call-ID: 1\r\nCSeq: 1 REGISTER\r\n%sContent-Length: 5\r\n\r\nv=0\r\n",
                       vias, lines);
    assert_in_range(len, 1, (int)sizeof text - 1);
    struct msg *m = msg_new(&pool, (struct str){text, (size_t)len}, MSG_DATAGRAM);
    assert_non_null(m);
    assert_int_equal(msg_check_essential(m), MSG_OK);
    return m;
}

#define HEX32 "00112233445566778899aabbccddeeff"
#define NAMES "username=\"alice\", realm=\"example.com\", nonce=\"abc\", uri=\"sip:example.com\", "
#define PLAIN NAMES "response=\"" HEX32 "\""
#define COUNTED PLAIN ", qop=auth, nc=00000001, cnonce=\"x\""

static void what_is_found_and_what_is_improper(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        enum credentials_kind kind;
    } cases[] = {
        {"", CREDENTIALS_NONE},
        {"Authorization: Digest " PLAIN "\r\n", CREDENTIALS_FOUND},
        {"Authorization: dIgEsT " COUNTED "\r\n", CREDENTIALS_FOUND},
        {"Authorization: Digest " COUNTED ", algorithm=md5\r\n", CREDENTIALS_FOUND},
        {"Authorization: Digest " COUNTED ", algorithm=\"MD5\"\r\n", CREDENTIALS_FOUND},
        {"Authorization: Digest " COUNTED ", userhash=false, other=1\r\n", CREDENTIALS_FOUND},
        {"Authorization: Basic YWxpY2U6cGFzcw==\r\n", CREDENTIALS_NONE},
        {"Proxy-Authorization: Digest " PLAIN "\r\n", CREDENTIALS_NONE},
        {"Authorization: Digest " COUNTED ", algorithm=SHA-1\r\n", CREDENTIALS_NONE},
        {"Authorization: Digest " COUNTED ", algorithm=MD5-sess\r\n", CREDENTIALS_NONE},
        {"Authorization: Digest username=\"alice\", realm=\"example.org\"\r\n", CREDENTIALS_NONE},
        {"Authorization: Digest realm=\"EXAMPLE.com\"\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", algorithm=SHA-256\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", nonce=\"other\"\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", REALM=\"example.com\"\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth, nc=1, cnonce=\"x\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth, nc=00000000, cnonce=\"x\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth, nc=0000000g, cnonce=\"x\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth, nc=000000001, cnonce=\"x\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth-conf, nc=00000001, cnonce=\"x\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth, nc=00000001, cnonce=\"\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " PLAIN ", qop=auth, nc=00000001, cnonce=\"a\r\n b\"\r\n",
         CREDENTIALS_MALFORMED},
        {"Authorization: Digest " NAMES "response=\"\"\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest " NAMES "response=\"" HEX32 "0\"\r\n", CREDENTIALS_MALFORMED},
        {"Authorization: Digest username=\"\", realm=\"example.com\", nonce=\"abc\", "
         "uri=\"sip:example.com\", response=\"" HEX32 "\"\r\n",
         CREDENTIALS_MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct credentials c;
        struct hdr *line = NULL;
        struct msg *m = request("", cases[i].lines);
        if (credentials_next(m, HDR_AUTHORIZATION, STR("example.com"), &line, &c) != cases[i].kind)
            fail_msg("%s", cases[i].lines);
        msg_unref(&pool, m);
    }
}

static void values_are_plain(void **state)
{
    (void)state;
    struct credentials c;
    struct hdr *line = NULL;
    struct msg *m =
        request("", "Authorization: Digest username=\"al\\\"i\\\\ce\", realm=\"example\\.com\",\r\n"
                    " nonce=\"n\", uri=\"sip:example.com\", response=\"" HEX32 "\",\r\n"
                    " qop=auth-int, nc=0000000A, cnonce=\"c\\d\"\r\n");
    assert_int_equal(credentials_next(m, HDR_AUTHORIZATION, STR("example.com"), &line, &c),
                     CREDENTIALS_FOUND);
    assert_true(str_equal(c.username, STR("al\"i\\ce")));
    assert_true(str_equal(c.realm, STR("example.com")));
    assert_true(str_equal(c.cnonce, STR("cd")));
    assert_true(str_equal(c.nc, STR("0000000A")));
    assert_int_equal(c.count, 10);
    assert_int_equal(c.qop, DIGEST_QOP_AUTH_INT);
    assert_int_equal(c.algorithm, DIGEST_MD5);
    msg_unref(&pool, m);
}

static void escapes_have_a_bound(void **state)
{
    (void)state;
    char lines[2048], name[CREDENTIALS_SPACE + 2];
    for (size_t extra = 0; extra < 2; extra++) {
        struct credentials c;
        struct hdr *line = NULL;
        size_t len = CREDENTIALS_SPACE + extra; /* of the name without its escape */
        memset(name, 'a', sizeof name);
        (void)snprintf(lines, sizeof lines,
                       "Authorization: Digest username=\"\\%.*s\", realm=\"example.com\", "
                       "nonce=\"n\", uri=\"sip:example.com\", response=\"" HEX32 "\"\r\n",
                       (int)len, name);
        struct msg *m = request("", lines);
        assert_int_equal(credentials_next(m, HDR_AUTHORIZATION, STR("example.com"), &line, &c),
                         extra ? CREDENTIALS_MALFORMED : CREDENTIALS_FOUND);
        msg_unref(&pool, m);
    }
}

static void each_of_several_is_found(void **state)
{
    (void)state;
    static const char *const nonces[] = {"abc", "second"};
    struct hdr *line = NULL;
    struct credentials c;
    struct msg *m =
        request("", "Proxy-Authorization: Digest realm=\"elsewhere.org\"\r\n"
                    "Proxy-Authorization: Digest " PLAIN "\r\n"
                    "Proxy-Authorization: Digest username=\"alice\", nonce=\"second\", "
                    "uri=\"sip:example.com\", realm=\"example.com\", response=\"" HEX32 "\"\r\n");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            credentials_next(m, HDR_PROXY_AUTHORIZATION, STR("example.com"), &line, &c),
            CREDENTIALS_FOUND);
        assert_true(str_equal(c.nonce, str_from(nonces[i])));
    }
    assert_int_equal(credentials_next(m, HDR_PROXY_AUTHORIZATION, STR("example.com"), &line, &c),
                     CREDENTIALS_NONE);
    msg_unref(&pool, m);
}

/* --- the check --- */

static const uint8_t dummy[DIGEST_MAX_BYTES] = {1, 2, 3};

static struct account account(const char *user, const char *password)
{
    struct account a;
    assert_int_equal(
        account_make(&a, digester, str_from(user), STR("example.com"), str_from(password)), OK);
    return a;
}

struct answer {
    enum digest_algorithm algorithm;
    enum digest_qop qop;
    const char *user, *password, *method, *uri, *body;
};
static const struct answer right = {DIGEST_SHA256, DIGEST_QOP_AUTH,   "alice",  "secret",
                                    "REGISTER",    "sip:example.com", "v=0\r\n"};

static struct msg *answering(const struct answer *a)
{
    static const char *const qops[] = {"", ", qop=auth, nc=00000001, cnonce=\"x\"",
                                       ", qop=auth-int, nc=00000001, cnonce=\"x\""};
    char hex[2 * DIGEST_MAX_BYTES], line[1024];
    uint8_t ha1[DIGEST_MAX_BYTES];
    assert_true(digest_ha1(digester, a->algorithm, str_from(a->user), STR("example.com"),
                           str_from(a->password), ha1));
    const struct digest_input in = {.algorithm = a->algorithm,
                                    .qop = a->qop,
                                    .ha1 = ha1,
                                    .method = str_from(a->method),
                                    .uri = str_from(a->uri),
                                    .nonce = STR("abc"),
                                    .nc = STR("00000001"),
                                    .cnonce = STR("x"),
                                    .body = str_from(a->body)};
    assert_true(digest_response(digester, &in, hex));
    (void)snprintf(line, sizeof line,
                   "Authorization: Digest username=\"%s\", realm=\"example.com\", nonce=\"abc\", "
                   "uri=\"%s\", algorithm=%.*s, response=\"%.*s\"%s\r\n",
                   a->user, a->uri, STR_ARG(digest_name(a->algorithm)),
                   (int)(2 * digest_len(a->algorithm)), hex, qops[a->qop]);
    return request("", line);
}

static bool is_good(const struct answer *a, const struct account *of)
{
    struct credentials c;
    struct hdr *line = NULL;
    struct msg *m = answering(a);
    bool good = true;
    assert_int_equal(credentials_next(m, HDR_AUTHORIZATION, STR("example.com"), &line, &c),
                     CREDENTIALS_FOUND);
    assert_int_equal(credentials_check(digester, &c, m, of, dummy, &good), OK);
    msg_unref(&pool, m);
    return good;
}

static void the_password_decides(void **state)
{
    (void)state;
    struct account alice = account("alice", "secret"), bob = account("bob", "secret");
    for (unsigned algorithm = 0; algorithm < N_DIGEST_ALGORITHMS; algorithm++)
        for (unsigned qop = DIGEST_QOP_NONE; qop <= DIGEST_QOP_AUTH_INT; qop++) {
            struct answer a = right;
            a.algorithm = (enum digest_algorithm)algorithm;
            a.qop = (enum digest_qop)qop;
            if (qop == DIGEST_QOP_NONE && algorithm != DIGEST_MD5)
                continue; /* improper */
            assert_true(is_good(&a, &alice));
            assert_false(is_good(&a, &bob));
            assert_false(is_good(&a, NULL));
            a.password = "Secret";
            assert_false(is_good(&a, &alice));
        }
}

static void all_that_is_covered_counts(void **state)
{
    (void)state;
    struct account alice = account("alice", "secret");
    struct answer a = right;
    a.method = "INVITE";
    assert_false(is_good(&a, &alice));
    a = right;
    a.body = "v=1\r\n"; /* covered by auth-int alone */
    assert_true(is_good(&a, &alice));
    a.qop = DIGEST_QOP_AUTH_INT;
    assert_false(is_good(&a, &alice));
}

static void an_account_without_the_hash_is_none(void **state)
{
    (void)state;
    struct account alice = account("alice", "secret");
    alice.algorithms = 1u << DIGEST_MD5;
    assert_false(is_good(&right, &alice));
}

/* Whoever knows the dummy has no password by it. */
static void the_dummy_opens_nothing(void **state)
{
    (void)state;
    struct credentials c;
    struct hdr *line = NULL;
    char hex[2 * DIGEST_MAX_BYTES];
    bool good = true;
    struct msg *m = answering(&right);
    assert_int_equal(credentials_next(m, HDR_AUTHORIZATION, STR("example.com"), &line, &c),
                     CREDENTIALS_FOUND);
    const struct digest_input in = {.algorithm = c.algorithm,
                                    .qop = c.qop,
                                    .ha1 = dummy,
                                    .method = STR("REGISTER"),
                                    .uri = c.uri,
                                    .nonce = c.nonce,
                                    .nc = c.nc,
                                    .cnonce = c.cnonce};
    assert_true(digest_response(digester, &in, hex));
    c.response = (struct str){hex, 64};
    assert_int_equal(credentials_check(digester, &c, m, NULL, dummy, &good), OK);
    assert_false(good);
    msg_unref(&pool, m);
}

static struct msg *message_to(const char *uri, const char *vias)
{
    char text[1024];
    int len = snprintf(text, sizeof text,
                       "MESSAGE %s SIP/2.0\r\n%sVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
                       "From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n"
                       "Call-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n",
                       uri, vias);
    assert_in_range(len, 1, (int)sizeof text - 1);
    struct msg *m = msg_new(&pool, (struct str){text, (size_t)len}, MSG_DATAGRAM);
    assert_non_null(m);
    return m;
}

/* RFC 3261 22.4 item 6. */
static void the_uri_is_for_whom_the_request_is(void **state)
{
    (void)state;
#define HOME "sip:example.com"
#define BY_ADDRESS "sip:bob@192.0.2.9:5070"
    static const struct {
        const char *uri, *request_uri;
        bool direct, behind_a_proxy;
    } cases[] = {
        {HOME, HOME, true, true},
        {"sip:EXAMPLE.com;transport=udp", HOME, true, true},
        {"sips:example.com", HOME, true, true},
        {"sip:example.com:5060", HOME, true, true},
        {"<sip:example.com>", HOME, true, true},
        {"sip:bob@example.com", HOME, false, true},
        {"sip:example.org", HOME, false, true},
        {"tel:+15551234", HOME, false, true},
        {"http://example.com", HOME, false, false},
        {"/dir/index.html", HOME, false, false},
        {"sip:", HOME, false, false},
        {"<>", HOME, false, false},
        {"<", HOME, false, false},
        {"sip:bob@192.0.2.9", BY_ADDRESS, true, true},
        {"sip:%62ob@192.0.2.9:5060;transport=tcp", BY_ADDRESS, true, true},
        {"sip:bob@Example.com", BY_ADDRESS, true, true},
        {"sip:192.0.2.9:5070", BY_ADDRESS, true, true},
        {"sip:example.com", BY_ADDRESS, true, true},
        {"sip:carol@192.0.2.9:5070", BY_ADDRESS, false, true},
        {"sip:Bob@192.0.2.9:5070", BY_ADDRESS, false, true},
        {"sip:bob@192.0.2.8:5070", BY_ADDRESS, false, true},
        {"sip:bob@example.org", BY_ADDRESS, false, true},
        {"sip:bob@[2001:DB8::1]", "sip:bob@[2001:db8:0::1]:5070", true, true},
        {"tel:+1-555-1234", "tel:+15551234", true, true},
        {"tel:+15551235", "tel:+15551234", false, true},
        {"sip:example.com", "tel:+15551234", false, true},
        {"tel:+15551234", "http://example.com", false, true},
        {"http://example.com", "http://example.com", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct credentials c = {.uri = str_from(cases[i].uri), .realm = STR("example.com")};
        struct msg *direct = message_to(cases[i].request_uri, "");
        struct msg *behind =
            message_to(cases[i].request_uri, "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK0\r\n");
        if (credentials_fit(&c, direct) != cases[i].direct ||
            credentials_fit(&c, behind) != cases[i].behind_a_proxy)
            fail_msg("%s for %s", cases[i].uri, cases[i].request_uri);
        msg_unref(&pool, direct);
        msg_unref(&pool, behind);
    }
}

/* --- challenges --- */

static void strongest_first(void **state)
{
    (void)state;
    char space[CHALLENGE_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    challenge_print(&b, &(struct challenge){.by_proxy = true,
                                            .realm = STR("exa\"mple"),
                                            .nonce = STR("abc"),
                                            .opaque = STR("def"),
                                            .algorithms = DIGEST_ALL});
#define START "Proxy-Authenticate: Digest realm=\"exa\\\"mple\", nonce=\"abc\", opaque=\"def\", "
    assert_true(str_equal(buf_str(&b), STR(START "algorithm=SHA-512-256, qop=\"auth\"\r\n" START
                                                 "algorithm=SHA-256, qop=\"auth\"\r\n" START
                                                 "algorithm=MD5, qop=\"auth\"\r\n")));
    buf_init(&b, space, sizeof space);
    challenge_print(&b, &(struct challenge){.realm = STR("r"),
                                            .nonce = STR("n"),
                                            .opaque = STR("o"),
                                            .stale = true,
                                            .auth_int = true,
                                            .algorithms = 1u << DIGEST_SHA256});
    assert_true(str_equal(buf_str(&b),
                          STR("WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", opaque=\"o\", "
                              "algorithm=SHA-256, qop=\"auth,auth-int\", stale=true\r\n")));
}

static void the_longest_challenge_fits(void **state)
{
    (void)state;
    char space[CHALLENGE_BYTES], realm[LIMIT_REALM_BYTES], nonce[NONCE_LEN];
    struct buf b;
    memset(realm, 'r', sizeof realm);
    memset(nonce, 'n', sizeof nonce);
    buf_init(&b, space, sizeof space);
    challenge_print(&b, &(struct challenge){.by_proxy = true,
                                            .realm = {realm, sizeof realm},
                                            .nonce = {nonce, sizeof nonce},
                                            .opaque = STR("0123456789abcdef"),
                                            .stale = true,
                                            .auth_int = true,
                                            .algorithms = DIGEST_ALL});
    assert_false(b.over);
}

/* RFC 7616 3.5; the sum is test_digest's "rspauth". */
static void success_is_answered_with_rspauth(void **state)
{
    (void)state;
    char space[AUTH_INFO_BYTES];
    struct buf b;
    struct account bob;
    assert_int_equal(account_make(&bob, digester, STR("bob"), STR("biloxi.com"), STR("zanzibar")),
                     OK);
    struct credentials c = {.username = STR("bob"),
                            .realm = STR("biloxi.com"),
                            .nonce = STR("dcd98b7102dd2f0e8b11d0f600bfb0c093"),
                            .uri = STR("sip:bob@biloxi.com"),
                            .cnonce = STR("0a4f113b"),
                            .nc = STR("00000001"),
                            .algorithm = DIGEST_MD5,
                            .qop = DIGEST_QOP_AUTH};
    buf_init(&b, space, sizeof space);
    assert_true(auth_info_print(&b, digester, &c, &bob, STR("next")));
    assert_true(str_equal(buf_str(&b),
                          STR("Authentication-Info: nextnonce=\"next\", qop=auth, "
                              "rspauth=\"9175a7857f138ef9768651f475f1d73a\", cnonce=\"0a4f113b\", "
                              "nc=00000001\r\n")));
    buf_init(&b, space, sizeof space);
    c.qop = DIGEST_QOP_NONE;
    assert_true(auth_info_print(&b, digester, &c, &bob, STR("next")));
    assert_int_equal(b.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_and_what_is_improper),
        cmocka_unit_test(values_are_plain),
        cmocka_unit_test(escapes_have_a_bound),
        cmocka_unit_test(each_of_several_is_found),
        cmocka_unit_test(the_password_decides),
        cmocka_unit_test(all_that_is_covered_counts),
        cmocka_unit_test(an_account_without_the_hash_is_none),
        cmocka_unit_test(the_dummy_opens_nothing),
        cmocka_unit_test(the_uri_is_for_whom_the_request_is),
        cmocka_unit_test(strongest_first),
        cmocka_unit_test(the_longest_challenge_fits),
        cmocka_unit_test(success_is_answered_with_rspauth),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
