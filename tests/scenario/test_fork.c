/* One address, three phones: forked in parallel, the best answer wins (RFC 3261 16.7, 13.2.2.4). */
#include "office.h"

struct family {
    struct world w;
    struct node *proxy;
    struct agent *alice, *phones[3];
};

static void family_open(struct family *f, uint64_t seed)
{
    world_init(&f->w, seed);
    f->proxy = element_join(&f->w, "office.example");
    f->alice = agent_join(&f->w, "alice", f->proxy, TRANSPORT_UDP);
    agent_register(f->alice, 600);
    for (size_t i = 0; i < 3; i++) {
        f->phones[i] = agent_join(&f->w, "bob", f->proxy, i == 1 ? TRANSPORT_TCP : TRANSPORT_UDP);
        agent_register(f->phones[i], 600);
        world_run(&f->w, NS_PER_S);
        EXPECT(&f->w, f->phones[i]->register_status == 200);
    }
}

static struct call *call_at(const struct family *f, size_t i)
{
    return &f->phones[i]->calls[0];
}

/* RFC 3261 16.7 step 10: one answers, the others stop ringing */
static void one_answers_and_the_others_stop(void **state)
{
    (void)state;
    for (size_t winner = 0; winner < 3; winner++) {
        struct family f;
        family_open(&f, 1 + winner);
        for (size_t i = 0; i < 3; i++)
            f.phones[i]->plan.answer_after = i == winner ? 2 * NS_PER_S : TIME_NEVER;
        f.alice->plan.hang_up_after = 5 * NS_PER_S;
        struct call *c = agent_call(f.alice, BOB);
        world_run(&f.w, 3 * NS_PER_S);
        EXPECT(&f.w, c->answers == 1 && c->early.n == 3);
        for (size_t i = 0; i < 3; i++) {
            EXPECT(&f.w, call_at(&f, i)->final_status == (i == winner ? 200 : 487));
            EXPECT(&f.w, call_at(&f, i)->acked == (i == winner));
        }
        world_run(&f.w, 10 * NS_PER_S);
        EXPECT(&f.w, c->ended && call_at(&f, winner)->ended);
        check_and_end(&f.w);
    }
}

/* RFC 3261 13.2.2.4: both 2xx are passed on and acknowledged; the second dialog is ended by BYE */
static void two_answers_make_two_dialogs(void **state)
{
    (void)state;
    struct family f;
    family_open(&f, 11);
    world_link(&f.w, NULL, NULL,
               (struct link){.delay_min = 50 * NS_PER_MS, .delay_max = 50 * NS_PER_MS});
    f.phones[2]->plan.answer_after = TIME_NEVER;
    f.alice->plan.hang_up_after = 20 * NS_PER_S;
    struct call *c = agent_call(f.alice, BOB);
    world_run(&f.w, 10 * NS_PER_S);
    EXPECT(&f.w, c->answers == 2);
    EXPECT(&f.w, call_at(&f, 0)->acked && call_at(&f, 1)->acked);
    EXPECT(&f.w, call_at(&f, 0)->bye_received != call_at(&f, 1)->bye_received);
    EXPECT(&f.w, call_at(&f, 2)->cancelled);
    world_run(&f.w, 30 * NS_PER_S);
    EXPECT(&f.w, call_at(&f, 0)->bye_received && call_at(&f, 1)->bye_received);
    check_and_end(&f.w);
}

/* RFC 3261 16.7 step 6: the best of what all said, once all have spoken */
static void the_best_refusal_is_chosen(void **state)
{
    (void)state;
    static const struct {
        unsigned statuses[3], want;
    } rows[] = {
        {{486, 486, 486}, 486},
        {{603, 486, 500}, 603}, /* a 6xx wins */
        {{500, 486, 503}, 486}, /* then the lowest class */
        {{486, 302, 404}, 302},
    };
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct family f;
        family_open(&f, 20 + r);
        for (size_t i = 0; i < 3; i++) {
            f.phones[i]->plan.status = rows[r].statuses[i];
            f.phones[i]->plan.answer_after = (i + 1) * 500 * NS_PER_MS;
        }
        struct call *c = agent_call(f.alice, BOB);
        world_run(&f.w, 5 * NS_PER_S);
        EXPECT(&f.w, c->failures == 1 && c->status == rows[r].want);
        check_and_end(&f.w);
    }
}

/* RFC 3261 16.7 step 5: a 6xx stops the others */
static void a_decline_stops_the_others(void **state)
{
    (void)state;
    struct family f;
    family_open(&f, 31);
    f.phones[0]->plan.status = 603;
    f.phones[1]->plan.answer_after = f.phones[2]->plan.answer_after = TIME_NEVER;
    struct call *c = agent_call(f.alice, BOB);
    world_run(&f.w, 5 * NS_PER_S);
    EXPECT(&f.w, c->failures == 1 && c->status == 603);
    EXPECT(&f.w, call_at(&f, 1)->cancelled && call_at(&f, 2)->cancelled);
    check_and_end(&f.w);
}

/* RFC 3261 16.10: the caller's CANCEL reaches every branch */
static void a_cancel_stops_all(void **state)
{
    (void)state;
    struct family f;
    family_open(&f, 41);
    for (size_t i = 0; i < 3; i++)
        f.phones[i]->plan.answer_after = TIME_NEVER;
    struct call *c = agent_call(f.alice, BOB);
    world_do(&f.w, 3 * NS_PER_S, call_cancel, c);
    world_run(&f.w, 6 * NS_PER_S);
    EXPECT(&f.w, c->failures == 1 && c->status == 487);
    for (size_t i = 0; i < 3; i++)
        EXPECT(&f.w, call_at(&f, i)->cancelled);
    check_and_end(&f.w);
}

static void forks_over_bad_links(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct family f;
        family_open(&f, 100 + seed);
        world_link(&f.w, NULL, NULL, link_bad(50 + (unsigned)seed * 4, 100, 200));
        for (size_t i = 0; i < 3; i++) {
            f.phones[i]->plan.answer_after = (1 + world_below(&f.w, 4)) * NS_PER_S;
            f.phones[i]->plan.status = world_below(&f.w, 3) ? 200 : 486;
            f.phones[i]->plan.hang_up_after = 50 * NS_PER_S;
        }
        agent_call(f.alice, BOB);
        world_run(&f.w, 200 * NS_PER_S);
        check_and_end(&f.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_answers_and_the_others_stop),
        cmocka_unit_test(two_answers_make_two_dialogs),
        cmocka_unit_test(the_best_refusal_is_chosen),
        cmocka_unit_test(a_decline_stops_the_others),
        cmocka_unit_test(a_cancel_stops_all),
        cmocka_unit_test(forks_over_bad_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
