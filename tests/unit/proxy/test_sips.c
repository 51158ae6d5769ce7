/* RFC 5630 5.3: sips at a proxy without TLS, and with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

static const struct row {
    const char *uri, *target, *expected, *warning;
} rows[] = {
    {"sips:bob@example.com", "sips:bob@192.0.2.2", "SIP/2.0 480 ",
     "\r\nWarning: 380 192.0.2.10 \"SIPS Not Allowed\"\r\n"},
    {"sips:carol@192.0.2.3", NULL, "SIP/2.0 480 ", "\r\nWarning: 380 "},
    {"sip:bob@example.com", "sips:bob@192.0.2.2", "SIP/2.0 480 ",
     "\r\nWarning: 381 192.0.2.10 \"SIPS Required\"\r\n"},
    {"sip:bob@example.com", "sip:bob@192.0.2.2", "MESSAGE sip:bob@192.0.2.2 ", ""},
};

static void test_without_tls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_new();
        if (rows[i].target)
            rig_target(r, rows[i].target);
        rig_send(r, rig_request(r, "MESSAGE", rows[i].uri, "", ""));
        assert_int_equal(r->n_sent, 1);
        assert_true(rig_has(rig_next_of(r, rows[i].expected), rows[i].warning));
        rig_end(r);
    }
}

/* A target that may not be used leaves the others. */
static void test_others_remain(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sips:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    assert_int_equal(r->n_sent, 1);
    rig_next_of(r, "MESSAGE sip:bob@192.0.2.3 ");
    rig_end(r);
}

static struct rig *with_tls(void)
{
    struct rig *r = rig_new();
    struct addr a;
    assert_true(addr_parse(STR("192.0.2.10:5061"), &a));
    assert_true(engine_listen(r->engine, TRANSPORT_TLS, &a, STR_NONE) >= 0);
    return r;
}

/* RFC 3261 16.6 step 7: a sips resource is reached over TLS, also by a sip Route; RFC 5658 6.2: our
 * value on that side is a sips URI. */
static void test_over_tls(void **state)
{
    (void)state;
    static const char *const routes[] = {"", "Route: <sip:192.0.2.30;lr>\r\n"};
    for (size_t i = 0; i < 2; i++) {
        struct rig *r = with_tls();
        r->mode = RIG_ON;
        rig_send(r, rig_request(r, "SUBSCRIBE", "sips:carol@192.0.2.3", "", routes[i]));
        const struct rig_sent *s = rig_next_of(r, "SUBSCRIBE sips:carol@192.0.2.3 ");
        assert_int_equal(s->flow.transport, TRANSPORT_TLS);
        assert_int_equal(s->flow.remote.ip[3], i ? 30 : 3);
        assert_true(rig_has(s, "\r\nRecord-Route: <sips:192.0.2.10:5061;lr;t="));
        rig_end(r);
    }
}

/* RFC 5630 5.3: a sip request to a sips contact goes over TLS with a sip Request-URI. */
static void test_sip_to_sips_contact(void **state)
{
    (void)state;
    struct rig *r = with_tls();
    rig_target(r, "sips:bob@192.0.2.2;ob");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next_of(r, "MESSAGE sip:bob@192.0.2.2;ob ");
    assert_int_equal(s->flow.transport, TRANSPORT_TLS);
    rig_end(r);
}

/* RFC 3261 16.6 step 4: no sips URI in Record-Route where nobody asked for sips: the callee would
 * have to answer with a sips Contact (12.1.1). */
static void test_sip_over_tls_is_recorded_as_sip(void **state)
{
    (void)state;
    struct rig *r = with_tls();
    r->mode = RIG_ON;
    rig_send(r, rig_request(r, "SUBSCRIBE", "sip:carol@192.0.2.3;transport=tls", "", ""));
    const struct rig_sent *s = rig_next_of(r, "SUBSCRIBE sip:carol@192.0.2.3;transport=tls ");
    assert_int_equal(s->flow.transport, TRANSPORT_TLS);
    assert_true(rig_has(s, "\r\nRecord-Route: <sip:192.0.2.10:5061;transport=tls;lr;t="));
    assert_false(rig_has(s, "<sips:192.0.2.10"));
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_tls),
        cmocka_unit_test(test_others_remain),
        cmocka_unit_test(test_over_tls),
        cmocka_unit_test(test_sip_to_sips_contact),
        cmocka_unit_test(test_sip_over_tls_is_recorded_as_sip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
