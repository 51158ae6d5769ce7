/* Where the headers of extensions may stand: by method and by status (data/header_rules.def). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "given.h"

static const char *const methods[] = {"INVITE",  "ACK",   "BYE",     "CANCEL", "REGISTER",
                                      "OPTIONS", "INFO",  "PRACK",   "UPDATE", "SUBSCRIBE",
                                      "NOTIFY",  "REFER", "MESSAGE", "PUBLISH"};
#define N_METHODS_TOLD (sizeof(methods) / sizeof(methods[0]))

/* Methods by their first letters, in the order above: those whose requests, or whose responses of
 * a status, may have the header. RFC 7976 3 and the RFCs in front. */
static const struct {
    const char *line;
    unsigned status;           /* 0: requests */
    const char *allowed, *rfc; /* `rfc` NULL: one of several */
} rows[] = {
    {"P-Associated-URI: <sip:a@x>", 0, "", "7976 3"},
    {"P-Associated-URI: <sip:a@x>", 200, "REGISTER", "7976 3"},
    {"P-Associated-URI: <sip:a@x>", 404, "", "7976 3"},
    {"P-Called-Party-ID: <sip:a@x>", 0, "INVITE OPTIONS SUBSCRIBE REFER MESSAGE PUBLISH", "7976 3"},
    {"P-Called-Party-ID: <sip:a@x>", 200, "", "7976 3"},
    {"P-Visited-Network-ID: x", 0, "INVITE REGISTER OPTIONS SUBSCRIBE REFER MESSAGE PUBLISH",
     "7976 3"},
    {"P-Visited-Network-ID: x", 200, "", "7976 3"},
    {"P-Access-Network-Info: ADSL2+", 0,
     "INVITE ACK BYE REGISTER OPTIONS INFO PRACK UPDATE SUBSCRIBE NOTIFY REFER MESSAGE PUBLISH",
     "7976 3"},
    {"P-Access-Network-Info: 3GPP-UTRAN-FDD;utran-cell-id-3gpp=\"2\"", 183,
     "INVITE BYE REGISTER OPTIONS INFO PRACK UPDATE SUBSCRIBE NOTIFY REFER MESSAGE PUBLISH",
     "7976 3"},
    {"P-Access-Network-Info: ADSL", 100, "", "7976 3"},
    {"P-Charging-Vector: icid-value=1", 0,
     "INVITE ACK BYE REGISTER OPTIONS INFO PRACK UPDATE SUBSCRIBE NOTIFY REFER MESSAGE PUBLISH",
     "7976 3"},
    {"P-Charging-Vector: icid-value=1", 100, "", "7976 3"},
    {"P-Charging-Function-Addresses: ccf=1", 0,
     "INVITE BYE REGISTER OPTIONS INFO PRACK UPDATE SUBSCRIBE NOTIFY REFER MESSAGE PUBLISH",
     "7976 3"},
    {"P-Charging-Function-Addresses: ccf=1", 486,
     "INVITE BYE REGISTER OPTIONS INFO PRACK UPDATE SUBSCRIBE NOTIFY REFER MESSAGE PUBLISH",
     "7976 3"},
    {"P-Asserted-Service: urn:a", 0, "INVITE OPTIONS SUBSCRIBE REFER MESSAGE PUBLISH", "6050 4.1"},
    {"P-Served-User: <sip:a@x>", 200, "", "5502 7.1"},
    {"P-DCS-OSPS: BLV", 0, "INVITE UPDATE", "5503 6.1"},
    {"Refer-Sub: false", 0, "REFER", "4488 4"},
    {"Refer-Events-At: <sip:a@x>", 200, "REFER", "7614 4.8"},
    {"Answer-Mode: Auto", 0, "INVITE", "5373 3"},
    {"Answer-Mode: Auto", 486, "", "5373 3"},
    {"User-to-User: 00", 0, "INVITE BYE", "7433 4.1"},
    {"User-to-User: 00", 100, "", "7433 4.1"},
    {"Flow-Timer: 30", 200, "REGISTER", "5626 5.4"},
    {"Max-Breadth: 60", 200, "", "5393 5.3.1"},
    {"Suppress-If-Match: *", 0, "SUBSCRIBE", "5839 7.2"},
    {"SIP-ETag: 1", 0, "NOTIFY", NULL},
    {"P-Refused-URI-List: <sip:a@x>", 404, "", "5318 6"},
};

static bool allows(const char *allowed, const char *method)
{
    char words[160], word[16];
    snprintf(words, sizeof(words), " %s ", allowed);
    snprintf(word, sizeof(word), " %s ", method);
    return strstr(words, word) != NULL;
}

static const struct lint_finding *misplaced(const struct lint *l, size_t offset)
{
    for (unsigned i = 0; i < l->n; i++)
        if (l->at[i].code == LINT_HEADER_NOT_APPLICABLE && l->at[i].offset == offset)
            return &l->at[i];
    return NULL;
}

static void judge_place(size_t row, const char *method)
{
    char text[1024], start[64];
    const char *line = rows[row].line;
    if (rows[row].status)
        snprintf(start, sizeof(start), "SIP/2.0 %u Text", rows[row].status);
    else
        snprintf(start, sizeof(start), "%s sip:b@example.com SIP/2.0", method);
    snprintf(text, sizeof(text),
             "%s\r\n" VIA TAGGED "Call-ID: 1\r\nCSeq: 1 %s\r\n" HOPS "%s\r\n" BARE, start, method,
             line);
    unsigned n_errors = 0;
    struct lint l = judge(text, &n_errors);
    assert_int_equal(n_errors, 0);
    const struct lint_finding *f = misplaced(&l, (size_t)(strstr(text, line) - text));
    if (!f != allows(rows[row].allowed, method))
        fail_msg("%s in %s of %s: %s", line, start, method, f ? "misplaced" : "no finding");
    if (f && rows[row].rfc && strcmp(f->rfc, rows[row].rfc) != 0)
        fail_msg("%s in %s of %s: RFC %s", line, start, method, f->rfc);
}

static void each_header_in_each_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t k = 0; k < N_METHODS_TOLD; k++)
            judge_place(i, methods[k]);
}

/* RFC 6442 4.3, RFC 8876 5.2, RFC 5360 5.9.1 */
static void what_a_status_needs_is_missed(void **state)
{
    (void)state;
    struct lint l = judge(RESPONSE("424 Bad", "MESSAGE", ""), NULL);
    assert_int_equal(count(&l, LINT_HEADER_MISSING), 1);
    assert_int_equal(l.at[0].header, HDR_GEOLOCATION_ERROR);
    l = judge(RESPONSE("424 Bad", "MESSAGE", "Geolocation-Error: 100\r\n"), NULL);
    assert_int_equal(count(&l, LINT_HEADER_MISSING), 0);
    l = judge(RESPONSE("425 Bad", "MESSAGE", ""), NULL);
    assert_int_equal(count(&l, LINT_HEADER_MISSING), 1);
    assert_int_equal(l.at[0].header, HDR_ALERTMSG_ERROR);
    l = judge(RESPONSE("470 No", "MESSAGE", ""), NULL);
    assert_int_equal(count(&l, LINT_HEADER_ADVISED), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_header_in_each_method),
        cmocka_unit_test(what_a_status_needs_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
