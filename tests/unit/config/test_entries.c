/* Lists whose entries have keys of their own: what they say, what is wrong in them, and that every
 * key of their tables can be written as its example has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "given.h"

#define EQUAL(str, literal) assert_true(str_equal((str), STR(literal)))

static const char rules[] = "routes:\n"
                            "  - name: no premium\n"
                            "    method: [INVITE, MESSAGE]\n"
                            "    number: '0900'\n"
                            "    source: [192.0.2.0/24]\n"
                            "    reply: 403 Not from here\n"
                            "\n"
                            "  - {strip: 2, prefix: '+', record_route: false}\n"
                            "  - serve: default\n"
                            "    allow: peers\n"
                            "sets:\n"
                            "  - name: north\n"
                            "    policy: call-id\n"
                            "    members:\n"
                            "      - uri: sip:192.0.2.1\n"
                            "        weight: 3\n"
                            "      - {uri: 'sip:192.0.2.2', priority: 1}\n"
                            "  - name: south\n"
                            "    members: {uri: 'sip:192.0.2.3'}\n"
                            "drain: 1m\n";

static void check_routes(const struct config *c)
{
    const struct config_route *r = c->routes.list;

    assert_int_equal(c->routes.n, 3);
    EQUAL(r[0].name, "no premium");
    assert_int_equal(r[0].methods.n, 2);
    EQUAL(r[0].methods.list[1], "MESSAGE");
    EQUAL(r[0].numbers.list[0], "0900");
    assert_int_equal(r[0].sources.list[0].bits, 24);
    EQUAL(r[0].reply, "403 Not from here");
    assert_int_equal(r[0].record_route, CONFIG_UNSAID);
    assert_int_equal(r[0].redirect_status, 302);
    assert_int_equal(r[0].entry.line, 2);
    assert_int_equal(config_entry_line("route", &r[0].entry, "reply"), 6);
    assert_int_equal(config_entry_line("route", &r[0].entry, "allow"), 2);
    assert_int_equal(r[1].strip, 2);
    EQUAL(r[1].prefix, "+");
    assert_int_equal(r[1].record_route, CONFIG_OFF);
    assert_int_equal(r[1].serve, CONFIG_SERVE_NO);
    assert_int_equal(r[2].serve, CONFIG_SERVE_DEFAULT);
    assert_int_equal(r[2].allow, CONFIG_ALLOW_PEERS);
}

static void check_sets(const struct config *c)
{
    const struct config_set *s = c->sets.list;

    assert_int_equal(c->sets.n, 2);
    EQUAL(s[0].name, "north");
    assert_int_equal(s[0].policy, CONFIG_POLICY_CALL_ID);
    assert_int_equal(s[0].members.n, 2);
    EQUAL(s[0].members.list[0].uri, "sip:192.0.2.1");
    assert_int_equal(s[0].members.list[0].weight, 3);
    assert_int_equal(s[0].members.list[1].weight, 1);
    assert_int_equal(s[0].members.list[1].priority, 1);
    assert_int_equal(s[1].members.n, 1);
}

static void entries_are_read(void **state)
{
    struct told t;
    struct config *c = given(rules, &t);

    (void)state;
    if (!c)
        fail_msg("%s", t.text);
    check_routes(c);
    check_sets(c);
    assert_int_equal(c->drain_s, 60);
    config_free(c);
}

static bool same_routes(const char *a, const char *b)
{
    struct told t;
    struct config *x = given(a, &t), *y = given(b, &t);
    bool same = true;

    assert_true(x && y);
    for (size_t k = 0; config_row(k); k++)
        same &= config_same(x, y, k);
    config_free(x);
    config_free(y);
    return same;
}

static void they_are_compared(void **state)
{
    (void)state;
    assert_true(same_routes(rules, rules));
    assert_true(same_routes("routes: []\n", ""));
    assert_true(same_routes("routes: [{user: a}]\n", "routes:\n- user: [a]\n"));
    assert_false(same_routes("routes: [{user: a}]\n", "routes: [{user: b}]\n"));
    assert_false(same_routes("routes: [{user: a}]\n", "routes: [{user: a}, {user: a}]\n"));
    assert_false(same_routes("sets: [{name: a, members: [{uri: 'sip:a'}]}]\n",
                             "sets: [{name: a, members: [{uri: 'sip:b'}]}]\n"));
}

static void what_is_wrong_in_one_is_told(void **state)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"routes:\n- tme: x\n", "2:routes[1].tme: unknown key: did you mean time?"},
        {"routes:\n- user: a\n- zzzzzz: x\n", "3:routes[2].zzzzzz: unknown key: docs/conf"},
        {"routes:\n- listen: x\n", "2:routes[1].listen: unknown key: did you mean listener?"},
        {"routes:\n- {user: a, user: b}\n", "2:routes[1].user: is here a second time: the first"},
        {"routes: hello\n", "1:routes: \"hello\": expected entries with keys of their own"},
        {"routes: [hello]\n", "1:routes: an entry has no keys of its own"},
        {"routes: [[{user: a}]]\n", "1:routes: an entry has no keys of its own"},
        {"routes: [{user: {a: b}}]\n", "1:routes[1].user: expected a list"},
        {"routes: [{reply: [a, b]}]\n", "1:routes[1].reply: expected a single value"},
        {"routes: [{user: a, user_prefix: [{}]}]\n", "1:routes[1].user_prefix: an entry is no"},
        {"routes: [{reply: '40'}]\n", "1:routes[1].reply: \"40\": expected a text of 3 to 128"},
        {"routes: [{strip: 33}]\n", "1:routes[1].strip: \"33\": expected a number from 0 to 32"},
        {"routes: [{allow: no}]\n", "1:routes[1].allow: \"no\": expected accounts, peers or"},
        {"routes: [{record_route: x}]\n",
         "1:routes[1].record_route: \"x\": expected false or true"},
        {"routes:\n- reply: 404 No\n  forward: ['sip:h']\n",
         "3:routes[1].forward: a rule does one thing: leave out either this or reply (line 2)"},
        {"routes:\n- serve: lookup\n  redirect: location\n", "3:routes[1].redirect: a rule does"},
        {"sets:\n- name: a\n", "2:sets[1]: members is missing: write one such as ["},
        {"sets: [{name: a b, members: {uri: 'sip:h'}}]\n",
         "1:sets[1].name: \"a b\": expected a name of letters"},
        {"sets: [{name: a, members: []}]\n",
         "1:sets[1]: members has no entry: write one such as ["},
        {"sets:\n- {name: a, members: {weight: 1}}\n", "2:sets[1].members[1]: uri is missing"},
        {"sets:\n- name: a\n  members:\n  - uri: 'sip:h'\n    wieght: 2\n",
         "5:sets[1].members[1].wieght: unknown key: did you mean weight?"},
        {"sets:\n- {name: a, members: {uri: 'sip:h'}}\n- {name: a, members: {uri: 'sip:h'}}\n",
         "3:sets[2].name: there is a set of this name already, on line 2"},
        {"sets: [{name: a, members: {uri: 'sip:h', x: {y: [z]}}}]\n",
         "1:sets[1].members[1].x: unk"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told t;

        assert_null(given(rows[i].text, &t));
        if (strncmp(t.text, rows[i].told, strlen(rows[i].told)) != 0 || t.n != 1)
            fail_msg("row %zu: told %u: %sand not %s", i, t.n, t.text, rows[i].told);
    }
}

static void there_are_no_more_than_the_limit(void **state)
{
    static char text[LIMIT_ROUTES * 4 + 100];
    struct told t;

    (void)state;
    for (unsigned n = LIMIT_ROUTES; n <= LIMIT_ROUTES + 1; n++) {
        size_t len = (size_t)snprintf(text, sizeof text, "routes: [{}");

        for (unsigned i = 1; i < n; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, ",{}");
        (void)snprintf(text + len, sizeof text - len, "]\n");
        struct config *c = given(text, &t);

        assert_int_equal(c != NULL, n == LIMIT_ROUTES);
        assert_int_equal(c ? c->routes.n : n, n);
        assert_int_equal(strstr(t.text, "too many entries: at most 512") != NULL, !c);
        config_free(c);
    }
}

static void every_example_can_be_written(void **state)
{
    static const struct {
        const char *table, *before, *behind;
    } tables[] = {{"route", "routes: [{", "}]\n"},
                  {"set", "sets: [{", "}]\n"},
                  {"group", "groups: [{", "}]\n"},
                  {"agent", "groups: [{name: g, members: [{", "}]}]\n"},
                  {"member", "sets: [{name: a, members: [{", "}]}]\n"}};
    char text[1000];
    struct told t;

    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (unsigned k = 0; config_entry_row(tables[i].table, k); k++) {
            const struct config_row *row = config_entry_row(tables[i].table, k);

            (void)snprintf(text, sizeof text, "%s%s: %s%s", tables[i].before, row->key,
                           row->example, tables[i].behind);
            struct config *c = given(text, &t);

            /* What else an entry needs may be missing. */
            if (!c && !strstr(t.text, " is missing"))
                fail_msg("%s: %s", text, t.text);
            config_free(c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read),
        cmocka_unit_test(they_are_compared),
        cmocka_unit_test(what_is_wrong_in_one_is_told),
        cmocka_unit_test(there_are_no_more_than_the_limit),
        cmocka_unit_test(every_example_can_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
