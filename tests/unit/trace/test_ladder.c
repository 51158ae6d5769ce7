/* Sides and their names, connections, sentences, times. */
#include "rig.h"

#include "base/err.h"
#include "trace/brief.h"
#include "trace/ladder.h"

static struct rig r;
static struct trace_ladder l;

static void lay_out(const char *call_id, bool joined)
{
    assert_int_equal(trace_ladder_init(&l, &r.mem, rig_call(&r, call_id), joined), OK);
}

static void assert_name(unsigned side, const char *wanted)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    trace_side_name(&b, &l, side);
    text[b.len] = '\0';
    assert_string_equal(text, wanted);
}

static void assert_told(unsigned call, const char *wanted)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    trace_call_tell(&b, &l, call);
    text[b.len] = '\0';
    assert_string_equal(text, wanted);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const names[] = {"alice", "Exchange/2.1", "bob", "bob", "carol"};
    rig_init(&r, 0);
    tell_transfer(&r);
    lay_out("call-2", true);
    assert_int_equal(l.n_calls, 2);
    assert_int_equal(l.n_sides, 5);
    for (unsigned i = 0; i < 5; i++)
        assert_name(i, names[i]);
    assert_true(l.sides[1].passes_on);
    for (unsigned i = 1; i < l.n_rungs; i++)
        assert_true(l.rungs[i].at >= l.rungs[i - 1].at);
    trace_ladder_fini(&l);
    lay_out("call-2", false);
    assert_int_equal(l.n_calls, 1);
    assert_int_equal(l.n_sides, 3);
    trace_ladder_fini(&l);
    rig_fini(&r);
}

static void assert_words(struct str got, const char *wanted)
{
    assert_true(str_equal(got, str_from(wanted)));
}

/* Two of bob's phones ring: one answers, from the other the call is taken away. */
static void test_roles(void **state)
{
    (void)state;
    static const char *const roles[] = {"calls", "passes requests on", "answers", "rings",
                                        "answers"};
    char text[TRACE_WORDS];
    struct buf b;
    rig_init(&r, 0);
    tell_transfer(&r);
    lay_out("call-1", true);
    for (unsigned i = 0; i < 5; i++)
        assert_words(trace_side_role(&l, i), roles[i]);
    buf_init(&b, text, sizeof text);
    trace_ladder_title(&b, &l);
    assert_words(buf_str(&b), "alice@example.com calls bob@example.com");
    buf_init(&b, text, sizeof text);
    trace_side_tell(&b, &l, 3);
    trace_side_tell(&b, &l, 4);
    assert_words(buf_str(&b), "bob (10.0.0.3:5060)carol");
    trace_ladder_fini(&l);
    rig_fini(&r);
}

/* Of each kind of rung in the story; a note speaks for itself. */
static void test_meanings(void **state)
{
    (void)state;
    unsigned told = 0;
    rig_init(&r, 0);
    tell_transfer(&r);
    lay_out("call-1", true);
    assert_words(trace_rung_meaning(&l.rungs[0]), "asks for a call, and offers what it can speak");
    for (unsigned i = 0; i < l.n_rungs; i++) {
        bool crosses =
            l.rungs[i].kind == TRACE_RUNG_MESSAGE || l.rungs[i].kind == TRACE_RUNG_STREAM;
        assert_int_equal(trace_rung_meaning(&l.rungs[i]).len > 0, crosses);
        told += crosses;
    }
    assert_true(told > 40);
    trace_ladder_fini(&l);
    rig_fini(&r);
}

/* Of several calls: without streams, without what bears no description, a side for each host. */
static void test_options(void **state)
{
    (void)state;
    rig_init(&r, 0);
    tell_transfer(&r);
    const struct trace_call *calls[] = {rig_call(&r, "call-1"), rig_call(&r, "call-2")};
    assert_int_equal(trace_ladder_init_of(&l, &r.mem, calls, 2,
                                          (struct trace_ladder_options){.without_streams = true,
                                                                        .only_descriptions = true}),
                     OK);
    for (unsigned i = 0; i < l.n_rungs; i++)
        assert_true(l.rungs[i].kind == TRACE_RUNG_CALL || l.rungs[i].item->sdp.len > 0);
    assert_int_equal(l.n_sides, 5);
    trace_ladder_fini(&l);
    assert_int_equal(
        trace_ladder_init_of(&l, &r.mem, calls, 2, (struct trace_ladder_options){.by_host = true}),
        OK);
    for (unsigned i = 0; i < l.n_sides; i++)
        assert_int_equal(l.sides[i].addr.port, 0);
    trace_ladder_fini(&l);
    rig_fini(&r);
}

/* Who is called as one and calls as the other is neither: a B2BUA. */
static void test_between(void **state)
{
    (void)state;
    static const struct said legs[] = {
        {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:ben@10.0.0.9", "l1", "<sip:ann@x>;tag=1",
         "<sip:ben@x>", "1 INVITE", 1, NULL, NULL},
        {1, "10.0.0.9:5060", "10.0.0.2:5060", "INVITE sip:ben@10.0.0.2", "l2", "<sip:ann@x>;tag=2",
         "<sip:ben@x>", "1 INVITE", 1, "User-Agent: Box/3 (x)\r\n", NULL},
    };
    rig_init(&r, 0);
    rig_tell(&r, legs, 2);
    lay_out("l1", true);
    assert_int_equal(l.n_calls, 2);
    assert_int_equal(l.rungs[1].kind, TRACE_RUNG_CALL);
    assert_name(0, "ann");
    assert_name(1, "Box/3");
    assert_name(2, "ben");
    trace_ladder_fini(&l);
    rig_fini(&r);
}

#define A "10.0.0.1:5060"
#define P "10.0.0.10:5060"
#define B "10.0.0.2:5060"
#define FROM "<sip:ann@x>;tag=a"
#define TO "<sip:ben@x>"
#define TAGGED "<sip:ben@x>;tag=b"
#define INVITE                                                                \
    {                                                                         \
        0, A, P, "INVITE sip:ben@x", "c", FROM, TO, "1 INVITE", 1, NULL, NULL \
    }
#define ON                                                                           \
    {                                                                                \
        1, P, B, "INVITE sip:ben@10.0.0.2", "c", FROM, TO, "1 INVITE", 2, NULL, NULL \
    }
#define BACK(ms, line)                                               \
    {ms, B, P, line, "c", FROM, TAGGED, "1 INVITE", 2, NULL, NULL},  \
    {                                                                \
        ms, P, A, line, "c", FROM, TAGGED, "1 INVITE", 1, NULL, NULL \
    }

static const struct {
    const char *told;
    struct said said[6];
} ends[] = {
    {"refused by ben with 486 Busy Here after 1.5 s", {INVITE, ON, BACK(1500, "486 Busy Here")}},
    {"no final response seen", {INVITE, ON, BACK(1500, "180 Ringing")}},
    {"cancelled by ann after 3.0 s",
     {INVITE,
      ON,
      {3000, A, P, "CANCEL sip:ben@x", "c", FROM, TO, "1 CANCEL", 1, NULL, NULL},
      BACK(3010, "487 Request Terminated")}},
    {"nobody answered in time: ended by proxy with 408 Request Timeout after 32.0 s",
     {INVITE,
      ON,
      {32000, P, A, "408 Request Timeout", "c", FROM, TAGGED, "1 INVITE", 1, NULL, NULL}}},
    {"answered by ben after 2.1 s, no end seen", {INVITE, ON, BACK(2100, "200 OK")}},
    {"its beginning is not in the trace, ended by ben with BYE",
     {{0, B, A, "BYE sip:ann@10.0.0.1", "c", TAGGED, FROM, "1 BYE", 1, NULL, NULL}}},
};

static void test_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        rig_init(&r, 0);
        for (size_t n = 0; n < 6 && ends[i].said[n].start; n++)
            rig_tell(&r, &ends[i].said[n], 1);
        lay_out("c", true);
        assert_told(0, ends[i].told);
        trace_ladder_fini(&l);
        rig_fini(&r);
    }
}

/* RFC 3261 18.1.1: a connection's own port is no further participant. */
static void test_connection(void **state)
{
    (void)state;
    char text[4096];
    struct said s = {
        0, "10.0.0.1:5060", P, "INVITE sip:ben@x", "c", FROM, TO, "1 INVITE", 1, NULL, NULL};
    struct trace_event e = {
        .at = T0, .transport = TRANSPORT_TCP, .text = said_text(&s, text, sizeof text)};
    rig_init(&r, 0);
    assert_true(addr_parse(STR("10.0.0.1:49152"), &e.from) && addr_parse(STR(P), &e.to));
    assert_int_equal(trace_calls_take(r.calls, &e), OK);
    s.start = "180 Ringing";
    e.text = said_text(&s, text, sizeof text);
    struct addr from = e.from;
    e.from = e.to;
    e.to = from;
    assert_int_equal(trace_calls_take(r.calls, &e), OK);
    lay_out("c", true);
    assert_int_equal(l.n_sides, 2);
    assert_int_equal(l.sides[0].addr.port, 5060);
    assert_int_equal(l.rungs[1].to, 0);
    trace_ladder_fini(&l);
    rig_fini(&r);
}

static void assert_time(unix_ns at, const char *wanted)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    brief_put_time(&b, at);
    text[b.len] = '\0';
    assert_string_equal(text, wanted);
}

static void test_times(void **state)
{
    (void)state;
    assert_time(0, "1970-01-01T00:00:00.000Z");
    assert_time(-1, "1970-01-01T00:00:00.000Z");
    assert_time(INT64_C(951782399999999999), "2000-02-28T23:59:59.999Z");
    assert_time(INT64_C(951782400000000000), "2000-02-29T00:00:00.000Z");
    assert_time(INT64_C(1735689599000000000), "2024-12-31T23:59:59.000Z");
    assert_time(INT64_MAX, "2262-04-11T23:47:16.854Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_roles),
        cmocka_unit_test(test_meanings),   cmocka_unit_test(test_options),
        cmocka_unit_test(test_between),    cmocka_unit_test(test_told),
        cmocka_unit_test(test_connection), cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
