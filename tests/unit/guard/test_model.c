/* Thousands of random acts on a guard and on a plain model of its rules that keeps a list and
 * counts in seconds as reals: the same verdicts, the same bans. */
#include <stdlib.h>

#include "base/rand.h"
#include "sources.h"

#define PEOPLE 24 /* more than there are places */
#define PLACES 16
#define RATE 5

struct person {
    bool known, is_proven;
    unsigned who;
    time_ns heard, until, good_until, forgive_at, counted;
    double strikes[N_GUARD_PROOFS];
    unsigned bans;
    time_ns slots[RATE]; /* when its last packets were let through */
    unsigned n_slots;
};

struct model {
    struct person at[PLACES];
    unsigned n, next;
};

static const double weights[N_GUARD_FACTS] = {0.5, 0.05, 0.95, 0.5, 0.5, 0.5, 0.05, 0};

static bool is_dear(const struct person *p, time_ns now)
{
    return p->until > now || p->good_until > now;
}

static struct person *make_room(struct model *m, time_ns now)
{
    unsigned least = m->next;

    if (m->n < PLACES)
        return &m->at[m->n++];
    for (unsigned i = 0; i < LIMIT_GUARD_CHOICE; i++) {
        struct person *p = &m->at[(m->next + i) % PLACES], *q = &m->at[least];
        if (is_dear(p, now) == is_dear(q, now) ? p->heard < q->heard : is_dear(q, now))
            least = (m->next + i) % PLACES;
    }
    m->next = (m->next + LIMIT_GUARD_CHOICE) % PLACES;
    return &m->at[least];
}

static struct person *take(struct model *m, unsigned who, time_ns now)
{
    for (unsigned i = 0; i < m->n; i++)
        if (m->at[i].who == who)
            return &m->at[i];
    struct person *p = make_room(m, now);
    *p = (struct person){.who = who, .heard = now, .counted = now};
    return p;
}

static enum guard_verdict model_verdict(struct model *m, unsigned who, bool datagram, time_ns now)
{
    struct person *p = take(m, who, now);

    p->heard = now;
    if (p->until > now && (datagram || p->is_proven))
        return GUARD_SILENT;
    /* a bucket of RATE tokens: `slots` is when each of those spent comes back */
    while (p->n_slots > 0 && p->slots[0] <= now) {
        for (unsigned i = 1; i < p->n_slots; i++)
            p->slots[i - 1] = p->slots[i];
        p->n_slots--;
    }
    if (p->n_slots == RATE)
        return GUARD_FLOOD;
    time_ns last = p->n_slots ? p->slots[p->n_slots - 1] : now;
    p->slots[p->n_slots++] = last + NS_PER_S / RATE;
    return GUARD_PASS;
}

static void take_back(double *strikes, double most)
{
    *strikes = *strikes > most ? *strikes - most : 0;
}

static void take_back_challenge(struct person *p)
{
    bool by_datagram = p->strikes[GUARD_FORGEABLE] > 0.05 - 1e-6;

    take_back(&p->strikes[by_datagram ? GUARD_FORGEABLE : GUARD_PROVEN], 0.05);
}

static void model_good(struct person *p, time_ns now)
{
    take_back_challenge(p);
    p->good_until = now + LIMIT_GUARD_GOOD_S * NS_PER_S;
    if (p->forgive_at > now)
        return;
    p->forgive_at = now + 60 * NS_PER_S;
    p->strikes[0] /= 2;
    p->strikes[1] /= 2;
}

static time_ns model_ban(struct person *p, enum guard_proof proof, time_ns now)
{
    time_ns span = BAN;

    if (p->until && now - p->until >= DAY)
        p->bans = 0;
    for (unsigned i = 0; proof == GUARD_PROVEN && i < p->bans; i++)
        span = 2 * span > DAY ? DAY : 2 * span;
    if (now + span > p->until)
        p->until = now + span;
    p->is_proven = proof == GUARD_PROVEN;
    p->bans += p->is_proven;
    p->strikes[GUARD_FORGEABLE] = 0;
    if (p->is_proven)
        p->strikes[GUARD_PROVEN] = 0;
    return p->until;
}

/* When the ban that this leads to ends; 0: there is none. */
static time_ns model_tell(struct model *m, unsigned who, enum guard_fact fact,
                          enum guard_proof proof, time_ns now)
{
    struct person *p = take(m, who, now);
    bool good = p->good_until > now;

    for (unsigned i = 0; i < N_GUARD_PROOFS; i++)
        take_back(&p->strikes[i], (double)(now - p->counted) / 1e9 / LIMIT_GUARD_FORGET_S);
    p->counted = now;
    if (fact == GUARD_GOOD)
        model_good(p, now);
    if (fact == GUARD_GOOD || (proof == GUARD_FORGEABLE && good) ||
        (p->until > now && (p->is_proven || proof == GUARD_FORGEABLE)))
        return 0;
    p->strikes[proof] += weights[fact];
    double limit = STRIKES * (good ? LIMIT_GUARD_PATIENCE : 1);
    return p->strikes[proof] > limit - 1e-6 ? model_ban(p, proof, now) : 0;
}

static unsigned model_bans(const struct model *m, time_ns now)
{
    unsigned n = 0;

    for (unsigned i = 0; i < m->n; i++)
        n += m->at[i].until > now;
    return n;
}

/* Multiples of what forgets a point, so that the model's reals and the guard's points agree. */
static time_ns random_step(struct rand *r)
{
    static const time_ns spans[] = {0, 0, 0, 1, 1, 10, 1000, 6000, 360000, 8640000};

    return spans[rand_below(r, 10)] * 10 * NS_PER_MS * rand_below(r, 12);
}

static enum guard_fact random_fact(struct rand *r)
{
    return rand_below(r, 40) == 0 ? GUARD_GOOD : (enum guard_fact)rand_below(r, GUARD_GOOD);
}

static unsigned play(uint64_t seed)
{
    struct guard_config c = config_of(&mem_libc);
    struct rand r;
    struct model m = {0};
    time_ns now = T0;
    unsigned bans = 0;

    struct rand_seed start = rand_seed_from(seed);

    rand_init(&r, &start);
    c.sources = PLACES;
    c.packets_per_s = RATE;
    struct guard *g = guard_new(&c);
    assert_non_null(g);
    for (unsigned i = 0; i < 4000; i++) {
        unsigned who = (unsigned)rand_below(&r, rand_below(&r, 4) ? 3 : PEOPLE);
        struct addr a = addr_nth(who);
        unsigned act = (unsigned)rand_below(&r, 10), times = 1 + (unsigned)rand_below(&r, 30);
        struct guard_ban ban = {.until = 0};
        now += random_step(&r);
        if (act == 0) {
            assert_int_equal(guard_packet(g, &a, now), model_verdict(&m, who, true, now));
        } else if (act == 1) {
            assert_int_equal(guard_connection(g, &a, now), model_verdict(&m, who, false, now));
        } else {
            enum guard_fact fact = random_fact(&r);
            enum guard_proof proof = (enum guard_proof)rand_below(&r, N_GUARD_PROOFS);
            for (unsigned k = 0; k < times; k++) {
                bool told = guard_tell(g, &a, fact, proof, now, &ban);
                assert_int_equal(told ? ban.until : 0, model_tell(&m, who, fact, proof, now));
                bans += told;
            }
        }
        struct guard_stats stats;
        guard_stats(g, now, &stats);
        assert_int_equal(stats.sources, m.n);
        assert_int_equal(stats.banned, model_bans(&m, now));
        assert_int_equal(stats.bans, bans);
    }
    guard_free(g);
    return bans;
}

static void test_model(void **state)
{
    unsigned bans = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++)
        bans += play(seed);
    assert_true(bans > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
