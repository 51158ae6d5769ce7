/* A client's answers to challenges: which is answered, with what, how long, and when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "auth/challenge.h"
#include "auth/respond.h"

static struct digester *digester;
static struct block_pool pool;
static struct responder *bob;
static char lines[8192];

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

static int begin(void **state)
{
    (void)state;
    bob = responder_new(&mem_libc, digester, STR("bob"), STR("zanzibar"));
    return bob ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    responder_free(bob);
    return 0;
}

#define HOME STR("sip:biloxi.com")
#define NONCE "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define ASKED "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"" NONCE "\""
#define PROXY "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"p1\", qop=\"auth\"\r\n"
#define CNONCE 0xab

static struct msg *response(unsigned status, const char *head)
{
    char text[16384];
    int len = snprintf(text, sizeof text,
                       "SIP/2.0 %u x\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
                       "From: <sip:bob@biloxi.com>;tag=1\r\nTo: <sip:bob@biloxi.com>;tag=2\r\n"
                       "Call-ID: 1\r\nCSeq: 1 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
                       status, head);
    assert_in_range(len, 1, (int)sizeof text - 1);
    struct msg *m = msg_new(&pool, (struct str){text, (size_t)len}, MSG_DATAGRAM);
    assert_non_null(m);
    assert_int_equal(msg_check_essential(m), MSG_OK);
    return m;
}

static enum respond_next challenge(struct proof *p, const char *head)
{
    enum respond_next next;
    struct msg *m = response(401, head);
    assert_int_equal(responder_challenged(bob, m, HOME, p, &next), OK);
    msg_unref(&pool, m);
    return next;
}

static const char *print_for(struct proof *p, struct str method, struct str uri, struct str body)
{
    struct buf b;
    const struct provable what = {method, uri, body};
    buf_init(&b, lines, sizeof lines - 1);
    assert_int_equal(responder_print(bob, &b, &what, CNONCE, p), OK);
    assert_false(b.over);
    lines[b.len] = '\0';
    return lines;
}

static const char *print(struct proof *p)
{
    return print_for(p, STR("REGISTER"), HOME, STR("v=0\r\n"));
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void nobody_asked_and_nothing_is_said(void **state)
{
    (void)state;
    struct proof p = {0};
    assert_string_equal(print(&p), "");
}

#define LINE(response)                                                                    \
    "Authorization: Digest username=\"bob\", realm=\"biloxi.com\", nonce=\"" NONCE "\", " \
    "uri=\"sip:biloxi.com\", response=\"" response "\""
#define COUNTED ", nc=00000001, cnonce=\"00000000000000ab\"\r\n"
#define TO_AUTH "0d391611be679f6c32717b2777448fc937597635dc5ba1d9935a136a8bb7c716"
#define TO_AUTH_INT "371ec598f99e9562bfaeb9ba77ff08b3cec6a074591adc9a904c5adfcf47fa84"

/* The sums were made with another program. */
static void what_is_asked_is_answered(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *said;
    } cases[] = {
        {ASKED ", qop=\"auth\"\r\n", LINE("1e9b4c5f5c786601b0b48c4c96489325") ", qop=auth" COUNTED},
        {ASKED ", algorithm=SHA-256, qop=\"auth,auth-int\", opaque=\"\"\r\n",
         LINE(TO_AUTH) ", algorithm=SHA-256, opaque=\"\", qop=auth" COUNTED},
        {ASKED ", qop=\"x, auth-int\", algorithm=\"sha-256\", opaque=\"o\\\"\"\r\n",
         LINE(TO_AUTH_INT) ", algorithm=SHA-256, opaque=\"o\\\"\", qop=auth-int" COUNTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct proof p = {0};
        (void)begin(state);
        assert_int_equal(challenge(&p, cases[i].asked), RESPOND_AGAIN);
        assert_string_equal(print(&p), cases[i].said);
        (void)end(state);
    }
}

/* RFC 2617 3.2.2.1's way without qop; the sum is the vector of test_digest */
static void a_server_of_rfc_2069_is_answered_in_its_way(void **state)
{
    (void)state;
    struct proof p = {0};
    assert_int_equal(challenge(&p, ASKED "\r\n"), RESPOND_AGAIN);
    (void)print_for(&p, STR("REGISTER"), STR("sip:bob@biloxi.com"), STR_NONE);
    assert_true(has(lines, "response=\"af85bb4b5adbf02487f62eb11eea57ca\"\r\n"));
}

/* RFC 8760 2.4, and our policy against a weaker one put in between */
static void the_strongest_of_a_realm_is_answered(void **state)
{
    (void)state;
    struct proof p = {0};
    assert_int_equal(challenge(&p, ASKED ", qop=\"auth\", algorithm=MD5\r\n" ASKED
                                         ", qop=\"auth\", algorithm=SHA-512-256\r\n" ASKED
                                         ", qop=\"auth\", algorithm=SHA-256\r\n" ASKED
                                         ", qop=\"auth\", algorithm=SHA-512-256-sess\r\n"),
                     RESPOND_AGAIN);
    assert_true(has(print(&p), "algorithm=SHA-512-256,"));
    assert_null(strstr(strstr(lines, "Authorization") + 1, "Authorization"));
}

static void what_cannot_be_answered_is_not(void **state)
{
    (void)state;
    static const char *const asked[] = {
        "",
        "WWW-Authenticate: Basic realm=\"biloxi.com\"\r\n",
        "WWW-Authenticate: Digest realm=\"biloxi.com\"\r\n",
        "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"\"\r\n",
        "WWW-Authenticate: Digest nonce=\"1\"\r\n",
        ASKED ", algorithm=MD5-sess\r\n",
        ASKED ", algorithm=AKAv1-MD5\r\n",
        ASKED ", qop=\"auth-conf\"\r\n",
        ASKED ", qop=\"\"\r\n",
        ASKED ", nonce=\"2\"\r\n",
        "WWW-Authenticate: Digest realm=\"bil\r\n oxi.com\", nonce=\"1\"\r\n",
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct proof p = {0};
        if (challenge(&p, asked[i]) != RESPOND_UNABLE)
            fail_msg("%s", asked[i]);
        assert_string_equal(print(&p), "");
    }
}

static void a_challenge_over_the_limit_is_not_answered(void **state)
{
    (void)state;
    static char asked[LIMIT_AUTH_BYTES + 256];
    for (int more = 0; more < 2; more++) {
        struct proof p = {0};
        int nonce = LIMIT_AUTH_BYTES - 1 + more;
        snprintf(asked, sizeof asked, "WWW-Authenticate: Digest realm=\"r\", nonce=\"%0*d\"\r\n",
                 nonce, 7);
        assert_int_equal(challenge(&p, asked), more ? RESPOND_UNABLE : RESPOND_AGAIN);
    }
}

/* RFC 3261 22.3 */
static void each_realm_gets_its_line(void **state)
{
    (void)state;
    struct proof p = {0};
    assert_int_equal(challenge(&p, PROXY), RESPOND_AGAIN);
    assert_true(has(print(&p), "Proxy-Authorization: "));
    assert_int_equal(challenge(&p,
                               ASKED ", qop=\"auth\"\r\n"
                                     "Proxy-Authenticate: Digest realm=\"inner\", nonce=\"i\"\r\n"),
                     RESPOND_AGAIN);
    assert_true(has(print(&p), "realm=\"proxy\", nonce=\"p1\""));
    assert_true(has(lines, "nc=00000002"));
    assert_true(has(lines, "realm=\"inner\""));
    assert_true(has(lines, "\nAuthorization: "));
    /* One is refused, but another goes on; then nothing is left that could. */
    assert_int_equal(challenge(&p, PROXY ASKED ", stale=true\r\n"), RESPOND_AGAIN);
    assert_false(has(print(&p), "realm=\"proxy\""));
    assert_int_equal(challenge(&p, ASKED "\r\n"), RESPOND_REFUSED);
}

static void a_second_challenge_is_a_refusal_unless_it_is_stale(void **state)
{
    (void)state;
    struct proof p = {0};
    assert_int_equal(challenge(&p, ASKED "\r\n"), RESPOND_AGAIN);
    (void)print(&p);
    assert_int_equal(challenge(&p, "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"2\", "
                                   "stale=\"TRUE\"\r\n"),
                     RESPOND_AGAIN);
    assert_true(has(print(&p), "nonce=\"2\""));
    assert_int_equal(
        challenge(&p, "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"3\"\r\n"),
        RESPOND_REFUSED);
    struct proof next = {0};
    assert_string_equal(print(&next), "");
}

static void stale_does_not_go_on_for_ever(void **state)
{
    (void)state;
    struct proof p = {0};
    for (unsigned i = 0; i < LIMIT_AUTH_ROUNDS; i++) {
        assert_int_equal(challenge(&p, ASKED ", stale=true\r\n"), RESPOND_AGAIN);
        (void)print(&p);
    }
    assert_int_equal(challenge(&p, ASKED ", stale=true\r\n"), RESPOND_REFUSED);
}

static void the_next_request_bears_what_the_last_one_proved(void **state)
{
    (void)state;
    struct proof first = {0}, second = {0}, other = {0};
    assert_int_equal(challenge(&first, ASKED ", qop=\"auth\"\r\n" PROXY), RESPOND_AGAIN);
    (void)print(&first);
    assert_true(has(print(&second), "realm=\"biloxi.com\""));
    assert_true(has(lines, "nc=00000002"));
    /* RFC 7616 2.2: another server is not told; the proxy is still the same. */
    (void)print_for(&other, STR("OPTIONS"), STR("sip:carol@chicago.com"), STR_NONE);
    assert_false(has(lines, "biloxi"));
    assert_true(has(lines, "realm=\"proxy\""));
    /* A nonce that is good for once is no wrong password … */
    assert_int_equal(challenge(&second, "WWW-Authenticate: Digest realm=\"biloxi.com\", "
                                        "nonce=\"2\", qop=\"auth\"\r\n"),
                     RESPOND_AGAIN);
    assert_true(has(print(&second), "nc=00000001"));
    /* … but the same nonce once more is. */
    struct proof third = {0};
    (void)print(&third);
    assert_int_equal(challenge(&third, "WWW-Authenticate: Digest realm=\"biloxi.com\", "
                                       "nonce=\"2\", qop=\"auth\"\r\n"),
                     RESPOND_REFUSED);
}

static void the_realm_that_asked_the_longest_ago_makes_room(void **state)
{
    (void)state;
    char asked[128];
    for (unsigned i = 0; i <= LIMIT_AUTH_REALMS; i++) {
        struct proof p = {0};
        snprintf(asked, sizeof asked, "Proxy-Authenticate: Digest realm=\"r%u\", nonce=\"1\"\r\n",
                 i);
        assert_int_equal(challenge(&p, asked), RESPOND_AGAIN);
    }
    struct proof p = {0};
    assert_false(has(print(&p), "realm=\"r0\""));
    for (unsigned i = 1; i <= LIMIT_AUTH_REALMS; i++) {
        snprintf(asked, sizeof asked, "realm=\"r%u\"", i);
        assert_true(has(lines, asked));
    }
}

static enum respond_trust inform(const struct proof *p, const char *head)
{
    enum respond_trust trust;
    struct msg *m = response(200, head);
    assert_int_equal(responder_informed(bob, m, HOME, p, &trust), OK);
    msg_unref(&pool, m);
    return trust;
}

#define RSPAUTH "rspauth=\"43fdda3d2dcd2d116d50485d23b2e619\""

/* RFC 7616 3.5; the sums were made with another program */
static void a_success_proves_the_server_and_brings_the_next_nonce(void **state)
{
    (void)state;
    struct proof p = {0}, next = {0};
    assert_int_equal(inform(&p, "Authentication-Info: nextnonce=\"n\"\r\n"), RESPOND_UNPROVED);
    assert_int_equal(challenge(&p, ASKED ", qop=\"auth\"\r\n"), RESPOND_AGAIN);
    (void)print(&p);
    assert_int_equal(inform(&p, ""), RESPOND_UNPROVED);
    assert_int_equal(inform(&p, "Authentication-Info: rspauth=\"00\", nextnonce=\"evil\"\r\n"),
                     RESPOND_DISPROVED);
    assert_int_equal(inform(&p, "Authentication-Info: qop=auth, " RSPAUTH "\r\n"), RESPOND_PROVED);
    assert_int_equal(inform(&p, "Authentication-Info: " RSPAUTH ", nextnonce=\"n\\\"2\"\r\n"),
                     RESPOND_PROVED);
    assert_true(has(print(&next), "nonce=\"n\\\"2\""));
    assert_true(has(lines, "nc=00000001"));
    assert_int_equal(inform(&p, "Authentication-Info: " RSPAUTH "\r\n"), RESPOND_UNPROVED);
}

/* What we say is what our own server takes, in every algorithm. */
static void the_server_side_agrees(void **state)
{
    (void)state;
    for (unsigned a = 0; a < N_DIGEST_ALGORITHMS; a++) {
        static char request[8192];
        char asked[512];
        struct proof p = {0};
        struct account account;
        struct credentials c;
        struct hdr *line = NULL;
        static const uint8_t dummy[DIGEST_MAX_BYTES];
        bool good = false;
        (void)begin(state);
        snprintf(asked, sizeof asked, ASKED ", qop=\"auth-int\", algorithm=%.*s\r\n",
                 STR_ARG(digest_name((enum digest_algorithm)a)));
        assert_int_equal(challenge(&p, asked), RESPOND_AGAIN);
        int len = snprintf(request, sizeof request,
                           "REGISTER sip:biloxi.com SIP/2.0\r\n%sContent-Length: 5\r\n\r\nv=0\r\n",
                           print(&p));
        struct msg *m = msg_new(&pool, (struct str){request, (size_t)len}, MSG_DATAGRAM);
        assert_non_null(m);
        assert_int_equal(credentials_next(m, HDR_AUTHORIZATION, STR("biloxi.com"), &line, &c),
                         CREDENTIALS_FOUND);
        assert_int_equal(
            account_make(&account, digester, STR("bob"), STR("biloxi.com"), STR("zanzibar")), OK);
        assert_int_equal(credentials_check(digester, &c, m, &account, dummy, &good), OK);
        assert_true(good);
        msg_unref(&pool, m);
        (void)end(state);
    }
}

static void without_memory_nothing_has_changed(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct responder *r = responder_new(&mem.mem, digester, STR("bob"), STR("zanzibar"));
    struct msg *m = response(401, ASKED "\r\n" PROXY);
    struct proof p = {0}, zero = {0};
    enum respond_next next;
    assert_non_null(r);
    for (size_t spare = 0; spare < 2; spare++) {
        mem.refuse_after = spare;
        assert_int_equal(responder_challenged(r, m, HOME, &p, &next), ERR_NOMEM);
        assert_memory_equal(&p, &zero, sizeof p);
        assert_int_equal(mem.n_live, 1);
    }
    mem.refuse_after = SIZE_MAX;
    assert_int_equal(responder_challenged(r, m, HOME, &p, &next), OK);
    assert_int_equal(next, RESPOND_AGAIN);
    msg_unref(&pool, m);
    responder_free(r);
    assert_int_equal(mem.n_live, 0);
    mem.refuse_after = 0;
    assert_null(responder_new(&mem.mem, digester, STR("bob"), STR("zanzibar")));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(nobody_asked_and_nothing_is_said),
        cmocka_unit_test(what_is_asked_is_answered),
        TEST(a_server_of_rfc_2069_is_answered_in_its_way),
        TEST(the_strongest_of_a_realm_is_answered),
        TEST(what_cannot_be_answered_is_not),
        TEST(a_challenge_over_the_limit_is_not_answered),
        TEST(each_realm_gets_its_line),
        TEST(a_second_challenge_is_a_refusal_unless_it_is_stale),
        TEST(stale_does_not_go_on_for_ever),
        TEST(the_next_request_bears_what_the_last_one_proved),
        TEST(the_realm_that_asked_the_longest_ago_makes_room),
        TEST(a_success_proves_the_server_and_brings_the_next_nonce),
        cmocka_unit_test(the_server_side_agrees),
        cmocka_unit_test(without_memory_nothing_has_changed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
