/* Who is banned for what, for how long, and who is not: with the boundary of each weight and time.
 */
#include "sources.h"

static struct mem_counting heap;

static struct guard *guard_with(unsigned packets_per_s)
{
    struct guard_config c = config_of(&heap.mem);

    c.packets_per_s = packets_per_s;
    heap = mem_counting();
    struct guard *g = guard_new(&c);
    assert_non_null(g);
    return g;
}

static void done(struct guard *g)
{
    guard_free(g);
    assert_int_equal(heap.n_live, 0);
    assert_int_equal(heap.n_bytes, 0);
}

/* How often each fact may be told at one moment before it leads to a ban of STRIKES. */
static void test_weights(void **state)
{
    static const struct {
        enum guard_fact fact;
        unsigned times;
    } rows[] = {
        {GUARD_BAD_MESSAGE, 2 * STRIKES},  {GUARD_AUTH_FAILED, GUESSES},
        {GUARD_UNKNOWN_USER, 2 * STRIKES}, {GUARD_FORBIDDEN, 2 * STRIKES},
        {GUARD_CHALLENGED, 20 * STRIKES},  {GUARD_BAD_HANDSHAKE, 2 * STRIKES},
        {GUARD_CUT_SHORT, 20 * STRIKES},
    };
    struct addr a = addr_of("192.0.2.1");
    struct guard_ban ban;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (unsigned proof = 0; proof < N_GUARD_PROOFS; proof++) {
            struct guard *g = guard_with(0);
            assert_int_equal(tell_until_ban(g, &a, rows[i].fact, proof, 1000, T0, &ban),
                             rows[i].times);
            assert_true(addr_equal_ip(&ban.addr, &a));
            assert_int_equal(ban.proof, proof);
            assert_int_equal(ban.until, T0 + BAN);
            done(g);
        }
}

/* How many times, `every` apart, a whole strike may come; 0: a thousand times. */
static unsigned strikes_until_ban(time_ns every)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    unsigned found = 0;

    for (unsigned i = 1; i < 1000 && !found; i++)
        if (tell_until_ban(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, 2, T0 + i * every, &ban))
            found = i;
    done(g);
    return found;
}

/* A strike is forgotten in LIMIT_GUARD_FORGET_S: what comes no faster never leads to a ban. */
static void test_strikes_are_forgotten(void **state)
{
    (void)state;
    assert_int_equal(strikes_until_ban(LIMIT_GUARD_FORGET_S * NS_PER_S), 0);
    assert_int_equal(strikes_until_ban((LIMIT_GUARD_FORGET_S - 1) * NS_PER_S), 10 * STRIKES - 9);
    assert_int_equal(strikes_until_ban(NS_PER_S), 23);
}

/* However often it is looked at: 495 ms forget half a point less than a challenge weighs. */
static void test_nothing_forgotten_is_lost(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    unsigned i = 1;
    (void)state;
    while (!guard_tell(g, &a, GUARD_CHALLENGED, GUARD_PROVEN, T0 + i * 495 * NS_PER_MS, &ban))
        i++;
    assert_in_range(i, 2 * (STRIKES * 1000 - 50), 2 * (STRIKES * 1000 - 50) + 2);
    done(g);
}

/* A phone with a mistyped password asks, is challenged, and answers wrongly, every ten seconds. */
static void test_a_mistyped_password_is_no_attack(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(2000);
    struct guard_ban ban;
    (void)state;
    for (unsigned i = 0; i < 10000; i++) {
        time_ns at = T0 + i * 10 * NS_PER_S;
        assert_int_equal(guard_packet(g, &a, at), GUARD_PASS);
        assert_false(guard_tell(g, &a, GUARD_CHALLENGED, GUARD_FORGEABLE, at, &ban));
        assert_int_equal(guard_packet(g, &a, at), GUARD_PASS);
        assert_false(guard_tell(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, at, &ban));
    }
    done(g);
}

/* Three hundred phones behind one address come back at once, by datagrams or streams, five of them
 * with a wrong password that they try again every twenty seconds for an hour. */
static void test_many_phones_behind_one_address(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard_ban ban;
    (void)state;
    for (unsigned proof = 0; proof < N_GUARD_PROOFS; proof++) {
        struct guard *g = guard_with(0);
        for (unsigned i = 0; i < 300; i++)
            assert_false(guard_tell(g, &a, GUARD_CHALLENGED, proof, T0, &ban));
        for (unsigned i = 0; i < 300; i++)
            assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, T0 + NS_PER_S, &ban));
        for (unsigned i = 0; i < 5 * 180; i++) {
            time_ns at = T0 + i * 4 * NS_PER_S;
            assert_false(guard_tell(g, &a, GUARD_CHALLENGED, proof, at + NS_PER_S, &ban));
            assert_false(guard_tell(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, at + NS_PER_S, &ban));
            if (i % 3 == 0)
                assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, at + NS_PER_S, &ban));
        }
        done(g);
    }
}

/* Whoever forges the address of one who has authenticated can have it banned by nothing. */
static void test_forged_packets_cannot_ban_who_authenticated(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    time_ns last = T0 + LIMIT_GUARD_GOOD_S * NS_PER_S - 1;
    (void)state;
    assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, T0, &ban));
    for (unsigned fact = 0; fact < GUARD_GOOD; fact++)
        if (fact != GUARD_AUTH_FAILED)
            assert_int_equal(tell_until_ban(g, &a, fact, GUARD_FORGEABLE, 2000, last, &ban), 0);
    assert_int_equal(tell_until_ban(g, &a, GUARD_CHALLENGED, GUARD_FORGEABLE, 2000, last + 1, &ban),
                     20 * STRIKES);
    done(g);
}

/* What is proven counts against who has authenticated, too: with more patience. */
static void test_guessing_from_behind_a_good_address(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    (void)state;
    assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, T0, &ban));
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 2000, T0, &ban), 169);
    done(g);
}

/* Half of the strikes, once a minute: an account of one's own buys no free guesses. */
static void test_good_forgives_half_once_a_minute(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    (void)state;
    assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, T0, &ban));
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 100, T0, &ban), 0);
    assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, T0, &ban)); /* a challenge's weight */
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 100, T0, &ban), 69);
    time_ns end = T0 + BAN;
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 100, end, &ban), 0);
    assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, end, &ban)); /* and half of the rest */
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 200, end, &ban), 119);
    done(g);
}

static time_ns ban_again(struct guard *g, const struct addr *a, enum guard_proof proof, time_ns at)
{
    struct guard_ban ban;

    assert_int_not_equal(tell_until_ban(g, a, GUARD_BAD_MESSAGE, proof, 1000, at, &ban), 0);
    return ban.until - at;
}

/* Proven bans double to a day, and are forgotten after a day of peace; forgeable ones stay short.
 */
static void test_spans(void **state)
{
    struct addr a = addr_of("192.0.2.1"), b = addr_of("192.0.2.2");
    struct guard *g = guard_with(0);
    time_ns at = T0, span = BAN, end = T0;
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        assert_int_equal(ban_again(g, &a, GUARD_PROVEN, at), span);
        end = at + span;
        at = end + DAY - 1;
        span = 2 * span < DAY ? 2 * span : DAY;
    }
    assert_int_equal(ban_again(g, &a, GUARD_PROVEN, end + DAY), BAN);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(ban_again(g, &b, GUARD_FORGEABLE, T0 + i * BAN), BAN);
    done(g);
}

/* Datagrams are silenced by either kind of ban, connections and streams by a proven one. */
static void test_what_a_ban_touches(void **state)
{
    struct addr a = addr_of("192.0.2.1"), b = addr_of("192.0.2.2");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    (void)state;
    (void)ban_again(g, &a, GUARD_FORGEABLE, T0);
    (void)ban_again(g, &b, GUARD_PROVEN, T0);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_SILENT);
    assert_int_equal(guard_connection(g, &a, T0), GUARD_PASS);
    assert_int_equal(guard_stream(g, &a, T0), GUARD_PASS);
    assert_int_equal(guard_packet(g, &b, T0), GUARD_SILENT);
    assert_int_equal(guard_connection(g, &b, T0), GUARD_SILENT);
    assert_int_equal(guard_stream(g, &b, T0), GUARD_SILENT);
    assert_int_equal(guard_packet(g, &b, T0 + BAN - 1), GUARD_SILENT);
    assert_int_equal(guard_packet(g, &b, T0 + BAN), GUARD_PASS);
    assert_int_equal(guard_stream(g, &b, T0 + BAN), GUARD_PASS);
    /* a stream's deeds still count for whom datagrams had banned */
    assert_int_equal(tell_until_ban(g, &a, GUARD_CHALLENGED, GUARD_FORGEABLE, 2000, T0, &ban), 0);
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 2000, T0, &ban),
                     GUESSES);
    assert_int_equal(guard_stream(g, &a, T0), GUARD_SILENT);
    assert_int_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 2000, T0, &ban), 0);
    done(g);
}

/* Neither kind of strike helps the other one along. */
static void test_forged_strikes_do_not_add_to_proven_ones(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard *g = guard_with(0);
    struct guard_ban ban;
    (void)state;
    assert_int_equal(
        tell_until_ban(g, &a, GUARD_BAD_MESSAGE, GUARD_FORGEABLE, 2 * STRIKES - 1, T0, &ban), 0);
    assert_int_equal(
        tell_until_ban(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, 2 * STRIKES - 1, T0, &ban), 0);
    assert_true(guard_tell(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, T0, &ban));
    done(g);
}

static void test_forgive(void **state)
{
    struct addr a = addr_of("192.0.2.1"), nobody = addr_of("192.0.2.2");
    struct guard *g = guard_with(0);
    (void)state;
    (void)ban_again(g, &a, GUARD_PROVEN, T0);
    guard_forgive(g, &nobody);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_SILENT);
    guard_forgive(g, &a);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
    assert_int_equal(ban_again(g, &a, GUARD_PROVEN, T0), BAN);
    done(g);
}

static void test_without_strikes_nobody_is_banned(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard_config c = config_of(&mem_libc);
    struct guard_ban ban;
    (void)state;
    c.strikes = 0;
    struct guard *g = guard_new(&c);
    assert_int_equal(tell_until_ban(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, 100000, T0, &ban), 0);
    guard_free(g);
}

/* A second's worth may come at once; then one for each that its time has come for. */
static void test_rate(void **state)
{
    static const unsigned rates[] = {1, 3, 50, 2000, 70000, 1000000};
    struct addr a = addr_of("192.0.2.1"), b = addr_of("192.0.2.2");
    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct guard *g = guard_with(rates[i]);
        time_ns interval = NS_PER_S / rates[i];
        for (unsigned k = 0; k < rates[i]; k++)
            assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
        assert_int_equal(guard_packet(g, &a, T0), GUARD_FLOOD);
        assert_int_equal(guard_connection(g, &a, T0), GUARD_FLOOD);
        assert_int_equal(guard_stream(g, &a, T0), GUARD_PASS);
        assert_int_equal(guard_packet(g, &b, T0), GUARD_PASS);
        assert_int_equal(guard_packet(g, &a, T0 + interval - 1), GUARD_FLOOD);
        assert_int_equal(guard_packet(g, &a, T0 + interval), GUARD_PASS);
        assert_int_equal(guard_packet(g, &a, T0 + interval), GUARD_FLOOD);
        done(g);
    }
}

static void test_loopback_has_no_rate(void **state)
{
    static const char *const local[] = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"};
    (void)state;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        struct guard *g = guard_with(1);
        struct addr a = addr_of(local[i]);
        struct guard_ban ban;
        for (unsigned k = 0; k < 100; k++)
            assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
        assert_int_not_equal(
            tell_until_ban(g, &a, GUARD_BAD_MESSAGE, GUARD_FORGEABLE, 100, T0, &ban), 0);
        done(g);
    }
}

/* What another worker found holds here; a shorter one, one that is over, or a forgeable one for who
 * has authenticated, does not. */
static void test_bans_of_others(void **state)
{
    struct addr a = addr_of("192.0.2.1");
    struct guard_ban ban = {.addr = a, .until = T0 + BAN, .proof = GUARD_FORGEABLE}, none;
    struct guard *g = guard_with(0);
    (void)state;
    guard_set(g, &ban, T0);
    assert_int_equal(guard_packet(g, &a, T0 + BAN - 1), GUARD_SILENT);
    ban.until = T0 + BAN / 2;
    guard_set(g, &ban, T0);
    assert_int_equal(guard_packet(g, &a, T0 + BAN - 1), GUARD_SILENT);
    guard_forgive(g, &a);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
    guard_set(g, &ban, ban.until);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
    assert_false(guard_tell(g, &a, GUARD_GOOD, GUARD_PROVEN, T0, &none));
    guard_set(g, &ban, T0);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
    ban.proof = GUARD_PROVEN;
    guard_set(g, &ban, T0);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_SILENT);
    assert_int_equal(ban_again(g, &a, GUARD_PROVEN, T0 + BAN), 2 * BAN); /* it has been one */
    done(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_strikes_are_forgotten),
        cmocka_unit_test(test_nothing_forgotten_is_lost),
        cmocka_unit_test(test_a_mistyped_password_is_no_attack),
        cmocka_unit_test(test_many_phones_behind_one_address),
        cmocka_unit_test(test_forged_packets_cannot_ban_who_authenticated),
        cmocka_unit_test(test_guessing_from_behind_a_good_address),
        cmocka_unit_test(test_good_forgives_half_once_a_minute),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_what_a_ban_touches),
        cmocka_unit_test(test_forged_strikes_do_not_add_to_proven_ones),
        cmocka_unit_test(test_forgive),
        cmocka_unit_test(test_without_strikes_nobody_is_banned),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_loopback_has_no_rate),
        cmocka_unit_test(test_bans_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
