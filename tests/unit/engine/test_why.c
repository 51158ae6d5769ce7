/* What the recorder is told by an engine: what comes, and why requests of ours went where they did.
 */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;
static char kept[RECORDER_LEAST];

static void start(const char *uri, const char *zone)
{
    rig_config(&rig);
    rig.config.recorder = recorder_new(&mem_libc, 0);
    rig_start(&rig);
    rig_send(&rig, "OPTIONS", uri);
    rig_dns(&rig, zone);
}

static void end(void)
{
    rig_end(&rig);
    recorder_free(rig.config.recorder);
}

/* The reasons, a line each: "call-id name about". */
static const char *reasons(void)
{
    static char text[4096];
    uint64_t cursor = 0;
    struct str all = {kept, recorder_copy(rig.config.recorder, &cursor, kept, sizeof kept)};
    struct record r;
    size_t n = 0;
    text[0] = '\0';
    while (record_next(&all, &r))
        if (r.kind == RECORD_WHY)
            n += (size_t)snprintf(text + n, sizeof text - n, "%.*s %s %.*s\n", STR_ARG(r.call_id),
                                  reason_name((enum reason)r.reason), STR_ARG(r.text));
    return text;
}

static void not_there(void)
{
    assert_int_equal(engine_unreachable(rig.e, &rig.sent[rig.n_sent - 1].flow, rig.now), OK);
    rig_drain(&rig);
    rig_pass(&rig, 101 * MS);
}

static void what_comes_is_kept_as_it_came(void **state)
{
    const char *request = rig_request("OPTIONS", "z9hG4bKa", "", "");
    uint64_t cursor = 0;
    struct record r;

    (void)state;
    rig_config(&rig);
    rig.config.recorder = recorder_new(&mem_libc, 0);
    rig_start(&rig);
    rig_recv(&rig, request);
    rig_recv(&rig, "OPTIONS sip:x SIP/2.0\r\n\r\n"); /* refused, and kept all the same */
    rig_recv(&rig, "\r\n\r\n");                      /* a keep-alive */
    struct str all = {kept, recorder_copy(rig.config.recorder, &cursor, kept, sizeof kept)};
    const struct addr peer = rig_addr("192.0.2.9:5060"), us = rig_addr("192.0.2.1:5060");
    assert_true(record_next(&all, &r));
    assert_int_equal(r.kind, RECORD_CAME);
    assert_true(str_equal(r.text, str_from(request)));
    assert_true(addr_equal(&r.remote, &peer) && addr_equal(&r.local, &us));
    assert_true(record_next(&all, &r));
    assert_true(str_equal(r.text, STR("OPTIONS sip:x SIP/2.0\r\n\r\n")));
    assert_false(record_next(&all, &r));
    end();
}

static void names_lead_to_places(void **state)
{
    (void)state;
    start("sip:bob@example.net", "_sip._udp.example.net SRV 1 0 5070 a.example.net\n"
                                 "_sip._udp.example.net SRV 2 0 5070 b.example.net\n"
                                 "a.example.net A 198.51.100.1\nb.example.net A 198.51.100.2\n");
    assert_non_null(strstr(reasons(), " resolved udp:198.51.100.1:5070, udp:198.51.100.2:5070\n"));
    not_there();
    assert_non_null(strstr(reasons(), " unreachable OPTIONS to udp:198.51.100.1:5070\n"));
    assert_non_null(strstr(reasons(), " next_place OPTIONS to udp:198.51.100.2:5070\n"));
    assert_null(strstr(reasons(), "timed_out"));
    rig_pass(&rig, 40 * NS_S);
    assert_non_null(strstr(reasons(), " timed_out OPTIONS to udp:198.51.100.2:5070\n"));
    end();
}

static void a_name_that_leads_nowhere(void **state)
{
    (void)state;
    start("sip:bob@example.net", "b.example.net A 198.51.100.2\n");
    assert_non_null(strstr(reasons(), " resolved no place\n"));
    end();
}

/* RFC 3261 16.6: the Call-ID is that of the request that is passed on. */
static void reasons_name_their_call(void **state)
{
    char line[128];

    (void)state;
    start("sip:bob@198.51.100.9", "");
    const char *call_id = strstr(rig_text(&rig, 0), "\r\nCall-ID: ");
    assert_non_null(call_id);
    call_id += strlen("\r\nCall-ID: ");
    snprintf(line, sizeof line, "%.*s timed_out OPTIONS to udp:198.51.100.9:5060\n",
             (int)strcspn(call_id, "\r"), call_id);
    rig_pass(&rig, 40 * NS_S);
    assert_string_equal(reasons(), line);
    end();
}

static void listen_kept(void)
{
    rig_config(&rig);
    rig.config.recorder = recorder_new(&mem_libc, 0);
    rig_start(&rig);
}

static conn_id accepted(void)
{
    struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    return engine_accepted(rig.e, &flow, rig.now);
}

static unsigned count_came(struct str text)
{
    uint64_t cursor = 0;
    struct str all = {kept, recorder_copy(rig.config.recorder, &cursor, kept, sizeof kept)};
    struct record r;
    unsigned n = 0;
    while (record_next(&all, &r))
        n += r.kind == RECORD_CAME && str_equal(r.text, text);
    return n;
}

/* RFC 3261 18.3: what ends a stream came all the same. */
static void what_ends_a_stream_is_kept(void **state)
{
    static const char text[] = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nl: no\r\n\r\n";
    (void)state;
    listen_kept();
    assert_int_equal(engine_stream(rig.e, accepted(), STR(text), rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(count_came(STR(text)), 1);
    end();
}

#define MANY 40

/* However often it was begun in vain. */
static void what_waits_for_memory_is_kept_once(void **state)
{
    static char requests[MANY][512], all[MANY * 512];
    size_t len = 0, waited = 0;
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        char branch[24];
        snprintf(branch, sizeof branch, "z9hG4bK%u", i);
        snprintf(requests[i], sizeof requests[i], "%s", rig_request("OPTIONS", branch, "", ""));
        len += (size_t)snprintf(all + len, sizeof all - len, "%s", requests[i]);
    }
    for (size_t allocs = 2; allocs < 40; allocs++) {
        listen_kept();
        conn_id id = accepted();
        rig.mem.refuse_after = allocs;
        (void)!engine_stream(rig.e, id, (struct str){all, len}, rig.now);
        waited += count_came(str_from(requests[MANY - 1])) == 0;
        rig.mem.refuse_after = SIZE_MAX;
        rig_drain(&rig);
        rig_pass(&rig, NS_S);
        struct flow lives; /* without memory for its bytes the connection was given up */
        for (unsigned i = 0; engine_conn_flow(rig.e, id, &lives) && i < MANY; i++)
            assert_int_equal(count_came(str_from(requests[i])), 1);
        end();
    }
    assert_true(waited > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_is_kept_as_it_came),
        cmocka_unit_test(names_lead_to_places),
        cmocka_unit_test(a_name_that_leads_nowhere),
        cmocka_unit_test(reasons_name_their_call),
        cmocka_unit_test(what_ends_a_stream_is_kept),
        cmocka_unit_test(what_waits_for_memory_is_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
