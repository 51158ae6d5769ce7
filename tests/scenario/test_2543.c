/* Old phones: RFC 2543 peers without the branch cookie, without tags, without Contact in a 180
 * (RFC 3261 17.2.3, 12.1.1, 8.2.6.2). */
#include "office.h"

#include "sim/peer.h"

static struct peer *caller;
static unsigned ringing, answered, byes_answered;

/* The caller's script: an ACK for the 200, without any tag of its own. */
static void caller_hears(struct peer *p, struct msg *m)
{
    if (m->is_request) {
        peer_reply(p, m, 200, "", "");
        return;
    }
    const struct cseq *cseq = msg_cseq(m);
    ringing += m->status == 180;
    byes_answered += m->status == 200 && cseq && cseq->method == METHOD_BYE;
    if (m->status != 200 || !cseq || cseq->method != METHOD_INVITE)
        return;
    answered++;
    const struct nameaddr *to = msg_to(m);
    const struct nameaddr *route = msg_nameaddr_next(m, HDR_RECORD_ROUTE, NULL);
    char ack[1024];
    snprintf(ack, sizeof(ack),
             "ACK sip:bob@10.0.0.3:5060 SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 10.0.0.4:5060\r\n"
             "Route: <%.*s>\r\n"
             "From: sip:old@office.example\r\n"
             "To: %.*s\r\n"
             "Call-ID: old-1\r\n"
             "CSeq: 1 ACK\r\n\r\n",
             STR_ARG(route->uri_text), STR_ARG(to->text));
    peer_send(p, p->node.w->nodes[0], ack);
}

#define OLD_INVITE                              \
    "INVITE sip:bob@office.example SIP/2.0\r\n" \
    "Via: SIP/2.0/UDP 10.0.0.4:5060\r\n"        \
    "From: sip:old@office.example\r\n"          \
    "To: sip:bob@office.example\r\n"            \
    "Call-ID: old-1\r\n"                        \
    "CSeq: 1 INVITE\r\n"                        \
    "Contact: sip:old@10.0.0.4:5060\r\n\r\n"

static void open_with_caller(struct office *o, uint64_t seed)
{
    ringing = answered = byes_answered = 0;
    office_open(o, seed, TRANSPORT_UDP, TRANSPORT_UDP);
    caller = peer_join(&o->w, "old", caller_hears);
}

/* RFC 3261 17.2.3: without the cookie a repeated INVITE is matched by its fields: one call, not two
 */
static void a_repeated_old_invite_is_one_call(void **state)
{
    (void)state;
    struct office o;
    open_with_caller(&o, 1);
    o.bob->plan.hang_up_after = 5 * NS_PER_S;
    for (int i = 0; i < 3; i++) {
        peer_send(caller, o.proxy, OLD_INVITE);
        world_run(&o.w, 300 * NS_PER_MS);
    }
    world_run(&o.w, 30 * NS_PER_S);
    EXPECT(&o.w, o.bob->n_calls == 1 && bobs_call(&o)->acked);
    EXPECT(&o.w, proxied(&o, "INVITE ") == 1 && answered >= 1 && ringing >= 1);
    /* RFC 3261 12.2.1.1: Bob's BYE goes out without a To tag and is answered */
    const struct rung *bye = ladder_find(&o.w, &o.bob->node, "BYE ", 0);
    EXPECT(&o.w, bye && str_equal(rung_header(bye, "To"), STR("<sip:old@office.example>")));
    EXPECT(&o.w, bobs_call(&o)->ended);
    check_and_end(&o.w);
}

/* RFC 3261 17.2.3, 9.2: an old CANCEL finds its INVITE */
static void an_old_cancel_finds_its_invite(void **state)
{
    (void)state;
    struct office o;
    open_with_caller(&o, 2);
    o.bob->plan.answer_after = TIME_NEVER;
    peer_send(caller, o.proxy, OLD_INVITE);
    world_run(&o.w, NS_PER_S);
    peer_send(caller, o.proxy,
              "CANCEL sip:bob@office.example SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 10.0.0.4:5060\r\n"
              "From: sip:old@office.example\r\n"
              "To: sip:bob@office.example\r\n"
              "Call-ID: old-1\r\n"
              "CSeq: 1 CANCEL\r\n\r\n");
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, bobs_call(&o)->cancelled);
    EXPECT(&o.w, proxied(&o, "SIP/2.0 487") >= 1);
    check_and_end(&o.w);
}

/* The callee's script: an old phone that answers everything at once and adds no tag. */
static void callee_hears(struct peer *p, struct msg *m)
{
    if (!m->is_request || m->method == METHOD_ACK)
        return;
    if (m->method == METHOD_INVITE) {
        peer_reply(p, m, 180, "", "");
        peer_reply(p, m, 200, "", "Contact: sip:old@10.0.0.4:5060\r\n");
        return;
    }
    peer_reply(p, m, 200, "", "");
}

/* RFC 3261 12.1.2: the null tag; a 180 without a tag makes no dialog, the 200 does */
static void an_old_callee_without_tags(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 3, TRANSPORT_UDP, TRANSPORT_UDP);
    struct peer *old = peer_join(&o.w, "old", callee_hears);
    peer_send(old, o.proxy,
              "REGISTER sip:office.example SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 10.0.0.4:5060\r\n"
              "From: sip:old@office.example\r\n"
              "To: sip:old@office.example\r\n"
              "Call-ID: old-reg\r\n"
              "CSeq: 1 REGISTER\r\n"
              "Contact: sip:old@10.0.0.4:5060\r\n"
              "Expires: 600\r\n\r\n");
    world_run(&o.w, NS_PER_S);
    o.alice->plan.hang_up_after = 2 * NS_PER_S;
    struct call *c = agent_call(o.alice, "sip:old@office.example");
    world_run(&o.w, 10 * NS_PER_S);
    EXPECT(&o.w, c->rings >= 1 && c->answers == 1 && c->acks_sent >= 1);
    EXPECT(&o.w, c->ended && sent(&o, o.alice, "BYE ") == 1);
    const struct rung *bye = ladder_find(&o.w, &o.alice->node, "BYE ", 0);
    EXPECT(&o.w, str_find(rung_header(bye, "To"), ';') == rung_header(bye, "To").len);
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_repeated_old_invite_is_one_call),
        cmocka_unit_test(an_old_cancel_finds_its_invite),
        cmocka_unit_test(an_old_callee_without_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
