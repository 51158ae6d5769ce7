/* Whom a set of peers asks first: by weight, in turn, by a text, by priority. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../base/mem_counting.h"
#include "peers/peers.h"

static const struct hash_key key = {1, 2};

static struct config_member members[8];
static struct config_set set;
static const struct config_set_list sets = {&set, 1};

/* The same for all tests: nobody takes a load here. */
static struct loads *loads;

static int make_loads(void **state)
{
    (void)state;
    loads = loads_new(&mem_libc, 64);
    return loads ? 0 : -1;
}

static int free_loads(void **state)
{
    (void)state;
    loads_free(loads);
    return 0;
}

static struct peers *given(enum config_policy policy, unsigned n, const unsigned *weights)
{
    static const char *const uris[] = {"sip:a", "sip:b", "sip:c", "sip:d", "sip:e", "sip:f"};

    for (unsigned i = 0; i < n; i++)
        members[i] = (struct config_member){.uri = str_from(uris[i]), .weight = weights[i]};
    set = (struct config_set){.policy = policy, .members = {members, n}};
    struct peers *p = peers_new(&mem_libc, &sets, &key, loads, NULL);
    assert_non_null(p);
    return p;
}

static char first(struct peers *p, const char *text, struct rand *r)
{
    struct peer_choice out[8];
    const struct peers_request q = {.call_id = str_from(text), .user = STR("bob")};

    assert_true(peers_order(p, 0, &q, r, out, 8) == set.members.n);
    return out[0].uri.at[4];
}

/* Within a twentieth of all. */
static void share(unsigned got, unsigned weight, unsigned all)
{
    int expected = (int)(20000 * weight / all), off = (int)got - expected;

    if (off < -1000 || off > 1000)
        fail_msg("%u of 20000 for %u of %u", got, weight, all);
}

static void by_weight(void **state)
{
    static const unsigned weights[] = {1, 3, 6, 0};
    static const enum config_policy policies[] = {CONFIG_POLICY_RANDOM, CONFIG_POLICY_CALL_ID};
    struct rand_seed seed = rand_seed_from(1);
    struct rand r;

    (void)state;
    rand_init(&r, &seed);
    for (size_t i = 0; i < 2; i++) {
        struct peers *p = given(policies[i], 4, weights);
        unsigned got[4] = {0};
        char text[32];

        for (unsigned k = 0; k < 20000; k++) {
            (void)snprintf(text, sizeof text, "call-%u", k);
            got[first(p, text, &r) - 'a']++;
        }
        for (unsigned k = 0; k < 3; k++)
            share(got[k], weights[k], 10);
        assert_int_equal(got[3], 0);
        peers_free(p);
    }
}

static void the_same_text_has_the_same_member(void **state)
{
    static const unsigned weights[] = {1, 2, 1, 1};
    char before[500], text[32];
    unsigned moved = 0;

    (void)state;
    struct peers *p = given(CONFIG_POLICY_CALL_ID, 4, weights);
    for (unsigned k = 0; k < 500; k++) {
        (void)snprintf(text, sizeof text, "call-%u", k);
        before[k] = first(p, text, NULL);
        assert_int_equal(first(p, text, NULL), before[k]);
    }
    peers_free(p);
    p = given(CONFIG_POLICY_CALL_ID, 3, weights); /* sip:d has gone */
    for (unsigned k = 0; k < 500; k++) {
        (void)snprintf(text, sizeof text, "call-%u", k);
        moved += before[k] == 'd';
        if (before[k] != 'd')
            assert_int_equal(first(p, text, NULL), before[k]);
    }
    assert_in_range(moved, 50, 150);
    peers_free(p);
    p = given(CONFIG_POLICY_USER, 4, weights);
    assert_int_equal(first(p, "x", NULL), first(p, "y", NULL));
    peers_free(p);
}

static void in_turn(void **state)
{
    static const unsigned weights[] = {1, 0, 1};
    struct peers *p = given(CONFIG_POLICY_ROUND_ROBIN, 3, weights);
    struct peer_choice out[2];

    (void)state;
    assert_int_equal(first(p, "", NULL), 'a');
    assert_int_equal(first(p, "", NULL), 'c'); /* b's turn, which has no weight */
    assert_int_equal(first(p, "", NULL), 'c');
    assert_int_equal(first(p, "", NULL), 'a');
    assert_int_equal(peers_order(p, 0, &(struct peers_request){.now = 0}, NULL, out, 2), 2);
    peers_free(p);
}

static void priority_comes_first(void **state)
{
    static const unsigned weights[] = {9, 1, 0};
    struct peers *p = given(CONFIG_POLICY_CALL_ID, 3, weights);

    (void)state;
    peers_free(p);
    members[0].priority = 5;
    p = peers_new(&mem_libc, &sets, &key, loads, NULL);
    assert_non_null(p);
    struct peer_choice out[8];
    const struct peers_request q = {.call_id = STR("x")};
    assert_int_equal(peers_order(p, 0, &q, NULL, out, 8), 3);
    assert_true(str_equal(out[0].uri, STR("sip:b")) && str_equal(out[1].uri, STR("sip:c")) &&
                str_equal(out[2].uri, STR("sip:a")));
    peers_free(p);
}

/* --- are they there? --- */

static struct peers *probed(void)
{
    static const unsigned weights[] = {1, 1};

    peers_free(given(CONFIG_POLICY_CALL_ID, 2, weights));
    members[0].priority = 0;
    members[1].priority = 1;
    set.probe_s = 10;
    set.down_after = 2;
    set.up_after = 2;
    struct peers *p = peers_new(&mem_libc, &sets, &key, loads, NULL);
    assert_non_null(p);
    return p;
}

/* Both are asked; the first answers so. */
static void ask(struct peers *p, unsigned second, unsigned status)
{
    struct str uri;
    uint64_t id, other;

    assert_true(peers_probe(p, second * NS_PER_S, &uri, &id));
    assert_true(str_equal(uri, STR("sip:a")));
    assert_true(peers_probe(p, second * NS_PER_S, &uri, &other));
    assert_false(peers_probe(p, second * NS_PER_S, &uri, &(uint64_t){0}));
    assert_int_equal(peers_deadline(p), (second + 10) * NS_PER_S);
    peers_heard(p, other, 200);
    if (status != 1)
        peers_heard(p, id, status);
}

static void who_does_not_answer_is_left_out(void **state)
{
    static const unsigned failures[] = {0, 1, 408, 503, 504};

    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        struct peers *p = probed();
        unsigned late = failures[i] == 1; /* silence counts once the next probe is due */
        struct peer_state states[3];
        struct peer_choice out[2];
        const struct peers_request q = {.call_id = STR("x")};

        ask(p, 1, failures[i]);
        assert_int_equal(peers_order(p, 0, &q, NULL, out, 2), 2);
        ask(p, 11, failures[i]);
        if (late)
            ask(p, 21, failures[i]);
        assert_int_equal(peers_order(p, 0, &q, NULL, out, 2), 1);
        assert_true(str_equal(out[0].uri, STR("sip:b")));
        assert_int_equal(peers_list(p, 0, states, 3), 2);
        assert_false(states[0].up);
        assert_true(states[1].up && states[1].probed && !states[1].out);
        ask(p, 31, 405);
        assert_int_equal(peers_order(p, 0, &q, NULL, out, 2), 1);
        ask(p, 41, 200);
        assert_int_equal(peers_order(p, 0, &q, NULL, out, 2), 2);
        peers_free(p);
    }
}

static void nobody_there_is_tried_all_the_same(void **state)
{
    struct peers *p = probed();
    struct str uri;
    struct peer_choice out[2];
    uint64_t id;

    (void)state;
    for (unsigned t = 1; t < 40; t += 10)
        while (peers_probe(p, t * NS_PER_S, &uri, &id))
            peers_heard(p, id, 0);
    assert_int_equal(peers_order(p, 0, &(struct peers_request){.call_id = STR("x")}, NULL, out, 2),
                     2);
    peers_free(p);
}

static void by_hand_and_over_a_change(void **state)
{
    struct peers *p = probed();
    struct str uri;
    struct peer_choice out[2];
    uint64_t id;
    const struct peers_request q = {.call_id = STR("x")};

    (void)state;
    assert_int_equal(peers_set_out(p, STR("sip:none"), true), 0);
    assert_int_equal(peers_set_out(p, STR("sip:a"), true), 1);
    assert_int_equal(peers_order(p, 0, &q, NULL, out, 2), 1);
    assert_true(peers_probe(p, NS_PER_S, &uri, &id));
    struct peers *new = peers_new(&mem_libc, &sets, &key, loads, p);
    assert_non_null(new);
    peers_free(p);
    peers_heard(new, id, 0); /* an old id */
    assert_int_equal(peers_order(new, 0, &q, NULL, out, 2), 1);
    assert_int_equal(peers_set_out(new, STR("sip:a"), false), 1);
    assert_int_equal(peers_set_out(new, STR("sip:b"), true), 1);
    assert_int_equal(peers_order(new, 0, &q, NULL, out, 2), 1);
    assert_true(str_equal(out[0].uri, STR("sip:a")));
    assert_int_equal(peers_set_out(new, STR("sip:a"), true), 1);
    assert_int_equal(peers_order(new, 0, &q, NULL, out, 2), 0);
    peers_free(new);
}

static void without_memory_there_is_none(void **state)
{
    struct peers *p = NULL;

    (void)state;
    for (unsigned spare = 0; !p; spare++) {
        struct mem_counting m = mem_counting();

        m.refuse_after = spare;
        p = peers_new(&m.mem, &sets, &key, loads, NULL);
        peers_free(p);
        assert_int_equal(m.n_live, 0);
        assert_true(spare < 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_weight),
        cmocka_unit_test(the_same_text_has_the_same_member),
        cmocka_unit_test(in_turn),
        cmocka_unit_test(priority_comes_first),
        cmocka_unit_test(who_does_not_answer_is_left_out),
        cmocka_unit_test(nobody_there_is_tried_all_the_same),
        cmocka_unit_test(by_hand_and_over_a_change),
        cmocka_unit_test(without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, make_loads, free_loads);
}
