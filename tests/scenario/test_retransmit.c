/* The schedule of retransmissions (RFC 3261 17.1.1.2, 17.1.2.2, 13.3.1.4), to the millisecond. */
#include "office.h"

/* The times of a message's sendings after its first one, in ms. */
static void expect_schedule(const struct world *w, const struct node *from, const char *start,
                            size_t skip, const unsigned *ms, size_t n)
{
    const struct rung *first = ladder_find(w, from, start, skip);
    EXPECT(w, first != NULL);
    for (size_t i = 0; i < n; i++) {
        const struct rung *r = ladder_find(w, from, start, skip + 1 + i);
        EXPECT(w, r != NULL);
        time_ns after = r->at - first->at;
        EXPECT(w, after >= ms[i] * NS_PER_MS && after <= (ms[i] + 1 + i) * NS_PER_MS);
    }
    EXPECT(w, ladder_find(w, from, start, skip + 1 + n) == NULL);
}

static const struct link dead = {.loss = 1000};

/* RFC 3261 17.1.1.2: Timer A doubles, Timer B ends it after 64*T1 */
static void an_invite_into_the_void(void **state)
{
    (void)state;
    static const unsigned ms[] = {500, 1500, 3500, 7500, 15500, 31500};
    struct office o;
    office_open(&o, 1, TRANSPORT_UDP, TRANSPORT_UDP);
    office_spoil(&o, dead);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 31900 * NS_PER_MS);
    EXPECT(&o.w, c->failures == 0);
    world_run(&o.w, 200 * NS_PER_MS);
    EXPECT(&o.w, c->failures == 1 && c->status == 408);
    expect_schedule(&o.w, &o.alice->node, "INVITE ", 0, ms, 6);
    check_and_end(&o.w);
}

/* RFC 3261 17.1.2.2: Timer E doubles up to T2, Timer F ends it after 64*T1 */
static void another_request_into_the_void(void **state)
{
    (void)state;
    static const unsigned ms[] = {500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
    struct office o;
    office_open(&o, 2, TRANSPORT_UDP, TRANSPORT_UDP);
    office_spoil(&o, dead);
    agent_request(o.alice, "OPTIONS", BOB, "");
    world_run(&o.w, 33 * NS_PER_S);
    EXPECT(&o.w, o.alice->request_status == 408);
    expect_schedule(&o.w, &o.alice->node, "OPTIONS ", 0, ms, 10);
    check_and_end(&o.w);
}

/* RFC 3261 17.1.1.2, 17.1.2.2: nothing is repeated over a reliable transport */
static void nothing_is_repeated_over_tcp(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 3, TRANSPORT_TCP, TRANSPORT_TCP);
    o.bob->plan.silent = true;
    o.bob->plan.answer_after = 20 * NS_PER_S;
    o.alice->plan.hang_up_after = NS_PER_S;
    agent_call(o.alice, BOB);
    world_run(&o.w, 60 * NS_PER_S);
    EXPECT(&o.w, sent(&o, o.alice, "INVITE ") == 1 && proxied(&o, "INVITE ") == 1);
    EXPECT(&o.w, sent(&o, o.bob, "SIP/2.0 200 OK\r\n") >= 1);
    check_and_end(&o.w);
}

/* RFC 3261 13.3.1.4: the 2xx at T1 doubling to T2 until the ACK; after 64*T1 a BYE */
static void a_2xx_without_ack(void **state)
{
    (void)state;
    static const unsigned ms[] = {500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
    struct office o;
    office_open(&o, 4, TRANSPORT_UDP, TRANSPORT_UDP);
    world_link(&o.w, &o.alice->node, NULL, link_perfect());
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 1500 * NS_PER_MS);
    world_link(&o.w, &o.bob->node, o.proxy, dead);
    world_run(&o.w, 60 * NS_PER_S);
    EXPECT(&o.w, c->answers == 0 && bobs_call(&o)->gave_up);
    size_t registered = 0;
    while (rung_header(ladder_find(&o.w, &o.bob->node, "SIP/2.0 200", registered), "Expires").len)
        registered++;
    expect_schedule(&o.w, &o.bob->node, "SIP/2.0 200", registered, ms, 10);
    EXPECT(&o.w, sent(&o, o.bob, "BYE ") > 0);
    call_cancel(c);
    check_and_end(&o.w);
}

/* RFC 3261 17.2.1: a final response other than 2xx at T1 doubling to T2 until the ACK or Timer H */
static void a_refusal_without_ack(void **state)
{
    (void)state;
    static const unsigned ms[] = {500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
    struct office o;
    office_open(&o, 5, TRANSPORT_UDP, TRANSPORT_UDP);
    o.bob->plan.status = 486;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 1500 * NS_PER_MS);
    world_link(&o.w, &o.bob->node, o.proxy, dead);
    world_run(&o.w, 40 * NS_PER_S);
    expect_schedule(&o.w, &o.bob->node, "SIP/2.0 486", 0, ms, 10);
    call_cancel(c);
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invite_into_the_void),
        cmocka_unit_test(another_request_into_the_void),
        cmocka_unit_test(nothing_is_repeated_over_tcp),
        cmocka_unit_test(a_2xx_without_ack),
        cmocka_unit_test(a_refusal_without_ack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
