/* What the engine does with what arrives: validation, stateless answers, drops, counts. RFC
 * 3261 8.2, 16.3, 18.3. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

#define HEAD(method) method " sip:bob@192.0.2.1 SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
#define FROM "From: <sip:a@x>;tag=1\r\n"
#define TO "To: <sip:b@x>\r\n"
#define ID "Call-ID: c\r\n"
#define CSEQ(method) "CSeq: 1 " method "\r\n"
#define END "Content-Length: 0\r\n\r\n"

struct row {
    const char *text;
    const char *answer; /* how it starts; NULL: none */
    bool bad_request, bad_response;
};

static const struct row rows[] = {
    {HEAD("OPTIONS") VIA FROM TO ID CSEQ("INVITE") END,
     "SIP/2.0 400 CSeq method differs from the request's", true, false},
    {HEAD("OPTIONS") VIA FROM TO CSEQ("OPTIONS") END, "SIP/2.0 400 Missing Call-ID", true, false},
    {HEAD("OPTIONS") VIA TO ID CSEQ("OPTIONS") END, "SIP/2.0 400 Missing From", true, false},
    {HEAD("OPTIONS") VIA FROM TO ID "CSeq: x OPTIONS\r\n" END,
     "SIP/2.0 400 Malformed CSeq at byte ", true, false},
    {"OPTIONS sip:bob@192.0.2.1 SIP/7.0\r\n" VIA FROM TO ID CSEQ("OPTIONS") END, "SIP/2.0 505 ",
     true, false},
    {HEAD("OPTIONS") VIA FROM TO ID CSEQ("OPTIONS") "Content-Length: 9\r\n\r\n", "SIP/2.0 400 ",
     true, false},
    /* never an answer to an ACK or a response */
    {HEAD("ACK") VIA FROM TO ID CSEQ("INVITE") END, NULL, true, false},
    {"SIP/2.0 200 OK\r\n" VIA FROM TO ID "CSeq: x INVITE\r\n" END, NULL, false, true},
    {"SIP/2.0 99 OK\r\n" VIA FROM TO ID CSEQ("INVITE") END, NULL, false, true},
    /* a fault that is nobody's concern */
    {HEAD("OPTIONS") VIA FROM TO ID CSEQ("OPTIONS") "Date: never\r\n" END, NULL, false, false},
    /* keep-alives */
    {"\r\n\r\n", NULL, false, false},
    {"", NULL, false, false},
};

static void faulty_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rig_new(&rig);
        rig_recv(&rig, rows[i].text);
        const struct engine_stats *stats = engine_stats(rig.e);
        if (stats->bad_requests != rows[i].bad_request ||
            stats->bad_responses != rows[i].bad_response)
            fail_msg("row %zu is miscounted", i);
        if (!rows[i].answer)
            assert_int_equal(rig.n_sent, 0);
        else if (rig_count(&rig, rows[i].answer) != 1)
            fail_msg("row %zu: %s", i, rig_text(&rig, 0));
        if (rows[i].answer)
            assert_int_equal(stats->tx_server, 0);
        rig_end(&rig);
    }
}

/* One answer for one request, the same for its retransmission */
static void stateless_answers_are_alike(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rows[0].text);
    rig_recv(&rig, rows[0].text);
    assert_int_equal(rig.n_sent, 2);
    assert_string_equal(rig_text(&rig, 0), rig_text(&rig, 1));
    assert_true(rig_has(&rig, 0, "To: <sip:b@x>;tag="));
    rig_end(&rig);
}

/* Nothing goes to a group, to nowhere, or to port 0 */
static void answers_need_a_sender(void **state)
{
    (void)state;
    static const char *const remotes[] = {"224.0.0.1:5060", "0.0.0.0:5060", "192.0.2.9:0",
                                          "255.255.255.255:5060"};
    for (size_t i = 0; i < sizeof remotes / sizeof remotes[0]; i++) {
        rig_new(&rig);
        const char *text =
            HEAD("OPTIONS") "Via: SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1\r\n" FROM TO ID CSEQ(
                "INVITE") END;
        assert_int_equal(rig_from(&rig, RIG_UDP, remotes[i], text), OK);
        assert_int_equal(rig.n_sent, 0);
        rig_end(&rig);
    }
}

/* Every cut of a good message: answered or dropped, never a transaction less or more at the end */
static void every_truncation_is_survived(void **state)
{
    (void)state;
    const char *text = rig_request("INVITE", "z9hG4bKone", "", "Contact: <sip:a@192.0.2.9>\r\n");
    size_t len = strlen(text);
    for (size_t cut = 0; cut < len; cut++) {
        char part[2048];
        snprintf(part, sizeof part, "%.*s", (int)cut, text);
        rig_new(&rig);
        rig_recv(&rig, part);
        rig_free(&rig);
    }
}

static void store_questions_come_back(void **state)
{
    (void)state;
    rig_new(&rig);
    struct store_ask ask = {.op = STORE_GET, .key = STR("sip:bob@example.com")};
    assert_int_equal(engine_ask_store(rig.e, &ask, 5, 55), OK);
    assert_false(engine_is_quiet(rig.e));
    rig_drain(&rig);
    assert_int_equal(rig.sent[0].kind, OUTPUT_STORE);
    assert_string_equal(rig_text(&rig, 0), "sip:bob@example.com");
    struct store_answer a = {
        .query = rig.sent[0].query, .status = STORE_OK, .version = 9, .value = STR("record")};
    assert_int_equal(engine_store_answered(rig.e, &a, rig.now), OK);
    assert_int_equal(engine_store_answered(rig.e, &a, rig.now), ERR_STALE);
    assert_true(engine_is_quiet(rig.e));
    rig_drain(&rig);
    const struct engine_event *ev = rig_event(&rig, EVENT_STORE);
    assert_int_equal(ev->owner, 5);
    assert_int_equal(ev->user, 55);
    assert_int_equal(ev->store.version, 9);
    assert_string_equal(rig.store_value[0], "record");
    rig_end(&rig);
}

static char line[256];
static unsigned lines;

static struct str field(const struct log_record *r, const char *key)
{
    for (unsigned i = 0; i < r->n; i++)
        if (strcmp(r->fields[i].key, key) == 0)
            return r->fields[i].text;
    fail_msg("no field %s", key);
    return STR_NONE;
}

static void note(void *arg, const struct log_record *r)
{
    struct buf b;

    (void)arg;
    assert_int_equal(r->event, EV_BAD_MESSAGE);
    assert_int_equal(r->level, LOG_DEBUG);
    buf_init(&b, line, sizeof line - 1);
    buf_put(&b, field(r, "what"));
    buf_put_lit(&b, " from ");
    addr_print(&b, r->fields[1].addr);
    buf_put_lit(&b, ": ");
    buf_put(&b, field(r, "why"));
    line[b.len] = '\0';
    lines++;
}

/* One line says the fault, its place and who sent it; a flood of them is a few lines a second. */
static void faults_are_logged_for_who_asks(void **state)
{
    (void)state;
    struct log log = {.level = LOG_INFO, .write = note};
    rig_config(&rig);
    rig.config.log = &log;
    rig_start(&rig);
    const char *bad = HEAD("OPTIONS") VIA FROM TO ID "CSeq: x OPTIONS\r\n" END;
    rig_recv(&rig, bad);
    assert_int_equal(lines, 0);
    log.level = LOG_DEBUG;
    rig_recv(&rig, bad);
    assert_string_equal(line, "OPTIONS from 192.0.2.9:5060: Malformed CSeq at byte 135");
    rig_recv(&rig, "SIP/2.0 200 OK\r\n" VIA FROM TO ID "CSeq: x INVITE\r\n" END);
    assert_non_null(strstr(line, "response from 192.0.2.9:5060: Malformed CSeq"));
    for (unsigned i = 0; i < 100; i++)
        rig_recv(&rig, bad);
    assert_int_equal(lines, LOG_PER_SECOND);
    rig_end(&rig);
}

/* What is read ahead of its turn is taken in its turn, and is what it was: of a request and its
 * retransmission that came together the second is told from the first. */
static void messages_are_read_ahead(void **state)
{
    (void)state;
    struct msg *read[3];
    struct flow flow;
    rig_new(&rig);
    flow = rig_flow(RIG_UDP, "192.0.2.9:5060");
    struct str invite = str_from(rig_request("INVITE", "z9hG4bKone", "", ""));
    assert_int_equal(engine_read(rig.e, &flow, invite, &read[0]), OK);
    assert_int_equal(engine_read(rig.e, &flow, invite, &read[1]), OK);
    assert_int_equal(engine_read(rig.e, &flow, STR("INVITE x"), &read[2]), OK);
    assert_int_equal(engine_stats(rig.e)->received, 3);
    assert_int_equal(engine_stats(rig.e)->requests, 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(engine_received(rig.e, read[i], rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    assert_int_equal(engine_stats(rig.e)->retransmissions_in, 1);
    assert_int_equal(engine_stats(rig.e)->bad_requests, 1);
    assert_int_equal(engine_read(rig.e, &flow, STR("\r\n\r\n"), &read[0]), OK);
    assert_null(read[0]);
    rig_free(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faulty_messages),
        cmocka_unit_test(stateless_answers_are_alike),
        cmocka_unit_test(answers_need_a_sender),
        cmocka_unit_test(every_truncation_is_survived),
        cmocka_unit_test(store_questions_come_back),
        cmocka_unit_test(faults_are_logged_for_who_asks),
        cmocka_unit_test(messages_are_read_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
