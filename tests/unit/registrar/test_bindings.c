/* What a REGISTER makes of a user's bindings: RFC 3261 10.3 steps 6 and 7 without engine and store.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "register_text.h"
#include "registrar/bindings.h"

#define NOW (1000 * NS_PER_S)

static struct block_pool pool;
static struct registrar_config config = {
    .min_expires_s = 60, .max_expires_s = 7200, .default_expires_s = 1800, .max_contacts = 3};

/* The bindings of a user, through as many requests as a test sends. */
struct user {
    struct block *record;
    struct bindings now;
    struct refusal refusal;
    bool changed;
};

static int set_up(void **state)
{
    (void)state;
    block_pool_init(&pool, &mem_libc, 8);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(pool.live, 0);
    block_pool_fini(&pool);
    return 0;
}

static void apply(struct user *u, struct msg *m, const struct wishes *w, time_ns now)
{
    struct bindings old, all;
    bool large;
    struct arrival at = {.flow = &m->flow, .via = msg_via(m), .now = now};
    assert_true(record_read(u->record ? block_str(u->record) : STR_NONE, now, &old));
    u->refusal = bindings_apply(&old, w, &at, config.max_contacts, &all, &u->changed);
    if (u->refusal.status)
        return;
    struct block *record = record_write(&pool, &all, &large);
    assert_non_null(record);
    block_unref(&pool, u->record);
    u->record = record;
    assert_true(record_read(block_str(record), now, &u->now));
}

/* Sends a REGISTER; its status is 200 or that of the refusal. */
static unsigned send_at(struct user *u, const char *call_id, unsigned cseq, const char *lines,
                        time_ns now)
{
    struct wish list[LIMIT_REGISTER_CONTACTS];
    struct wishes w;
    struct msg *m = register_msg(&pool, call_id, cseq, lines);
    assert_non_null(m);
    assert_int_equal(msg_check_essential(m), MSG_OK);
    u->refusal = request_read(m, &config, list, &w);
    if (!u->refusal.status)
        apply(u, m, &w, now);
    msg_unref(&pool, m);
    return u->refusal.status ? u->refusal.status : 200;
}

static unsigned send(struct user *u, const char *call_id, unsigned cseq, const char *lines)
{
    return send_at(u, call_id, cseq, lines, NOW);
}

static void assert_bound(struct user *u, size_t i, const char *uri, unsigned seconds)
{
    assert_true(i < u->now.n);
    if (!str_equal(u->now.list[i].uri, str_from(uri)))
        fail_msg("binding %zu is %.*s, not %s", i, STR_ARG(u->now.list[i].uri), uri);
    assert_int_equal(u->now.list[i].expires, NOW + seconds * NS_PER_S);
}

static void end(struct user *u)
{
    block_unref(&pool, u->record);
}

/* RFC 3261 10.3 step 7: parameter over header over default; too long is cut; 10.2.1.1: malformed is
 * 3600 */
static void test_expires(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        unsigned seconds;
    } cases[] = {
        {"Contact: <sip:a@h>\r\n", 1800},
        {"Contact: <sip:a@h>\r\nExpires: 600\r\n", 600},
        {"Contact: <sip:a@h>;expires=300\r\nExpires: 600\r\n", 300},
        {"Contact: sip:a@h;expires=300\r\n", 300},
        {"Contact: <sip:a@h>;expires=100000\r\n", 7200},
        {"Contact: <sip:a@h>;expires=280297596632815\r\n", 7200},
        {"Contact: <sip:a@h>;expires=soon\r\n", 3600},
        {"Contact: <sip:a@h>;expires=\"Thu, 01 Dec 1994 16:00:00 GMT\"\r\n", 3600},
        {"Contact: <sip:a@h>\r\nExpires: Thu, 01 Dec 1994 16:00:00 GMT\r\n", 3600},
        {"Contact: <sip:a@h>;expires=60\r\n", 60},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct user u = {0};
        if (send(&u, "c", 1, cases[i].lines) != 200)
            fail_msg("refused: %s", cases[i].lines);
        assert_bound(&u, 0, "sip:a@h", cases[i].seconds);
        end(&u);
    }
    /* RFC 3261 20: inside of the brackets it is the URI's own parameter. */
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h;expires=300>\r\n"), 200);
    assert_bound(&u, 0, "sip:a@h;expires=300", 1800);
    end(&u);
}

/* Faults of the request itself. */
static void test_refused_requests(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        unsigned status;
    } cases[] = {
        /* RFC 3261 10.3 step 7: too brief */
        {"Contact: <sip:a@h>;expires=59\r\n", 423},
        {"Contact: <sip:a@h>\r\nExpires: 1\r\n", 423},
        {"Contact: <sip:a@h>, <sip:b@h>;expires=1\r\n", 423},
        /* RFC 3261 10.3 step 6 */
        {"Contact: *\r\n", 400},
        {"Contact: *\r\nExpires: 60\r\n", 400},
        {"Contact: *\r\nExpires: zero\r\n", 400},
        {"Contact: *\r\nContact: <sip:a@h>\r\nExpires: 0\r\n", 400},
        /* RFC 3261 20.10, 25.1 qvalue */
        {"Contact: <sip:a@h>;q=1.1\r\n", 400},
        {"Contact: <sip:a@h>;q=2\r\n", 400},
        {"Contact: <sip:a@h>;q=high\r\n", 400},
        {"Contact: <sip:a@h>;q=0.1234\r\n", 400},
        {"Contact: <sip:a@h>;q\r\n", 400},
        /* RFC 3261 20.10, 25.1 */
        {"Contact: <sip:a@h\r\n", 400},
        {"Path: <sip:edge;lr\r\nContact: <sip:a@h>\r\n", 400},
        /* our own limit of contacts */
        {"Contact: <sip:a@h>, <sip:b@h>, <sip:c@h>, <sip:d@h>\r\n", 403},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct user u = {0};
        unsigned status = send(&u, "c", 1, cases[i].lines);
        if (status != cases[i].status)
            fail_msg("%u, not %u: %s", status, cases[i].status, cases[i].lines);
        assert_null(u.record);
    }
}

static struct refusal read_many(unsigned n, struct wishes *out)
{
    static struct wish list[LIMIT_REGISTER_CONTACTS];
    char lines[4096];
    struct buf b;
    buf_init(&b, lines, sizeof lines - 1);
    for (unsigned i = 0; i < n; i++) {
        buf_put_lit(&b, "Contact: <sip:");
        buf_put_u64(&b, i);
        buf_put_lit(&b, "@h;with-a-parameter-of-usual-length>\r\n");
    }
    assert_false(b.over);
    lines[b.len] = '\0';
    struct msg *m = register_msg(&pool, "c", 1, lines);
    struct refusal r = request_read(m, &config, list, out);
    msg_unref(&pool, m);
    return r;
}

static void test_as_many_contacts_as_a_request_may_have(void **state)
{
    (void)state;
    struct wishes w;
    assert_int_equal(read_many(LIMIT_REGISTER_CONTACTS, &w).status, 0);
    assert_int_equal(w.n, LIMIT_REGISTER_CONTACTS);
    struct refusal r = read_many(LIMIT_REGISTER_CONTACTS + 1, &w);
    assert_int_equal(r.status, 403);
    assert_true(str_equal(r.reason, STR("Too many contacts in one request")));
}

/* RFC 3261 10.3 step 7: an hour or more is never too brief. */
static void test_an_hour_is_enough(void **state)
{
    (void)state;
    static const struct registrar_config strict = {
        .min_expires_s = 7200, .max_expires_s = 86400, .default_expires_s = 7200};
    struct wish list[LIMIT_REGISTER_CONTACTS];
    struct wishes w;
    struct msg *m = register_msg(&pool, "c", 1, "Contact: <sip:a@h>;expires=3600\r\n");
    assert_int_equal(request_read(m, &strict, list, &w).status, 0);
    assert_int_equal(w.list[0].expires_s, 3600);
    msg_unref(&pool, m);
    m = register_msg(&pool, "c", 1, "Contact: <sip:a@h>;expires=3599\r\n");
    assert_int_equal(request_read(m, &strict, list, &w).status, 423);
    msg_unref(&pool, m);
}

static void test_qvalues(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int q; /* -1: none */
    } cases[] = {{"0", 0},      {"1", 1000},    {"0.", 0},       {"1.", 1000}, {"0.5", 500},
                 {"0.25", 250}, {"0.001", 1},   {"1.000", 1000}, {"", -1},     {"1.001", -1},
                 {"00", -1},    {"0.0001", -1}, {".5", -1},      {"-0", -1},   {"0,5", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t q = 0;
        bool good = qvalue_parse(str_from(cases[i].text), &q);
        if (good != (cases[i].q >= 0) || (good && q != cases[i].q))
            fail_msg("%s", cases[i].text);
    }
}

/* RFC 3261 10.3 step 7: a binding of the same URI (19.1.4) is updated; the newest stands first. */
static void test_update_and_remove(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h>, <sip:b@h>\r\n"), 200);
    assert_int_equal(u.now.n, 2);
    assert_int_equal(send(&u, "c", 2, "Contact: <sip:b@H;expires=9>;expires=90\r\n"), 200);
    assert_int_equal(u.now.n, 2);
    assert_bound(&u, 0, "sip:b@H;expires=9", 90);
    assert_bound(&u, 1, "sip:a@h", 1800);
    assert_int_equal(send(&u, "c", 3, "Contact: <sip:a@h>;expires=0\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    assert_int_equal(send(&u, "c", 4, "Contact: <sip:c@h>;expires=0\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    assert_false(u.changed);
    end(&u);
}

/* RFC 3261 10.3 step 7: within one Call-ID only a higher CSeq counts; another Call-ID always does.
 */
static void test_order(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:a@h>\r\n"), 200);
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:a@h>;expires=100\r\n"), 500);
    assert_int_equal(send(&u, "c", 4, "Contact: <sip:a@h>;expires=0\r\n"), 500);
    assert_bound(&u, 0, "sip:a@h", 1800);
    assert_int_equal(send(&u, "c", 4, "Contact: <sip:b@h>\r\n"), 200);
    assert_int_equal(u.now.n, 2);
    assert_int_equal(send(&u, "d", 1, "Contact: <sip:a@h>;expires=200\r\n"), 200);
    assert_bound(&u, 0, "sip:a@h", 200);
    assert_int_equal(send(&u, "c", 6, "Contact: <sip:a@h>;expires=0\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    end(&u);
}

/* RFC 3261 10.3: all updates of a request or none. */
static void test_all_or_none(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:a@h>\r\n"), 200);
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:b@h>, <sip:a@h>\r\n"), 500);
    assert_int_equal(send(&u, "c", 6, "Contact: <sip:b@h>, <sip:a@h>;expires=5\r\n"), 423);
    assert_int_equal(u.now.n, 1);
    assert_bound(&u, 0, "sip:a@h", 1800);
    end(&u);
}

/* RFC 3261 10.3 step 6 */
static void test_star(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:a@h>\r\n"), 200);
    assert_int_equal(send(&u, "d", 1, "Contact: <sip:b@h>\r\n"), 200);
    assert_int_equal(send(&u, "c", 5, "Contact: *\r\nExpires: 0\r\n"), 500);
    assert_int_equal(u.now.n, 2);
    assert_int_equal(send(&u, "c", 6, "Contact: *\r\nExpires: 0\r\n"), 200);
    assert_int_equal(u.now.n, 0);
    assert_true(u.changed);
    assert_int_equal(send(&u, "c", 7, "Contact: *\r\nExpires: 0\r\n"), 200);
    assert_false(u.changed);
    end(&u);
}

/* A contact named twice counts as it stands last. */
static void test_twice_in_one_request(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h>;expires=100, <sip:a@h>;expires=200\r\n"),
                     200);
    assert_int_equal(u.now.n, 1);
    assert_bound(&u, 0, "sip:a@h", 200);
    assert_int_equal(send(&u, "c", 2, "Contact: <sip:a@h>, <sip:a@h>;expires=0\r\n"), 200);
    assert_int_equal(u.now.n, 0);
    end(&u);
}

/* RFC 5626 6: instance and reg-id name the binding, whatever the URI is now. */
static void test_instance(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(
        send(&u, "c", 1, "Contact: <sip:a@h:1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"), 200);
    assert_int_equal(
        send(&u, "d", 1, "Contact: <sip:a@h:2>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    assert_bound(&u, 0, "sip:a@h:2", 1800);
    assert_int_equal(
        send(&u, "d", 2, "Contact: <sip:a@h:2>;+sip.instance=\"<urn:uuid:1>\";reg-id=2\r\n"), 200);
    assert_int_equal(u.now.n, 2);
    assert_int_equal(send(&u, "d", 3, "Contact: <sip:a@h:3>;+sip.instance=\"<urn:uuid:1>\"\r\n"),
                     200);
    assert_int_equal(u.now.n, 3);
    end(&u);
}

#define PHONE "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\""
#define SAME_PHONE "+sip.instance=\"<URN:uuid:00000000-0000-1000-8000-aabbccddeeff>\""
#define SECOND_HOP "Via: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKx\r\n"

/* RFC 5626 4.1: what is equal is decided by the scheme's rules. */
static void test_instances_are_compared(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h:1>;" PHONE ";reg-id=1\r\n"), 200);
    assert_int_equal(send(&u, "d", 1, "Contact: <sip:a@h:2>;" SAME_PHONE ";reg-id=01\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    assert_int_equal(
        send(&u, "e", 1, "Contact: <sip:a@h:3>;+sip.instance=\"<urn:x:A>\";reg-id=1\r\n"), 200);
    assert_int_equal(
        send(&u, "e", 2, "Contact: <sip:a@h:4>;+sip.instance=\"<urn:x:a>\";reg-id=1\r\n"), 200);
    assert_int_equal(u.now.n, 3);
    end(&u);
}

/* RFC 5626 6: only where the phone's first hop keeps its flow; else reg-id counts for nothing, or
 * the phone is told. */
static void test_first_hop(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1,
                          SECOND_HOP "Supported: outbound\r\n"
                                     "Contact: <sip:a@h>;" PHONE ";reg-id=1\r\n"),
                     439);
    assert_int_equal(send(&u, "c", 2,
                          SECOND_HOP "Supported: outbound, path\r\nPath: <sip:p;lr>\r\n"
                                     "Contact: <sip:a@h>;" PHONE ";reg-id=1\r\n"),
                     439);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(
            send(&u, "c", 3 + i, SECOND_HOP "Contact: <sip:a@h>;" PHONE ";reg-id=1\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    assert_false(u.now.list[0].outbound);
    assert_int_equal(send(&u, "d", 1,
                          SECOND_HOP "Supported: outbound, path\r\n"
                                     "Path: <sip:p2;lr>, <sip:p1;lr;ob>\r\n"
                                     "Contact: <sip:b@h>;" PHONE ";reg-id=1\r\n"),
                     200);
    assert_true(u.now.list[0].outbound);
    end(&u);
}

/* RFC 5626 6: one flow at a time; others may be removed with it. */
static void test_one_flow_at_a_time(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h>;" PHONE ";reg-id=1, <sip:b@h>\r\n"), 400);
    assert_int_equal(send(&u, "c", 2, "Contact: <sip:b@h>\r\n"), 200);
    assert_int_equal(
        send(&u, "c", 3, "Contact: <sip:a@h>;" PHONE ";reg-id=1, <sip:b@h>;expires=0\r\n"), 200);
    assert_int_equal(u.now.n, 1);
    assert_int_equal(send(&u, "c", 4, "Contact: <sip:c@h>;reg-id=1, <sip:d@h>\r\n"), 200);
    assert_false(u.now.list[0].outbound);
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:a@h>;" PHONE ";reg-id=0\r\n"), 400);
    assert_int_equal(send(&u, "c", 6, "Contact: <sip:a@h>;" PHONE ";reg-id=2147483648\r\n"), 400);
    end(&u);
}

/* RFC 5626 4.2: two flows of one phone with one URI are two bindings; each is replaced by its own.
 */
static void test_flows_of_one_uri(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h;ob>;" PHONE ";reg-id=1\r\n"), 200);
    assert_int_equal(send(&u, "c", 2, "Contact: <sip:a@h;ob>;" PHONE ";reg-id=2\r\n"), 200);
    assert_int_equal(u.now.n, 2);
    assert_true(u.now.list[0].by_flow);
    assert_int_equal(send(&u, "c", 3, "Contact: <sip:a@h;ob>;" PHONE ";reg-id=1;expires=0\r\n"),
                     200);
    assert_int_equal(u.now.n, 1);
    assert_true(memmem(u.now.list[0].params.text.at, u.now.list[0].params.text.len, "reg-id=2", 8));
    end(&u);
}

/* RFC 5627 5.1: a phone that has begun anew shows it by its Call-ID; its other flows begin with it.
 */
static void test_begin_of_an_instance(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h>;" PHONE ";reg-id=1\r\n"), 200);
    assert_int_equal(u.now.list[0].begun, NOW);
    assert_int_equal(send_at(&u, "c", 2, "Contact: <sip:a@h>;" PHONE ";reg-id=1\r\n", NOW + 1),
                     200);
    assert_int_equal(u.now.list[0].begun, NOW);
    assert_int_equal(send_at(&u, "d", 1, "Contact: <sip:a@h>;" PHONE ";reg-id=2\r\n", NOW + 2),
                     200);
    assert_int_equal(u.now.list[0].begun, NOW);
    assert_int_equal(send_at(&u, "e", 1, "Contact: <sip:a@h>;" PHONE ";reg-id=2\r\n", NOW + 3),
                     200);
    assert_int_equal(u.now.n, 2);
    assert_int_equal(u.now.list[0].begun, NOW + 3);
    assert_int_equal(u.now.list[1].begun, NOW + 3);
    assert_int_equal(send_at(&u, "e", 2, "Contact: *\r\nExpires: 0\r\n", NOW + 4), 200);
    assert_int_equal(send_at(&u, "e", 3, "Contact: <sip:a@h>;" PHONE ";reg-id=2\r\n", NOW + 5),
                     200);
    assert_int_equal(u.now.list[0].begun, NOW + 5);
    assert_int_equal(send(&u, "f", 1, "Contact: <sip:plain@h>\r\n"), 200);
    assert_int_equal(u.now.list[0].begun, 0);
    end(&u);
}

/* The limit refuses new contacts; old ones are refreshed and replaced. Ended ones count no more. */
static void test_limit_of_contacts(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(send(&u, "c", 1, "Contact: <sip:a@h>, <sip:b@h>, <sip:c@h>;expires=60\r\n"),
                     200);
    assert_int_equal(send(&u, "c", 2, "Contact: <sip:d@h>\r\n"), 403);
    assert_int_equal(send(&u, "c", 2, "Contact: <sip:a@h>\r\n"), 200);
    assert_int_equal(send(&u, "c", 3, "Contact: <sip:d@h>, <sip:a@h>;expires=0\r\n"), 200);
    assert_int_equal(u.now.n, 3);
    assert_int_equal(send_at(&u, "c", 4, "Contact: <sip:e@h>\r\n", NOW + 60 * NS_PER_S), 200);
    assert_int_equal(u.now.n, 3);
    config.max_contacts = 2;
    assert_int_equal(send(&u, "c", 5, "Contact: <sip:e@h>\r\n"), 200);
    assert_int_equal(send(&u, "c", 6, "Contact: <sip:f@h>\r\n"), 403);
    config.max_contacts = 3;
    end(&u);
}

/* RFC 3261 20.10: parameters of extensions are kept; schemes too. */
static void test_what_is_kept(void **state)
{
    (void)state;
    struct user u = {0};
    assert_int_equal(
        send(&u, "c", 9,
             "Contact: \"A\" <tel:+1555>;q=0.3;expires=100;x=\"y,z\" , <mailto:a@b?Subject=x>\r\n"),
        200);
    assert_int_equal(u.now.n, 2);
    assert_bound(&u, 0, "tel:+1555", 100);
    assert_true(str_equal(u.now.list[0].params.text, STR(";q=0.3;x=\"y,z\"")));
    assert_int_equal(u.now.list[0].q, 300);
    assert_int_equal(u.now.list[0].cseq, 9);
    assert_true(str_equal(u.now.list[0].call_id, STR("c")));
    assert_int_equal(u.now.list[1].q, 1000);
    assert_int_equal(u.now.list[0].flow.remote.port, 5060);
    end(&u);
}

/* Which way leads to a contact: a phone is reached by its flow, another place by its URI. */
static void test_by_flow(void **state)
{
    (void)state;
    static const struct {
        const char *source, *contact;
        unsigned transport;
        bool by_flow;
    } cases[] = {
        {"192.0.2.1:5060", "sip:a@192.0.2.1", TRANSPORT_UDP, true},
        {"192.0.2.1:5060", "sip:a@192.0.2.1:5062", TRANSPORT_UDP, false},
        {"192.0.2.1:5060", "sip:a@192.0.2.7", TRANSPORT_UDP, false},
        {"192.0.2.1:5060", "sip:a@example.net", TRANSPORT_UDP, false},
        {"198.51.100.9:30000", "sip:a@192.0.2.1:5060", TRANSPORT_UDP, true}, /* behind a NAT */
        {"198.51.100.9:30000", "sip:a@10.0.0.1:5060", TRANSPORT_UDP, true},
        {"198.51.100.9:30000", "sip:a@example.net", TRANSPORT_UDP, false},
        {"192.0.2.1:30000", "sip:a@192.0.2.1:5060", TRANSPORT_UDP, false}, /* sends elsewhere */
        {"192.0.2.1:30000", "sip:a@192.0.2.1:30000", TRANSPORT_TCP, true},
        {"192.0.2.1:30000", "sip:a@192.0.2.1:5060", TRANSPORT_TCP, true},
        {"192.0.2.1:30000", "sip:a@192.0.2.1:5090", TRANSPORT_TCP, false},
        {"192.0.2.1:5060", "tel:+1555", TRANSPORT_UDP, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[128];
        snprintf(line, sizeof line, "Contact: <%s>\r\n", cases[i].contact);
        struct msg *m = register_msg(&pool, "c", 1, line);
        struct flow f = flow_from(cases[i].source);
        f.transport = (uint8_t)cases[i].transport;
        const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL);
        if (contact_is_sender(c, msg_via(m), &f) != cases[i].by_flow)
            fail_msg("%s from %s", cases[i].contact, cases[i].source);
        msg_unref(&pool, m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expires),
        cmocka_unit_test(test_refused_requests),
        cmocka_unit_test(test_an_hour_is_enough),
        cmocka_unit_test(test_as_many_contacts_as_a_request_may_have),
        cmocka_unit_test(test_qvalues),
        cmocka_unit_test(test_update_and_remove),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_all_or_none),
        cmocka_unit_test(test_star),
        cmocka_unit_test(test_twice_in_one_request),
        cmocka_unit_test(test_instance),
        cmocka_unit_test(test_instances_are_compared),
        cmocka_unit_test(test_first_hop),
        cmocka_unit_test(test_one_flow_at_a_time),
        cmocka_unit_test(test_flows_of_one_uri),
        cmocka_unit_test(test_begin_of_an_instance),
        cmocka_unit_test(test_limit_of_contacts),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_by_flow),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
