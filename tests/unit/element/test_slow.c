/* Guesses at one account's password from many addresses, and who is never slowed by them. */
#include "asking.h"
#include "auth/nonce.h"
#include "element/slow.h"

#define GUESS (LIMIT_SLOW_GUESS_S * NS_PER_S)
#define NEW_PLACE "198.51.100.200:5060"

/* --- the table --- */

static struct slow *table(void)
{
    struct hash_key key = {1, 2};
    struct slow *s = slow_new(&mem_libc, &key);
    assert_non_null(s);
    return s;
}

static struct addr at(const char *text)
{
    struct addr a = {0};
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static unsigned taken(struct slow *s, uint64_t account, time_ns now)
{
    unsigned n = 0;
    while (slow_take(s, account, now))
        n++;
    return n;
}

static void guesses_run_out_and_come_back(void **state)
{
    (void)state;
    struct slow *s = table();
    assert_int_equal(taken(s, 7, 5), LIMIT_SLOW_GUESSES);
    assert_int_equal(taken(s, 8, 5), LIMIT_SLOW_GUESSES);
    assert_int_equal(taken(s, 7, 5 + GUESS - 1), 0);
    assert_int_equal(taken(s, 7, 5 + GUESS), 1);
    assert_int_equal(taken(s, 7, 5 + 4 * GUESS), 3);
    assert_int_equal(taken(s, 7, 5 + 100 * GUESS), LIMIT_SLOW_GUESSES);
    slow_free(s);
}

static void what_was_right_is_given_back(void **state)
{
    (void)state;
    struct slow *s = table();
    slow_give_back(s, 7, 0);
    assert_int_equal(taken(s, 7, 0), LIMIT_SLOW_GUESSES);
    slow_give_back(s, 7, 0);
    assert_int_equal(taken(s, 7, 0), 1);
    slow_give_back(s, 7, 100 * GUESS);
    assert_int_equal(taken(s, 7, 100 * GUESS), LIMIT_SLOW_GUESSES);
    slow_free(s);
}

static void an_address_is_known_for_a_while(void **state)
{
    (void)state;
    struct slow *s = table();
    struct addr a = at("192.0.2.1:5060"), other = at("192.0.2.2:5060");
    const time_ns until = 9 + LIMIT_SLOW_KNOWN_S * NS_PER_S;
    slow_proved(s, 7, &a, 9);
    a.port = 1;
    assert_true(slow_knows(s, 7, &a, until - 1));
    assert_false(slow_knows(s, 7, &a, until));
    assert_false(slow_knows(s, 8, &a, 9));
    assert_false(slow_knows(s, 7, &other, 9));
    slow_proved(s, 7, &a, 10);
    assert_true(slow_knows(s, 7, &a, until));
    slow_free(s);
}

static void half_of_ipv6_counts(void **state)
{
    (void)state;
    static const struct {
        const char *proved, *asks;
        bool known;
    } cases[] = {
        {"[2001:db8::1]:5060", "[2001:db8::2]:5061", true},
        {"[2001:db8::1]:5060", "[2001:db8:0:1::1]:5060", false},
        {"[::ffff:192.0.2.1]:5060", "[::ffff:192.0.2.1]:9", true},
        {"[::ffff:192.0.2.1]:5060", "[::ffff:192.0.2.2]:5060", false},
        {"[::1]:5060", "[::2]:5060", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slow *s = table();
        struct addr proved = at(cases[i].proved), asks = at(cases[i].asks);
        slow_proved(s, 7, &proved, 0);
        if (slow_knows(s, 7, &asks, 1) != cases[i].known)
            fail_msg("%s %s", cases[i].proved, cases[i].asks);
        slow_free(s);
    }
}

/* Names are invented for nothing: whom many guesses were made at stays. */
static void at_the_bound_the_least_guessed_is_forgotten(void **state)
{
    (void)state;
    struct slow *s = table();
    struct hash_key key = {3, 4};
    char name[16];
    unsigned n = 0, fresh = 0;
    assert_int_equal(taken(s, 7, 0), LIMIT_SLOW_GUESSES);
    for (unsigned i = 0; i < 4 * LIMIT_SLOW_ACCOUNTS; i++) {
        (void)snprintf(name, sizeof name, "%u", i);
        assert_true(slow_take(s, siphash13(&key, str_from(name)), 0));
    }
    assert_int_equal(taken(s, 7, 0), 0);
    for (unsigned i = 0; i < 4 * LIMIT_SLOW_ACCOUNTS; i++) {
        (void)snprintf(name, sizeof name, "%u", i);
        n = taken(s, siphash13(&key, str_from(name)), 0);
        fresh += n == LIMIT_SLOW_GUESSES;
    }
    assert_in_range(fresh, 3 * LIMIT_SLOW_ACCOUNTS, 4 * LIMIT_SLOW_ACCOUNTS - 1);
    slow_free(s);
}

static void at_the_bound_the_oldest_address_is_forgotten(void **state)
{
    (void)state;
    struct slow *s = table();
    struct addr a = at("192.0.2.1:5060");
    const uint64_t all = 8 * (uint64_t)LIMIT_SLOW_KNOWN;
    unsigned known = 0;
    for (uint64_t i = 0; i < all; i++)
        slow_proved(s, i, &a, i);
    for (uint64_t i = 0; i < all; i++)
        known += slow_knows(s, i, &a, all);
    assert_in_range(known, LIMIT_SLOW_KNOWN / 2, LIMIT_SLOW_KNOWN);
    assert_true(slow_knows(s, all - 1, &a, all));
    assert_false(slow_knows(s, 0, &a, all));
    slow_free(s);
}

/* --- requests --- */

/* So many wrong passwords for the user, each from another address; returns for how many of them an
 * account was looked at. */
static unsigned attack(struct world *w, const char *user, unsigned n)
{
    unsigned before = w->accounts.asked;
    for (unsigned i = 0; i < n; i++) {
        char from[32];
        struct phone p;
        (void)snprintf(from, sizeof from, "203.0.113.%u:5060", i + 1);
        phone_init(&p, w, from, user, "guess");
        phone_call(&p, "REGISTER", HOME, from);
        assert_int_equal(phone_status(&p), 401);
        world_forget(w);
    }
    return w->accounts.asked - before;
}

static unsigned registers(struct phone *p, const char *call_id)
{
    phone_call(p, "REGISTER", HOME, call_id);
    unsigned status = phone_status(p);
    world_forget(p->w);
    return status;
}

static void many_sources_get_no_more_guesses_than_one(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice;
    phone_init(&alice, w, NEW_PLACE, "alice", "wonderland");
    assert_int_equal(attack(w, "alice", 100), LIMIT_SLOW_GUESSES);
    assert_int_equal(registers(&alice, "a"), 401);
    assert_int_equal(registered(w), 0);
    world_pass(w, LIMIT_SLOW_GUESS_S - 1);
    assert_int_equal(registers(&alice, "b"), 401);
    world_pass(w, 1);
    assert_int_equal(registers(&alice, "c"), 200);
    assert_int_equal(attack(w, "alice", 100), 1); /* hers was given back */
    finish(w);
}

static void another_account_is_not_slowed(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    (void)attack(w, "alice", 100);
    (void)bob_registered(w);
    finish(w);
}

static void who_mistypes_now_and_then_is_not_slowed(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    for (unsigned i = 0; i < 30; i++) {
        alice.password = "wunderland";
        unsigned before = w->accounts.asked;
        assert_int_equal(registers(&alice, "r"), 401);
        assert_int_equal(w->accounts.asked, before + 1);
        world_pass(w, LIMIT_SLOW_GUESS_S);
    }
    finish(w);
}

/* Right passwords cost nothing, wherever they come from. */
static void right_passwords_are_no_guesses(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    for (unsigned i = 0; i < 3 * LIMIT_SLOW_GUESSES; i++) {
        char from[32];
        struct phone p;
        (void)snprintf(from, sizeof from, "198.51.100.%u:5060", i + 1);
        phone_init(&p, w, from, "alice", "wonderland");
        phone_ask(&p, "OPTIONS", HOME, from);
        assert_true(phone_challenged(&p));
        phone_answer(&p);
        assert_int_equal(phone_status(&p), 200);
        world_forget(w);
    }
    assert_int_equal(attack(w, "alice", 100), LIMIT_SLOW_GUESSES);
    finish(w);
}

static void a_phone_that_was_right_is_never_slowed(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice = alice_of(w);
    for (unsigned i = 0; i < 10; i++) {
        phone_call(&alice, "OPTIONS", HOME, "o");
        assert_int_equal(phone_status(&alice), 200);
        world_forget(w);
        (void)attack(w, "alice", 30);
    }
    finish(w);
}

/* At another worker, or in an earlier life: what remains of it is its binding. */
static void a_phone_with_a_binding_is_never_slowed(void **state)
{
    (void)state;
    struct world *w = world_of(NULL);
    struct element_config c;
    struct phone alice = alice_of(w), elsewhere;
    phone_init(&elsewhere, w, NEW_PLACE, "alice", "wonderland");
    world_register(w, "192.0.2.1:1024", "alice", 600); /* its NAT gave it another port since */
    element_config_default(&c);
    c.access.required = true;
    static const struct str domain = STR_INIT("example.com");
    c.domains = &domain;
    c.n_domains = 1;
    assert_int_equal(element_reconfigure(w->element, &c), OK);
    (void)attack(w, "alice", 30);
    assert_int_equal(registers(&elsewhere, "b"), 401);
    assert_int_equal(registers(&alice, "a"), 200);
    finish(w);
}

/* What the phone at NEW_PLACE gets and what is noted of it, but for what differs anyhow. */
static void attempt(struct world *w, const char *user, char text[WORLD_TEXT], unsigned *asked)
{
    struct phone p;
    struct element_note note;
    unsigned before = w->accounts.asked + w->store.asked;
    phone_init(&p, w, NEW_PLACE, user, "guess");
    while (element_note(w->element, &note))
        continue;
    phone_call(&p, "REGISTER", HOME, "try");
    *asked = w->accounts.asked + w->store.asked - before;
    const char *answer = world_last(w, NEW_PLACE);
    (void)snprintf(text, WORLD_TEXT, "%.12s%s", answer, strstr(answer, "Server:"));
    for (char *nonce = text; (nonce = strstr(nonce, " nonce=\"")); nonce += 8 + NONCE_LEN)
        memset(nonce + 8, 'n', NONCE_LEN);
    NOTES(w, NOTE_CHALLENGED, NOTE_AUTH_FAILED);
    world_forget(w);
}

static void nobody_learns_that_an_account_is_slowed(void **state)
{
    (void)state;
    static const char *const users[] = {"alice", "nobod"};
    struct world *w = world_of(required);
    char first[WORLD_TEXT], text[WORLD_TEXT];
    unsigned asked;
    attempt(w, "alice", first, &asked);
    assert_int_equal(asked, 1);
    for (size_t i = 0; i < 2; i++) {
        attempt(w, users[i], text, &asked);
        assert_string_equal(text, first);
        assert_int_equal(asked, 1);
        assert_in_range(attack(w, users[i], 30), LIMIT_SLOW_GUESSES - 2, LIMIT_SLOW_GUESSES - 1);
        attempt(w, users[i], text, &asked);
        assert_string_equal(text, first);
        assert_int_equal(asked, 1);
    }
    finish(w);
}

/* All at once, before the store has said anything. */
static void guesses_count_before_they_are_answered(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct element_stats stats;
    w->hold = true;
    for (unsigned i = 0; i < LIMIT_SLOW_GUESSES; i++) {
        char from[32];
        struct phone p;
        (void)snprintf(from, sizeof from, "203.0.113.%u:5060", i + 1);
        phone_init(&p, w, from, "alice", "guess");
        phone_call(&p, "OPTIONS", HOME, from);
        assert_int_equal(w->held_ask.space, STORE_ACCOUNTS);
    }
    struct phone alice;
    phone_init(&alice, w, NEW_PLACE, "alice", "wonderland");
    phone_call(&alice, "OPTIONS", HOME, "more");
    assert_int_equal(w->held_ask.space, STORE_LOCATIONS);
    element_stats(w->element, &stats);
    assert_int_equal(stats.admissions, LIMIT_SLOW_GUESSES + 1);
    world_free(w);
}

static void without_its_bindings_a_slowed_account_is_a_503(void **state)
{
    (void)state;
    struct world *w = world_of(required);
    struct phone alice;
    phone_init(&alice, w, NEW_PLACE, "alice", "wonderland");
    (void)attack(w, "alice", 30);
    w->store.failing = true;
    assert_int_equal(registers(&alice, "a"), 503);
    w->store.failing = false;
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guesses_run_out_and_come_back),
        cmocka_unit_test(what_was_right_is_given_back),
        cmocka_unit_test(an_address_is_known_for_a_while),
        cmocka_unit_test(half_of_ipv6_counts),
        cmocka_unit_test(at_the_bound_the_least_guessed_is_forgotten),
        cmocka_unit_test(at_the_bound_the_oldest_address_is_forgotten),
        cmocka_unit_test(many_sources_get_no_more_guesses_than_one),
        cmocka_unit_test(another_account_is_not_slowed),
        cmocka_unit_test(who_mistypes_now_and_then_is_not_slowed),
        cmocka_unit_test(right_passwords_are_no_guesses),
        cmocka_unit_test(a_phone_that_was_right_is_never_slowed),
        cmocka_unit_test(a_phone_with_a_binding_is_never_slowed),
        cmocka_unit_test(nobody_learns_that_an_account_is_slowed),
        cmocka_unit_test(guesses_count_before_they_are_answered),
        cmocka_unit_test(without_its_bindings_a_slowed_account_is_a_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
