/* A session is changed within its dialog, from either side (RFC 3261 14, RFC 3665 3.7). */
#include "office.h"

#define SEEDS 40

/* A call that stands for two seconds. */
static struct call *open_call(struct office *o, uint64_t seed, enum transport alice)
{
    office_open(o, seed, alice, TRANSPORT_UDP);
    struct call *c = agent_call(o->alice, BOB);
    world_run(&o->w, 4 * NS_PER_S);
    EXPECT(&o->w, c->answers == 1 && bobs_call(o)->acked);
    return c;
}

static void close_call(struct office *o, struct call *c)
{
    world_run(&o->w, 10 * NS_PER_S);
    call_hang_up(c);
    world_run(&o->w, 5 * NS_PER_S);
    EXPECT(&o->w, c->ended && bobs_call(o)->ended);
    check_and_end(&o->w);
}

static const struct rung *nth_invite(const struct office *o, const struct agent *from, size_t n)
{
    return ladder_find(&o->w, &from->node, "INVITE ", n);
}

static void from_either_side(void **state)
{
    (void)state;
    for (unsigned by_callee = 0; by_callee < 2; by_callee++) {
        struct office o;
        struct call *c = open_call(&o, 1 + by_callee, TRANSPORT_UDP);
        struct call *own = by_callee ? bobs_call(&o) : c, *other = by_callee ? c : bobs_call(&o);
        call_reinvite(own);
        world_run(&o.w, 2 * NS_PER_S);
        EXPECT(&o.w, own->reinvited == 1 && !own->reinvite);
        EXPECT(&o.w, other->invited[other->n_invited - 1].acked);
        const struct rung *r = nth_invite(&o, own->agent, own == c ? 1 : 0);
        /* RFC 3261 14.1: same Call-ID and tags, a body that describes the whole session */
        EXPECT(&o.w, r && strstr(r->text, "tag=") && strstr(r->text, "m=audio"));
        EXPECT(&o.w, str_equal(rung_header(r, "Call-ID"),
                               rung_header(nth_invite(&o, o.alice, 0), "Call-ID")));
        EXPECT(&o.w,
               str_equal(rung_header(r, "CSeq"), own == c ? STR("2 INVITE") : STR("1 INVITE")));
        close_call(&o, c);
    }
}

/* RFC 3261 14.1, 13.2.2.4: the 2xx has the offer, the ACK the answer */
static void without_an_offer(void **state)
{
    (void)state;
    struct office o;
    struct call *c = open_call(&o, 3, TRANSPORT_TCP);
    o.alice->plan.offerless = true;
    call_reinvite(c);
    world_run(&o.w, 2 * NS_PER_S);
    EXPECT(&o.w, c->reinvited == 1);
    EXPECT(&o.w, !strstr(nth_invite(&o, o.alice, 1)->text, "m=audio"));
    EXPECT(&o.w, strstr(ladder_find(&o.w, &o.alice->node, "ACK ", 1)->text, "m=audio"));
    close_call(&o, c);
}

/* When this side's second re-INVITE left, counted from the 491 to its first. */
static time_ns wait_of(const struct office *o, const struct agent *from, size_t first)
{
    const struct rung *again = nth_invite(o, from, first + 1);
    const struct rung *refusal = NULL;
    for (size_t n = 0; ladder_find(&o->w, o->proxy, "SIP/2.0 491", n); n++) {
        const struct rung *r = ladder_find(&o->w, o->proxy, "SIP/2.0 491", n);
        if (r->to == &from->node)
            refusal = r;
    }
    EXPECT(&o->w, again && refusal && again->at >= refusal->at);
    return again->at - refusal->at - NS_PER_MS; /* the link's */
}

/* RFC 3261 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in units of 10 ms
 */
static void at_the_same_time(void **state)
{
    (void)state;
    for (uint64_t seed = 10; seed < 10 + SEEDS; seed++) {
        struct office o;
        struct call *c = open_call(&o, seed, TRANSPORT_UDP);
        call_reinvite(c);
        call_reinvite(bobs_call(&o));
        world_run(&o.w, 8 * NS_PER_S);
        EXPECT(&o.w, c->glares >= 1 && bobs_call(&o)->glares >= 1);
        EXPECT(&o.w, c->reinvited == 1 && bobs_call(&o)->reinvited == 1);
        time_ns owner = wait_of(&o, o.alice, 1), other = wait_of(&o, o.bob, 0);
        EXPECT(&o.w, owner >= 2100 * NS_PER_MS && owner <= 4000 * NS_PER_MS);
        EXPECT(&o.w, other <= 2000 * NS_PER_MS);
        EXPECT(&o.w, owner % (10 * NS_PER_MS) == 0 && other % (10 * NS_PER_MS) == 0);
        close_call(&o, c);
    }
}

/* RFC 3261 14.2: a second INVITE before the first is answered gets 500 with Retry-After */
static void twice_before_the_first_is_answered(void **state)
{
    (void)state;
    struct office o;
    struct call *c = open_call(&o, 60, TRANSPORT_UDP);
    o.bob->plan.agree_after = 4 * NS_PER_S;
    call_reinvite(c);
    world_run(&o.w, 100 * NS_PER_MS);
    c->reinvite = NULL; /* what no user agent may do (14.1) */
    call_reinvite(c);
    world_run(&o.w, NS_PER_S);
    const struct rung *r = ladder_find(&o.w, &o.bob->node, "SIP/2.0 500", 0);
    uint64_t s;
    EXPECT(&o.w, r && str_to_u64(rung_header(r, "Retry-After"), 10, &s));
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, bobs_call(&o)->invited[1].acked && c->reinvites == 2);
    close_call(&o, c);
}

/* RFC 3261 15: BYE ends the dialog and what is pending in it: 487 (15.1.2) */
static void hung_up_before_it_is_answered(void **state)
{
    (void)state;
    for (unsigned by_callee = 0; by_callee < 2; by_callee++) {
        struct office o;
        struct call *c = open_call(&o, 70 + by_callee, TRANSPORT_UDP);
        o.bob->plan.agree_after = 4 * NS_PER_S;
        call_reinvite(c);
        world_run(&o.w, NS_PER_S);
        call_hang_up(by_callee ? bobs_call(&o) : c);
        world_run(&o.w, NS_PER_S);
        EXPECT(&o.w, bobs_call(&o)->invited[1].status == 487);
        EXPECT(&o.w, c->ended && bobs_call(&o)->ended && c->reinvited == 0 && !c->reinvite);
        check_and_end(&o.w);
    }
}

/* RFC 3261 12.2.1.2, 14.1: a refusal leaves the session as it was */
static void refused(void **state)
{
    (void)state;
    struct office o;
    struct call *c = open_call(&o, 80, TRANSPORT_UDP);
    o.bob->plan.agree_status = 488;
    call_reinvite(c);
    world_run(&o.w, 2 * NS_PER_S);
    EXPECT(&o.w, c->reinvited == 0 && !c->reinvite && !c->bye_sent && call_dialog(c));
    close_call(&o, c);
}

/* RFC 3261 14.2, 13.3.1.4: its 2xx is repeated as the first one's; without an ACK the call ends */
static void without_an_ack(void **state)
{
    (void)state;
    struct office o;
    struct call *c = open_call(&o, 90, TRANSPORT_UDP);
    size_t before = sent(&o, o.bob, "SIP/2.0 200");
    call_reinvite(c);
    world_run(&o.w, NS_PER_MS / 2);
    world_link(&o.w, &o.alice->node, NULL, (struct link){.loss = 1000});
    world_run(&o.w, 31 * NS_PER_S);
    EXPECT(&o.w, sent(&o, o.bob, "SIP/2.0 200") == before + 10);
    EXPECT(&o.w, !bobs_call(&o)->bye_sent);
    world_run(&o.w, 3 * NS_PER_S);
    EXPECT(&o.w, bobs_call(&o)->invited[1].gave_up && bobs_call(&o)->bye_sent);
    check_and_end(&o.w);
}

static void other_requests_within_the_dialog(void **state)
{
    (void)state;
    static const char *const methods[] = {"INFO", "UPDATE", "MESSAGE", "OPTIONS"};
    struct office o;
    struct call *c = open_call(&o, 100, TRANSPORT_UDP);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        call_request(c, methods[i]);
        call_request(bobs_call(&o), methods[i]);
    }
    world_run(&o.w, 2 * NS_PER_S);
    EXPECT(&o.w, o.alice->asked[o.alice->n_asked - 1]->status == 200);
    EXPECT(&o.w, o.bob->asked[o.bob->n_asked - 1]->status == 200);
    close_call(&o, c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_either_side),
        cmocka_unit_test(without_an_offer),
        cmocka_unit_test(at_the_same_time),
        cmocka_unit_test(twice_before_the_first_is_answered),
        cmocka_unit_test(hung_up_before_it_is_answered),
        cmocka_unit_test(refused),
        cmocka_unit_test(without_an_ack),
        cmocka_unit_test(other_requests_within_the_dialog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
