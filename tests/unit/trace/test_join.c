/* Which calls are parts of one: each rule, and what it does not take for one. */
#include "rig.h"

#include <stdio.h>

static struct rig r;

#define SDP(id)      \
    "v=0\r\no=- " id \
    " 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
#define UUID "ab30317f1a784dc48ff824d0d3715d86"

/* The first leg: A calls a B2BUA; the second one is the case's. */
static struct said leg(const char *call_id, unsigned ms, const char *extra, const char *body)
{
    bool first = strcmp(call_id, "leg-1") == 0;
    return (struct said){ms,
                         first ? "10.0.0.1:5060" : "10.0.0.9:5070",
                         first ? "10.0.0.9:5060" : "10.0.0.2:5060",
                         "INVITE sip:bob@example.com",
                         call_id,
                         "<sip:alice@example.com>;tag=a",
                         "<sip:bob@example.com>",
                         "1 INVITE",
                         1,
                         extra,
                         body};
}

static const struct {
    const char *first, *first_body, *second, *second_body;
    unsigned ms;
    enum trace_join why;
} cases[] = {
    {"Session-ID: " UUID ";remote=00000000000000000000000000000000\r\n", NULL,
     "Session-ID: " UUID "\r\n", NULL, 100000, TRACE_JOIN_SESSION_ID},
    {"Session-ID: 00000000000000000000000000000000\r\n", NULL,
     "Session-ID: 00000000000000000000000000000000\r\n", NULL, 100000, TRACE_JOIN_NONE},
    {NULL, NULL, "Replaces: leg-1;to-tag=b;from-tag=a\r\n", NULL, 100000, TRACE_JOIN_REPLACES},
    {NULL, NULL, "Join: leg-1;to-tag=b;from-tag=a\r\n", NULL, 100000, TRACE_JOIN_REPLACES},
    {NULL, NULL, "Target-Dialog: leg-1;local-tag=b;remote-tag=a\r\n", NULL, 100000,
     TRACE_JOIN_REPLACES},
    {NULL, NULL, "Replaces: leg-3;to-tag=b;from-tag=a\r\n", NULL, 100000, TRACE_JOIN_NONE},
    {NULL, SDP("987654"), NULL, SDP("987654"), 9000, TRACE_JOIN_SDP},
    {NULL, SDP("987654"), NULL, SDP("987654"), 11000, TRACE_JOIN_NONE},
    {NULL, SDP("987654"), NULL, SDP("987655"), 9000, TRACE_JOIN_NONE},
    {NULL, SDP("1"), NULL, SDP("1"), 9000, TRACE_JOIN_NONE},
    {NULL, NULL, NULL, NULL, 2000, TRACE_JOIN_PASSED_ON},
    {NULL, NULL, NULL, NULL, 2001, TRACE_JOIN_NONE},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig_init(&r, 0);
        struct said first = leg("leg-1", 0, cases[i].first, cases[i].first_body);
        struct said second = leg("leg-2", cases[i].ms, cases[i].second, cases[i].second_body);
        rig_tell(&r, &first, 1);
        rig_tell(&r, &second, 1);
        const struct trace_call *one = rig_call(&r, "leg-1"), *two = rig_call(&r, "leg-2");
        assert_int_equal(two->n_joins, cases[i].why != TRACE_JOIN_NONE);
        if (two->n_joins) {
            assert_int_equal(two->joins[0].why, cases[i].why);
            assert_ptr_equal(two->joins[0].with, one);
            assert_ptr_equal(trace_call_of_flow(two, NULL), one);
            assert_ptr_equal(trace_call_of_flow(two, one), two);
        }
        assert_null(trace_call_of_flow(two, two));
        rig_fini(&r);
    }
}

/* Another address, or another caller, is another call. */
static void test_not_passed_on(void **state)
{
    (void)state;
    rig_init(&r, 0);
    struct said first = leg("leg-1", 0, NULL, NULL), other = leg("leg-2", 1, NULL, NULL);
    rig_tell(&r, &first, 1);
    other.from = "10.0.0.8:5060";
    rig_tell(&r, &other, 1);
    assert_int_equal(rig_call(&r, "leg-2")->n_joins, 0);
    other = leg("leg-3", 2, NULL, NULL);
    other.caller = "<sip:anna@example.com>;tag=a";
    rig_tell(&r, &other, 1);
    assert_int_equal(rig_call(&r, "leg-3")->n_joins, 0);
    rig_fini(&r);
}

static void test_transfer(void **state)
{
    (void)state;
    rig_init(&r, 0);
    tell_transfer(&r);
    const struct trace_call *two = rig_call(&r, "call-2");
    assert_int_equal(two->n_joins, 1);
    assert_int_equal(two->joins[0].why, TRACE_JOIN_REFERRED);
    assert_true(trace_join_is_certain(two->joins[0].why));
    assert_ptr_equal(two->joins[0].with, rig_call(&r, "call-1"));
    rig_fini(&r);
}

/* RFC 3892 is optional: without Referred-By it is a guess, and only of who was asked. */
static void test_asked(void **state)
{
    (void)state;
    static const char *const from[] = {"10.0.0.9:5099", "10.0.0.7:5060"};
    for (unsigned i = 0; i < 2; i++) {
        rig_init(&r, 0);
        struct said first = leg("leg-1", 0, "Refer-To: <sip:carol@example.com>\r\n", NULL);
        first.start = "REFER sip:desk@10.0.0.9";
        first.cseq = "2 REFER";
        rig_tell(&r, &first, 1);
        struct said second = leg("leg-2", 5000, NULL, NULL);
        second.start = "INVITE sip:carol@example.com;transport=udp";
        second.from = from[i];
        rig_tell(&r, &second, 1);
        assert_int_equal(rig_call(&r, "leg-2")->n_joins, i == 0);
        assert_int_equal(rig_call(&r, "leg-2")->joins[0].why,
                         i == 0 ? TRACE_JOIN_ASKED : TRACE_JOIN_NONE);
        rig_fini(&r);
    }
    assert_false(trace_join_is_certain(TRACE_JOIN_ASKED));
}

/* A call that is forgotten leaves the others joined, and no view of itself. */
static void test_forgotten(void **state)
{
    (void)state;
    char id[16];
    rig_init(&r, 0);
    for (unsigned i = 0; i < 2000; i++) {
        struct said s = leg("leg-2", 10 * i, i % 40 < 20 ? "Session-ID: " UUID "\r\n" : NULL, NULL);
        (void)snprintf(id, sizeof id, "c%u", i);
        s.call_id = id;
        rig_tell(&r, &s, 1);
    }
    for (const struct trace_call *c = NULL; (c = trace_calls_next(r.calls, c));) {
        unsigned n = 0;
        for (const struct trace_call *o = NULL; (o = trace_call_of_flow(c, o));)
            n++;
        assert_in_range(n, 1, 32);
        for (unsigned i = 0; i < c->n_joins; i++)
            assert_ptr_equal(trace_calls_find(r.calls, c->joins[i].with->call_id),
                             c->joins[i].with);
    }
    rig_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),     cmocka_unit_test(test_not_passed_on),
        cmocka_unit_test(test_transfer),  cmocka_unit_test(test_asked),
        cmocka_unit_test(test_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
