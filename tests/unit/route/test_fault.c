/* What is wrong with a rule beyond its form: which rule, which key, what is expected; and no
 * memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "given.h"

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *rule, *key, *what;
    } rows[] = {
        {"user_pattern: '('", "user_pattern", "\"(\": a bracket is not closed"},
        {"number: ['0800', a]", "number", "\"a\": expected the beginning of a number"},
        {"number: '1+'", "number", "expected the beginning"},
        {"transport: [udp, sctpx]", "transport", "\"sctpx\": expected udp, tcp"},
        {"listener: [host]", "listener", "expected ADDRESS:PORT or a port"},
        {"listener: ['0']", "listener", "expected ADDRESS:PORT or a port"},
        {"header: ['X Y: z']", "header", "expected Name, !Name"},
        {"header: ['X ~']", "header", "expected Name, !Name"},
        {"time: ['8-9']", "time", "expected a span of the day"},
        {"time: ['08:00-08:00']", "time", "expected a span"},
        {"time: ['08:60-09:00']", "time", "expected a span"},
        {"time: ['24:00-09:00']", "time", "expected a span"},
        {"day: [monday]", "day", "expected a day"},
        {"day: [mon-x]", "day", "expected a day"},
        {"sender: [friend]", "sender", "expected account, peer or stranger"},
        {"caller: ['sip:a@b']", "caller", "expected user@domain"},
        {"caller: ['@b']", "caller", "expected user@domain"},
        {"reply: 200 OK", "reply", "expected a status from 300 to 699"},
        {"reply: 4040", "reply", "expected a status"},
        {"forward: [bob]", "forward", "expected a sip or sips URI, or set:NAME"},
        {"forward: [location]", "forward", "expected a sip"},
        {"forward: ['tel:+1']", "forward", "expected a sip"},
        {"forward: ['set:none']", "forward", "there is no set of this name"},
        {"redirect: [location, 'sip:h']", "redirect", "stands alone"},
        {"add_header: [X]", "add_header", "expected a header line"},
        {"add_header: ['Via: x']", "add_header", "this header is the server's own matter"},
        {"set_header: ['v: x']", "set_header", "this header is the server's own matter"},
        {"remove_header: [Route]", "remove_header", "this header is the server's own matter"},
        {"room: [nobody]", "room", "there is no set of this name"},
        {"room: [s], mode: stateless", "room", "needs calls that are counted"},
        {"remove_header: ['a b']", "remove_header", "expected a header's name"},
        {"prefix: 'a b'", "prefix", "expected the characters of a user"},
        {"set_user: 'a@b'", "set_user", "expected the characters of a user"},
    };
    char text[400];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_fault f;
        (void)snprintf(text, sizeof text,
                       "routes: [{user: a}, {%s}]\n"
                       "sets: [{name: s, members: {uri: 'sip:h'}}]\n",
                       rows[i].rule);
        struct config *c = given_config(text);

        if (routes_new(&mem_libc, &c->routes, &c->sets, NULL, &f))
            fail_msg("%s is taken", rows[i].rule);
        assert_int_equal(f.rule, 1);
        assert_string_equal(f.key, rows[i].key);
        if (!strstr(f.what, rows[i].what))
            fail_msg("%s: %s", rows[i].rule, f.what);
        config_free(c);
    }
}

static void without_memory_it_is_told(void **state)
{
    struct config *c = given_config("routes: [{user: [a, b], user_pattern: 'a*', source: 1.2.3.4,\n"
                                    "          header: X, time: '08:00-09:00', forward: 'set:s'}]\n"
                                    "sets: [{name: s, members: {uri: 'sip:h'}}]\n");
    struct routes *r = NULL;

    (void)state;
    for (unsigned spare = 0; !r; spare++) {
        struct mem_counting m = mem_counting();
        struct route_fault f;

        m.refuse_after = spare;
        r = routes_new(&m.mem, &c->routes, &c->sets, NULL, &f);
        if (!r) {
            assert_int_equal(f.rule, 1);
            assert_string_equal(f.what, "there is no memory for it");
        }
        routes_unref(r);
        assert_int_equal(m.n_live, 0);
        assert_true(spare < 20);
    }
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(without_memory_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
