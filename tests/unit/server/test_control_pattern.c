/* Which addresses-of-record a pattern means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "server/control_pattern.h"

static void patterns(void **state)
{
    static const struct {
        const char *pattern, *aor;
        bool matches;
    } rows[] = {
        {"", "sip:alice@example.com", true},
        {"alice@example.com", "sip:alice@example.com", true},
        {"sip:alice@example.com", "sip:alice@example.com", true},
        {"sips:alice@example.com", "sip:alice@example.com", false},
        {"ALICE@Example.com", "sip:alice@example.com", true},
        {"lice@example.com", "sip:alice@example.com", false}, /* an @: that very one */
        {"lic", "sip:alice@example.com", true},
        {"sip", "sip:alice@example.com", false}, /* the scheme is no part of the name */
        {"*@example.com", "sip:alice@example.com", true},
        {"*@example.com", "sip:alice@example.net", false},
        {"al?ce*", "sip:alice@example.com", true},
        {"sip:al*", "sip:alice@example.com", true},
        {"*", "tel:+15550123", true},
        {"+1555*", "tel:+15550123", true},
        {"a*b*c", "sip:axxbxbxc", true},
        {"a*b*c", "sip:axxbxbx", false},
        {"??", "sip:a", false},
        {"**", "sip:", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(control_pattern_matches(str_from(rows[i].pattern), str_from(rows[i].aor)),
                         rows[i].matches);
}

/* A pattern of stars alone costs no more than its length times the name's. */
static void stars_cost_little(void **state)
{
    static char stars[2000], name[300];

    (void)state;
    for (size_t i = 0; i < sizeof(stars); i += 2) {
        stars[i] = '*';
        stars[i + 1] = 'a';
    }
    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = 'b';
    assert_false(control_pattern_matches((struct str){stars, sizeof(stars)},
                                         (struct str){name, sizeof(name)}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(stars_cost_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
