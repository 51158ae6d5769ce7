/* A new configuration while requests are under way, want of memory, and notes for others. */
#include "asking.h"

/* --- memory --- */

static void without_memory_nobody_is_let_in_and_nothing_is_lost(void **state)
{
    (void)state;
    unsigned good = 0;
    for (long n = 0; good < 3; n++) {
        assert_true(n < 1000);
        struct world *w = world_new(required, -1);
        assert_non_null(w);
        account_put(w, "alice", "wonderland", DIGEST_ALL);
        struct phone alice = alice_of(w);
        w->fail_in = n;
        phone_ask(&alice, "REGISTER", HOME, "reg");
        bool asked = world_last(w, ALICE) && phone_challenged(&alice);
        w->fail_in = asked ? n : -1;
        if (asked)
            phone_answer(&alice);
        w->fail_in = -1;
        good = asked && phone_status(&alice) == 200 ? good + 1 : 0;
        finish(w);
    }
}

static void no_element_without_memory(void **state)
{
    (void)state;
    struct world *w = NULL;
    for (long n = 0; !w; n++) {
        assert_true(n < 200);
        w = world_new(required, n);
    }
    w->fail_in = -1;
    finish(w);
}

/* --- another configuration --- */

static void reconfigured_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct str domains[] = {STR_INIT("Example.NET"), STR_INIT("example.com")};
    struct world *w = world_of(NULL);
    struct element_config c;
    world_register(w, BOB, "bob", 600);
    assert_int_equal(world_status(w, BOB), 200);
    element_config_default(&c);
    c.domains = domains;
    c.n_domains = 2;
    c.access.required = true;
    long n = 0;
    for (int rc = ERR_NOMEM; rc != OK; n++) {
        assert_true(n < 50);
        struct phone alice = alice_of(w);
        w->fail_in = n;
        rc = element_reconfigure(w->element, &c);
        w->fail_in = -1;
        char call_id[32];
        (void)snprintf(call_id, sizeof call_id, "o%ld", n);
        phone_ask(&alice, "OPTIONS", "sip:example.net", call_id);
        assert_int_equal(phone_status(&alice), rc == OK ? 401 : 403);
        world_forget(w);
    }
    assert_true(n > 3);
    struct phone alice = alice_of(w);
    phone_call(&alice, "MESSAGE", TO_BOB, "m");
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 1);
    world_answer(w, BOB, 200, "");
    finish(w);
}

static void what_cannot_be_configured_changes_nothing(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct element_config c;
    static struct addr_block peers[LIMIT_PEERS + 1];
    static struct str domains[LIMIT_DOMAINS + 1];
    element_config_default(&c);
    c.access.peers = peers;
    c.access.n_peers = LIMIT_PEERS + 1;
    assert_int_equal(element_reconfigure(w->element, &c), ERR_LIMIT);
    c.access.n_peers = LIMIT_PEERS;
    c.domains = domains;
    c.n_domains = LIMIT_DOMAINS + 1;
    assert_int_equal(element_reconfigure(w->element, &c), ERR_LIMIT);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 401);
    c.n_domains = 0;
    assert_int_equal(element_reconfigure(w->element, &c), OK);
    finish(w);
}

/* Its nonce is good before and after: the phone notices nothing. */
static void what_was_begun_goes_on(void **state)
{
    (void)state;
    static const struct str domains[] = {STR_INIT("example.com")};
    struct world *w = world_of(required);
    struct element_config c;
    struct phone alice = alice_of(w);
    phone_call(&alice, "REGISTER", HOME, "reg");
    w->hold = true;
    phone_answer(&alice);
    element_config_default(&c);
    c.domains = domains;
    c.n_domains = 1;
    c.access.required = true;
    c.registrar.max_expires_s = 100;
    assert_int_equal(element_reconfigure(w->element, &c), OK);
    world_release(w);
    assert_int_equal(phone_status(&alice), 200);
    assert_true(last_has(&alice, ";expires=100"));
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 200);
    finish(w);
}

static void the_proxy_goes_over_too(void **state)
{
    (void)state;
    static const struct str domains[] = {STR_INIT("example.com")};
    struct element_config c;
    for (int stays = 0; stays < 2; stays++) {
        struct world *w = world_of(NULL);
        struct phone alice = alice_of(w);
        world_register(w, BOB, "bob", 600);
        element_config_default(&c);
        c.domains = domains;
        c.n_domains = 1;
        c.proxy.record_route = stays;
        assert_int_equal(element_reconfigure(w->element, &c), OK);
        phone_ask(&alice, "INVITE", TO_BOB, "c");
        assert_int_equal(world_count(w, BOB, "INVITE"), 1);
        assert_int_equal(strstr(world_last(w, BOB), "Record-Route:") != NULL, stays);
        world_answer(w, BOB, 486, "");
        finish(w);
    }
}

/* --- notes --- */

static void what_cannot_be_read_is_noted(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct element_note n;
    world_send(w, STRANGER, "INVITE sip:x SIP/2.0\r\nVia: nonsense\r\n\r\n");
    assert_true(element_note(w->element, &n));
    assert_int_equal(n.kind, NOTE_BAD_MESSAGE);
    assert_int_equal(n.flow.remote.port, 5060);
    assert_false(element_note(w->element, &n));
    finish(w);
}

/* It may have been sound when it was sent. */
static void what_a_network_cut_off_is_told_from_nonsense(void **state)
{
    static const struct {
        const char *text;
        enum element_note_kind kind;
    } rows[] = {
        {"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;bra", NOTE_CUT_SHORT},
        {"INVITE sip:x SIP/2.0\r\nVi", NOTE_CUT_SHORT},
        {"MESSAGE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\r\n"
         "Content-Length: 9\r\n\r\nshort",
         NOTE_CUT_SHORT},
        {"INVITE sip:x SI", NOTE_BAD_MESSAGE},
        {"GET / HTTP/1.0\r\nHost: x", NOTE_BAD_MESSAGE},
        {"INVITE sip:x SIP/2.0\r\nVi\r\n\r\n", NOTE_BAD_MESSAGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world *w = world_of(required);
        struct element_note n;
        world_send(w, STRANGER, rows[i].text);
        assert_true(element_note(w->element, &n));
        assert_int_equal(n.kind, rows[i].kind);
        assert_false(element_note(w->element, &n));
        finish(w);
    }
}

static void notes_say_who_and_have_a_bound(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    struct element_note n;
    phone_call(&alice, "MESSAGE", "sip:nobody@example.com", "m");
    assert_int_equal(phone_status(&alice), 404);
    assert_true(element_note(w->element, &n));
    assert_int_equal(n.method, METHOD_MESSAGE);
    assert_true(str_equal(n.call_id, STR("m")));
    assert_true(element_note(w->element, &n));
    assert_int_equal(n.kind, NOTE_AUTH_OK);
    assert_true(str_equal(n.who, STR("alice")));
    assert_true(element_note(w->element, &n));
    assert_int_equal(n.kind, NOTE_UNKNOWN_USER);
    assert_true(str_equal(n.who, STR("sip:nobody@example.com")));
    for (unsigned i = 0; i < LIMIT_NOTES + 10; i++) {
        world_forget(w);
        world_send(w, STRANGER, "INVITE sip:x SIP/2.0\r\nVia: nonsense\r\n\r\n");
    }
    for (unsigned i = 0; i < LIMIT_NOTES; i++)
        assert_true(element_note(w->element, &n));
    assert_false(element_note(w->element, &n));
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_nobody_is_let_in_and_nothing_is_lost),
        cmocka_unit_test(no_element_without_memory),
        cmocka_unit_test(reconfigured_whole_or_not_at_all),
        cmocka_unit_test(what_cannot_be_configured_changes_nothing),
        cmocka_unit_test(what_was_begun_goes_on),
        cmocka_unit_test(the_proxy_goes_over_too),
        cmocka_unit_test(what_cannot_be_read_is_noted),
        cmocka_unit_test(what_a_network_cut_off_is_told_from_nonsense),
        cmocka_unit_test(notes_say_who_and_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
