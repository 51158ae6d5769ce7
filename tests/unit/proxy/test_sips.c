/* RFC 5630 5.3: sips at a proxy without TLS. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_tls),
        cmocka_unit_test(test_others_remain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
