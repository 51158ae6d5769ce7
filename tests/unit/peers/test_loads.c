/* How many calls are at a peer, how fast they come, and whom a set passes over for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "peers/peers.h"

static const struct hash_key key = {1, 2};

static void calls_at_once(void **state)
{
    struct loads *l = loads_new(&mem_libc, 4);
    const struct load two = {loads_slot(l, 77), 2, 0};

    (void)state;
    assert_true(two.slot > 0);
    assert_int_equal(loads_slot(l, 77), two.slot);
    assert_true(loads_take(l, &two, 0) && loads_take(l, &two, 0));
    assert_true(loads_full(l, &two, 0));
    assert_false(loads_take(l, &two, 0));
    assert_int_equal(loads_calls(l, two.slot), 2);
    assert_int_equal(loads_refused(l, two.slot), 2);
    loads_give(l, two.slot);
    assert_false(loads_full(l, &two, 0));
    assert_true(loads_take(l, &two, 0));
    loads_free(l);
}

static void calls_a_second(void **state)
{
    struct loads *l = loads_new(&mem_libc, 4);
    const struct load ten = {loads_slot(l, 1), 0, 10};
    unsigned taken = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        taken += loads_take(l, &ten, 1000 * NS_PER_S);
    assert_int_equal(taken, 10);
    for (unsigned ms = 0; ms < 10000; ms++)
        taken += loads_take(l, &ten, 1000 * NS_PER_S + ms * NS_PER_MS);
    assert_true(taken >= 105 && taken <= 110);
    for (unsigned i = 0; i < 100; i++)
        taken += loads_take(l, &ten, 5000 * NS_PER_S);
    assert_true(taken >= 115 && taken <= 120);
    loads_free(l);
}

static void there_is_room_for_so_many(void **state)
{
    struct loads *l = loads_new(&mem_libc, 3);
    const struct load none = {0, 1, 1};

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_true(loads_slot(l, i + 1) > 0);
    assert_int_equal(loads_slot(l, 9), 0);
    assert_true(loads_slot(l, 2) > 0);
    assert_true(loads_take(l, &none, 0) && loads_take(l, &none, 0));
    assert_int_equal(loads_calls(l, 0), 0);
    loads_give(l, 0);
    loads_free(l);
}

/* --- sets --- */

static struct config_member members[3];
static struct config_set set;
static const struct config_set_list sets = {&set, 1};

static struct peers *given(enum config_policy policy, struct loads *l)
{
    set = (struct config_set){.policy = policy, .members = {members, 3}};
    struct peers *p = peers_new(&mem_libc, &sets, &key, l, NULL);

    assert_non_null(p);
    return p;
}

static void the_least_busy_is_asked_first(void **state)
{
    const struct rand_seed seed = rand_seed_from(1);
    struct loads *l = loads_new(&mem_libc, 16);
    struct rand r;
    struct peer_choice out[3];
    unsigned got[3] = {0};

    (void)state;
    rand_init(&r, &seed);
    for (unsigned i = 0; i < 3; i++)
        members[i] = (struct config_member){.uri = {&"sip:a\0sip:b\0sip:c"[i * 6], 5},
                                            .weight = i == 2 ? 2 : 1};
    struct peers *p = given(CONFIG_POLICY_LEAST, l);
    for (unsigned i = 0; i < 400; i++) {
        const struct peers_request q = {.is_call = true};

        assert_int_equal(peers_order(p, 0, &q, &r, out, 3), 3);
        assert_true(loads_take(l, &out[0].load, 0));
        got[out[0].uri.at[4] - 'a']++;
    }
    assert_true(got[0] >= 99 && got[0] <= 101 && got[1] >= 99 && got[1] <= 101);
    struct peer_state all[3];
    assert_int_equal(peers_list(p, 0, all, 3), 3);
    assert_int_equal(all[2].calls, got[2]);
    /* One that is slow keeps its calls; those that are quick get the new ones. */
    for (unsigned i = 0; i < 50; i++) {
        loads_give(l, loads_slot(l, siphash13(&key, STR("sip:b"))));
        assert_int_equal(peers_order(p, 0, &(struct peers_request){.is_call = true}, &r, out, 3),
                         3);
        assert_int_equal(out[0].uri.at[4], 'b');
    }
    peers_free(p);
    loads_free(l);
}

static void who_is_full_is_passed_over(void **state)
{
    struct loads *l = loads_new(&mem_libc, 16);
    const struct peers_request call = {.call_id = STR("x"), .is_call = true},
                               other = {.call_id = STR("x")};
    struct peer_choice out[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        members[i] = (struct config_member){
            .uri = {&"sip:a\0sip:b\0sip:c"[i * 6], 5}, .weight = 1, .calls = 1};
    struct peers *p = given(CONFIG_POLICY_CALL_ID, l);
    for (unsigned n = 3; n > 0; n--) {
        assert_int_equal(peers_order(p, 0, &call, NULL, out, 3), n);
        assert_true(loads_take(l, &out[0].load, 0));
    }
    assert_int_equal(peers_order(p, 0, &call, NULL, out, 3), 0);
    assert_true(peers_any(p, 0));
    assert_int_equal(peers_order(p, 0, &other, NULL, out, 3), 3);
    for (unsigned i = 0; i < 3; i++)
        peers_set_out(p, members[i].uri, true);
    assert_false(peers_any(p, 0));
    peers_free(p);
    loads_free(l);
}

static void what_is_alive_is_said(void **state)
{
    static struct str texts[] = {STR_INIT("200-299"), STR_INIT("404")};
    static const struct {
        unsigned status;
        bool alive, usually;
    } rows[] = {{200, true, true},   {299, true, true},   {404, true, true}, {403, false, true},
                {503, false, false}, {408, false, false}, {0, false, false}, {500, false, true}};
    struct loads *l = loads_new(&mem_libc, 16);

    (void)state;
    for (unsigned usual = 0; usual < 2; usual++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct peer_state one;
            struct str uri;
            uint64_t id;

            members[0] = (struct config_member){.uri = STR("sip:a"), .weight = 1};
            set = (struct config_set){.members = {members, 1},
                                      .probe_s = 10,
                                      .down_after = 1,
                                      .up_after = 1,
                                      .alive = {texts, usual ? 0 : 2}};
            struct peers *p = peers_new(&mem_libc, &sets, &key, l, NULL);

            assert_true(peers_probe(p, 0, &uri, &id));
            peers_heard(p, id, rows[i].status);
            assert_int_equal(peers_list(p, 0, &one, 1), 1);
            assert_int_equal(one.up, usual ? rows[i].usually : rows[i].alive);
            peers_free(p);
        }
    loads_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_at_once),
        cmocka_unit_test(calls_a_second),
        cmocka_unit_test(there_is_room_for_so_many),
        cmocka_unit_test(the_least_busy_is_asked_first),
        cmocka_unit_test(who_is_full_is_passed_over),
        cmocka_unit_test(what_is_alive_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
