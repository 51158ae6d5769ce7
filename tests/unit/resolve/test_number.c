/* Telephone numbers (RFC 6116): what a record's regexp makes of a number, which records count and
 * in which order, and names that lead on, astray or round in circles. */
#include "rig.h"

#include <string.h>

#include "base/err.h"
#include "resolve/number.h"
#include "resolve/rewrite.h"

static const char *rewritten(const char *field, const char *text)
{
    static char out[65];
    struct buf b;
    buf_init(&b, out, sizeof out - 1);
    if (!rewrite_apply(str_from(field), str_from(text), &b))
        return "none";
    out[b.len] = '\0';
    return out;
}

/* RFC 6116 4, 5.2; RFC 3402 3.2 */
static void fields(void **state)
{
    static const struct {
        const char *field, *uri;
    } rows[] = {
        {"!^(\\+441632960083)$!sip:\\1@example.com!", "sip:+441632960083@example.com"},
        {"!^.*$!sip:info@example.com!i", "sip:info@example.com"},
        {"!^\\+44(.*)$!sip:0\\1@x!", "sip:01632960083@x"},
        {"/^\\+(4)(4)(1)(6)(3)(2)(9)(6)(0).*$/\\9\\8\\7\\6\\5\\4\\3\\2\\1\\1/", "0692361444"},
        {"!^\\+44[0-9]{4}([[:digit:]]+)$!\\1!", "960083"},
        {"!^\\+(44|49)(x?)(1632|1633)([^1-8]|6)+.*$!\\1-\\2-\\3-\\4!", "44--1632-0"},
        {"!(4+)(1|16|163)!\\1,\\2!", "44,163"},
        {"#^\\+4{2,3}1{0,1}(6{1,})3.*#\\1#", "6"},
        {"|^.*$|sip:a\\|b\\\\c|", "sip:a|b\\c"},
        {"!^\\!?[^\\!]*$!x!", "x"},
        {"!(a*)*!\\1x!", "x"},
        {"!^((4|\\+)*)+!\\1!", "+44"},
        {"!^(a|)\\+4{0}4!\\1y!", "y"},
        {"!^441!x!", "none"},
        {"!^.*$!x", "none"},
        {"!^.*$!x!!", "none"},
        {"!^.*$!x!g", "none"},
        {"!^(.*)$!\\2!", "none"},
        {"!^.*$!\\0!", "none"},
        {"!^.*$!\\", "none"},
        {"!^(.*$!x!", "none"},
        {"!^.*)$!x!", "none"},
        {"!^[0-9!x!", "none"},
        {"!^[9-0]!x!", "none"},
        {"!^*!x!", "none"},
        {"!^.{2,1}!x!", "none"},
        {"!^.{,1}!x!", "none"},
        {"!(.)\\1!x!", "none"},
        {"1^.*$1x1", "none"},
        {"!!", "none"},
        {"", "none"},
        {"!(((((.{9}){9}){9}){9}){9})!x!", "none"},
        {"!((((((((((((((((((.))))))))))))))))))!x!", "none"},
        {"!^.*$!\\\\\\\\0123456789012345678901234567890123456789012345678901234567890123456!",
         "none"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(rewritten(rows[i].field, "+441632960083"), rows[i].uri);
}

static struct rig rig;
static char uri_text[LIMIT_ENUM_URI + 1];

static enum number_outcome ask(const char *number)
{
    pool_id id, ended;
    uint64_t user;
    bool over;
    struct buf uri;
    rig.questions = 0;
    rig.asked[0] = '\0';
    buf_init(&uri, uri_text, LIMIT_ENUM_URI);
    assert_int_equal(
        resolver_number(rig.r, str_from(number), STR("e164.arpa"), 7, rig.now, &id, &over), OK);
    while (rig_answer(&rig))
        continue;
    assert_int_equal(resolver_ended(rig.r, &ended, &user), !over);
    enum number_outcome outcome = resolver_uri(rig.r, id, rig.now, &uri);
    uri_text[outcome == NUMBER_FOUND ? uri.len : 0] = '\0';
    return outcome;
}

static void check(const char *zone, enum number_outcome outcome, const char *uri)
{
    rig_new(&rig, zone);
    assert_int_equal(ask("+12"), outcome);
    assert_string_equal(uri_text, uri);
    rig_end(&rig);
}

#define NAME "2.1.e164.arpa. NAPTR "

/* RFC 6116 3.2, 3.4.3, 5.2 */
static void the_first_that_can_be_used(void **state)
{
    (void)state;
    check(NAME "10 20 u E2U+sip !^.*$!sip:late@x! .\n" NAME "10 10 u E2U+sip !^.*$!sip:a@x! .\n",
          NUMBER_FOUND, "sip:a@x");
    check(NAME "10 10 u E2U+email:mailto !^.*$!mailto:a@x! .\n" NAME
               "20 10 u E2U+sip !^.*$!sips:b@x! .\n",
          NUMBER_FOUND, "sips:b@x");
    check(NAME "1 1 u e2u+voice:tel+SIP:x !^.*$!sip:c@x! .\n", NUMBER_FOUND, "sip:c@x");
    check(NAME "1 1 U sip+E2U !^.*$!sip:old@x! .\n", NUMBER_FOUND, "sip:old@x");
    check(NAME "1 1 x E2U+sip !^.*$!sip:flag@x! .\n" NAME "1 2 u E2U+sip !^.*$!tel:+12! .\n" NAME
               "1 3 u E2U+sip !^.*$!sip:! .\n" NAME "1 4 u E2U+sip+P-x !^.*$!sip:p@x! .\n" NAME
               "1 5 u SIP+D2U !^.*$!sip:d@x! .\n" NAME "1 6 u E2U+sip !^3$!sip:no@x! .\n",
          NUMBER_NONE, "");
    check("other. A 192.0.2.1\n", NUMBER_NONE, "");
}

/* RFC 6116 5.2.1 */
static void names_that_lead_on(void **state)
{
    (void)state;
    check(NAME "1 1 \"\" \"\" \"\" a.x.\na.x. NAPTR 1 1 u E2U+sip !^.*$!sip:far@x! .\n",
          NUMBER_FOUND, "sip:far@x");
    check(NAME "1 1 \"\" \"\" \"\" a.x.\n" NAME "1 2 u E2U+sip !^.*$!sip:next@x! .\na.x. NAPTR 1 1 "
               "\"\" \"\" \"\" 2.1.e164.arpa.\n",
          NUMBER_FOUND, "sip:next@x");
    check(NAME "1 1 \"\" \"\" \"\" a.x.\na.x. NAPTR 1 1 \"\" \"\" \"\" b.x.\nb.x. NAPTR 1 1 \"\" "
               "\"\" \"\" a.x.\n",
          NUMBER_NONE, "");
    check(NAME "1 1 \"\" \"\" \"\" a.x.\na.x. NAPTR 1 1 \"\" \"\" \"\" b.x.\nb.x. NAPTR 1 1 \"\" "
               "\"\" \"\" c.x.\nc.x. NAPTR 1 1 \"\" \"\" \"\" d.x.\nd.x. NAPTR 1 1 \"\" \"\" \"\" "
               "e.x.\ne.x. NAPTR 1 1 \"\" \"\" \"\" f.x.\nf.x. NAPTR 1 1 u E2U+sip "
               "!^.*$!sip:too@far! .\n",
          NUMBER_NONE, "");
    check("2.1.e164.arpa. CNAME a.x.\na.x. NAPTR 1 1 u E2U+sip !^.*$!sip:alias@x! .\n",
          NUMBER_FOUND, "sip:alias@x");
}

static void no_answer_and_no_number(void **state)
{
    pool_id id;
    bool over;
    (void)state;
    rig_new(&rig, NAME "1 1 u E2U+sip !^.*$!sip:a@x! .\n");
    rig.dead = true;
    assert_int_equal(ask("+12"), NUMBER_FAILED);
    assert_string_equal(rig.asked, "NAPTR 2.1.e164.arpa\n");
    rig.dead = false;
    rig.now += (LIMIT_DNS_FAILED_S + 1) * NS_PER_S;
    assert_int_equal(ask("+12"), NUMBER_FOUND);
    assert_int_equal(ask("+12"), NUMBER_FOUND);
    assert_int_equal(rig.questions, 0);
    static const char *const bad[] = {"12", "+", "", "+1a", "+1234567890123456"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(
            resolver_number(rig.r, str_from(bad[i]), STR("e164.arpa"), 7, rig.now, &id, &over),
            ERR_INVALID);
    assert_int_equal(resolver_number(rig.r, STR("+12"), STR(""), 7, rig.now, &id, &over),
                     ERR_INVALID);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(the_first_that_can_be_used),
        cmocka_unit_test(names_that_lead_on),
        cmocka_unit_test(no_answer_and_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
