/* Acts at two user agents that call each other over a bad network, with a third party in between:
 * each call that began ends once and is told so, a command is done or nothing has changed, and at
 * last nothing is left. */
#include "fuzz.h"
#include "ua_pair.h"

#define ACTS 150

static const struct sdp_codec codecs[] = {{STR_INIT("PCMU"), 8000, 1, 0, {NULL, 0}},
                                          {STR_INIT("PCMA"), 8000, 1, 8, {NULL, 0}},
                                          {STR_INIT("opus"), 48000, 2, 96, {NULL, 0}}};

/* What a side can do: digits say how many streams, which are wanted, and which way they go. */
static const struct sdp_local *media(struct pair *p)
{
    static struct sdp_stream streams[3];
    static struct sdp_local local;
    local = (struct sdp_local){.streams = streams, .n_streams = 1 + acts_digit(&p->acts, 3)};
    bool ok = addr_parse_ip(STR("192.0.2.77"), &local.addr);
    assert(ok);
    for (unsigned i = 0; i < local.n_streams; i++)
        streams[i] = (struct sdp_stream){.kind = i == 1 ? STR("video") : STR("audio"),
                                         .proto = STR("RTP/AVP"),
                                         .port = acts_digit(&p->acts, 4) == 3 ? 0 : 4000,
                                         .direction = (enum sdp_direction)acts_digit(&p->acts, 4),
                                         .codecs = codecs,
                                         .n_codecs = 1 + acts_digit(&p->acts, 3)};
    return &local;
}

static void play_start(struct pair *p)
{
    static const char *const targets[] = {"sip:bob@192.0.2.2", "sip:x@192.0.2.9", "x", "tel:1"};
    struct pair_side *s = &p->side[0];
    struct call_start start = {.account = s->account,
                               .target = str_from(targets[acts_digit(&p->acts, 4)]),
                               .offer_later = acts_digit(&p->acts, 2)};
    ua_call id;
    start.reliability = (enum call_reliability)acts_digit(&p->acts, 3);
    start.media = media(p);
    uint64_t sent = engine_stats(s->engine)->sent;
    int err = call_start(s->ua, &start, p->now, &id);
    assert((err == OK) == (id != 0));
    assert(!err || engine_stats(s->engine)->sent == sent);
    if (!err && s->n_calls < PAIR_CALLS)
        s->calls[s->n_calls++] = (struct pair_call){id, false, false};
}

static void play_ring(struct pair *p)
{
    static const unsigned statuses[] = {180, 183, 199, 200};
    struct call_ring ring = {.status = statuses[acts_digit(&p->acts, 4)],
                             .reliably = acts_digit(&p->acts, 2)};
    if (acts_digit(&p->acts, 2))
        ring.media = media(p);
    (void)!call_ring(p->side[1].ua, pair_pick(p, 1), &ring, p->now);
}

static void play_accept(struct pair *p)
{
    const struct sdp_local *m = acts_digit(&p->acts, 4) ? media(p) : NULL;
    ua_call id = pair_pick(p, 1);
    if (m)
        (void)call_would_refuse(p->side[1].ua, id, m);
    (void)!call_answer(p->side[1].ua, id, m, p->now);
}

static void play_refuse(struct pair *p)
{
    const struct str uri = STR("sip:x@192.0.2.9");
    ua_call id = pair_pick(p, 1);
    if (acts_digit(&p->acts, 2))
        (void)!call_refuse(p->side[1].ua, id, 486, STR("Retry-After: 3\r\n"), p->now);
    else
        (void)!call_redirect(p->side[1].ua, id, 302, &uri, 1, p->now);
}

static void play_transfer(struct pair *p)
{
    static const char *const targets[] = {"sip:x@192.0.2.9", "sip:alice@192.0.2.1", "x", ""};
    unsigned who = acts_digit(&p->acts, 2);
    struct transfer_start start = {.call = pair_pick(p, who),
                                   .target = str_from(targets[acts_digit(&p->acts, 4)]),
                                   .quiet = acts_digit(&p->acts, 2)};
    ua_transfer id;
    if (start.target.len == 0)
        start.consulted = pair_pick(p, who);
    (void)!transfer_start(p->side[who].ua, &start, p->now, &id);
}

/* What it makes is a call of that side's. */
static void play_referral(struct pair *p)
{
    struct pair_side *s = &p->side[acts_digit(&p->acts, 2)];
    ua_call id = 0;
    if (acts_digit(&p->acts, 4) == 3)
        (void)!referral_refuse(s->ua, s->referral, 603, p->now);
    else if (referral_accept(s->ua, s->referral, media(p), p->now, &id) == OK &&
             s->n_calls < PAIR_CALLS)
        s->calls[s->n_calls++] = (struct pair_call){id, false, false};
}

static void play_subscription(struct pair *p)
{
    struct pair_side *s = &p->side[acts_digit(&p->acts, 2)];
    const struct subscription_start start = {.account = s->account,
                                             .target = STR("sip:bob@192.0.2.2"),
                                             .event = STR("presence"),
                                             .expires_s = 60};
    (void)subscription_end(s->ua, s->subscription, p->now);
    (void)!subscription_start(s->ua, &start, p->now, &s->subscription);
}

static void play_late(struct pair *p, char letter)
{
    unsigned who = acts_digit(&p->acts, 2);
    struct ua *ua = p->side[who].ua;
    ua_call id = pair_pick(p, who);
    const struct reply reply = {.status = 200};
    switch (letter) {
    case 'e':
        (void)call_end(ua, id, STR("Q.850;cause=16"), p->now);
        break;
    case 'h':
        (void)!call_hold(ua, id, acts_digit(&p->acts, 2), p->now);
        break;
    case 'c':
        (void)!call_change(ua, id, media(p), p->now);
        break;
    case 'i':
        (void)!call_info(ua, id, STR("application/dtmf"), STR_NONE, STR("1"), p->now);
        break;
    case 'y':
        if (ua_reply(ua, p->side[who].request, &reply, p->now) == OK)
            p->side[who].request = 0;
        break;
    default:
        break;
    }
}

/* s: Alice calls; r: Bob rings; a: answers; f: refuses or redirects; e: either ends; h: holds;
 * c: changes media; i: sends INFO; y: answers a request of none; g: transfers a call; u: decides on
 * such a wish; v: subscribes anew. The others: ua_pair.h. */
static void play(struct pair *p, char letter)
{
    if (pair_play(p, letter))
        return;
    if (letter == 's')
        play_start(p);
    else if (letter == 'r')
        play_ring(p);
    else if (letter == 'a')
        play_accept(p);
    else if (letter == 'f')
        play_refuse(p);
    else if (letter == 'g')
        play_transfer(p);
    else if (letter == 'u')
        play_referral(p);
    else if (letter == 'v')
        play_subscription(p);
    else
        play_late(p, letter);
    pair_drain(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair p;
    char letter;
    pair_init(&p, data, size);
    for (unsigned i = 0; i < ACTS && acts_next(&p.acts, &letter); i++)
        play(&p, letter);
    pair_end(&p);
    return 0;
}
