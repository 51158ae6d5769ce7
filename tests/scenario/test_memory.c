/* What finished work costs while its transactions linger: bytes of the proxy's heap, counted over
 * many calls of two scripted phones. */
#include "office.h"

#define CALLS 512 /* whole chunks of the pools */
#define HEADERS                                                                             \
    "Max-Forwards: 70\r\nUser-Agent: desk phone 7.1.2 (build 3321)\r\nAllow: INVITE, ACK, " \
    "CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, UPDATE\r\nSupported: replaces, timer, "  \
    "outbound\r\n"
#define SDP                                                                                       \
    "v=0\r\no=phone 3724394400 3724394405 IN IP4 192.0.2.77\r\ns=call\r\nc=IN IP4 192.0.2.77\r\n" \
    "t=0 0\r\nm=audio 4002 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"   \
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"

struct street {
    struct world w;
    struct node *proxy;
    struct peer *alice, *bob;
    unsigned status; /* of bob's answers to INVITE */
    unsigned next;
    unsigned finished;
};

static struct street street;

/* From, To, Call-ID and CSeq of a request of alice's in the call of this Call-ID. */
static void put_dialog(struct buf *b, struct str call, const char *to_tag, const char *cseq)
{
    buf_put_lit(b, "From: \"Alice\" <sip:alice@office.example>;tag=1928301774\r\nTo: <" BOB ">");
    buf_put(b, str_from(to_tag));
    buf_put_lit(b, "\r\nCall-ID: ");
    buf_put(b, call);
    buf_put_lit(b, "\r\nCSeq: ");
    buf_put(b, str_from(cseq));
    buf_put_lit(b, "\r\nContact: <sip:alice@10.0.0.2:5060>\r\n" HEADERS);
}

static void put_start(struct buf *b, const char *method, const char *uri, const char *branch,
                      struct str call)
{
    buf_put(b, str_from(method));
    buf_put_char(b, ' ');
    buf_put(b, str_from(uri));
    buf_put_lit(b, " SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bK");
    buf_put(b, str_from(branch));
    buf_put(b, call);
    buf_put_lit(b, "\r\n");
}

static void invite(void *arg)
{
    char text[2048], id[64];
    struct buf b;
    struct street *s = arg;
    snprintf(id, sizeof id, "%u-4f2c1b09a77e.phone.office.example", ++s->next);
    buf_init(&b, text, sizeof text - 1);
    put_start(&b, "INVITE", BOB, "i", str_from(id));
    put_dialog(&b, str_from(id), "", "314159 INVITE");
    buf_put_lit(&b, "Content-Type: application/sdp\r\nContent-Length: ");
    buf_put_u64(&b, sizeof SDP - 1);
    buf_put_lit(&b, "\r\n\r\n" SDP);
    text[b.len] = '\0';
    peer_send(s->alice, s->proxy, text);
}

static void within(struct street *s, const char *method, const char *cseq, struct msg *ok)
{
    char text[2048];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    put_start(&b, method, "sip:bob@10.0.0.3:5060", method, msg_call_id(ok));
    buf_put_lit(&b, "Route: ");
    buf_put(&b, hdr_value(ok, msg_header(ok, HDR_RECORD_ROUTE)));
    buf_put_lit(&b, "\r\n");
    put_dialog(&b, msg_call_id(ok), ";tag=bob", cseq);
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    text[b.len] = '\0';
    peer_send(s->alice, s->proxy, text);
}

/* RFC 3261 17.1.1.3 */
static void ack_refusal(struct street *s, struct msg *m)
{
    char text[1024];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    put_start(&b, "ACK", BOB, "i", msg_call_id(m));
    put_dialog(&b, msg_call_id(m), ";tag=bob", "314159 ACK");
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    text[b.len] = '\0';
    peer_send(s->alice, s->proxy, text);
    s->finished++;
}

static void at_alice(struct peer *p, struct msg *m)
{
    struct street *s = p->user;
    const struct cseq *cseq = msg_cseq(m);
    if (m->is_request || m->status < 200)
        return;
    if (cseq->method == METHOD_BYE) {
        s->finished++;
    } else if (cseq->method == METHOD_INVITE && m->status == 200) {
        within(s, "ACK", "314159 ACK", m);
        within(s, "BYE", "314160 BYE", m);
    } else if (cseq->method == METHOD_INVITE) {
        ack_refusal(s, m);
    }
}

static void at_bob(struct peer *p, struct msg *m)
{
    struct street *s = p->user;
    if (!m->is_request || m->method == METHOD_ACK)
        return;
    unsigned status = m->method == METHOD_INVITE ? s->status : 200;
    peer_reply(p, m, status, m->method == METHOD_INVITE ? "bob" : "",
               "Contact: <sip:bob@10.0.0.3:5060>\r\n" HEADERS);
}

static void open_street(struct street *s, unsigned status)
{
    *s = (struct street){.status = status};
    world_init(&s->w, 1);
    s->proxy = element_join(&s->w, "office.example");
    s->alice = peer_join(&s->w, "alice", at_alice);
    s->bob = peer_join(&s->w, "bob", at_bob);
    s->alice->user = s->bob->user = s;
    peer_send(
        s->bob, s->proxy,
        "REGISTER sip:office.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.3:5060;branch=z9hG4bKr\r\n"
        "Max-Forwards: 70\r\nFrom: <" BOB ">;tag=r\r\nTo: <" BOB ">\r\nCall-ID: r\r\n"
        "CSeq: 1 REGISTER\r\nContact: <sip:bob@10.0.0.3:5060>\r\nContent-Length: 0\r\n\r\n");
    world_run(&s->w, 60 * NS_PER_S);
}

static void place_calls(struct street *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        world_do(&s->w, i * NS_PER_MS, invite, s);
    world_run(&s->w, NS_PER_S);
}

/* The growth of the proxy's heap by CALLS calls, a call's share of it. */
static uint64_t cost_of(unsigned status, unsigned servers, unsigned clients)
{
    struct street *s = &street;
    open_street(s, status);
    const struct engine_stats *stats = engine_stats(s->proxy->engine);
    uint64_t before = s->w.elements_heap.live_bytes;
    place_calls(s, CALLS);
    EXPECT(&s->w, s->finished == CALLS);
    EXPECT(&s->w, stats->tx_server == servers * CALLS && stats->tx_client == clients * CALLS);
    uint64_t cost = (s->w.elements_heap.live_bytes - before) / CALLS;
    print_message("%u: %u bytes a call\n", status, (unsigned)cost);
    check_and_end(&s->w);
    return cost;
}

static void a_finished_call(void **state)
{
    (void)state;
    assert_in_range(cost_of(200, 2, 2), 1, 4000);
}

static void a_refused_call(void **state)
{
    (void)state;
    assert_in_range(cost_of(486, 1, 1), 1, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finished_call),
        cmocka_unit_test(a_refused_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
