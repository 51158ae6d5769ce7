/* Who is asked for a password, and what comes of the answers: RFC 3261 22, RFC 7616, RFC 8760. */
#include "asking.h"
#include "auth/nonce.h"

/* --- challenges --- */

static void a_registration_is_asked_for_its_password(void **state)
{
    (void)state;
    for (unsigned a = 0; a < N_DIGEST_ALGORITHMS; a++)
        for (unsigned qop = DIGEST_QOP_NONE; qop <= DIGEST_QOP_AUTH_INT; qop++) {
            if (qop == DIGEST_QOP_NONE && a != DIGEST_MD5)
                continue;
            struct world *w = world_of(required);
            struct phone alice = alice_of(w);
            alice.algorithm = (enum digest_algorithm)a;
            alice.qop = (enum digest_qop)qop;
            phone_ask(&alice, "REGISTER", HOME, "reg");
            assert_int_equal(phone_status(&alice), 401);
            assert_int_equal(registered(w), 0);
            assert_true(phone_challenged(&alice));
            phone_answer(&alice);
            assert_int_equal(phone_status(&alice), 200);
            assert_int_equal(registered(w), 1);
            NOTES(w, NOTE_CHALLENGED, NOTE_AUTH_OK, NOTE_REGISTERED);
            finish(w);
        }
}

static void challenges_are_strongest_first(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "REGISTER", HOME, "reg");
    const char *text = world_last(w, ALICE);
    const char *first = strstr(text, "algorithm=SHA-512-256"),
               *second = strstr(text, "algorithm=SHA-256"), *third = strstr(text, "algorithm=MD5");
    assert_true(first && second && third && first < second && second < third);
    assert_non_null(strstr(text, "WWW-Authenticate: Digest realm=\"example.com\", "));
    assert_null(strstr(text, "stale"));
    finish(w);
}

/* RFC 3261 26.3.2.4: given once, whoever it is that the request was forged for. */
static void a_challenge_keeps_no_state(void **state)
{
    (void)state;
    static const char *const methods[] = {"INVITE", "MESSAGE"};
    for (unsigned i = 0; i < 2; i++) {
        struct world *w = world_of(required);
        struct phone alice = alice_of(w);
        phone_ask(&alice, methods[i], TO_BOB, "once");
        assert_int_equal(phone_status(&alice), 407);
        assert_true(element_is_idle(w->element));
        assert_int_equal(engine_timers(element_engine(w->element)), 0);
        finish(w);
    }
}

static void without_being_required_nobody_is_asked(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    world_register(w, ALICE, "alice", 600);
    assert_int_equal(world_status(w, ALICE), 200);
    assert_int_equal(w->accounts.asked, 2); /* those that put them there */
    finish(w);
}

static void every_method_is_asked(void **state)
{
    (void)state;
    static const struct {
        const char *method, *uri;
        unsigned status;
    } cases[] = {
        {"INVITE", TO_BOB, 407},
        {"MESSAGE", TO_BOB, 407},
        {"SUBSCRIBE", TO_BOB, 407},
        {"PUBLISH", TO_BOB, 407},
        {"REFER", TO_BOB, 407},
        {"BYE", TO_BOB, 407},
        {"FOO", TO_BOB, 407},
        {"OPTIONS", TO_BOB, 407},
        {"OPTIONS", HOME, 401},
        {"MESSAGE", HOME, 401},
        {"INVITE", ELSEWHERE, 407},
        {"REGISTER", ELSEWHERE, 407},
        {"INVITE", "tel:+15551234", 407},
        {"INVITE", "sip:nobody@example.com", 407},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_of(required);
        struct phone alice = alice_of(w);
        phone_ask(&alice, cases[i].method, cases[i].uri, "any");
        if (phone_status(&alice) != cases[i].status)
            fail_msg("%s %s: %u", cases[i].method, cases[i].uri, phone_status(&alice));
        finish(w);
    }
}

/* RFC 3261 22.1: they cannot be sent again with credentials. */
static void ack_and_cancel_are_never_asked(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    world_forget(w);
    phone_ask(&alice, "ACK", TO_BOB, "any");
    assert_null(world_last(w, ALICE));
    phone_ask(&alice, "CANCEL", TO_BOB, "any"); /* 16.10: it may be of a request that passed */
    assert_null(world_last(w, ALICE));
    assert_non_null(strstr(world_last(w, BOB), "CANCEL sip:"));
    phone_ask(&alice, "CANCEL", "sip:nobody@example.com", "any");
    assert_int_equal(phone_status(&alice), 481);
    finish(w);
}

/* --- who proves to be whom --- */

static void a_call_goes_on_where_it_stopped(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    world_forget(w);
    phone_ask(&alice, "INVITE", TO_BOB, "call");
    assert_int_equal(phone_status(&alice), 407);
    assert_int_equal(world_count(w, BOB, "INVITE"), 0);
    assert_true(phone_challenged(&alice));
    phone_answer(&alice);
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    world_answer(w, BOB, 200, "Contact: <sip:bob@192.0.2.2>\r\n");
    assert_int_equal(phone_status(&alice), 200);
    assert_int_equal(world_count(w, ALICE, "SIP/2.0 100"),
                     1); /* before the challenge there is none */
    finish(w);
}

/* RFC 3261 22.3 */
static void what_was_for_us_goes_no_further(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    alice.lines = "Proxy-Authorization: Digest username=\"x\", realm=\"elsewhere.org\"\r\n"
                  "Authorization: Digest username=\"y\", realm=\"example.com\"\r\n";
    phone_call(&alice, "MESSAGE", TO_BOB, "m");
    const char *text = world_last(w, BOB);
    assert_memory_equal(text, "MESSAGE", 7);
    assert_null(strstr(text, "username=\"alice\""));
    assert_non_null(strstr(text, "username=\"x\""));
    assert_non_null(strstr(text, "username=\"y\""));
    world_answer(w, BOB, 200, "");
    finish(w);
}

static void nothing_comes_of_a_wrong_password(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    alice.password = "Wonderland";
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 401);
    assert_false(last_has(&alice, "stale"));
    assert_int_equal(registered(w), 0);
    NOTES(w, NOTE_CHALLENGED, NOTE_AUTH_FAILED);
    finish(w);
}

/* The answers differ in nothing but what differs anyhow. */
static void an_unknown_user_is_a_wrong_password(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w), nobody;
    char texts[2][WORLD_TEXT];
    phone_init(&nobody, w, ALICE, "nobod", "builder");
    alice.password = "builder";
    struct phone *both[2] = {&alice, &nobody};
    unsigned asked[2];
    for (size_t i = 0; i < 2; i++) {
        unsigned before = w->accounts.asked;
        phone_call(both[i], "REGISTER", HOME, "reg");
        asked[i] = w->accounts.asked - before;
        const char *server = strstr(world_last(w, ALICE), "Server:");
        (void)snprintf(texts[i], sizeof texts[i], "%.12s%s", world_last(w, ALICE), server);
        for (char *at = texts[i]; (at = strstr(at, " nonce=\"")); at += 8 + NONCE_LEN)
            memset(at + 8, 'n', NONCE_LEN);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_int_equal(asked[0], asked[1]);
    finish(w);
}

static void a_name_too_long_for_an_account_is_none(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    char user[LIMIT_AOR_BYTES + 1];
    struct phone p;
    memset(user, 'u', sizeof user - 1);
    user[sizeof user - 1] = 0;
    phone_init(&p, w, ALICE, user, "x");
    p.from = p.to = "sip:alice@example.com";
    phone_call(&p, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&p), 401);
    finish(w);
}

/* An account that was made before an algorithm was offered, and one that was not offered. */
static void algorithms_must_be_offered_and_there(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    account_put(w, "carol", "c", 1u << DIGEST_MD5);
    struct phone carol;
    phone_init(&carol, w, ALICE, "carol", "c");
    phone_call(&carol, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&carol), 401);
    carol.algorithm = DIGEST_MD5;
    phone_call(&carol, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&carol), 200);
    finish(w);
}

static void strong_alone(struct element_config *c)
{
    c->access.required = true;
    c->access.algorithms = 1u << DIGEST_SHA256;
}

static void a_weaker_answer_than_asked_for_is_none(void **state)
{
    (void)state;
    struct world *w = world_of(strong_alone);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "REGISTER", HOME, "reg");
    assert_true(phone_challenged(&alice));
    alice.algorithm = DIGEST_MD5;
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 401);
    /* not that the password is wrong: it may have been asked for before a new configuration */
    assert_true(last_has(&alice, "stale=true"));
    assert_int_equal(registered(w), 0);
    finish(w);
}

static void improper_credentials_are_a_400(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    alice.lines = "Authorization: Digest realm=\"example.com\", username=\"alice\"\r\n";
    phone_ask(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 400);
    NOTES(w, NOTE_BAD_MESSAGE);
    finish(w);
}

static void credentials_for_another_are_a_400(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    bob_registered(w);
    struct phone alice = alice_of(w);
    world_forget(w);
    phone_ask(&alice, "MESSAGE", TO_BOB, "m");
    assert_true(phone_challenged(&alice));
    char stolen[512];
    phone_answer(&alice);
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 1);
    world_answer(w, BOB, 200, "");
    (void)snprintf(stolen, sizeof stolen,
                   "Proxy-Authorization: Digest username=\"alice\", realm=\"example.com\", "
                   "nonce=\"%s\", uri=\"" TO_BOB "\", algorithm=SHA-256, response=\"%064d\", "
                   "qop=auth, nc=00000002, cnonce=\"c\"\r\n",
                   alice.nonce, 0);
    alice.lines = stolen;
    phone_ask(&alice, "MESSAGE", "sip:carol@example.com", "m2");
    assert_int_equal(phone_status(&alice), 400);
    finish(w);
}

/* --- nonces --- */

static void a_nonce_serves_again_with_the_next_count(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_call(&alice, "REGISTER", HOME, "reg");
    for (unsigned i = 0; i < 5; i++) {
        world_pass(w, 40);
        world_forget(w);
        phone_answer(&alice);
        assert_int_equal(phone_status(&alice), 200);
    }
    assert_int_equal(registered(w), 6);
    finish(w);
}

static void credentials_are_good_once(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_call(&alice, "REGISTER", HOME, "reg");
    NOTES(w, NOTE_CHALLENGED, NOTE_AUTH_OK, NOTE_REGISTERED);
    unsigned asked = w->accounts.asked;
    phone_repeat(&alice);
    assert_int_equal(phone_status(&alice), 401);
    assert_true(last_has(&alice, "stale=true"));
    assert_int_equal(registered(w), 1);
    assert_int_equal(w->accounts.asked, asked); /* no work is done for it */
    NOTES(w, NOTE_CHALLENGED);
    assert_true(phone_challenged(&alice));
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 200);
    finish(w);
}

/* Challenged twice within one tick of the clock: both nonces are good, each with its first count,
 * in whatever order they are used. */
static void two_challenges_of_one_moment_are_two(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        struct world *w = world_of(required);
        struct phone alice[2] = {alice_of(w), alice_of(w)};
        for (unsigned i = 0; i < 2; i++) {
            alice[i].cseq = i;
            phone_ask(&alice[i], "REGISTER", HOME, "reg");
            assert_true(phone_challenged(&alice[i]));
        }
        assert_string_not_equal(alice[0].nonce, alice[1].nonce);
        for (unsigned i = 0; i < 2; i++) {
            struct phone *p = &alice[first ^ i];
            p->cseq = 10 + i;
            phone_answer(p);
            assert_int_equal(phone_status(p), 200);
            assert_int_equal(p->count, 1);
        }
        finish(w);
    }
}

/* RFC 2069's form has no count: each needs a nonce of its own. */
static void without_a_count_a_nonce_serves_once(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    alice.algorithm = DIGEST_MD5;
    alice.qop = DIGEST_QOP_NONE;
    phone_call(&alice, "REGISTER", HOME, "reg");
    assert_int_equal(phone_status(&alice), 200);
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 401);
    assert_true(last_has(&alice, "stale=true"));
    finish(w);
}

/* Two with one count while the store has not answered: one of them is let in. */
static void of_two_at_once_one_is_good(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "REGISTER", HOME, "reg");
    assert_true(phone_challenged(&alice));
    w->hold = true;
    phone_answer(&alice);
    uint64_t first = w->held;
    phone_repeat(&alice);
    uint64_t second = w->held;
    assert_int_not_equal(first, second);
    world_forget(w);
    world_release(w);
    assert_int_equal(phone_status(&alice), 200);
    w->held = first;
    w->held_ask.op = STORE_GET;
    w->held_ask.space = STORE_ACCOUNTS;
    (void)snprintf(w->held_key, sizeof w->held_key, "sip:alice@example.com");
    w->held_ask.key = str_from(w->held_key);
    world_release(w);
    assert_int_equal(phone_status(&alice), 401);
    assert_int_equal(registered(w), 1);
    finish(w);
}

static void an_old_nonce_is_stale(void **state)
{
    (void)state;
    static const struct {
        unsigned age_s;
        unsigned status;
    } cases[] = {{300, 200}, {301, 401}};
    for (size_t i = 0; i < 2; i++) {
        struct world *w = world_of(required);
        struct phone alice = alice_of(w);
        phone_ask(&alice, "REGISTER", HOME, "reg");
        assert_true(phone_challenged(&alice));
        world_pass(w, cases[i].age_s);
        world_forget(w);
        phone_answer(&alice);
        assert_int_equal(phone_status(&alice), cases[i].status);
        assert_int_equal(last_has(&alice, "stale=true"), cases[i].status == 401);
        if (cases[i].status == 401)
            NOTES(w, NOTE_CHALLENGED, NOTE_CHALLENGED);
        else
            NOTES(w, NOTE_CHALLENGED, NOTE_AUTH_OK, NOTE_REGISTERED);
        finish(w);
    }
}

static void anothers_nonce_is_stale(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    phone_ask(&alice, "REGISTER", HOME, "reg");
    assert_true(phone_challenged(&alice));
    alice.at = BOB; /* another address */
    phone_answer(&alice);
    assert_int_equal(phone_status(&alice), 401);
    assert_true(last_has(&alice, "stale=true"));
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registration_is_asked_for_its_password),
        cmocka_unit_test(challenges_are_strongest_first),
        cmocka_unit_test(a_challenge_keeps_no_state),
        cmocka_unit_test(without_being_required_nobody_is_asked),
        cmocka_unit_test(every_method_is_asked),
        cmocka_unit_test(ack_and_cancel_are_never_asked),
        cmocka_unit_test(a_call_goes_on_where_it_stopped),
        cmocka_unit_test(what_was_for_us_goes_no_further),
        cmocka_unit_test(nothing_comes_of_a_wrong_password),
        cmocka_unit_test(an_unknown_user_is_a_wrong_password),
        cmocka_unit_test(a_name_too_long_for_an_account_is_none),
        cmocka_unit_test(algorithms_must_be_offered_and_there),
        cmocka_unit_test(a_weaker_answer_than_asked_for_is_none),
        cmocka_unit_test(improper_credentials_are_a_400),
        cmocka_unit_test(credentials_for_another_are_a_400),
        cmocka_unit_test(a_nonce_serves_again_with_the_next_count),
        cmocka_unit_test(credentials_are_good_once),
        cmocka_unit_test(two_challenges_of_one_moment_are_two),
        cmocka_unit_test(without_a_count_a_nonce_serves_once),
        cmocka_unit_test(of_two_at_once_one_is_good),
        cmocka_unit_test(an_old_nonce_is_stale),
        cmocka_unit_test(anothers_nonce_is_stale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
