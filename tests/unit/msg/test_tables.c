/* The tables of data/: every name finds its row in any case, nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "msg/lex.h"
#include "msg/msg.h"
#include "msg/tables.h"

static void flip_case(char *to, const char *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = lex_is(from[i], LEX_ALPHA) ? (char)(from[i] ^ 0x20) : from[i];
}

/* RFC 3261 7.3.1: header names are case-insensitive */
static void every_name_in_any_case(void **state)
{
    (void)state;
    char flipped[64];
    for (unsigned id = HDR_NONE + 1; id < N_HDR; id++) {
        struct str name = str_from(hdr_name_of(id));
        assert_int_equal(hdr_id_of(name), id);
        flip_case(flipped, name.at, name.len);
        assert_int_equal(hdr_id_of((struct str){flipped, name.len}), id);
    }
}

/* RFC 3261 7.3.3 and the registry */
static void compact_forms(void **state)
{
    (void)state;
    static const struct {
        const char *compact;
        enum hdr_id id;
    } rows[] = {
        {"v", HDR_VIA},
        {"f", HDR_FROM},
        {"t", HDR_TO},
        {"i", HDR_CALL_ID},
        {"m", HDR_CONTACT},
        {"l", HDR_CONTENT_LENGTH},
        {"c", HDR_CONTENT_TYPE},
        {"e", HDR_CONTENT_ENCODING},
        {"s", HDR_SUBJECT},
        {"k", HDR_SUPPORTED},
        {"a", HDR_ACCEPT_CONTACT},
        {"j", HDR_REJECT_CONTACT},
        {"d", HDR_REQUEST_DISPOSITION},
        {"u", HDR_ALLOW_EVENTS},
        {"o", HDR_EVENT},
        {"y", HDR_IDENTITY},
        {"n", HDR_IDENTITY_INFO},
        {"r", HDR_REFER_TO},
        {"b", HDR_REFERRED_BY},
        {"x", HDR_SESSION_EXPIRES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char upper = (char)(rows[i].compact[0] ^ 0x20);
        assert_int_equal(hdr_id_of(str_from(rows[i].compact)), rows[i].id);
        assert_int_equal(hdr_id_of((struct str){&upper, 1}), rows[i].id);
    }
    static const char *const none[] = {"g", "h", "p", "q", "w", "z", "1", "@", "[", "`", "{", ""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(hdr_id_of(str_from(none[i])), HDR_NONE);
}

/* The name itself is compared, not its hash: one changed byte is another header. */
static void near_names_are_unknown(void **state)
{
    (void)state;
    char near[64];
    for (unsigned id = HDR_NONE + 1; id < N_HDR; id++) {
        struct str name = str_from(hdr_name_of(id));
        for (size_t i = 0; i < name.len; i++) {
            memcpy(near, name.at, name.len);
            near[i] = near[i] == '-' ? '\r' : (char)(near[i] ^ 0x40);
            assert_int_equal(hdr_id_of((struct str){near, name.len}), HDR_NONE);
        }
    }
}

/* RFC 3261 7.1: methods are case-sensitive */
static void methods(void **state)
{
    (void)state;
    for (unsigned i = METHOD_OTHER + 1; i < N_METHODS; i++)
        assert_int_equal(method_of(method_name_of(i)), i);
    assert_int_equal(method_of(STR("invite")), METHOD_OTHER);
    assert_int_equal(method_of(STR("INVITEX")), METHOD_OTHER);
    assert_int_equal(method_of(STR("")), METHOD_OTHER);
    assert_int_equal(method_name_of(METHOD_OTHER).len, 0);
}

static void reasons(void **state)
{
    (void)state;
    assert_true(str_equal(status_reason(100), STR("Trying")));
    assert_true(str_equal(status_reason(481), STR("Call/Transaction Does Not Exist")));
    assert_true(str_equal(status_reason(608), STR("Rejected")));
    /* RFC 3261 8.1.3.2: an unknown code is as good as its class */
    static const unsigned unknown[] = {199 - 5, 299, 399, 499, 599, 699};
    for (unsigned i = 0; i < 6; i++)
        assert_true(str_starts(status_reason(unknown[i]), STR("Unknown ")));
    assert_true(str_equal(status_reason(700), STR("Unknown"))); /* of no class (21) */
}

/* One byte at every offset of texts of every length. */
static void line_ends_and_colons(void **state)
{
    (void)state;
    char text[70];
    for (size_t len = 0; len < sizeof text; len++) {
        for (size_t hit = 0; hit <= len; hit++) {
            const char *end = text + len, *found = text + hit;
            memset(text, 'a', sizeof text);
            if (hit < len)
                text[hit] = hit % 2 ? '\r' : '\n';
            assert_ptr_equal(lex_find_eol(text, end), found);
            assert_ptr_equal(lex_find_colon(text, end), found);
            if (hit == len)
                continue;
            text[hit] = ':';
            assert_ptr_equal(lex_find_eol(text, end), end);
            assert_ptr_equal(lex_find_colon(text, end), found);
        }
    }
}

/* RFC 3261 25.1, spot by spot. */
static void classes(void **state)
{
    (void)state;
    static const struct {
        unsigned class;
        const char *in, *out;
    } rows[] = {
        {LEX_TOKEN, "azAZ09-.!%*_+`'~", "()<>@,;:\\\"/[]?={} \t\r\n\x7F\x80"},
        {LEX_WORD, "azAZ09-.!%*_+`'~()<>:\\\"/[]?{}", "@,;= \t\x80"},
        {LEX_USER, "az09-_.!~*'()&=+$,;?/", "@:#%[]\" <>"},
        {LEX_PASS, "az09-_.!~*'()&=+$,", "@:;?/%"},
        {LEX_PARAM, "az09-_.!~*'()[]/:&+$", ";=?@,%"},
        {LEX_HNV, "az09-_.!~*'()[]/?:+$", "&=;@,%"},
        {LEX_HOST, "az09-._", ":[]/@"},
        {LEX_LWS, " \t\r\n", "a\v\f"},
        {LEX_TEXT, "\t a~\x80\xFF", "\x01\r\n\x7F"},
        {LEX_HEX, "09afAF", "gG"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const char *c = rows[i].in; *c; c++)
            assert_true(lex_is(*c, rows[i].class));
        for (const char *c = rows[i].out; *c; c++)
            assert_false(lex_is(*c, rows[i].class));
        assert_int_equal(lex_is('\0', rows[i].class), false);
    }
}

static void error_rows(void **state)
{
    (void)state;
    assert_string_equal(msg_error_name(MSG_E_CSEQ_METHOD_MISMATCH), "cseq_method_mismatch");
    assert_string_equal(msg_error_rfc(MSG_E_CSEQ_METHOD_MISMATCH), "3261 8.1.1.5");
    assert_int_equal(msg_error_answer(MSG_E_BAD_VERSION), 505);
    assert_int_equal(msg_error_answer(MSG_E_BAD_STATUS), 0);
    for (unsigned code = MSG_OK + 1; code < MSG_N_ERRORS; code++) {
        assert_true(strlen(msg_error_name(code)) > 2);
        assert_true(strlen(msg_error_what(code)) > 5);
        assert_true(strlen(msg_error_rfc(code)) >= 6);
        assert_true(strlen(msg_error_remedy(code)) > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_in_any_case),
        cmocka_unit_test(compact_forms),
        cmocka_unit_test(near_names_are_unknown),
        cmocka_unit_test(methods),
        cmocka_unit_test(reasons),
        cmocka_unit_test(line_ends_and_colons),
        cmocka_unit_test(classes),
        cmocka_unit_test(error_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
