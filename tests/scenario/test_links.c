/* Links that cut, refuse, chop and stall: nothing is misread, and calls succeed where they can. */
#include "office.h"

/* RFC 3261 18.3: a datagram that lost its end is answered 400 or dropped, the call goes on by
 * retransmission. */
static void cut_short_is_never_misread(void **state)
{
    (void)state;
    unsigned answered = 0, cut = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct office o;
        struct link l = link_perfect();
        office_open(&o, seed, TRANSPORT_UDP, TRANSPORT_UDP);
        l.truncate = 300;
        office_spoil(&o, l);
        o.alice->plan.hang_up_after = 10 * NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, 120 * NS_PER_S);
        answered += c->answers == 1;
        for (size_t i = 0; i < o.w.ladder.n; i++)
            cut += o.w.ladder.rungs[i].fate == FATE_CUT;
        EXPECT(&o.w, o.bob->n_calls <= 1);
        call_cancel(c);
        call_hang_up(c);
        world_run(&o.w, 60 * NS_PER_S);
        check_and_end(&o.w);
    }
    /* some are refused: a 400 to what was cut is the request's final answer */
    assert_true(answered > 20 && answered < 200 && cut > 1000);
}

/* RFC 3261 18.1.1: what is longer than the path carries goes by TCP. */
static void longer_than_the_path(void **state)
{
    (void)state;
    char subject[1200];
    struct office o;
    struct link l = link_perfect();
    office_open(&o, 1, TRANSPORT_UDP, TRANSPORT_TCP);
    l.mtu = 1300;
    office_spoil(&o, l);
    memset(subject, 's', sizeof(subject));
    memcpy(subject, "Subject: ", 9);
    memcpy(subject + sizeof(subject) - 3, "\r\n", 3);
    agent_request(o.alice, "OPTIONS", BOB, subject);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, o.alice->request_status == 200);
    const struct rung *r = ladder_find(&o.w, &o.alice->node, "OPTIONS ", 0);
    EXPECT(&o.w, r && r->len > l.mtu && r->fate == FATE_STREAM);
    check_and_end(&o.w);
}

/* Who sends it as a datagram all the same loses it. */
static void a_datagram_above_the_mtu_is_lost(void **state)
{
    (void)state;
    struct office o;
    struct link l = link_perfect();
    office_open(&o, 2, TRANSPORT_UDP, TRANSPORT_UDP);
    l.mtu = 100;
    office_spoil(&o, l);
    agent_request(o.alice, "OPTIONS", BOB, "");
    world_run(&o.w, 60 * NS_PER_S);
    EXPECT(&o.w, o.alice->request_status == 408);
    EXPECT(&o.w, ladder_find(&o.w, &o.alice->node, "OPTIONS ", 0)->fate == FATE_TOO_LONG);
    check_and_end(&o.w);
}

static void play_over(uint64_t seed, struct link l)
{
    struct office o;
    office_open(&o, seed, TRANSPORT_TCP, TRANSPORT_TCP);
    office_spoil(&o, l);
    o.alice->plan.hang_up_after = 10 * NS_PER_S;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 300 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1 && bobs_call(&o)->acked && bobs_call(&o)->bye_received);
    check_and_end(&o.w);
}

static void every_byte_alone(void **state)
{
    (void)state;
    struct link l = link_bad(0, 0, 0);
    l.portion = 1;
    for (uint64_t seed = 1; seed <= 10; seed++)
        play_over(seed, l);
}

/* A stall in the middle of a message is waited out: the stream goes on where it was. */
static void streams_that_stall(void **state)
{
    (void)state;
    struct link l = link_perfect();
    l.stall = 200;
    l.stall_delay = 300 * NS_PER_MS;
    for (uint64_t seed = 1; seed <= 40; seed++)
        play_over(seed, l);
}

/* RFC 3261 18.4, 16.9: ICMP says that nobody is there, long before Timer B would; 16.7 step 6: a
 * 503 goes on as 500. */
static void nobody_is_there(void **state)
{
    (void)state;
    struct office o;
    struct link l = link_perfect();
    office_open(&o, 3, TRANSPORT_UDP, TRANSPORT_UDP);
    l.unreachable = 1000;
    office_spoil(&o, l);
    o.bob->node.is_down = true;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && c->status == 500);
    o.bob->node.is_down = false;
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_short_is_never_misread),
        cmocka_unit_test(longer_than_the_path),
        cmocka_unit_test(a_datagram_above_the_mtu_is_lost),
        cmocka_unit_test(every_byte_alone),
        cmocka_unit_test(streams_that_stall),
        cmocka_unit_test(nobody_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
