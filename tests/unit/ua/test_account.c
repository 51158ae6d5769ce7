/* Accounts: who is called, by which URI we are reached, which way requests go. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;

static int add(const char *address, const char *contact, const char *routes, ua_account *out)
{
    const struct ua_account_config c = {
        .address = str_from(address), .contact = str_from(contact), .routes = str_from(routes)};
    return ua_account_add(r.side[ALICE].ua, &c, out);
}

static const char *invite_of(ua_account account, const char *target)
{
    ua_call call;
    const struct call_start start = {
        .account = account, .target = str_from(target), .media = rig_media(4000)};
    assert_int_equal(call_start(r.side[ALICE].ua, &start, r.now, &call), OK);
    rig_pass(&r, 5 * MS);
    const char *invite = rig_last(&r, ALICE, "INVITE ");
    assert_int_equal(call_end(r.side[ALICE].ua, call, STR_NONE, r.now), OK);
    return invite;
}

static void the_contact_is_given_or_made(void **state)
{
    (void)state;
    ua_account account;
    rig_new(&r);
    assert_int_equal(add("\"A \\\"<x\" <sip:carol@example.com>", "", "", &account), OK);
    const char *invite = invite_of(account, "sip:x@192.0.2.9");
    assert_string_equal(rig_value(invite, "Contact"), "<sip:carol@192.0.2.1>");
    assert_true(rig_has(rig_value(invite, "From"), "\"A \\\"<x\" <sip:carol@example.com>;tag="));
    assert_int_equal(add("sip:carol@example.com", "sip:other@192.0.2.1;x=y", "", &account), OK);
    invite = invite_of(account, "sip:x@192.0.2.9");
    assert_string_equal(rig_value(invite, "Contact"), "<sip:other@192.0.2.1;x=y>");
    assert_true(rig_has(rig_value(invite, "From"), "<sip:carol@example.com>;tag="));
    rig_end(&r);
}

static void an_outbound_proxy_is_gone_through(void **state)
{
    (void)state;
    ua_account account;
    rig_new(&r);
    assert_int_equal(add("sip:carol@example.com", "", "<sip:192.0.2.9;lr>", &account), OK);
    const char *invite = invite_of(account, "tel:+15550100");
    assert_true(rig_has(invite, "INVITE tel:+15550100 SIP/2.0\r\n"));
    assert_string_equal(rig_value(invite, "Route"), "<sip:192.0.2.9;lr>");
    assert_string_equal(rig_value(invite, "To"), "<tel:+15550100>");
    rig_end(&r);
}

static void what_is_no_account_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {{"", "", ""},
                                           {"\"Bob", "", ""},
                                           {"<mailto:a@b>", "", ""},
                                           {"sip:a@b", "nothing", ""},
                                           {"sip:a@b", "", "<nothing>"}};
    ua_account account = 1;
    rig_new(&r);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(add(wrong[i][0], wrong[i][1], wrong[i][2], &account), ERR_INVALID);
        assert_int_equal(account, 0);
    }
    rig_end(&r);
}

static void who_is_removed_makes_no_call(void **state)
{
    (void)state;
    ua_call call;
    rig_new(&r);
    struct rig_side *s = &r.side[ALICE];
    const struct ua_account_config other = {.address = STR("sip:dora@example.com")};
    assert_int_equal(ua_account_change(s->ua, s->account, &other), OK);
    assert_true(rig_has(rig_value(invite_of(s->account, "sip:x@192.0.2.9"), "From"), "sip:dora@"));
    assert_int_equal(ua_account_remove(s->ua, s->account), OK);
    assert_int_equal(ua_account_remove(s->ua, s->account), ERR_STALE);
    assert_int_equal(ua_account_change(s->ua, s->account, &other), ERR_STALE);
    const struct call_start start = {
        .account = s->account, .target = STR("sip:x@192.0.2.9"), .media = rig_media(4000)};
    assert_int_equal(call_start(s->ua, &start, r.now, &call), ERR_STALE);
    rig_end(&r);
}

/* An INVITE to Bob's program, which is for this account, and is refused. */
static void incoming(const char *uri, const char *to, ua_account account)
{
    static unsigned n;
    char text[2048];
    n++;
    snprintf(text, sizeof text,
             "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKa%u\r\n"
             "From: <sip:p@example.com>;tag=p\r\nTo: <%s>\r\nCall-ID: a%u\r\n"
             "CSeq: 1 INVITE\r\nContact: <sip:peer@192.0.2.9>\r\nContent-Length: 0\r\n\r\n",
             uri, n, to, n);
    rig_peer_send(&r, BOB, text);
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_INCOMING);
    assert_int_equal(e->ev.account, account);
    assert_int_equal(call_refuse(r.side[BOB].ua, e->ev.call, 404, STR_NONE, r.now), OK);
    rig_pass(&r, 10 * MS);
    rig_expect_end(&r, BOB, CALL_END_REFUSED_BY_US);
}

/* By the Request-URI's user, else by To; 0 where it is nobody that we know. */
static void an_incoming_call_names_its_account(void **state)
{
    (void)state;
    rig_new(&r);
    ua_account bob = r.side[BOB].account;
    incoming("sip:bob@192.0.2.2", "sip:bob@192.0.2.2", bob);
    incoming("sip:bob@192.0.2.2:5060;x=y", "sip:somebody@example.com", bob);
    incoming("sip:192.0.2.2", "sip:bob@192.0.2.2", bob);
    incoming("sip:eve@192.0.2.2", "sip:eve@example.com", 0);
    rig_end(&r);
}

/* One user in two domains has one contact: To tells them apart. A call that was sent on to Bob is
 * for him, whom our contact names. */
static void of_several_accounts_the_right_one_is_named(void **state)
{
    (void)state;
    static const char *const others[] = {"sip:bob@two.example", "sip:carol@two.example"};
    ua_account account[3];
    rig_new(&r);
    struct ua *ua = r.side[BOB].ua;
    account[0] = r.side[BOB].account;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(ua_account_add(ua,
                                        &(struct ua_account_config){.address = str_from(others[i])},
                                        &account[i + 1]),
                         OK);
    incoming("sip:bob@192.0.2.2", "sip:bob@192.0.2.2", account[0]);
    incoming("sip:bob@192.0.2.2", "sip:bob@two.example", account[1]);
    incoming("sip:bob@192.0.2.2", "sip:carol@two.example", account[0]);
    incoming("sip:carol@192.0.2.2", "sip:bob@two.example", account[2]);
    incoming("sip:x@192.0.2.2", "sip:carol@two.example", account[2]);
    rig_end(&r);
}

static void calls_are_looked_at(void **state)
{
    (void)state;
    ua_call alice, bob;
    struct call_view view;
    rig_new(&r);
    struct ua *ua = r.side[ALICE].ua;
    assert_int_equal(call_next(ua, 0), 0);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_next(ua, 0), alice);
    assert_int_equal(call_next(ua, alice), 0);
    assert_int_equal(call_set_user(ua, alice, 42), OK);
    assert_int_equal(call_look(ua, alice, &view), OK);
    assert_int_equal(view.user, 42);
    assert_int_equal(view.state, CALL_CONFIRMED);
    assert_true(view.is_outgoing);
    assert_int_equal(view.leg, 1);
    assert_true(str_equal(view.remote_target, STR("sip:bob@192.0.2.2")));
    assert_int_equal(view.n_agreed, 1);
    assert_int_equal(call_end(ua, alice, STR_NONE, r.now), OK);
    assert_int_equal(call_next(ua, 0), 0);
    assert_int_equal(call_look(ua, alice, &view), ERR_STALE);
    assert_int_equal(call_set_user(ua, alice, 1), ERR_STALE);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_contact_is_given_or_made),
        cmocka_unit_test(an_outbound_proxy_is_gone_through),
        cmocka_unit_test(what_is_no_account_is_refused),
        cmocka_unit_test(who_is_removed_makes_no_call),
        cmocka_unit_test(an_incoming_call_names_its_account),
        cmocka_unit_test(of_several_accounts_the_right_one_is_named),
        cmocka_unit_test(calls_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
