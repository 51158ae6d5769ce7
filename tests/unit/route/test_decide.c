/* Which rule takes a request, and what it changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"
#include "msg/print.h"

/* The condition that the rule's first step failed by; NULL: none did. */
static void tell_first(void *arg, const struct route_step *s)
{
    const char **key = arg;

    if (s->rule == 0)
        *key = s->kind == ROUTE_MISSED ? s->key : NULL;
}

static const char *missed(const char *condition, struct given *g)
{
    char text[400];
    const char *key = "none";
    struct route_decision d;

    (void)snprintf(text, sizeof text, "routes: [{%s, reply: 404}]\n", condition);
    struct routes *r = given_rules(text);

    route_decide(r, &g->request, &d, tell_first, &key);
    assert_int_equal(d.action, key ? ROUTE_DEFAULT : ROUTE_REPLY);
    assert_int_equal(d.rule, key ? 1 : 0);
    routes_unref(r);
    return key;
}

#define SETS                                                     \
    "sets: [{name: roomy, members: [{uri: 'sip:192.0.2.1'}]},\n" \
    "       {name: full, members: [{uri: 'sip:192.0.2.2'}]}]\n"

/* Which rule takes a request of this method: the first wants room in these sets. */
static unsigned taken(const char *method, const char *sets)
{
    char text[400];
    struct route_decision d;
    struct given *g = given_request(method, "sip:bob@example.com", "");
    (void)snprintf(
        text, sizeof text,
        "routes: [{room: %s, forward: 'set:full', set_user: first}, {reply: 404}]\n" SETS, sets);
    struct routes *r = given_rules(text);

    route_decide(r, &g->request, &d, NULL, NULL);
    /* a rule that does not hold changes nothing */
    assert_int_equal(d.rewritten, d.rule == 0);
    routes_unref(r);
    free(g);
    return d.rule;
}

static void room_is_asked_of_calls(void **state)
{
    (void)state;
    assert_int_equal(taken("INVITE", "roomy"), 0);
    assert_int_equal(taken("INVITE", "full"), 1);
    assert_int_equal(taken("INVITE", "[full, roomy]"), 0);
    assert_int_equal(taken("MESSAGE", "full"), 0);
    assert_int_equal(taken("ACK", "full"), 0);
}

static void conditions_hold_or_do_not(void **state)
{
    static const struct {
        const char *condition, *key; /* NULL: it holds */
    } rows[] = {
        {"user: bob", NULL},
        {"user: [alice, bob]", NULL},
        {"user: Bob", "user"},
        {"method: [INVITE]", NULL},
        {"method: [MESSAGE, invite]", "method"},
        {"domain: example.COM", NULL},
        {"domain: ours", NULL},
        {"domain: others", "domain"},
        {"domain: example.net", "domain"},
        {"user_prefix: [x, bo]", NULL},
        {"user_prefix: ob", "user_prefix"},
        {"user_pattern: '[a-c]ob'", NULL},
        {"user_pattern: bo", "user_pattern"},
        {"number: '1'", "number"},
        {"source: 192.0.2.0/24", NULL},
        {"source: [198.51.100.1, 192.0.2.7]", NULL},
        {"source: 192.0.2.8", "source"},
        {"transport: [tcp, udp]", NULL},
        {"transport: tcp", "transport"},
        {"listener: '5060'", NULL},
        {"listener: '192.0.2.1:5060'", NULL},
        {"listener: ['192.0.2.1:5070', '5080']", "listener"},
        {"header: X-Trunk", NULL},
        {"header: x-trunk", NULL},
        {"header: '!X-Trunk'", "header"},
        {"header: '!X-Other'", NULL},
        {"header: 'X-Trunk: north'", NULL},
        {"header: 'X-Trunk: south'", NULL},
        {"header: 'X-Trunk: nor'", "header"},
        {"header: 'X-Trunk ~ ORT'", NULL},
        {"header: 'X-Trunk ~ west'", "header"},
        {"header: ['X-Trunk: north', 'X-Trunk: south', Subject]", NULL},
        {"header: ['X-Trunk: north', Priority]", "header"},
        {"header: 's: hello'", NULL},
        {"time: '10:00-10:01'", NULL},
        {"time: '09:00-10:00'", "time"},
        {"time: ['22:00-06:00', '08:00-24:00']", NULL},
        {"time: '22:00-06:00'", "time"},
        {"day: mon", NULL},
        {"day: sat-mon", NULL},
        {"day: [tue-sun]", "day"},
        {"sender: stranger", NULL},
        {"sender: [account, peer]", "sender"},
        {"caller: example.com", NULL},
        {"caller: [bob@example.com, 'alice@example.com']", NULL},
        {"caller: [bob@example.com, example.net]", "caller"},
        {"user: bob, method: INVITE, caller: example.net", "caller"},
    };
    struct addr at;
    struct given *g = given_request("INVITE", "sip:bob@example.com",
                                    "X-Trunk: north\r\nSubject: hello\r\nX-Trunk: south\r\n");

    (void)state;
    assert_true(addr_parse(STR("192.0.2.1:5060"), &at));
    g->request.listener = &at;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *key = missed(rows[i].condition, g);

        if ((key == NULL) != (rows[i].key == NULL) || (key && strcmp(key, rows[i].key) != 0))
            fail_msg("%s: %s", rows[i].condition, key ? key : "holds");
    }
    free(g);
}

static void numbers_have_no_separators(void **state)
{
    static const struct {
        const char *uri, *number;
        bool holds;
    } rows[] = {
        {"tel:+49-(30)-12.34", "+4930", true},
        {"tel:+4930", "+4930", true},
        {"tel:030;phone-context=+49", "030", true},
        {"sip:0900-123@example.com", "'09001'", true},
        {"sip:%30900123@example.com", "'0900'", true},
        {"sip:+1900;phone-context=x@example.com", "+1900", true},
        {"sip:0900x@example.com", "'0900'", false},
        {"sip:example.com", "'0'", false},
        {"sip:*21%23@example.com", "'*21#'", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char condition[100];
        struct given *g = given_request("INVITE", rows[i].uri, "");

        (void)snprintf(condition, sizeof condition, "number: %s", rows[i].number);
        if ((missed(condition, g) == NULL) != rows[i].holds)
            fail_msg("%s %s", rows[i].uri, rows[i].number);
        free(g);
    }
}

static void an_ack_counts_as_its_invite(void **state)
{
    struct given *g = given_request("ACK", "sip:bob@example.com", "");

    (void)state;
    g->request.sender = ROUTE_ANY_SENDER;
    assert_null(missed("method: INVITE, sender: account", g));
    assert_string_equal(missed("method: ACK", g), "method");
    free(g);
}

static void the_first_that_takes_it_decides(void **state)
{
    struct routes *r = given_rules("routes:\n"
                                   "- {user: bob, add_header: 'X-A: 1'}\n"
                                   "- {user: alice, reply: 403}\n"
                                   "- {user: bob, reply: 480 Gone fishing}\n"
                                   "- {reply: 404}\n");
    struct given *g = given_request("INVITE", "sip:bob@example.com", "");
    struct route_decision d;

    (void)state;
    route_decide(r, &g->request, &d, NULL, NULL);
    assert_int_equal(d.action, ROUTE_REPLY);
    assert_int_equal(d.rule, 2);
    assert_int_equal(d.status, 480);
    assert_true(str_equal(d.reason, STR("Gone fishing")));
    assert_int_equal(d.n_changes, 1);
    routes_unref(r);
    free(g);
}

static void the_uri_is_rewritten_for_later_rules(void **state)
{
    static const struct {
        const char *uri, *changes, *then;
    } rows[] = {
        {"sip:0049301@example.com", "strip: 2, prefix: '+'", "sip:+49301@example.com"},
        {"tel:00-49-301", "strip: 2, prefix: '+'", "tel:+49301"},
        {"tel:+49301", "set_domain: gw.example.net", "sip:+49301@gw.example.net;user=phone"},
        {"sip:bob@example.com:5070;transport=tcp", "set_user: office",
         "sip:office@example.com:5070;transport=tcp"},
        {"sips:bob@example.com:5070;transport=tcp", "set_domain: example.net",
         "sips:bob@example.net"},
        {"sip:bob@example.com", "strip: 3", "sip:bob@example.com"},
        {"sip:example.com", "prefix: 9", "sip:example.com"},
        {"sip:example.com", "set_user: office", "sip:office@example.com"},
        {"sip:b%6fb@example.com", "prefix: x", "sip:xb%6fb@example.com"},
    };
    struct route_decision d;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];
        struct given *g = given_request("INVITE", rows[i].uri, "");

        (void)snprintf(text, sizeof text, "routes: [{%s}]\n", rows[i].changes);
        struct routes *r = given_rules(text);

        route_decide(r, &g->request, &d, NULL, NULL);
        if (!str_equal(d.uri.text, str_from(rows[i].then)))
            fail_msg("%s: %.*s", rows[i].uri, STR_ARG(d.uri.text));
        assert_int_equal(d.rewritten, strcmp(rows[i].uri, rows[i].then) != 0);
        routes_unref(r);
        free(g);
    }
    struct routes *r = given_rules("routes: [{number: '00', strip: 2, prefix: '+'},\n"
                                   "         {number: '+49', strip: 3, prefix: '0'},\n"
                                   "         {user: '0301', serve: lookup}]\n");
    struct given *g = given_request("INVITE", "sip:0049301@example.com", "");

    route_decide(r, &g->request, &d, NULL, NULL);
    assert_int_equal(d.action, ROUTE_LOOKUP);
    assert_true(str_equal(d.uri.text, STR("sip:0301@example.com")));
    routes_unref(r);
    free(g);
}

static void targets_take_the_user_over(void **state)
{
    static const struct {
        const char *uri, *to;
        bool has_user;
        const char *then;
    } rows[] = {
        {"sip:bob@example.com", "sip:192.0.2.1:5070", false, "sip:bob@192.0.2.1:5070"},
        {"sip:bob@example.com", "sip:x@192.0.2.1", true, "sip:x@192.0.2.1"},
        {"tel:+49301", "sip:192.0.2.1;transport=tcp", false,
         "sip:+49301@192.0.2.1;transport=tcp;user=phone"},
        {"sip:example.com", "sip:192.0.2.1", false, "sip:192.0.2.1"},
    };
    struct routes *r = given_rules("routes: []\n");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct given *g = given_request("INVITE", rows[i].uri, "");
        struct route_decision d;
        char text[200];
        struct buf b;

        buf_init(&b, text, sizeof text);
        route_decide(r, &g->request, &d, NULL, NULL);
        route_put_target(&b, &d, str_from(rows[i].to), rows[i].has_user);
        assert_false(b.over);
        if (!str_equal(buf_str(&b), str_from(rows[i].then)))
            fail_msg("%.*s", STR_ARG(buf_str(&b)));
        free(g);
    }
    routes_unref(r);
}

static void headers_are_changed(void **state)
{
    struct routes *r = given_rules("routes:\n"
                                   "- {remove_header: [X-In, s]}\n"
                                   "- {set_header: ['X-Trunk: a'], add_header: ['X-Out: b']}\n");
    struct given *g = given_request("INVITE", "sip:bob@example.com",
                                    "X-In: 1\r\nx-in: 2\r\nSubject: x\r\nX-Keep: k\r\n"
                                    "X-trunk: old\r\nPriority: urgent\r\n");
    struct route_decision d;
    struct edits e;
    char text[4096], lines[200];
    struct buf b, l;

    (void)state;
    route_decide(r, &g->request, &d, NULL, NULL);
    edits_init(&e);
    buf_init(&l, lines, sizeof lines);
    assert_true(route_edit_headers(r, d.changes, d.n_changes, buf_str(&d.said), &g->msg, &e, &l));
    buf_init(&b, text, sizeof text);
    msg_print_edited(&b, &g->msg, &e);
    buf_put_char(&b, '\0');
    assert_false(b.over);
    assert_non_null(strstr(text, "CSeq: 1 INVITE\r\nX-Keep: k\r\nPriority: urgent\r\n"
                                 "Content-Length: 0\r\nX-Trunk: a\r\nX-Out: b\r\n\r\n"));
    buf_init(&l, lines, 10);
    edits_init(&e);
    assert_false(route_edit_headers(r, d.changes, d.n_changes, buf_str(&d.said), &g->msg, &e, &l));
    routes_unref(r);
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_or_do_not),
        cmocka_unit_test(room_is_asked_of_calls),
        cmocka_unit_test(numbers_have_no_separators),
        cmocka_unit_test(an_ack_counts_as_its_invite),
        cmocka_unit_test(the_first_that_takes_it_decides),
        cmocka_unit_test(the_uri_is_rewritten_for_later_rules),
        cmocka_unit_test(targets_take_the_user_over),
        cmocka_unit_test(headers_are_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
