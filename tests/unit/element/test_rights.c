/* Who may do what under which name, and what happens while an account is asked for. */
#include "asking.h"
#include "auth/nonce.h"

/* --- rights --- */

static void nobody_registers_for_others(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    alice.to = "sip:bob@example.com";
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 403);
    assert_int_equal(registered(w), 0);
    NOTES(w, NOTE_CHALLENGED, NOTE_FORBIDDEN);
    alice.to = NULL;
    alice.from = "sip:secretary@example.com"; /* RFC 3261 10.2: who sends it is another matter */
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 200);
    finish(w);
}

static void nobody_registers_elsewhere_here(void **state)
{
    (void)state;
    struct world *w = world_of(with_foreign_callers);
    struct phone alice = alice_of(w);
    alice.to = "sip:alice@elsewhere.net";
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 403);
    finish(w);
}

static void nobody_sends_under_anothers_name(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        bool good;
    } cases[] = {
        {"sip:alice@example.com", true},    {"sip:alice@EXAMPLE.com:5060", true},
        {"sips:%61lice@example.com", true}, {"sip:alice@192.0.2.100", true},
        {"sip:bob@example.com", false},     {"sip:Alice@example.com", false},
        {"sip:alice@example.org", false},   {"sip:alice@elsewhere.net", false},
        {"sip:alicee@example.com", false},  {"sip:example.com", false},
        {"tel:+15551234", false},           {"sip:anonymous@anonymous.invalid", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(required);
        bob_registered(w);
        struct phone alice = alice_of(w);
        world_forget(w);
        alice.from = cases[i].from;
        phone_ask(&alice, "MESSAGE", TO_BOB, "m");
        assert_true(phone_challenged(&alice));
        world_forget(w);
        phone_answer(&alice);
        bool refused = phone_status(&alice) == 403 || phone_status(&alice) == 407;
        if (world_count(w, BOB, "MESSAGE") != cases[i].good || refused == cases[i].good)
            fail_msg("%s: %u", cases[i].from, phone_status(&alice));
        world_answer(w, BOB, 200, "");
        finish(w);
    }
}

static void a_foreign_place_is_for_who_proved_right(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_call(&alice, "MESSAGE", ELSEWHERE, "m");
    assert_int_equal(world_count(w, "203.0.113.77:5060", "MESSAGE"), 1);
    world_pass(w, 40);
    world_forget(w);
    phone_call(&alice, "REGISTER", HOME, "reg");
    phone_ask(&alice, "MESSAGE", ELSEWHERE, "m2"); /* its flow alone opens nothing now */
    assert_int_equal(phone_status(&alice), 407);
    assert_int_equal(world_count(w, "203.0.113.77:5060", "MESSAGE"), 0);
    finish(w);
}

/* RFC 3325 5: where From says nothing, too. */
static void who_proved_right_is_asserted(void **state)
{
    (void)state;
    static const char claim[] = "P-Asserted-Identity: <sip:ceo@example.com>\r\n";
    static const struct {
        const char *uri, *at;
    } ways[] = {{TO_BOB, BOB}, {ELSEWHERE, "203.0.113.77:5060"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct world *w = world_of(required);
        bob_registered(w);
        struct phone alice = alice_of(w);
        alice.from = "sip:anonymous@anonymous.invalid";
        alice.lines = claim;
        phone_call(&alice, "MESSAGE", ways[i].uri, "m");
        const char *copy = world_last(w, ways[i].at);
        assert_non_null(copy);
        assert_non_null(strstr(copy, "P-Asserted-Identity: <sip:alice@example.com>\r\n"));
        assert_null(strstr(copy, "ceo"));
        world_answer(w, ways[i].at, 200, "");
        finish(w);
    }
}

static void foreign_callers_reach_our_users_alone(void **state)
{
    (void)state;
    static const struct {
        const char *method, *uri, *from;
        unsigned status; /* 0: passed on */
    } cases[] = {
        {"MESSAGE", TO_BOB, "sip:x@elsewhere.net", 0},
        {"OPTIONS", HOME, "sip:x@elsewhere.net", 200},
        {"MESSAGE", ELSEWHERE, "sip:x@elsewhere.net", 407},
        {"MESSAGE", TO_BOB, "sip:alice@example.com", 407},
        {"MESSAGE", TO_BOB, "sip:alice@example.org", 407},
        {"REGISTER", HOME, "sip:x@elsewhere.net", 401},
        {"MESSAGE", "sip:nobody@example.com", "sip:x@elsewhere.net", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(with_foreign_callers);
        bob_registered(w);
        struct phone x;
        phone_init(&x, w, STRANGER, "x", "");
        x.from = cases[i].from;
        phone_ask(&x, cases[i].method, cases[i].uri, "m");
        unsigned status = world_last(w, STRANGER) ? phone_status(&x) : 0;
        if (status != cases[i].status || world_count(w, BOB, "MESSAGE") != (status == 0))
            fail_msg("%s %s %s: %u", cases[i].method, cases[i].uri, cases[i].from, status);
        world_answer(w, BOB, 200, "");
        finish(w);
    }
}

static void peers_are_let_in_to_our_users(void **state)
{
    (void)state;
    struct world *w = world_of(with_a_trunk);
    bob_registered(w);
    struct phone trunk;
    phone_init(&trunk, w, TRUNK, "trunk", "");
    trunk.from = "sip:alice@example.com"; /* it is trusted with names, too */
    phone_ask(&trunk, "MESSAGE", TO_BOB, "m");
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 1);
    world_answer(w, BOB, 200, "");
    world_forget(w);
    phone_ask(&trunk, "MESSAGE", ELSEWHERE, "m2");
    assert_int_equal(phone_status(&trunk), 403);
    trunk.at = STRANGER;
    phone_ask(&trunk, "MESSAGE", TO_BOB, "m3");
    assert_int_equal(phone_status(&trunk), 407);
    finish(w);
}

/* What the mark lets in: the callee may hang up, whoever it is. */
static void a_dialog_needs_no_password(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    phone_call(&alice, "INVITE", TO_BOB, "call");
    world_answer(w, BOB, 200, "Contact: <sip:bob@192.0.2.2>\r\n");
    const char *rr = strstr(world_last(w, ALICE), "Record-Route: ");
    assert_non_null(rr);
    char route[512];
    (void)snprintf(route, sizeof route, "Max-Forwards: 70\r\nRoute: %.*s\r\n",
                   (int)(strcspn(rr, "\r") - 14), rr + 14);
    world_forget(w);
    world_sendf(w, BOB,
                "BYE sip:alice@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP " BOB
                ";branch=z9hG4bKbye\r\nFrom: <sip:bob@example.com>;tag=" BOB
                "\r\nTo: <sip:alice@example.com>;tag=f\r\nCall-ID: call\r\nCSeq: 1 BYE\r\n"
                "%sContent-Length: 0\r\n\r\n",
                route);
    assert_int_equal(world_count(w, ALICE, "BYE"), 1);
    world_answer(w, ALICE, 200, "");
    finish(w);
}

/* --- what else may happen meanwhile --- */

static void a_caller_may_give_up_while_the_account_is_asked_for(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "INVITE", TO_BOB, "call");
    assert_true(phone_challenged(&alice));
    w->hold = true;
    phone_answer(&alice);
    assert_false(element_is_quiet(w->element));
    world_sendf(w, ALICE,
                "CANCEL " TO_BOB " SIP/2.0\r\nVia: SIP/2.0/UDP " ALICE ";branch=z9hG4bKp%u\r\n"
                "From: <sip:alice@example.com>;tag=f\r\nTo: <sip:alice@example.com>\r\n"
                "Call-ID: call\r\nCSeq: %u CANCEL\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                alice.branch, alice.cseq);
    assert_int_equal(world_count(w, ALICE, "SIP/2.0 487"), 1);
    world_forget(w);
    world_release(w);
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    finish(w);
}

static void a_store_that_fails_is_a_503(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    w->accounts.failing = true;
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 503);
    assert_true(last_has(&alice, "Retry-After: "));
    assert_int_equal(registered(w), 0);
    w->accounts.failing = false;
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 200);
    finish(w);
}

static void a_damaged_account_lets_nobody_in(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    w->accounts.list[0].value[0] = 9;
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 401);
    finish(w);
}

/* RFC 3261 8.2.2.2: the same by another way, once. */
static void a_merged_request_is_a_482(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    phone_call(&alice, "MESSAGE", TO_BOB, "m");
    alice.cseq--;
    phone_repeat(&alice); /* the same CSeq, another branch */
    assert_int_equal(phone_status(&alice), 482);
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 1);
    NOTES(w, NOTE_CHALLENGED, NOTE_AUTH_OK, NOTE_REGISTERED, NOTE_CHALLENGED, NOTE_AUTH_OK);
    world_answer(w, BOB, 200, "");
    finish(w);
}

/* RFC 7616 3.5 */
static void success_is_proved_in_return(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_true(last_has(&alice, "Authentication-Info: qop=auth, rspauth=\""));
    assert_true(last_has(&alice, "nc=00000001"));
    assert_false(last_has(&alice, "nextnonce"));
    world_pass(w, 150);
    world_forget(w);
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 200);
    assert_true(last_has(&alice, "Authentication-Info: nextnonce=\""));
    const char *next = strstr(world_last(w, ALICE), "nextnonce=\"");
    (void)snprintf(alice.nonce, sizeof alice.nonce, "%.*s", NONCE_LEN, next + 11);
    alice.count = 0;
    world_pass(w, 200);
    world_forget(w);
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 200);
    phone_call(&alice, "OPTIONS", HOME, "o");
    assert_int_equal(phone_status(&alice), 200);
    assert_true(last_has(&alice, "Authentication-Info: "));
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_registers_for_others),
        cmocka_unit_test(nobody_registers_elsewhere_here),
        cmocka_unit_test(nobody_sends_under_anothers_name),
        cmocka_unit_test(a_foreign_place_is_for_who_proved_right),
        cmocka_unit_test(who_proved_right_is_asserted),
        cmocka_unit_test(foreign_callers_reach_our_users_alone),
        cmocka_unit_test(peers_are_let_in_to_our_users),
        cmocka_unit_test(a_dialog_needs_no_password),
        cmocka_unit_test(a_caller_may_give_up_while_the_account_is_asked_for),
        cmocka_unit_test(a_store_that_fails_is_a_503),
        cmocka_unit_test(a_damaged_account_lets_nobody_in),
        cmocka_unit_test(a_merged_request_is_a_482),
        cmocka_unit_test(success_is_proved_in_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
