/* What is remembered and for how long, one question for all who wait, what is tried last, limits,
 * no memory. */
#include "rig.h"

#include <stdio.h>

static struct rig rig;

/* RFC 1035 7.4, RFC 2308 5 */
static void answers_hold_as_long_as_they_say(void **state)
{
    (void)state;
    const struct resolve_request q = {.host = STR("example.com"), .port = 5060};
    const struct resolve_request none = {.host = STR("no.example"), .port = 5060};
    rig_new(&rig, "example.com A 192.0.2.9\n");
    rig_find(&rig, q);
    rig_find(&rig, none);
    rig.now += 60 * NS_PER_S - 1;
    rig_find(&rig, q);
    assert_int_equal(rig.questions, 0);
    rig_find(&rig, none);
    assert_int_equal(rig.questions, 0);
    rig.now += 1;
    rig_find(&rig, q);
    assert_int_equal(rig.questions, 1);
    rig_find(&rig, none);
    assert_int_equal(rig.questions, 1);
    rig_end(&rig);
}

static void times_are_clamped(void **state)
{
    (void)state;
    const struct resolve_request q = {.host = STR("example.com"), .port = 5060};
    rig_new(&rig, "example.com A 192.0.2.9\n");
    rig.ttl_s = 0;
    rig_find(&rig, q);
    rig_find(&rig, q);
    assert_int_equal(rig.questions, 0);
    rig.now += LIMIT_DNS_TTL_LEAST_S * NS_PER_S;
    rig.ttl_s = 1u << 30;
    rig_find(&rig, q);
    assert_int_equal(rig.questions, 1);
    rig.now += LIMIT_DNS_TTL_MOST_S * NS_PER_S;
    rig_find(&rig, q);
    assert_int_equal(rig.questions, 1);
    rig_end(&rig);
}

static void the_unused_one_is_forgotten(void **state)
{
    (void)state;
    char name[32];
    rig_new(&rig, "x A 192.0.2.9\n");
    const struct resolve_request first = {.host = STR("x"), .port = 1};
    rig_find(&rig, first);
    for (unsigned i = 0; i < LIMIT_DNS_CACHE; i++) {
        snprintf(name, sizeof name, "n%u", i);
        rig_find(&rig, (struct resolve_request){.host = str_from(name), .port = 1});
        if (i == LIMIT_DNS_CACHE / 2)
            rig_find(&rig, first);
    }
    rig_find(&rig, first);
    assert_int_equal(rig.questions, 0);
    rig_find(&rig, (struct resolve_request){.host = STR("n0"), .port = 1});
    assert_int_equal(rig.questions, 1);
    struct resolver_stats stats;
    resolver_stats(rig.r, rig.now, &stats);
    assert_int_equal(stats.cached, LIMIT_DNS_CACHE);
    rig_end(&rig);
}

/* One question for all; who has gone is not missed. */
static void one_question_for_all(void **state)
{
    (void)state;
    const struct resolve_request q = {.host = STR("example.com"), .port = 5060};
    pool_id id[3], ended;
    uint64_t user;
    bool over;
    rig_new(&rig, "example.com A 192.0.2.9\n");
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(resolver_find(rig.r, &q, i, rig.now, &id[i], &over), OK);
    resolver_drop(rig.r, id[1]);
    resolver_drop(rig.r, id[1]);
    assert_true(rig_answer(&rig));
    assert_false(rig_answer(&rig));
    for (unsigned i = 0; i < 3; i += 2) {
        assert_true(resolver_ended(rig.r, &ended, &user));
        assert_int_equal(ended, id[i]);
        assert_int_equal(user, i);
        assert_int_equal(resolver_targets(rig.r, ended, rig.now, rig.targets), 1);
    }
    assert_false(resolver_ended(rig.r, &ended, &user));
    rig_end(&rig);
}

static void a_question_without_an_answer_ends(void **state)
{
    (void)state;
    const struct resolve_request q = {.host = STR("example.com"), .port = 5060};
    uint64_t question;
    struct dns_question asked;
    pool_id id, ended;
    uint64_t user;
    bool over;
    rig_new(&rig, "example.com A 192.0.2.9\n");
    assert_int_equal(resolver_deadline(rig.r), TIME_NEVER);
    assert_int_equal(resolver_find(rig.r, &q, 1, rig.now, &id, &over), OK);
    assert_true(resolver_question(rig.r, &question, &asked));
    rig.now += LIMIT_DNS_WAIT_S * NS_PER_S;
    assert_int_equal(resolver_deadline(rig.r), rig.now);
    assert_false(resolver_expire(rig.r, rig.now - 1));
    assert_true(resolver_expire(rig.r, rig.now));
    assert_true(resolver_ended(rig.r, &ended, &user));
    assert_int_equal(resolver_targets(rig.r, ended, rig.now, rig.targets), 0);
    assert_int_equal(resolver_answered(rig.r, question, STR_NONE, rig.now), ERR_STALE);
    rig_end(&rig);
}

static void open_questions_are_bounded(void **state)
{
    (void)state;
    char name[32];
    pool_id id = 0;
    bool over;
    rig_new(&rig, "");
    for (unsigned i = 0; i <= LIMIT_DNS_QUESTIONS; i++) {
        snprintf(name, sizeof name, "n%u", i);
        const struct resolve_request q = {.host = str_from(name), .port = 1};
        assert_int_equal(resolver_find(rig.r, &q, 1, rig.now, &id, &over),
                         i < LIMIT_DNS_QUESTIONS ? OK : ERR_LIMIT);
    }
    rig_end(&rig);
}

/* Tried last, not never; and for a while. */
static void the_avoided_come_last(void **state)
{
    (void)state;
    rig_new(&rig, "_sip._udp.example.com SRV 1 0 5060 a.example\n"
                  "_sip._udp.example.com SRV 2 0 5060 b.example\n"
                  "a.example A 192.0.2.1\nb.example A 192.0.2.2\n");
    const struct resolve_target a = {TRANSPORT_UDP, rig_addr("192.0.2.1:5060")};
    const struct resolve_target b = {TRANSPORT_UDP, rig_addr("192.0.2.2:5060")};
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.1:5060\nudp 192.0.2.2:5060\n");
    resolver_avoid(rig.r, &a, rig.now, rig.now + 10 * NS_PER_S);
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.2:5060\nudp 192.0.2.1:5060\n");
    resolver_avoid(rig.r, &b, rig.now, rig.now + 10 * NS_PER_S);
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.1:5060\nudp 192.0.2.2:5060\n");
    resolver_heed(rig.r, &b);
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.2:5060\nudp 192.0.2.1:5060\n");
    rig.now += 10 * NS_PER_S;
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.1:5060\nudp 192.0.2.2:5060\n");
    rig_end(&rig);
}

/* Many are forgotten early rather than kept. */
static void the_avoided_are_bounded(void **state)
{
    (void)state;
    struct resolve_target t = {TRANSPORT_UDP, rig_addr("192.0.2.1:5060")};
    unsigned known = 0;
    rig_new(&rig, "");
    for (unsigned i = 0; i < 4 * LIMIT_RESOLVE_AVOIDED; i++) {
        t.addr.port = (uint16_t)(1000 + i);
        resolver_avoid(rig.r, &t, rig.now, rig.now + NS_PER_S);
        assert_true(resolver_avoids(rig.r, &t, rig.now));
    }
    for (unsigned i = 0; i < 4 * LIMIT_RESOLVE_AVOIDED; i++) {
        t.addr.port = (uint16_t)(1000 + i);
        known += resolver_avoids(rig.r, &t, rig.now);
    }
    assert_in_range(known, 1, LIMIT_RESOLVE_AVOIDED);
    rig_end(&rig);
}

/* Whichever allocation fails: nothing is lost, all memory comes back, and the next search is
 * answered. */
static void without_memory(void **state)
{
    (void)state;
    for (size_t n = 0; n < 60; n++) {
        struct resolve_request q = {.host = STR("example.com")};
        struct dns_question asked;
        uint64_t id, user;
        pool_id search, ended;
        bool over;
        rig_new(&rig, "_sip._udp.example.com SRV 1 0 5060 a.example\na.example A 192.0.2.1\n");
        rig.mem.refuse_after = n;
        if (resolver_find(rig.r, &q, 1, rig.now, &search, &over) == OK) {
            while (resolver_question(rig.r, &id, &asked)) {
                char space[ZONE_ANSWER_MAX];
                struct block_pool other;
                block_pool_init(&other, &mem_libc, 1);
                struct str m = zone_answer(rig.zone, &other, &asked, 60, space);
                if (resolver_answered(rig.r, id, m, rig.now) == ERR_NOMEM) {
                    rig.mem.refuse_after = SIZE_MAX;
                    assert_int_equal(resolver_answered(rig.r, id, m, rig.now), OK);
                    rig.mem.refuse_after = n;
                }
                block_pool_fini(&other);
            }
            assert_int_equal(resolver_ended(rig.r, &ended, &user), !over);
            (void)resolver_targets(rig.r, search, rig.now, rig.targets);
        }
        rig.mem.refuse_after = SIZE_MAX;
        rig.now += 60 * NS_PER_S;
        assert_string_equal(rig_domain(&rig), "udp 192.0.2.1:5060\n");
        rig_end(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_hold_as_long_as_they_say),
        cmocka_unit_test(times_are_clamped),
        cmocka_unit_test(the_unused_one_is_forgotten),
        cmocka_unit_test(one_question_for_all),
        cmocka_unit_test(a_question_without_an_answer_ends),
        cmocka_unit_test(open_questions_are_bounded),
        cmocka_unit_test(the_avoided_come_last),
        cmocka_unit_test(the_avoided_are_bounded),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
