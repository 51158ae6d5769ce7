/* RFC 4028 8: session timers at a proxy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

#define BOB "sip:bob@192.0.2.2"
#define CONTACT "Contact: <sip:x@192.0.2.1>\r\n"
#define KNOWS "Supported: timer\r\n"

static struct rig *start(unsigned session_s, unsigned min_s)
{
    struct rig *r = rig_new();
    r->config.session_s = session_s;
    r->config.min_session_s = min_s;
    rig_follow(r, &(struct follow_rules){0});
    rig_target(r, BOB);
    return r;
}

static const struct row {
    const char *why;
    unsigned session_s, min_s;
    const char *in;
    const char *expires, *min; /* the value as it is forwarded; NULL: none */
} rows[] = {
    {"nothing is asked for, nothing changes", 0, 0, "Session-Expires: 60\r\n" KNOWS, "60", NULL},
    {"inserted, without a refresher", 1800, 0, KNOWS, "1800", NULL},
    {"inserted for who does not know it", 1800, 0, "", "1800", NULL},
    {"not lower than Min-SE", 1800, 0, "Min-SE: 3000\r\n", "3000", "3000"},
    {"reduced; the refresher stays", 1800, 0, "x: 7200;refresher=uas;a=b\r\n" KNOWS,
     "1800;refresher=uas;a=b", NULL},
    {"reduced not below Min-SE", 1800, 0, "Session-Expires: 7200\r\nMin-SE: 3600\r\n" KNOWS, "3600",
     "3600"},
    {"never increased", 1800, 0, "Session-Expires: 600\r\n" KNOWS, "600", NULL},
    {"to Min-SE at least", 1800, 0, "Session-Expires: 100\r\nMin-SE: 200\r\n" KNOWS, "200", "200"},
    {"too short of who would not understand a 422: Min-SE is inserted", 1800, 300,
     "Session-Expires: 120\r\n", "300", "300"},
    {"… or raised", 1800, 300, "Session-Expires: 120\r\nMin-SE: 100\r\n", "300", "300"},
    {"Min-SE is not lowered", 1800, 300, "Session-Expires: 1000\r\nMin-SE: 900\r\n", "1000", "900"},
    {"a policy for the shortest alone inserts nothing", 0, 300, KNOWS, NULL, NULL},
    {"inserted not below our own least", 120, 300, KNOWS, "300", NULL},
    {"… nor reduced below it", 120, 300, "Session-Expires: 1000\r\n" KNOWS, "300", NULL},
    {"what cannot be read stays as it is", 1800, 300, "Session-Expires: soon\r\n" KNOWS, "soon",
     NULL},
};

static void has_value(const struct rig_sent *s, const char *name, const char *other,
                      const char *value, const char *why)
{
    char line[128], compact[128], start_of[64];
    snprintf(line, sizeof line, "\r\n%s: %s\r\n", name, value ? value : "");
    snprintf(compact, sizeof compact, "\r\n%s: %s\r\n", other, value ? value : "");
    snprintf(start_of, sizeof start_of, "\r\n%s:", name);
    if (value ? !rig_has(s, line) && !rig_has(s, compact) : rig_has(s, start_of))
        fail_msg("%s:\n%s", why, s->bytes);
}

static void requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *r = start(rows[i].session_s, rows[i].min_s);
        char headers[512];
        snprintf(headers, sizeof headers, "%s%s", CONTACT, rows[i].in);
        rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", headers));
        const struct rig_sent *s = rig_next_of(r, "INVITE");
        has_value(s, "Session-Expires", "x", rows[i].expires, rows[i].why);
        has_value(s, "Min-SE", "Min-SE", rows[i].min, rows[i].why);
        rig_end(r);
    }
}

static void too_short(void **state)
{
    (void)state;
    struct rig *r = start(1800, 300);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "",
                            CONTACT "Session-Expires: 299\r\n" KNOWS));
    assert_true(rig_has(rig_next_of(r, "SIP/2.0 422"), "\r\nMin-SE: 300\r\n"));
    assert_int_equal(rig_count(r, "INVITE"), 0);
    rig_send(r,
             rig_request(r, "MESSAGE", "sip:bob@example.com", "", "Session-Expires: 1\r\n" KNOWS));
    rig_next_of(r, "MESSAGE"); /* it is no session's */
    rig_end(r);
}

static const struct rig_sent *call(struct rig *r, const char *of_alice, const char *of_bob)
{
    char headers[512];
    snprintf(headers, sizeof headers, "%s%s", CONTACT, of_alice);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", headers));
    snprintf(headers, sizeof headers, "Contact: <" BOB ">\r\n%s", of_bob);
    rig_answer(r, rig_next_of(r, "INVITE"), 200, "b", headers);
    return rig_next_of(r, "SIP/2.0 200");
}

/* RFC 4028 8.2 */
static void responses(void **state)
{
    (void)state;
    struct rig *r = start(1800, 0);
    const struct rig_sent *s = call(r, KNOWS, "");
    assert_true(rig_has(s, "\r\nSession-Expires: 1800;refresher=uac\r\n"));
    assert_true(rig_has(s, "\r\nRequire: timer\r\n"));
    rig_skip_all(r);
    s = call(r, KNOWS, "Require: timer\r\nSession-Expires: 900;refresher=uas\r\n");
    assert_true(rig_has(s, "\r\nSession-Expires: 900;refresher=uas\r\n"));
    assert_false(rig_has(s, "1800"));
    rig_skip_all(r);
    s = call(r, "", "");
    assert_false(rig_has(s, "Session-Expires"));
    rig_end(r);
}

static const struct follow_stats *stats(const struct rig *r)
{
    return follow_table_stats(proxy_calls(r->proxy));
}

static void within(struct rig *r, const struct rig_sent *answer, const char *method,
                   const char *headers)
{
    char lines[1024];
    const char *route = strstr(answer->bytes, "Record-Route: ") + 14;
    snprintf(lines, sizeof lines, "Route: %.*s\r\n%s%s", (int)strcspn(route, "\r"), route, CONTACT,
             headers);
    rig_send(r, rig_again(r, method, BOB, "b", lines));
}

/* RFC 4028 8.3: without a refresh it is forgotten; 8.2: a refresh moves its end. */
static void expires(void **state)
{
    (void)state;
    struct rig *r = start(200, 0);
    const struct rig_sent *s = call(r, KNOWS, "");
    rig_pass(r, 150 * NS_PER_S);
    within(r, s, "UPDATE", "Session-Expires: 200;refresher=uac\r\n" KNOWS);
    rig_answer(r, rig_next_of(r, "UPDATE"), 200, "", "Contact: <" BOB ">\r\n");
    rig_pass(r, 150 * NS_PER_S);
    assert_int_equal(stats(r)->dialogs, 1);
    rig_skip_all(r);
    rig_pass(r, 100 * NS_PER_S);
    assert_int_equal(stats(r)->dialogs, 0);
    assert_int_equal(stats(r)->ended[FOLLOW_EXPIRED], 1);
    assert_int_equal(rig_count(r, "BYE"), 0);
    rig_follow(r, &(struct follow_rules){.end_expired = true});
    call(r, KNOWS, "");
    rig_skip_all(r);
    rig_pass(r, 201 * NS_PER_S);
    assert_true(rig_has(rig_next_of(r, "BYE"), "Reason: SIP;cause=408"));
    assert_int_equal(stats(r)->ended[FOLLOW_EXPIRED], 2);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),
        cmocka_unit_test(too_short),
        cmocka_unit_test(responses),
        cmocka_unit_test(expires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
