/* Rules of the configuration: what becomes of requests by them, who may use them, and that nothing
 * else changes. */
#include "element/forwards.h"
#include "ruled.h"

#define GATEWAY "192.0.2.200:5060"
#define OTHER "192.0.2.201:5060"

static void with_rules_and_accounts(struct element_config *c)
{
    required(c);
    with_rules(c);
}

static struct world *ruled(const char *text, bool accounts)
{
    rules = text;
    struct world *w = world_new(accounts ? with_rules_and_accounts : with_rules, -1);

    assert_non_null(w);
    return w;
}

static void done(struct world *w)
{
    w->fail_in = -1;
    finish(w);
    config_free(parsed);
    parsed = NULL;
}

static void invite(struct world *w, const char *from, const char *uri, const char *lines)
{
    world_request(w, from, "INVITE", uri, "sip:alice@example.com", "call", lines);
}

static void a_rule_replies(void **state)
{
    struct world *w = ruled("routes: [{user: gone, reply: 410 Moved away}]\n", false);

    (void)state;
    world_register(w, BOB, "gone", 600);
    invite(w, ALICE, "sip:gone@example.com", "");
    assert_int_equal(world_status(w, ALICE), 410);
    assert_non_null(strstr(world_last(w, ALICE), "SIP/2.0 410 Moved away\r\n"));
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    done(w);
}

static void what_no_rule_takes_goes_as_ever(void **state)
{
    struct world *w =
        ruled("routes: [{user: gone, reply: 410}, {user: bob, serve: default}]\n", false);

    (void)state;
    world_register(w, BOB, "bob", 600);
    invite(w, ALICE, "sip:bob@example.com", "");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    invite(w, "192.0.2.77:5060", "sip:nobody@example.com", "");
    assert_int_equal(world_status(w, "192.0.2.77:5060"), 404);
    done(w);
}

static void a_lookup_finds_the_rewritten_user(void **state)
{
    struct world *w = ruled("routes: [{number: '77', strip: 2, serve: lookup},\n"
                            "         {number: '88', strip: 2, record_route: false}]\n",
                            false);

    (void)state;
    world_register(w, BOB, "100", 600);
    invite(w, ALICE, "sip:77100@example.com", "");
    assert_int_equal(world_count(w, BOB, "INVITE sip:100@"), 1);
    assert_non_null(strstr(world_last(w, BOB), "Record-Route:"));
    world_request(w, ALICE, "INVITE", "sip:88100@example.com", "sip:alice@example.com", "c2", "");
    assert_int_equal(world_count(w, BOB, "INVITE sip:100@"), 2);
    assert_null(strstr(world_last(w, BOB), "Record-Route:"));
    done(w);
}

static void a_forward_needs_leave(void **state)
{
    static const char text[] =
        "routes: [{number: '00', strip: 2, prefix: '+', forward: 'sip:192.0.2.200'},\n"
        "         {number: '01', allow: anyone, forward: 'sip:192.0.2.200'}]\n";
    struct world *w = ruled(text, false);

    (void)state;
    invite(w, STRANGER, "sip:0049301@example.com", "");
    assert_int_equal(world_status(w, STRANGER), 403);
    assert_int_equal(world_count(w, GATEWAY, ""), 0);
    world_request(w, STRANGER, "INVITE", "sip:0149301@example.com", "sip:x@far", "c1", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE sip:0149301@192.0.2.200 SIP"), 1);
    world_register(w, ALICE, "alice", 600);
    world_request(w, ALICE, "INVITE", "sip:0049301@example.com", "sip:alice@example.com", "c2", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE sip:+49301@192.0.2.200 SIP"), 1);
    world_request(w, ALICE, "INVITE", "tel:00-49-301", "sip:alice@example.com", "c3", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE sip:+49301@192.0.2.200;user=phone SIP"), 1);
    done(w);
}

static void peers(struct element_config *c)
{
    static struct addr_block trunk;

    with_rules_and_accounts(c);
    assert_true(addr_block_parse(STR("203.0.113.9"), &trunk));
    c->access.peers = &trunk;
    c->access.n_peers = 1;
}

static void accounts_come_first(void **state)
{
    static const char text[] =
        "routes: [{user: free, sender: stranger, allow: anyone, forward: 'sip:192.0.2.200'},\n"
        "         {user: trunk, sender: [peer, account], allow: peers, forward: "
        "'sip:192.0.2.200'},\n"
        "         {user: own, sender: peer, forward: 'sip:192.0.2.200'},\n"
        "         {sender: stranger, reply: 403}]\n";

    (void)state;
    rules = text;
    struct world *w = world_new(peers, -1);
    assert_non_null(w);
    account_put(w, "alice", "wonderland", DIGEST_ALL);
    invite(w, OTHER, "sip:free@example.com", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE sip:free@192.0.2.200"), 1);
    world_request(w, OTHER, "INVITE", "sip:trunk@example.com", "sip:alice@example.com", "c2", "");
    assert_int_equal(world_status(w, OTHER), 407);
    world_request(w, STRANGER, "INVITE", "sip:trunk@example.com", "sip:x@far", "c3", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE sip:trunk@192.0.2.200"), 1);
    world_request(w, STRANGER, "INVITE", "sip:own@example.com", "sip:x@far", "c4", "");
    assert_int_equal(world_status(w, STRANGER), 403);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "INVITE", "sip:trunk@example.com", "c5");
    assert_true(phone_challenged(&alice));
    phone_answer(&alice);
    assert_int_equal(world_count(w, GATEWAY, "INVITE sip:trunk@192.0.2.200"), 2);
    done(w);
}

static void headers_are_changed_on_the_way(void **state)
{
    struct world *w = ruled("routes: [{remove_header: X-In, add_header: 'X-Seen: yes'},\n"
                            "         {user: bob, set_header: 'Subject: ours', serve: lookup}]\n",
                            false);

    (void)state;
    world_register(w, BOB, "bob", 600);
    invite(w, ALICE, "sip:bob@example.com", "X-In: secret\r\nSubject: theirs\r\n");
    const char *got = world_last(w, BOB);
    assert_non_null(got);
    assert_null(strstr(got, "secret"));
    assert_null(strstr(got, "theirs"));
    assert_non_null(strstr(got, "X-Seen: yes\r\n"));
    assert_non_null(strstr(got, "Subject: ours\r\n"));
    world_answer(w, BOB, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    done(w);
}

static void an_ack_takes_the_way_of_its_invite(void **state)
{
    struct world *w = ruled(
        "routes: [{method: INVITE, user: gw, allow: anyone, forward: 'sip:192.0.2.200'}]\n", false);

    (void)state;
    world_request(w, STRANGER, "ACK", "sip:gw@example.com", "sip:alice@example.com", "c1", "");
    assert_int_equal(world_count(w, GATEWAY, "ACK sip:gw@192.0.2.200"), 1);
    done(w);
}

static void redirects_name_contacts(void **state)
{
    struct world *w =
        ruled("routes: [{user: away, redirect: ['sip:192.0.2.7', 'sip:x@192.0.2.8']},\n"
              "         {user: back, redirect_status: 301, redirect: 'sip:example.com'},\n"
              "         {method: INVITE, domain: ours, redirect: location}]\n",
              false);

    (void)state;
    invite(w, ALICE, "sip:away@example.com", "");
    assert_int_equal(world_status(w, ALICE), 302);
    assert_non_null(strstr(world_last(w, ALICE), "Contact: <sip:away@192.0.2.7>;q=1\r\n"
                                                 "Contact: <sip:x@192.0.2.8>;q=0.95\r\n"));
    world_request(w, OTHER, "INVITE", "sip:back@example.com", "sip:a@example.com", "c2", "");
    assert_int_equal(world_status(w, OTHER), 480); /* it would come back */
    world_request(w, GATEWAY, "INVITE", "sip:bob@example.com", "sip:a@example.com", "c3", "");
    assert_int_equal(world_status(w, GATEWAY), 404);
    world_register(w, BOB, "bob", 600);
    world_pass(w, 10);
    world_request(w, STRANGER, "INVITE", "sip:bob@example.com", "sip:a@example.com", "c4", "");
    assert_int_equal(world_status(w, STRANGER), 302);
    assert_non_null(strstr(world_last(w, STRANGER), ";q=1;expires=590\r\n"));
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    done(w);
}

/* RFC 3841 9.1 */
static void a_caller_may_wish_to_be_redirected(void **state)
{
    struct world *w = ruled("routes: [{user: gone, reply: 410}]\n", false);

    (void)state;
    world_register(w, BOB, "bob", 600);
    invite(w, ALICE, "sip:bob@example.com", "Request-Disposition: redirect\r\n");
    assert_int_equal(world_status(w, ALICE), 302);
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    done(w);
}

/* A call counts at its peer until it has failed, or until its BYE. */
static void calls_at_peers_are_counted(void **state)
{
    struct world *w = ruled("routes: [{user: out, forward: 'set:s', allow: anyone}]\n"
                            "sets: [{name: s, members: [{uri: 'sip:" GATEWAY "', calls: 1}]}]\n",
                            false);
    struct peer_state one;

    (void)state;
    invite(w, ALICE, "sip:out@example.com", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE"), 1);
    assert_int_equal(element_peers(w->element, 0, &one, 1), 1);
    assert_int_equal(one.calls, 1);
    world_request(w, OTHER, "INVITE", "sip:out@example.com", "sip:a@example.com", "c2", "");
    assert_int_equal(world_status(w, OTHER), 503);
    assert_int_equal(element_peers(w->element, 0, &one, 1), 1);
    assert_true(one.calls == 1 && one.most == 1 && one.passed > 0);
    done(w);
}

static void time_is_the_wall_clocks(void **state)
{
    struct world *w = ruled("routes: [{day: sat, time: '22:00-06:00', reply: 480 Night}]\n", false);
    time_ns hour = 3600 * NS_PER_S;

    (void)state;
    world_register(w, BOB, "bob", 86400);
    element_set_clock(w->element, (5 * 24 + 21) * hour + hour - 30 * NS_PER_S, w->now);
    invite(w, ALICE, "sip:bob@example.com", "");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    world_pass(w, 31);
    world_request(w, OTHER, "INVITE", "sip:bob@example.com", "sip:a@example.com", "c2", "");
    assert_int_equal(world_status(w, OTHER), 480);
    done(w);
}

static void without_memory_nothing_is_lost(void **state)
{
    unsigned good = 0;

    (void)state;
    for (long n = 0; good < 3; n++) {
        assert_true(n < 1000);
        struct world *w =
            ruled("routes: [{user: bob, add_header: 'X: y', serve: lookup}]\n", false);

        world_register(w, BOB, "bob", 600);
        w->fail_in = n;
        invite(w, ALICE, "sip:bob@example.com", "");
        w->fail_in = -1;
        good = world_count(w, BOB, "INVITE") == 1 ? good + 1 : 0;
        world_pass(w, 64);
        done(w);
    }
}

static void explained_as_it_is_decided(void **state)
{
    struct world *w = ruled("routes: [{user: gone, reply: 410}]\n", true);
    static const char text[] = "INVITE sip:gone@example.com SIP/2.0\r\n"
                               "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
                               "To: <sip:gone@example.com>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n";
    struct msg *m = msg_new(engine_blocks(element_engine(w->element)), STR(text), MSG_DATAGRAM);
    struct element_outlook o;

    (void)state;
    assert_non_null(m);
    element_explain(w->element, m, ROUTE_STRANGER, w->now, &o, NULL, NULL);
    assert_true(o.is_asked && o.by_rules);
    assert_int_equal(o.place, OUTLOOK_USER);
    assert_int_equal(o.decision.status, 410);
    element_explain(w->element, m, ROUTE_ACCOUNT, w->now, &o, NULL, NULL);
    assert_false(o.is_asked);
    msg_unref(engine_blocks(element_engine(w->element)), m);
    assert_int_equal(w->n_sent, 0);
    done(w);
}

/* A set of which one call is all that it takes, and what is done with the next one. */
static void the_next_rule_takes_what_finds_no_room(void **state)
{
    struct world *w =
        ruled("routes: [{room: one, forward: 'set:one', allow: anyone},\n"
              "         {method: INVITE, forward: 'sip:192.0.2.201', allow: anyone}]\n"
              "sets: [{name: one, members: [{uri: 'sip:192.0.2.200', calls: 1}]}]\n",
              false);

    (void)state;
    world_request(w, STRANGER, "INVITE", "sip:x@far", "sip:y@far", "c1", "");
    world_answer(w, GATEWAY, 180, "");
    world_request(w, STRANGER, "INVITE", "sip:x@far", "sip:y@far", "c2", "");
    assert_int_equal(world_count(w, GATEWAY, "INVITE"), 1);
    assert_int_equal(world_count(w, OTHER, "INVITE"), 1);
    world_answer(w, OTHER, 486, "");
    /* who is no call needs no room */
    world_request(w, STRANGER, "OPTIONS", "sip:x@far", "sip:y@far", "c3", "");
    assert_int_equal(world_count(w, GATEWAY, "OPTIONS"), 1);
    world_answer(w, GATEWAY, 200, "");
    world_answer(w, GATEWAY, 200, "");
    world_forget(w);
    world_pass(w, 33);
    world_request(w, STRANGER, "INVITE", "sip:x@far", "sip:y@far", "c4", "");
    assert_int_equal(world_count(w, OTHER, "INVITE"), 1);
    world_answer(w, OTHER, 486, "");
    done(w);
}

static void bob_forwards(struct world *w, const char *record)
{
    char space[128];
    struct buf key;

    buf_init(&key, space, sizeof space);
    forwards_key(&key, STR("sip:bob@example.com"));
    struct store_ask put = {.op = STORE_PUT, .key = buf_str(&key), .value = str_from(record)};
    assert_int_equal(scripted_answer(&w->store, 1, &put).status, STORE_OK);
}

/* Where a user forwards to goes as his own call to there would. */
static void forwards_go_by_rules(void **state)
{
    static const struct {
        const char *record, *reached, *request;
        unsigned status;
    } cases[] = {
        {"always sip:0049301@example.com\n", GATEWAY, "INVITE sip:+49301@192.0.2.200 ", 0},
        {"always tel:+15551234\n", GATEWAY, "INVITE sip:+15551234@192.0.2.200", 0},
        {"always sip:0900123@example.com\n", NULL, NULL, 403},
        {"always sip:77100@example.com\n", OTHER, "INVITE sip:100@192.0.2.201", 0},
        {"always sip:away@example.com\n", OTHER, "INVITE sip:x@192.0.2.201", 0},
        {"always sip:none@example.com\n", NULL, NULL, 404},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w =
            ruled("routes: [{number: '0900', reply: 403 Not from here},\n"
                  "         {number: '00', strip: 2, prefix: '+'},\n"
                  "         {number: '+', sender: account, forward: 'sip:192.0.2.200'},\n"
                  "         {number: '77', strip: 2},\n"
                  "         {user: away, redirect: 'sip:x@192.0.2.201'}]\n",
                  false);

        world_register(w, OTHER, "100", 600);
        world_register(w, ALICE, "bob", 600);
        bob_forwards(w, cases[i].record);
        world_forget(w);
        invite(w, ALICE, "sip:bob@example.com", "");
        if (cases[i].reached && world_count(w, cases[i].reached, cases[i].request) != 1)
            fail_msg("%s: %s", cases[i].record, world_last(w, cases[i].reached));
        if (!cases[i].reached)
            assert_int_equal(world_status(w, ALICE), cases[i].status);
        done(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_replies),
        cmocka_unit_test(what_no_rule_takes_goes_as_ever),
        cmocka_unit_test(a_lookup_finds_the_rewritten_user),
        cmocka_unit_test(a_forward_needs_leave),
        cmocka_unit_test(accounts_come_first),
        cmocka_unit_test(headers_are_changed_on_the_way),
        cmocka_unit_test(an_ack_takes_the_way_of_its_invite),
        cmocka_unit_test(redirects_name_contacts),
        cmocka_unit_test(a_caller_may_wish_to_be_redirected),
        cmocka_unit_test(calls_at_peers_are_counted),
        cmocka_unit_test(time_is_the_wall_clocks),
        cmocka_unit_test(without_memory_nothing_is_lost),
        cmocka_unit_test(explained_as_it_is_decided),
        cmocka_unit_test(the_next_rule_takes_what_finds_no_room),
        cmocka_unit_test(forwards_go_by_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
