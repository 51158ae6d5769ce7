/* Message summaries (RFC 3842 5.2), and the status lines of reports (RFC 3515 2.4.5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ua/sipfrag.h"
#include "ua/summary.h"

/* The example of RFC 3842 3.5. */
static void a_summary_is_read(void **state)
{
    (void)state;
    struct summary s;
    assert_true(summary_parse(STR("Messages-Waiting: yes\r\n"
                                  "Message-Account: sip:alice@vmail.example.com\r\n"
                                  "Voice-Message: 2/8 (0/2)\r\n"
                                  "Fax-Message: 4/0\r\n"
                                  "\r\n"
                                  "To: <alice@atlanta.example.com>\r\n"),
                              &s));
    assert_true(s.waiting);
    assert_true(str_equal(s.account, STR("sip:alice@vmail.example.com")));
    assert_int_equal(s.n_classes, 2);
    assert_true(str_equal(s.classes[0].name, STR("Voice-Message")));
    assert_int_equal(s.classes[0].unheard, 2);
    assert_int_equal(s.classes[0].heard, 8);
    assert_int_equal(s.classes[0].urgent_unheard, 0);
    assert_int_equal(s.classes[0].urgent_heard, 2);
    assert_int_equal(s.classes[1].unheard, 4);
}

static void the_least_is_a_summary(void **state)
{
    (void)state;
    struct summary s;
    assert_true(summary_parse(STR("messages-waiting:NO"), &s));
    assert_false(s.waiting);
    assert_int_equal(s.n_classes, 0);
    assert_true(summary_parse(STR("Messages-Waiting: yes\nvoice-message: 1/4294967295\n"), &s));
    assert_int_equal(s.classes[0].heard, UINT32_MAX);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const struct str bad[] = {
        STR_INIT(""),
        STR_INIT("Voice-Message: 2/8\r\n"),
        STR_INIT("Messages-Waiting: maybe\r\n"),
        STR_INIT("Messages-Waiting\r\n"),
        STR_INIT("Messages-Waiting: yes\r\nVoice-Message: 2\r\n"),
        STR_INIT("Messages-Waiting: yes\r\nVoice-Message: 2/x\r\n"),
        STR_INIT("Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2\r\n"),
        STR_INIT("Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2) x\r\n"),
        STR_INIT("Messages-Waiting: yes\r\nVoice-Message: 2/4294967296\r\n"),
        STR_INIT("Messages-Waiting: yes\r\n: 1/2\r\n"),
    };
    struct summary s;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (summary_parse(bad[i], &s))
            fail_msg("taken: %.*s", STR_ARG(bad[i]));
}

/* More kinds than there is room for are left out, not refused. */
static void there_is_room_for_so_many(void **state)
{
    (void)state;
    char text[1024];
    struct buf b;
    struct summary s;
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "Messages-Waiting: yes\r\n");
    for (unsigned i = 0; i < LIMIT_UA_SUMMARY_CLASSES + 1; i++)
        buf_put_lit(&b, "x-message: 1/1\r\n");
    assert_true(summary_parse(buf_str(&b), &s));
    assert_int_equal(s.n_classes, LIMIT_UA_SUMMARY_CLASSES);
}

static void a_report_begins_with_a_status_line(void **state)
{
    (void)state;
    static const struct {
        struct str body;
        unsigned status;
    } cases[] = {
        {STR_INIT("SIP/2.0 100 Trying"), 100},
        {STR_INIT("SIP/2.0 603 Declined\r\nWarning: x"), 603},
        {STR_INIT("sip/2.0 200\r\n"), 200},
        {STR_INIT("SIP/2.0 99 x"), 0},
        {STR_INIT("SIP/2.0 700 x"), 0},
        {STR_INIT("SIP/2.0 1000 x"), 0},
        {STR_INIT("SIP/2.0  200 x"), 0},
        {STR_INIT("INVITE sip:a@b SIP/2.0"), 0},
        {STR_INIT("SIP/2.0 20"), 0},
        {STR_INIT(""), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sipfrag_status(cases[i].body), cases[i].status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summary_is_read),
        cmocka_unit_test(the_least_is_a_summary),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(there_is_room_for_so_many),
        cmocka_unit_test(a_report_begins_with_a_status_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
