/* RFC 5393: loops and spirals, Max-Breadth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

/* The copy, as if the next hop had sent it back with another Request-URI. */
static char *sent_back(const struct rig_sent *s, const char *uri, const char *via)
{
    static char text[8192];
    const char *space = strchr(s->bytes, ' ');
    const char *rest = strstr(s->bytes, " SIP/2.0\r\n") + 10;
    snprintf(text, sizeof text, "%.*s %s SIP/2.0\r\n%s%s", (int)(space - s->bytes), s->bytes, uri,
             via, rest);
    return text;
}

#define NEXT_VIA "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKnext\r\n"

static const struct rig_sent *forwarded(struct rig *r)
{
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    return rig_next_of(r, "MESSAGE ");
}

/* RFC 5393 4.2.2: the same request again has looped. */
static void test_loop(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct rig_sent *s = forwarded(r);
    rig_from(r, RIG_UDP, "192.0.2.2:5060", sent_back(s, "sip:bob@example.com", NEXT_VIA));
    assert_int_equal(rig_count(r, "SIP/2.0 482 "), 1);
    assert_int_equal(r->verdict, PROXY_DONE);
    rig_end(r);
}

/* … also straight from ourselves. */
static void test_short_loop(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@example.com");
    r->targets[0].has_flow = true;
    r->targets[0].flow = (struct flow){.transport = TRANSPORT_UDP,
                                       .local = engine_listener(r->engine, RIG_UDP)->local,
                                       .remote = engine_listener(r->engine, RIG_UDP)->local};
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next_of(r, "MESSAGE ");
    rig_from(r, RIG_UDP, "192.0.2.10:5060", s->bytes);
    assert_int_equal(rig_count(r, "SIP/2.0 482 "), 1);
    rig_end(r);
}

/* RFC 5393 4.2.2: with another Request-URI it has spiralled and goes on. */
static void test_spiral(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct rig_sent *s = forwarded(r);
    rig_from(r, RIG_UDP, "192.0.2.2:5060", sent_back(s, "sip:carol@example.com", NEXT_VIA));
    assert_int_equal(rig_count(r, "SIP/2.0 482 "), 0);
    assert_int_equal(rig_count(r, "MESSAGE sip:bob@192.0.2.2 "), 1);
    rig_end(r);
}

/* RFC 5393 4.2.4: Vias in forms of all kinds are looked through without harm; one that bears our
 * text but is not ours is no loop. */
static void test_strange_vias(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct rig_sent *s = forwarded(r);
    const char *branch = strstr(s->bytes, "branch=") + 7;
    char via[512];
    snprintf(via, sizeof via,
             "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKx;flag;q=\"a;b,c\" ,\r\n"
             " SIP / 2.0 / TCP [2001:db8::5] ;branch=%.*s\r\n",
             (int)strcspn(branch, ";\r"), branch);
    char *text = sent_back(s, "sip:bob@example.com", via);
    char *ours = strstr(text, "Via: SIP/2.0/UDP 192.0.2.10");
    char *behind = strstr(ours, "\r\n") + 2;
    memmove(ours, behind, strlen(behind) + 1);
    rig_from(r, RIG_UDP, "192.0.2.2:5060", text);
    assert_int_equal(rig_count(r, "SIP/2.0 482 "), 0);
    assert_int_equal(rig_count(r, "MESSAGE sip:bob@192.0.2.2 "), 1);
    rig_end(r);
}

static unsigned breadth_of(const struct rig_sent *s)
{
    const char *at = strstr(s->bytes, "\r\nMax-Breadth: ");
    assert_non_null(at);
    assert_null(strstr(at + 2, "\r\nMax-Breadth: "));
    return (unsigned)strtoul(at + 15, NULL, 10);
}

/* RFC 5393 5.3.3: what all branches get together is what came. */
static const struct row {
    const char *header;
    unsigned targets;
    unsigned sum; /* 0: refused with 440 */
} rows[] = {
    {"", 1, 60},
    {"", 7, 60},
    {"Max-Breadth: 60\r\n", 1, 60},
    {"Max-Breadth: 1\r\n", 1, 1},
    {"Max-Breadth: 5\r\n", 3, 5},
    {"Max-Breadth: 3\r\n", 3, 3},
    {"Max-Breadth: 2\r\n", 3, 0},
    {"Max-Breadth: 0\r\n", 1, 0},
    {"Max-Breadth: 4000\r\n", 2, 60},
    {"Max-Breadth: 9\r\nMax-Breadth: 8\r\n", 2, 9},
    {"Max-Breadth: many\r\n", 2, 60},
    {"", 60, 60},
    {"", 61, 0},
};

static void test_breadth(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_new();
        char uris[RIG_TARGETS_MAX][32];
        for (unsigned k = 0; k < rows[i].targets; k++) {
            snprintf(uris[k], sizeof uris[k], "sip:bob%u@192.0.2.2", k);
            rig_target(r, uris[k]);
        }
        rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", rows[i].header));
        unsigned sum = 0;
        if (rows[i].sum == 0)
            assert_int_equal(rig_count(r, "SIP/2.0 440 Max-Breadth Exceeded\r\n"), 1);
        else
            for (unsigned k = 0; k < rows[i].targets; k++) {
                unsigned b = breadth_of(rig_next(r));
                assert_true(b >= 1);
                sum += b;
            }
        if (sum != rows[i].sum)
            fail_msg("row %zu: %u", i, sum);
        rig_end(r);
    }
}

/* RFC 3261 16.5: a target counts once. */
static void test_equal_targets(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    assert_int_equal(rig_count(r, "MESSAGE "), 1);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loop),    cmocka_unit_test(test_short_loop),
        cmocka_unit_test(test_spiral),  cmocka_unit_test(test_strange_vias),
        cmocka_unit_test(test_breadth), cmocka_unit_test(test_equal_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
