/* Servers that ask for passwords: phones that have one notice nothing, who has none gets nothing.
 */
#include "office.h"

#include "sim/hostile.h"

#define PASSWORD "wonderland"
#define N_USERS 2

static const char *const names[N_USERS] = {"alice", "bob"};

/* By any of its workers. */
static size_t served(const struct office *o, const char *start)
{
    size_t n = 0;
    for (unsigned i = 0; i < o->proxy->n_workers; i++)
        n += ladder_count(&o->w, o->proxy->workers[i], start);
    return n;
}

static void open_asking(struct office *o, uint64_t seed, unsigned workers)
{
    world_init(&o->w, seed);
    o->proxy = element_join_workers(&o->w, "office.example", workers);
    for (size_t i = 0; i < N_USERS; i++)
        location_put_account(o->proxy->location, names[i], "office.example", PASSWORD);
    element_ask_passwords(o->proxy, NULL, 0);
    o->alice = agent_join(&o->w, "alice", o->proxy, TRANSPORT_UDP);
    o->bob = agent_join(&o->w, "bob", o->proxy, TRANSPORT_TCP);
}

static void register_both(struct office *o, const char *alices, const char *bobs)
{
    agent_know_password(o->alice, alices);
    agent_know_password(o->bob, bobs);
    agent_register(o->alice, 3600);
    agent_register(o->bob, 3600);
    world_run(&o->w, 3 * NS_PER_S);
}

/* RFC 3261 22, RFC 3665 2.1 and 3.1 */
static void a_call_with_passwords(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 3; workers++) {
        struct office o;
        open_asking(&o, 1, workers);
        register_both(&o, PASSWORD, PASSWORD);
        EXPECT(&o.w, o.alice->register_status == 200 && o.bob->register_status == 200);
        EXPECT(&o.w, served(&o, "SIP/2.0 401") >= 2);
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, 5 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1);
        EXPECT(&o.w, bobs_call(&o)->acked);
        call_hang_up(bobs_call(&o)); /* a dialog needs no password */
        world_run(&o.w, 5 * NS_PER_S);
        EXPECT(&o.w, c->bye_received);
        check_and_end(&o.w);
    }
}

/* One nonce serves refreshes and calls as long as it is good: a round of its own is rare. */
static void a_nonce_serves_for_long(void **state)
{
    (void)state;
    struct office o;
    open_asking(&o, 1, 1);
    register_both(&o, PASSWORD, PASSWORD);
    o.alice->auth.before_asked = true;
    size_t before = served(&o, "SIP/2.0 401");
    for (unsigned i = 0; i < 20; i++) {
        world_run(&o.w, 100 * NS_PER_S);
        agent_register(o.alice, 3600);
    }
    world_run(&o.w, 3 * NS_PER_S);
    EXPECT(&o.w, o.alice->register_status == 200);
    EXPECT(&o.w, served(&o, "SIP/2.0 401") == before); /* nextnonce came in time */
    check_and_end(&o.w);
}

static void a_server_that_restarts_calls_nobody_wrong(void **state)
{
    (void)state;
    struct office o;
    open_asking(&o, 1, 2);
    register_both(&o, PASSWORD, PASSWORD);
    o.alice->auth.before_asked = true;
    element_restart(o.proxy);
    agent_register(o.alice, 3600);
    world_run(&o.w, 3 * NS_PER_S);
    EXPECT(&o.w, o.alice->register_status == 200);
    check_and_end(&o.w);
}

static void who_has_no_password_gets_nothing(void **state)
{
    (void)state;
    struct office o;
    open_asking(&o, 1, 1);
    register_both(&o, "Wonderland", PASSWORD);
    EXPECT(&o.w, o.alice->register_status == 401);
    EXPECT(&o.w, o.alice->auth.refused == 1);
    o.alice->auth.refused = 0; /* rightly */
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->status == 407);
    EXPECT(&o.w, served(&o, "INVITE") == 0);
    EXPECT(&o.w, o.bob->n_calls == 0);
    o.alice->auth.refused = 0;
    check_and_end(&o.w);
}

static bool is_bound(const struct office *o, const char *key, const char *what)
{
    struct str record = location_value(o->proxy->location, str_from(key));
    return record.len > 0 && memmem(record.at, record.len, what, strlen(what));
}

/* What was heard is sent again, as it was and with another's contact, and passwords are guessed. */
static void nothing_comes_of_what_was_overheard(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct office o;
        open_asking(&o, seed, 1 + (unsigned)(seed % 3));
        register_both(&o, PASSWORD, PASSWORD);
        struct hostile *h = hostile_join(&o.w, "mallory", o.proxy);
        size_t ok = served(&o, "SIP/2.0 200");
        for (unsigned i = 0; i < 40; i++) {
            hostile_steal(h);
            hostile_repeat_for_us(h);
            hostile_guess(h);
            world_run(&o.w, 100 * NS_PER_MS);
        }
        EXPECT(&o.w, served(&o, "SIP/2.0 200") == ok);
        EXPECT(&o.w, served(&o, "MESSAGE") == 0);
        EXPECT(&o.w, !is_bound(&o, "sip:alice@office.example", "mallory"));
        EXPECT(&o.w, !is_bound(&o, BOB, "mallory"));
        EXPECT(&o.w, !is_bound(&o, "sip:alice@office.example", "sip:mmmmm@"));
        EXPECT(&o.w, !is_bound(&o, BOB, "sip:mmm@"));
        check_and_end(&o.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_with_passwords),
        cmocka_unit_test(a_nonce_serves_for_long),
        cmocka_unit_test(a_server_that_restarts_calls_nobody_wrong),
        cmocka_unit_test(who_has_no_password_gets_nothing),
        cmocka_unit_test(nothing_comes_of_what_was_overheard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
