/* Drawings: small ones whole, and that what messages contain stays text in all of them. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "trace/draw.h"

static struct rig r;
static struct trace_ladder l;
static struct trace_buf_sink sink;
static char out[1 << 20];

static void lay_out(const char *call_id)
{
    assert_int_equal(trace_ladder_init(&l, &r.mem, rig_call(&r, call_id), true), OK);
    trace_buf_sink_init(&sink, out, sizeof out - 1);
}

/* What has been drawn; the ladder is gone. */
static const char *drawn(void)
{
    assert_false(sink.buf.over);
    out[sink.buf.len] = '\0';
    trace_ladder_fini(&l);
    return out;
}

static const char *text_of(const char *call_id, struct trace_text_style style)
{
    lay_out(call_id);
    trace_draw_text(&l, &style, &sink.sink);
    return drawn();
}

static void test_ascii(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    assert_int_equal(rig_note(&r, 2000, "one", "proxy", "bob \xe2\x98\x8e picks up"), OK);
    assert_int_equal(rig_rtp(&r, 2200, "10.0.0.2:4002", "10.0.0.1:4000", 7, 100, 10), OK);
    assert_string_equal(
        text_of("one", (struct trace_text_style){.width = 108, .ascii = true}),
        "                                        alice                                        bob\n"
        "                                    10.0.0.1:5060                               "
        "10.0.0.2:5060\n"
        "    0.000    +0.000                       |-------- INVITE bob, sent 2 times -------->|\n"
        "                                          | offer PCMU,PCMA 10.0.0.1:4000 sendrecv    |\n"
        "    0.510    +0.510                       |<------------- 180 Ringing ----------------|\n"
        "    2.000    +1.490   * proxy: bob ? picks up\n"
        "    2.100    +0.100                       |<---------------- 200 OK ------------------|\n"
        "                                          | answer PCMU,PCMA 10.0.0.2:4002 sendrecv   |\n"
        "    2.110    +0.010                       |------------------ ACK ------------------->|\n"
        "    2.200    +0.090                       | RTP PCMU, 90 packets, 9 lost, jitter 0.0 ms\n"
        "                                          |<==========================================|\n"
        "   33.100   +30.900                       |------------------ BYE ------------------->|\n"
        "   33.110    +0.010                       |<------------- 200 OK (BYE) ---------------|\n"
        "\n"
        "one: answered by bob after 2.1 s, ended by alice with BYE after 31.0 s\n");
    rig_fini(&r);
}

static const struct said register_call[] = {
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "REGISTER sip:x", "r", "<sip:a@x>;tag=1", "<sip:a@x>",
     "1 REGISTER", 1, NULL, NULL},
    {20, "10.0.0.9:5060", "10.0.0.1:5060", "200 OK", "r", "<sip:a@x>;tag=1", "<sip:a@x>;tag=2",
     "1 REGISTER", 1, "Server: Box/1 (x)\r\n", NULL},
};

static void test_unicode(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, register_call, 2);
    assert_string_equal(text_of("r", (struct trace_text_style){.width = 76}),
                        "                                  a                         Box/1\n"
                        "                            10.0.0.1:5060               10.0.0.9:5060\n"
                        "    0.000    +0.000               │─────── REGISTER a ───────▶│\n"
                        "    0.020    +0.020               │◀── 200 OK (REGISTER) ─────│\n"
                        "\n"
                        "r: done by Box/1 after 0.0 s\n");
    const char *coloured = text_of("r", (struct trace_text_style){.width = 76, .colour = true});
    assert_non_null(strstr(coloured, "\x1b[0;36m"));
    rig_fini(&r);
}

static void test_row(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    lay_out("one");
    trace_draw_row(rig_call(&r, "one"), &sink.sink);
    assert_string_equal(
        drawn(), "{\"call_id\":\"one\",\"method\":\"INVITE\",\"from\":\"sip:alice@example.com\","
                 "\"to\":\"sip:bob@example.com\",\"status\":200,\"messages\":7,"
                 "\"start\":\"2026-01-01T12:00:00.000Z\",\"seconds\":33.110}\n");
    rig_fini(&r);
}

static void test_flow(void **state)
{
    (void)state;
    rig_init(&r, 0);
    tell_transfer(&r);
    lay_out("call-2");
    trace_draw_json(&l, &sink.sink);
    const char *json = drawn();
    assert_non_null(strstr(json, "\"joined\":[{\"call_id\":\"call-1\",\"certain\":true,"));
    assert_non_null(
        strstr(json, "{\"name\":\"Exchange/2.1\",\"address\":\"10.0.0.10:5060\",\"user\":\"\","
                     "\"agent\":\"Exchange/2.1\",\"role\":\"passes requests on\",\"proxy\":true}"));
    assert_non_null(
        strstr(json, "answered by bob (10.0.0.2:5060) after 2.1 s, ended by bob (10.0.0.2:5060)"));
    assert_non_null(strstr(
        json, "\"codec\":\"PCMU\",\"payload_type\":0,\"packets\":337,\"bytes\":57964,\"lost\":3"));
    rig_fini(&r);
}

/* --- hostile texts --- */

#define EVIL "<script>alert(1)</script>\"'&--></pre>]]>\x1b[2J\x01\xff"
#define HARMLESS                                                       \
    "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;--&gt;&lt;/" \
    "pre&gt;]]&gt;\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd"

/* One header at a time, or the body, is what an attacker would send. */
static const struct said evil[] = {
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:" EVIL "@x", "e", "<sip:a@x>;tag=1",
     "<sip:b@x>", "1 INVITE", 1, NULL, NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", EVIL " sip:b@x", "e", "<sip:a@x>;tag=1", "<sip:b@x>",
     "1 " EVIL, 1, NULL, NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:b@x", "e" EVIL, "<sip:a@x>;tag=1",
     "<sip:b@x>", "1 INVITE", 1, NULL, NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:b@x", "e",
     "\"" EVIL "\" <sip:a@x>;tag=1" EVIL, "<sip:b@x>", "1 INVITE", 1, NULL, NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:b@x", "e", EVIL, EVIL, "1 INVITE", 1, NULL,
     NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "200 " EVIL, "e", "<sip:a@x>;tag=1", "<sip:b@x>;tag=2",
     "1 INVITE", 1, NULL, NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:b@x", "e", "<sip:a@x>;tag=1", "<sip:b@x>",
     "1 INVITE", 1,
     "User-Agent: " EVIL "\r\nSubject: " EVIL "\r\nContact: <" EVIL ">\r\n" EVIL ": x\r\n", NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "NOTIFY sip:b@x", "e", "<sip:a@x>;tag=1",
     "<sip:b@x>;tag=2", "1 NOTIFY", 1, "Event: " EVIL "\r\nContent-Type: message/sipfrag\r\n",
     "SIP/2.0 200 " EVIL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "REFER sip:b@x", "e", "<sip:a@x>;tag=1",
     "<sip:b@x>;tag=2", "1 REFER", 1, "Refer-To: <sip:" EVIL "@x>\r\n", NULL},
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:b@x", "e", "<sip:a@x>;tag=1", "<sip:b@x>",
     "1 INVITE", 1, NULL,
     "v=0\r\no=- 1 1 IN IP4 " EVIL "\r\nc=IN IP4 " EVIL "\r\nm=" EVIL
     " 1 RTP/AVP 96\r\na=rtpmap:96 " EVIL "/8000\r\n"},
};

/* Nothing but our own markup, no control but line ends and tabs, and the same number of scripts. */
static void assert_harmless(const char *page, unsigned scripts)
{
    unsigned n = 0;
    for (const char *at = page; (at = strstr(at, "<script")); at++)
        n++;
    assert_int_equal(n, scripts);
    assert_null(strstr(page, "alert(1)</"));
    for (const char *at = page; *at; at++)
        assert_true((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t' || *at == '\r');
}

static void assert_as_many(const char *a, const char *b, char c)
{
    unsigned n = 0, m = 0;
    for (; *a; a++)
        n += *a == c;
    for (; *b; b++)
        m += *b == c;
    assert_int_equal(n, m);
}

static void draw_evil(size_t i, void (*draw)(const struct trace_ladder *, struct trace_sink *))
{
    rig_init(&r, 0);
    assert_int_equal(rig_say(&r, &evil[i]), OK);
    const struct trace_call *c = trace_calls_next(r.calls, NULL);
    if (c) {
        assert_int_equal(rig_note(&r, 1, "e", EVIL, EVIL), OK);
        assert_int_equal(trace_ladder_init(&l, &r.mem, c, true), OK);
        trace_buf_sink_init(&sink, out, sizeof out - 1);
        draw(&l, &sink.sink);
        drawn();
    } else
        out[0] = '\0';
    rig_fini(&r);
}

static void draw_terminal(const struct trace_ladder *ladder, struct trace_sink *k)
{
    trace_draw_text(ladder, &(struct trace_text_style){.width = 100}, k);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
        draw_evil(i, trace_draw_html);
        if (out[0] == '\0')
            continue; /* no Call-ID that can be read */
        assert_harmless(out, 1);
        assert_non_null(strstr(out, HARMLESS));
        draw_evil(i, trace_draw_svg);
        assert_harmless(out, 0);
        draw_evil(i, draw_terminal);
        assert_null(strchr(out, '\x1b'));
        assert_null(strchr(out, '\x01'));
        draw_evil(i, trace_draw_json);
        assert_null(strchr(out, '<'));
        assert_null(strchr(out, '\x1b'));
        assert_as_many(out, "\n", '\n'); /* one line */
    }
}

/* Each '<' of a page is ours: as many as without the attack. */
static void test_no_more_tags(void **state)
{
    (void)state;
    static char calm[sizeof out];
    struct said plain = evil[6];
    plain.extra = "User-Agent: x\r\nSubject: y\r\nContact: <z>\r\nw: x\r\n";
    rig_init(&r, 0);
    rig_tell(&r, &plain, 1);
    assert_int_equal(rig_note(&r, 1, "e", "p", "q"), OK);
    lay_out("e");
    trace_draw_html(&l, &sink.sink);
    (void)snprintf(calm, sizeof calm, "%s", drawn());
    rig_fini(&r);
    draw_evil(6, trace_draw_html);
    assert_as_many(calm, out, '<');
    assert_as_many(calm, out, '"');
}

/* C1 controls, and what turns text around, are shown nowhere as such. */
static void test_unshown(void **state)
{
    (void)state;
    static const char *const unshown[] = {"\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6"};
    rig_init(&r, 0);
    struct said s = evil[6];
    s.extra = "User-Agent: a\xc2\x9b"
              "1mb\xe2\x80\xae\xe2\x81\xa6\r\n";
    rig_tell(&r, &s, 1);
    for (unsigned i = 0; i < 3; i++) {
        lay_out("e");
        trace_draw_html(&l, &sink.sink);
        assert_null(strstr(drawn(), unshown[i]));
        assert_null(strstr(text_of("e", (struct trace_text_style){.width = 100}), unshown[i]));
        lay_out("e");
        trace_draw_json(&l, &sink.sink);
        assert_null(strstr(drawn(), unshown[i]));
    }
    assert_non_null(strstr(out, "a\\u009b1mb\\u202e\\u2066"));
    rig_fini(&r);
}

/* Every allocation of a ladder fails once. */
static void test_nomem(void **state)
{
    (void)state;
    int error = ERR_NOMEM;
    rig_init(&r, 0);
    tell_transfer(&r);
    for (int64_t spare = 0; error && spare < 10; spare++) {
        int64_t live = r.live;
        r.spare = spare;
        error = trace_ladder_init(&l, &r.mem, rig_call(&r, "call-1"), true);
        r.spare = -1;
        if (error == OK)
            trace_ladder_fini(&l);
        assert_int_equal(r.live, live);
    }
    assert_int_equal(error, OK);
    rig_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascii),   cmocka_unit_test(test_unicode),
        cmocka_unit_test(test_row),     cmocka_unit_test(test_flow),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_no_more_tags),
        cmocka_unit_test(test_unshown), cmocka_unit_test(test_nomem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
