/* The flows of RFC 3665 that are a user agent's, message by message. The peer plays what stands
 * between (a proxy, a redirect server) or the other phone. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;
static ua_call alice, bob;

/* "A INVITE" was sent by Alice, "B 180" by Bob, "P 302" by the peer; in order, nothing else. */
static void expect_ladder(const char *const *ladder, size_t n)
{
    static const char names[] = "ABCP";
    char seen[64];
    for (size_t i = 0; i < r.n_sent; i++) {
        const char *text = r.sent[i].text;
        bool is_response = strncmp(text, "SIP/2.0 ", 8) == 0;
        int len = (int)strcspn(is_response ? text + 8 : text, " ");
        snprintf(seen, sizeof seen, "%c %.*s", names[r.sent[i].from], len,
                 is_response ? text + 8 : text);
        assert_true(i < n);
        assert_string_equal(seen, ladder[i]);
    }
    assert_int_equal(r.n_sent, n);
}

#define EXPECT_LADDER(...)                                     \
    do {                                                       \
        static const char *const ladder[] = {__VA_ARGS__};     \
        expect_ladder(ladder, sizeof ladder / sizeof *ladder); \
    } while (0)

static void ring(void)
{
    const struct call_ring how = {.status = 180};
    bob = call_next(r.side[BOB].ua, 0);
    assert_int_equal(call_ring(r.side[BOB].ua, bob, &how, r.now), OK);
    rig_pass(&r, 50 * MS);
}

static void hang_up(enum rig_who who, ua_call call)
{
    assert_int_equal(call_end(r.side[who].ua, call, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
}

/* RFC 3665 3.1 */
static void session_establishment(void **state)
{
    (void)state;
    rig_new(&r);
    alice = rig_call(&r, NULL);
    rig_pass(&r, 50 * MS);
    ring();
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 50 * MS);
    hang_up(BOB, bob);
    EXPECT_LADDER("A INVITE", "B 180", "B 200", "A ACK", "B BYE", "A 200");
    rig_end(&r);
}

/* RFC 3665 3.3: both proxies ask for credentials. */
static void two_proxies_ask(void **state)
{
    (void)state;
    rig_config(&r);
    r.password = "secret";
    rig_start(&r);
    alice = rig_call(&r, "sip:peer@192.0.2.9");
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INVITE "), 407, "p1",
                    "Proxy-Authenticate: Digest realm=\"one\", nonce=\"n1\", qop=\"auth\"\r\n", "");
    const char *second = rig_peer_next(&r, "INVITE ");
    assert_true(rig_has(rig_value(second, "Proxy-Authorization"), "realm=\"one\""));
    rig_peer_answer(&r, ALICE, second, 407, "p2",
                    "Proxy-Authenticate: Digest realm=\"two\", nonce=\"n2\", qop=\"auth\"\r\n", "");
    const char *third = rig_peer_next(&r, "INVITE ");
    assert_true(rig_has(third, "realm=\"one\"") && rig_has(third, "realm=\"two\""));
    rig_peer_answer(&r, ALICE, third, 200, "z", "", rig_sdp(6000, ""));
    EXPECT_LADDER("A INVITE", "P 407", "A ACK", "A INVITE", "P 407", "A ACK", "A INVITE", "P 200",
                  "A ACK");
    hang_up(ALICE, alice);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
    rig_end(&r);
}

/* RFC 3665 3.6: a redirect server. */
static void redirection(void **state)
{
    (void)state;
    rig_new(&r);
    alice = rig_call(&r, "sip:bob@192.0.2.9");
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INVITE "), 302, "p",
                    "Contact: <sip:bob@192.0.2.2>\r\n", "");
    rig_pass(&r, 50 * MS);
    ring();
    assert_int_equal(call_answer(r.side[BOB].ua, bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 50 * MS);
    hang_up(ALICE, alice);
    EXPECT_LADDER("A INVITE", "P 302", "A ACK", "A INVITE", "B 180", "B 200", "A ACK", "A BYE",
                  "B 200");
    rig_end(&r);
}

/* RFC 3665 3.7: a re-INVITE for new media. */
static void media_change(void **state)
{
    (void)state;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_change(r.side[BOB].ua, bob, rig_media(5500), r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_expect(&r, ALICE, UA_CALL_MEDIA)->agreed[0].port, 5500);
    hang_up(BOB, bob);
    EXPECT_LADDER("A INVITE", "B 200", "A ACK", "B INVITE", "A 200", "B ACK", "B BYE", "A 200");
    rig_end(&r);
}

/* RFC 3665 3.8: no answer. */
static void no_answer(void **state)
{
    (void)state;
    rig_new(&r);
    alice = rig_call(&r, NULL);
    rig_pass(&r, 50 * MS);
    ring();
    hang_up(ALICE, alice);
    EXPECT_LADDER("A INVITE", "B 180", "A CANCEL", "B 200", "B 487", "A ACK");
    rig_end(&r);
}

/* RFC 3665 3.9, 3.11: busy, and not to be reached for a while. */
static void refusals(void **state)
{
    (void)state;
    static const unsigned statuses[] = {486, 480};
    for (size_t i = 0; i < 2; i++) {
        rig_new(&r);
        alice = rig_call(&r, NULL);
        rig_pass(&r, 50 * MS);
        bob = call_next(r.side[BOB].ua, 0);
        assert_int_equal(call_refuse(r.side[BOB].ua, bob, statuses[i], STR_NONE, r.now), OK);
        rig_pass(&r, 50 * MS);
        assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, statuses[i]);
        assert_int_equal(r.n_sent, 3);
        rig_end(&r);
    }
}

/* RFC 3665 3.10: no response: seven INVITEs (RFC 3261 17.1.1.2), and it counts as a 408. */
static void no_response(void **state)
{
    (void)state;
    rig_new(&r);
    alice = rig_call(&r, "sip:nobody@192.0.2.9");
    rig_pass(&r, 33 * SECOND);
    assert_int_equal(rig_expect_end(&r, ALICE, CALL_END_REFUSED)->ev.status, 408);
    EXPECT_LADDER("A INVITE", "A INVITE", "A INVITE", "A INVITE", "A INVITE", "A INVITE",
                  "A INVITE");
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_establishment),
        cmocka_unit_test(two_proxies_ask),
        cmocka_unit_test(redirection),
        cmocka_unit_test(media_change),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(refusals),
        cmocka_unit_test(no_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
