/* Which requests match each other: with the magic cookie, by the rules of RFC 2543, ACK, CANCEL,
 * merged requests. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/siphash.h"
#include "tx/match.h"

struct given {
    const char *method, *uri, *via, *from_tag, *to_tag, *call_id;
    unsigned cseq;
};

#define V1 "SIP/2.0/UDP a.example.com;branch=z9hG4bK1"
#define OLD "SIP/2.0/UDP a.example.com:5060"
#define INVITE_OF(via)                             \
    {                                              \
        "INVITE", "sip:b@x", via, "f", "", "c1", 1 \
    }

static struct block_pool pool;

static struct msg *read(const struct given *g)
{
    char text[1024];
    int n = snprintf(text, sizeof text,
                     "%s %s SIP/2.0\r\nVia: %s\r\nFrom: <sip:a@x>;tag=%s\r\nTo: <sip:b@x>%s%s\r\n"
                     "Call-ID: %s\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                     g->method, g->uri, g->via, g->from_tag, g->to_tag[0] ? ";tag=" : "", g->to_tag,
                     g->call_id, g->cseq, g->method);
    struct msg *m = msg_new(&pool, (struct str){text, (size_t)n}, MSG_DATAGRAM);
    assert_non_null(m);
    assert_int_equal(m->n_errors, 0);
    return m;
}

enum question { AGAIN, ACK_OF, CANCEL_OF, MERGED };

static bool ask(enum question question, const struct tx_key *have, const struct tx_key *incoming,
                const char *reply_tag)
{
    switch (question) {
    case AGAIN:
        return tx_key_matches(have, incoming);
    case ACK_OF:
        return tx_key_matches_ack(have, incoming, str_from(reply_tag));
    case CANCEL_OF:
        return tx_key_matches_cancel(have, incoming);
    case MERGED:
        return tx_key_merges(have, incoming);
    }
    return false;
}

struct row {
    enum question question;
    struct given have, incoming;
    const char *reply_tag;
    bool wanted;
};

static const struct row rows[] = {
    /* RFC 3261 17.2.3: branch, sent-by, method */
    {AGAIN, INVITE_OF(V1), INVITE_OF(V1), "", true},
    {AGAIN, INVITE_OF(V1), INVITE_OF("SIP/2.0/UDP a.example.com;branch=z9hG4bK2"), "", false},
    {AGAIN, INVITE_OF(V1), INVITE_OF("SIP/2.0/UDP b.example.com;branch=z9hG4bK1"), "", false},
    {AGAIN, INVITE_OF(V1), INVITE_OF("SIP/2.0/UDP a.example.com:5070;branch=z9hG4bK1"), "", false},
    /* the default port, and any case (7.3.1) */
    {AGAIN, INVITE_OF(V1), INVITE_OF("SIP/2.0/UDP A.EXAMPLE.com:5060;branch=Z9HG4BK1"), "", true},
    {AGAIN, INVITE_OF(V1), {"OPTIONS", "sip:b@x", V1, "f", "", "c1", 1}, "", false},
    {AGAIN,
     {"FOO", "sip:b@x", V1, "f", "", "c1", 1},
     {"BAR", "sip:b@x", V1, "f", "", "c1", 1},
     "",
     false},
    {AGAIN,
     {"FOO", "sip:b@x", V1, "f", "", "c1", 1},
     {"FOO", "sip:b@x", V1, "f", "", "c1", 1},
     "",
     true},
    /* Request-URI and tags do not count; Call-ID and CSeq do, for senders that repeat branches */
    {AGAIN, INVITE_OF(V1), {"INVITE", "sip:z@y", V1, "g", "t", "c1", 1}, "", true},
    {AGAIN, INVITE_OF(V1), {"INVITE", "sip:b@x", V1, "f", "", "c2", 1}, "", false},
    {AGAIN, INVITE_OF(V1), {"INVITE", "sip:b@x", V1, "f", "", "c1", 2}, "", false},
    /* ACK matches the INVITE, whatever the tag */
    {ACK_OF, INVITE_OF(V1), {"ACK", "sip:b@x", V1, "f", "t", "c1", 1}, "u", true},
    {ACK_OF,
     {"BYE", "sip:b@x", V1, "f", "", "c1", 1},
     {"ACK", "sip:b@x", V1, "f", "t", "c1", 1},
     "t",
     false},
    {ACK_OF,
     INVITE_OF(V1),
     {"ACK", "sip:b@x", "SIP/2.0/UDP a.example.com;branch=z9hG4bK9", "f", "t", "c1", 1},
     "t",
     false},
    /* 9.2 */
    {CANCEL_OF, INVITE_OF(V1), {"CANCEL", "sip:b@x", V1, "f", "", "c1", 1}, "", true},
    {CANCEL_OF,
     {"OPTIONS", "sip:b@x", V1, "f", "", "c1", 1},
     {"CANCEL", "sip:b@x", V1, "f", "", "c1", 1},
     "",
     true},
    {CANCEL_OF,
     {"CANCEL", "sip:b@x", V1, "f", "", "c1", 1},
     {"CANCEL", "sip:b@x", V1, "f", "", "c1", 1},
     "",
     false},
    {CANCEL_OF,
     INVITE_OF(V1),
     {"CANCEL", "sip:b@x", "SIP/2.0/UDP b.example.com;branch=z9hG4bK1", "f", "", "c1", 1},
     "",
     false},
    /* RFC 2543: Request-URI, To tag, From tag, Call-ID, CSeq, topmost Via */
    {AGAIN, INVITE_OF(OLD), INVITE_OF(OLD), "", true},
    {AGAIN, INVITE_OF(OLD), INVITE_OF("SIP/2.0/UDP a.example.com"), "", true},
    {AGAIN, INVITE_OF(OLD), INVITE_OF("SIP/2.0/UDP z.example.com"), "", false},
    {AGAIN, INVITE_OF(OLD), INVITE_OF("SIP/2.0/UDP a.example.com;branch=1"), "", false},
    {AGAIN, INVITE_OF(OLD), INVITE_OF(V1), "", false},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:b@X:5060", OLD, "f", "", "c1", 1}, "", false},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:b@X", OLD, "f", "", "c1", 1}, "", true},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:c@x", OLD, "f", "", "c1", 1}, "", false},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:b@x", OLD, "g", "", "c1", 1}, "", false},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:b@x", OLD, "f", "t", "c1", 1}, "", false},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:b@x", OLD, "f", "", "c2", 1}, "", false},
    {AGAIN, INVITE_OF(OLD), {"INVITE", "sip:b@x", OLD, "f", "", "c1", 2}, "", false},
    {ACK_OF, INVITE_OF(OLD), {"ACK", "sip:b@x", OLD, "f", "t", "c1", 1}, "t", true},
    {ACK_OF, INVITE_OF(OLD), {"ACK", "sip:b@x", OLD, "f", "u", "c1", 1}, "t", false},
    {CANCEL_OF, INVITE_OF(OLD), {"CANCEL", "sip:b@x", OLD, "f", "", "c1", 1}, "", true},
    /* 8.2.2.2: From tag, Call-ID, CSeq, over another path */
    {MERGED, INVITE_OF(V1), INVITE_OF("SIP/2.0/UDP p2.example.com;branch=z9hG4bK7"), "", true},
    {MERGED, INVITE_OF(V1), {"INVITE", "sip:b@x", V1, "f", "", "c1", 2}, "", false},
    {MERGED, INVITE_OF(V1), {"INVITE", "sip:b@x", V1, "f", "", "c2", 1}, "", false},
    {MERGED, INVITE_OF(V1), {"INVITE", "sip:b@x", V1, "F", "", "c1", 1}, "", false},
    {MERGED, INVITE_OF(V1), {"OPTIONS", "sip:b@x", V1, "f", "", "c1", 1}, "", false},
};

static uint64_t hash_of(const struct tx_key *k)
{
    static const struct hash_key key = {1, 2};
    return tx_hash(siphash13(&key, k->field[KEY_CALL_ID]), k->cseq);
}

static void check(const struct row *r, size_t i)
{
    struct msg *a = read(&r->have), *b = read(&r->incoming);
    struct tx_key have, incoming, kept;
    char text[512];
    assert_true(tx_key_of(a, &have) && tx_key_of(b, &incoming));
    assert_true(tx_key_size(&have) <= sizeof text);
    tx_key_copy(&kept, &have, text);
    msg_unref(&pool, a);
    if (ask(r->question, &kept, &incoming, r->reply_tag) != r->wanted)
        fail_msg("row %zu", i);
    if (r->wanted)
        assert_true(hash_of(&kept) == hash_of(&incoming));
    msg_unref(&pool, b);
}

static void matching(void **state)
{
    (void)state;
    block_pool_init(&pool, &mem_libc, 8);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i], i);
    assert_int_equal(pool.live, 0);
    block_pool_fini(&pool);
}

/* Requests of one call are told apart by their CSeq numbers, whichever worker's the call is. */
static void hashes_differ_by_call_and_cseq(void **state)
{
    (void)state;
    for (uint32_t cseq = 0; cseq < 64; cseq++) {
        assert_true(tx_hash(1, cseq) != tx_hash(1, cseq + 1));
        assert_true(tx_hash(1, cseq) != tx_hash(2, cseq));
    }
}

/* RFC 3261 8.1.1: what every request has, a key is made of. */
static void no_key_without_its_headers(void **state)
{
    (void)state;
    static const char *const lines[] = {"Via: " V1 "\r\n", "From: <sip:a@x>;tag=f\r\n",
                                        "To: <sip:b@x>\r\n", "Call-ID: c1\r\n",
                                        "CSeq: 1 INVITE\r\n"};
    enum { N = sizeof lines / sizeof lines[0] };
    block_pool_init(&pool, &mem_libc, 8);
    for (size_t missing = 0; missing <= N; missing++) {
        char text[512];
        struct buf b;
        struct tx_key key;
        buf_init(&b, text, sizeof text);
        buf_put_lit(&b, "INVITE sip:b@x SIP/2.0\r\n");
        for (size_t i = 0; i < N; i++)
            buf_put(&b, i == missing ? STR_NONE : str_from(lines[i]));
        buf_put_lit(&b, "\r\n");
        struct msg *m = msg_new(&pool, buf_str(&b), MSG_DATAGRAM);
        assert_non_null(m);
        assert_int_equal(tx_key_of(m, &key), missing == N);
        msg_unref(&pool, m);
    }
    block_pool_fini(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matching),
        cmocka_unit_test(hashes_differ_by_call_and_cseq),
        cmocka_unit_test(no_key_without_its_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
