/* Orders: which words and keys are which, and what is wrong with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phone/order.h"

static void words_are_orders(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum order_kind kind;
        unsigned call;
        const char *argument;
    } good[] = {
        {"", ORDER_NONE, 0, ""},
        {"   ", ORDER_NONE, 0, ""},
        {"hold", ORDER_HOLD, 0, ""},
        {" Resume ", ORDER_RESUME, 0, ""},
        {"/hangup", ORDER_HANGUP, 0, ""},
        {"2 mute", ORDER_MUTE, 2, ""},
        {"dtmf 123#", ORDER_DTMF, 0, "123#"},
        {"12 message   to carol", ORDER_MESSAGE, 12, "to carol"},
        {"reject", ORDER_REJECT, 0, ""},
        {"reject 486", ORDER_REJECT, 0, "486"},
        {"message two words", ORDER_MESSAGE, 0, "two words"},
        {"dtmf 1\r", ORDER_DTMF, 0, "1"},
        {"codecs PCMA, PCMU", ORDER_CODECS, 0, "PCMA, PCMU"},
        {"call carol@b", ORDER_CALL, 0, "carol@b"},
        {"1 transfer 2", ORDER_TRANSFER, 1, "2"},
        {"/transfer sip:c@d", ORDER_TRANSFER, 0, "sip:c@d"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct order o;
        const char *wrong = order_parse(str_from(good[i].line), &o);
        if (wrong || o.kind != good[i].kind || o.call != good[i].call ||
            !str_equal(o.argument, str_from(good[i].argument)))
            fail_msg("%s: %s, %d", good[i].line, wrong, o.kind);
    }
}

static void what_is_no_order_is_said(void **state)
{
    (void)state;
    static const char *const bad[] = {"jump",     "7",    "7 jump",          "hold on",
                                      "dtmf",     "/",    "4294967296 hold", "message",
                                      "transfer", "call", "codecs"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct order o;
        if (!order_parse(str_from(bad[i]), &o))
            fail_msg("%s", bad[i]);
    }
}

static void keys_are_orders(void **state)
{
    (void)state;
    static const char digits[] = "0123456789*#";
    for (const char *d = digits; *d; d++) {
        struct order o = order_of_key(d);
        assert_int_equal(o.kind, ORDER_DTMF);
        assert_true(str_equal(o.argument, (struct str){d, 1}));
    }
    assert_int_equal(order_of_key("q").kind, ORDER_HANGUP);
    assert_int_equal(order_of_key("h").kind, ORDER_TURN_HOLD);
    assert_int_equal(order_of_key("x").kind, ORDER_NONE);
    assert_int_equal(order_of_key("").kind, ORDER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_orders),
        cmocka_unit_test(what_is_no_order_is_said),
        cmocka_unit_test(keys_are_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
