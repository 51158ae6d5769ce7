/* Alert-Info (RFC 3261 20.4): a rule adds it, it passes as it stands in both directions, and a rule
 * takes off what a stranger says. */
#include "ruled.h"

#define INSIDE "Alert-Info: <http://media.example.com/inside.wav>;info=alert-internal\r\n"
#define THEIRS                                                                        \
    "Alert-Info: <urn:alert:source:external>, <http://h/loud.wav>;x-odd=\"a, b\"\r\n" \
    "Alert-Info:   <cid:ring@h>\r\n"

/* Alice's is the one address that is known. */
static void known(struct element_config *c)
{
    static struct addr_block alice;
    with_rules(c);
    assert_true(addr_block_parse(STR("192.0.2.1"), &alice));
    c->access.peers = &alice;
    c->access.n_peers = 1;
}

static struct world *begin(void)
{
    rules = "routes:\n"
            "  - {sender: stranger, remove_header: Alert-Info}\n"
            "  - {user: bob, sender: peer, add_header: 'Alert-Info: "
            "<http://media.example.com/inside.wav>;info=alert-internal'}\n"
            "  - {user: desk, set_header: 'Alert-Info: <urn:alert:service:call-waiting>'}\n";
    struct world *w = world_new(known, -1);
    assert_non_null(w);
    world_register(w, ALICE, "alice", 600);
    world_register(w, BOB, "bob", 600);
    world_register(w, BOB, "desk", 600);
    world_register(w, BOB, "carol", 600);
    return w;
}

static void end(struct world *w)
{
    finish(w);
    config_free(parsed);
    parsed = NULL;
}

/* What bob's phone is asked for a call of `from` to this user. */
static const char *asked(struct world *w, const char *from, const char *user, const char *lines)
{
    static unsigned n;
    char uri[64], call_id[16];
    snprintf(uri, sizeof uri, "sip:%s@example.com", user);
    snprintf(call_id, sizeof call_id, "call%u", ++n);
    world_forget(w);
    world_request(w, from, "INVITE", uri,
                  strcmp(from, ALICE) == 0 ? "sip:alice@example.com" : "sip:x@elsewhere.example",
                  call_id, lines);
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    return world_last(w, BOB);
}

static bool has(const char *text, const char *piece)
{
    return strstr(text, piece) != NULL;
}

static void a_rule_adds_it(void **state)
{
    (void)state;
    struct world *w = begin();
    assert_true(has(asked(w, ALICE, "bob", ""), INSIDE));
    /* 7.3.1: beside what stands there, which is as it was */
    const char *both = asked(w, ALICE, "bob", THEIRS);
    assert_true(has(both, INSIDE) && has(both, THEIRS));
    assert_false(has(asked(w, ALICE, "carol", ""), "Alert-Info"));
    end(w);
}

static void a_rule_puts_its_own_in_its_place(void **state)
{
    (void)state;
    struct world *w = begin();
    const char *got = asked(w, ALICE, "desk", THEIRS);
    assert_true(has(got, "Alert-Info: <urn:alert:service:call-waiting>\r\n"));
    assert_false(has(got, "loud.wav") || has(got, "cid:ring"));
    end(w);
}

/* 16.6: what no rule speaks of is not looked into: phones write it without brackets, too. */
static void it_passes_as_it_stands(void **state)
{
    (void)state;
    struct world *w = begin();
    assert_true(has(asked(w, ALICE, "carol", THEIRS), THEIRS));
    static const char bare[] = "Alert-Info: info=alert-external;x-line-id=0\r\n";
    assert_true(has(asked(w, ALICE, "carol", bare), bare));
    end(w);
}

/* The tone that the caller is to hear is in the 180. */
static void so_it_does_in_a_180(void **state)
{
    (void)state;
    struct world *w = begin();
    (void)asked(w, ALICE, "bob", "");
    world_answer(w, BOB, 180, THEIRS);
    assert_int_equal(world_status(w, ALICE), 180);
    assert_true(has(world_last(w, ALICE), THEIRS));
    assert_false(has(world_last(w, ALICE), INSIDE));
    world_answer(w, BOB, 486, "");
    end(w);
}

/* 20.9: whoever is not known does not choose what a phone fetches and plays. */
static void a_strangers_is_taken_off(void **state)
{
    (void)state;
    struct world *w = begin();
    assert_false(has(asked(w, STRANGER, "bob", THEIRS "Subject: hello\r\n"), "Alert-Info"));
    assert_true(has(world_last(w, BOB), "Subject: hello\r\n"));
    end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_adds_it),
        cmocka_unit_test(a_rule_puts_its_own_in_its_place),
        cmocka_unit_test(it_passes_as_it_stands),
        cmocka_unit_test(so_it_does_in_a_180),
        cmocka_unit_test(a_strangers_is_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
