/* An edge proxy between phones and their registrar (RFC 5626 5): its Path values, and requests that
 * come back with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "rig.h"

#define PHONE "198.51.100.7:33333" /* as the NAT shows it */
#define HOME "192.0.2.80:5060"
#define VIA_PHONE "Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bK%s\r\n"
#define VIA_HOME "Via: SIP/2.0/UDP " HOME ";branch=z9hG4bK%s\r\n"
#define OUTBOUND                             \
    "Supported: path, outbound\r\nContact: " \
    "<sip:bob@10.0.0.2;ob>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"

static char text[4096];
static unsigned turn;

/* `via` has a place for a number. */
static const char *message(const char *start, const char *via, const char *lines)
{
    char first[256], number[16];
    snprintf(number, sizeof number, "%u", ++turn);
    rig_fill(first, sizeof first, via, number);
    int n = snprintf(text, sizeof text,
                     "%s SIP/2.0\r\n%sFrom: <sip:a@example.net>;tag=a\r\n"
                     "To: <sip:bob@192.0.2.80>\r\nCall-ID: e%u\r\nCSeq: 1 %.*s\r\n"
                     "Max-Forwards: 70\r\n%sContent-Length: 0\r\n\r\n",
                     start, first, turn, (int)strcspn(start, " "), start, lines);
    assert_true(n > 0 && (size_t)n < sizeof text);
    return text;
}

static struct rig *edge(void)
{
    struct rig *r = rig_new();
    r->mode = RIG_ON;
    return r;
}

/* The phone registers at its home through us; the Path that this has got. */
static void enroll(struct rig *r, char path[256])
{
    rig_from(r, RIG_UDP, PHONE, message("REGISTER sip:192.0.2.80", VIA_PHONE, OUTBOUND));
    const struct rig_sent *s = rig_next_of(r, "REGISTER sip:192.0.2.80 ");
    const char *at = strstr(rig_text(s), "\r\nPath: ");
    assert_non_null(at);
    snprintf(path, 256, "%.*s", (int)strcspn(at + 8, "\r"), at + 8);
    assert_null(strstr(at + 8, "Path:"));
    rig_answer(r, s, 200, "h", "");
    rig_skip_all(r);
}

static void from_home(struct rig *r, const char *start, const char *path)
{
    char route[300];
    snprintf(route, sizeof route, "Route: %s\r\n", path);
    rig_from(r, RIG_UDP, HOME, message(start, VIA_HOME, route));
}

static void assert_at(const struct rig_sent *s, const char *remote)
{
    struct addr a;
    assert_true(addr_parse(str_from(remote), &a));
    assert_true(addr_equal(&s->flow.remote, &a));
}

static void test_path_and_back(void **state)
{
    (void)state;
    char path[256];
    struct rig *r = edge();
    enroll(r, path);
    assert_true(strncmp(path, "<sip:ob-", 8) == 0);
    assert_non_null(strstr(path, ";lr;ob>"));
    from_home(r, "INVITE sip:bob@10.0.0.2;ob", path);
    const struct rig_sent *s = rig_next_of(r, "INVITE sip:bob@10.0.0.2;ob ");
    assert_at(s, PHONE);
    assert_false(rig_has(s, "\r\nRoute:"));
    assert_true(rig_has(s, "\r\nRecord-Route: <sip:192.0.2.10:5060;lr;"));
    assert_true(rig_has(s, ";g=")); /* the flow, for what follows in the dialog */
    rig_answer(r, s, 486, "b", "");
    (void)rig_next_of(r, "SIP/2.0 486 ");
    from_home(r, "MESSAGE sip:bob@10.0.0.2;ob", path);
    s = rig_next_of(r, "MESSAGE sip:bob@10.0.0.2;ob ");
    assert_at(s, PHONE);
    assert_false(rig_has(s, "\r\nRecord-Route:"));
    rig_answer(r, s, 200, "b", "");
    rig_end(r);
}

/* RFC 5626 5.3.1 */
static void test_changed_token(void **state)
{
    (void)state;
    char path[256];
    struct rig *r = edge();
    enroll(r, path);
    size_t end = (size_t)(strchr(path, '@') - path);
    for (size_t i = 8; i < end; i++) {
        char kept = path[i];
        path[i] = kept == '1' ? '2' : '1';
        from_home(r, "MESSAGE sip:bob@10.0.0.2;ob", path);
        (void)rig_next_of(r, "SIP/2.0 403 ");
        assert_int_equal(rig_count(r, "MESSAGE"), 0);
        path[i] = kept;
    }
    rig_end(r);
}

/* RFC 5626 5.3: the phone's own request, with the Path as its route. */
static void test_outgoing(void **state)
{
    (void)state;
    char path[256], route[300];
    struct rig *r = edge();
    enroll(r, path);
    snprintf(route, sizeof route, "Route: %s\r\n", path);
    rig_from(r, RIG_UDP, PHONE, message("MESSAGE sip:carol@192.0.2.81", VIA_PHONE, route));
    const struct rig_sent *s = rig_next_of(r, "MESSAGE sip:carol@192.0.2.81 ");
    assert_at(s, "192.0.2.81:5060");
    assert_false(rig_has(s, "\r\nRoute:"));
    rig_answer(r, s, 200, "b", "");
    rig_end(r);
}

/* The phone's connection has ended: whoever chose it may choose another one. */
static void test_flow_failed(void **state)
{
    (void)state;
    char path[256];
    struct rig *r = edge();
    conn_id conn = rig_accept(r, PHONE);
    rig_stream(r, conn,
               message("REGISTER sip:192.0.2.80",
                       "Via: SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bKt%s\r\n", OUTBOUND));
    const struct rig_sent *s = rig_next_of(r, "REGISTER sip:192.0.2.80 ");
    const char *at = strstr(rig_text(s), "\r\nPath: ");
    assert_non_null(at);
    snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 8, "\r"), at + 8);
    rig_answer(r, s, 200, "h", "");
    rig_skip_all(r);
    from_home(r, "INVITE sip:bob@10.0.0.2;ob", path);
    s = rig_next_of(r, "INVITE ");
    assert_int_equal(s->flow.conn, conn);
    rig_close(r, conn);
    (void)rig_next_of(r, "SIP/2.0 430 ");
    from_home(r, "INVITE sip:bob@10.0.0.2;ob", path);
    (void)rig_next_of(r, "SIP/2.0 430 ");
    rig_end(r);
}

/* A rule of ours says where the phone's home is. */
static void test_by_rule(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->mode = RIG_FORK;
    r->targets[0] = (struct target){.uri = STR("sip:" HOME)};
    r->n_targets = 1;
    rig_from(r, RIG_UDP, PHONE, message("REGISTER sip:" RIG_DOMAIN, VIA_PHONE, OUTBOUND));
    const struct rig_sent *s = rig_next_of(r, "REGISTER sip:" HOME " ");
    assert_true(rig_has(s, "\r\nPath: <sip:ob-"));
    rig_answer(r, s, 200, "h", "");
    rig_skip_all(r);
    rig_from(
        r, RIG_UDP, PHONE,
        message("REGISTER sip:" RIG_DOMAIN, VIA_PHONE, "Contact: <sip:bob@10.0.0.2>;reg-id=1\r\n"));
    (void)rig_next_of(r, "SIP/2.0 421 ");
    rig_end(r);
}

static void test_not_due(void **state)
{
    (void)state;
    static const struct {
        const char *via, *lines;
        const char *result;
    } cases[] = {
        /* somebody else is the first hop */
        {VIA_HOME "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKfirst\r\n", OUTBOUND, "REGISTER "},
        /* no outbound */
        {VIA_PHONE, "Contact: <sip:bob@10.0.0.2>\r\n", "REGISTER "},
        /* RFC 3327 5.2: the phone would not understand it */
        {VIA_PHONE, "Contact: <sip:bob@10.0.0.2>;reg-id=1\r\n", "SIP/2.0 421 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *r = edge();
        rig_from(r, RIG_UDP, PHONE,
                 message("REGISTER sip:192.0.2.80", cases[i].via, cases[i].lines));
        const struct rig_sent *s = rig_next_of(r, cases[i].result);
        assert_false(rig_has(s, "\r\nPath:"));
        if (cases[i].result[0] == 'R')
            rig_answer(r, s, 200, "h", "");
        else
            assert_true(rig_has(s, "\r\nRequire: path\r\n"));
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_and_back), cmocka_unit_test(test_changed_token),
        cmocka_unit_test(test_outgoing),      cmocka_unit_test(test_flow_failed),
        cmocka_unit_test(test_by_rule),       cmocka_unit_test(test_not_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
