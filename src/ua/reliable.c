/* Provisional responses of ours, plain and reliable (RFC 3261 13.3.1.1, RFC 3262 3). */
#include "ua/call_parts.h"

static void drop_next(struct ua *ua, struct reliable *r)
{
    block_unref(ua->blocks, r->next_headers);
    plan_unref(ua, r->next_wish);
    r->next_headers = NULL;
    r->next_wish = NULL;
    r->next_status = 0;
}

static void finish(struct ua *ua, struct reliable *r)
{
    alarm_stop(ua, &r->alarm);
    block_unref(ua->blocks, r->text);
    r->text = NULL;
    r->is_open = false;
}

void reliable_end(struct ua *ua, struct call *call)
{
    finish(ua, &call->reliable);
    drop_next(ua, &call->reliable);
}

bool reliable_blocks(const struct call *call)
{
    return call->reliable.is_open && call->reliable.described;
}

/* --- sending --- */
struct ring {
    unsigned status;
    struct str headers;
    bool reliable;
};

static int reply(struct ua *ua, struct call *call, unsigned status, struct str headers,
                 struct str body, time_ns now)
{
    const struct reply r = {.status = status,
                            .headers = headers,
                            .body = body,
                            .to_tag = call->own.id.local_tag,
                            .record_route = true};
    return engine_reply(ua->engine, call->tx, &r, now);
}

static int draft_for(struct ua *ua, const struct call *call, bool reliable, struct draft *d)
{
    const struct leg *leg = call->chosen;
    *d = (struct draft){0};
    if (!leg->media.wish)
        return OK;
    if (leg->exchange.turn == SDP_THEIRS)
        return draft_answer(ua, &leg->media, call->request, call->offer.sdp, false, d);
    return reliable && leg->exchange.empty_invite ? draft_offer(ua, &leg->media, false, d) : OK;
}

static void put_lines(struct buf *b, const struct call *call, const struct ring *ring,
                      const struct draft *d)
{
    incoming_put_lines(b, call->chosen);
    if (ring->reliable) {
        buf_put_lit(b, "Require: 100rel\r\n");
        text_put_number(b, STR("RSeq"), call->reliable.rseq + 1);
        if (d->text && call->chosen->exchange.turn != SDP_THEIRS)
            precondition_put(b, &call->chosen->media);
    }
    buf_put(b, ring->headers);
    if (d->text)
        buf_put_lit(b, "Content-Type: application/sdp\r\n");
}

static struct block *join(struct ua *ua, struct str a, struct str b)
{
    struct block *block = block_new(ua->blocks, a.len + b.len + 1);
    if (!block)
        return NULL;
    struct buf buf;
    buf_init(&buf, block->bytes, block->cap);
    buf_put(&buf, a);
    buf_put(&buf, b);
    block->len = (uint32_t)buf.len;
    return block;
}

static void begin(struct ua *ua, struct call *call, unsigned status, struct block *text,
                  size_t headers_len, bool described, time_ns now)
{
    struct reliable *r = &call->reliable;
    r->is_open = true;
    r->described = described;
    r->status = status;
    r->text = text;
    r->headers_len = (uint32_t)headers_len;
    r->rseq++;
    r->interval = ua->config.timers.t1;
    r->until = time_add(now, 64 * ua->config.timers.t1);
    alarm_set(ua, &r->alarm, time_add(now, r->interval));
}

/* What a description meant, once it has gone. */
static void note(struct ua *ua, struct leg *leg, bool reliable, struct draft *d)
{
    if (!d->text)
        return;
    if (!reliable) {
        leg_foretaste(ua, leg, d);
        return;
    }
    if (leg->exchange.turn == SDP_THEIRS) {
        leg_agreed(ua, leg, SDP_RELIABLE, d);
        return;
    }
    (void)sdp_exchange_sent(&leg->exchange, SDP_RELIABLE, true);
    media_offered(ua, &leg->media, d);
}

static int send(struct ua *ua, struct call *call, const struct ring *ring, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf lines;
    struct draft draft;
    struct block *text = NULL;
    int err = draft_for(ua, call, ring->reliable, &draft);
    if (err)
        return err;
    struct str body = draft.text ? block_str(draft.text) : STR_NONE;
    buf_init(&lines, space, sizeof space);
    put_lines(&lines, call, ring, &draft);
    if (ring->reliable)
        text = join(ua, buf_str(&lines), body);
    err = lines.over ? ERR_LIMIT : ring->reliable && !text ? ERR_NOMEM : OK;
    if (!err)
        err = reply(ua, call, ring->status, buf_str(&lines), body, now);
    if (err) {
        block_unref(ua->blocks, text);
        draft_drop(ua, &draft);
        return err;
    }
    if (ring->reliable)
        begin(ua, call, ring->status, text, lines.len, draft.text != NULL, now);
    note(ua, call->chosen, ring->reliable, &draft);
    call->state = CALL_RINGING;
    return OK;
}

static int wait_turn(struct ua *ua, struct call *call, const struct ring *ring, struct plan *wish)
{
    struct reliable *r = &call->reliable;
    struct block *headers = text_keep(ua, ring->headers);
    if (!headers)
        return ERR_NOMEM;
    drop_next(ua, r);
    r->next_status = ring->status;
    r->next_headers = headers;
    r->next_wish = plan_ref(wish);
    return OK;
}

static int send_with(struct ua *ua, struct call *call, const struct ring *ring, struct plan *wish,
                     time_ns now)
{
    struct media *media = &call->chosen->media;
    struct plan *before = plan_ref(media->wish);
    if (wish)
        media_want(ua, media, plan_ref(wish));
    int err = send(ua, call, ring, now);
    if (err)
        media_want(ua, media, before);
    else
        plan_unref(ua, before);
    return err;
}

int reliable_prepare(struct ua *ua, struct call *call, struct plan *wish, time_ns now)
{
    const struct ring ring = {183, STR_NONE, true};
    const struct leg *leg = call->chosen;
    bool has_gone = leg->exchange.turn != SDP_THEIRS && !leg->exchange.empty_invite;
    if (call->reliable.is_open || has_gone || !(wish || leg->media.wish))
        return OK;
    return send_with(ua, call, &ring, wish, now);
}

/* RFC 3312 6: what alerts waits. */
static int hold_back(struct ua *ua, struct call *call, const struct ring *ring, struct plan *wish,
                     time_ns now)
{
    int err = wait_turn(ua, call, ring, wish);
    if (!err && (err = reliable_prepare(ua, call, wish, now)) != OK)
        drop_next(ua, &call->reliable);
    return err;
}

static int ring_with(struct ua *ua, struct call *call, const struct ring *ring, struct plan *wish,
                     time_ns now)
{
    struct leg *leg = call->chosen;
    bool before = leg->suspended;
    int err = precondition_demand(call, wish);
    if (err)
        return err;
    if (leg->suspended && ring->status == 180)
        err = hold_back(ua, call, ring, wish, now);
    else if (ring->reliable && call->reliable.is_open)
        err = wait_turn(ua, call, ring, wish);
    else
        err = send_with(ua, call, ring, wish, now);
    if (err)
        leg->suspended = before;
    return err;
}

int call_ring(struct ua *ua, ua_call id, const struct call_ring *ring, time_ns now)
{
    struct call *call = incoming_unanswered(ua, id);
    if (!call)
        return call_get(ua, id) ? ERR_INVALID : ERR_STALE;
    if (ring->status <= 100 || ring->status > 199 || (ring->reliably && !call->peer_reliable))
        return ERR_INVALID;
    const struct ring r = {ring->status, ring->headers,
                           call->needs_reliable || ring->reliably ||
                               (ring->media && call->peer_reliable)};
    struct plan *wish = ring->media ? plan_new(ua, ring->media) : NULL;
    if (ring->media && !wish)
        return ERR_NOMEM;
    int err = ring_with(ua, call, &r, wish, now);
    plan_unref(ua, wish);
    return err;
}

void reliable_fire(struct ua *ua, struct call *call, time_ns now)
{
    struct reliable *r = &call->reliable;
    if (!r->is_open) {
        reliable_advance(ua, call, now);
        return;
    }
    if (now >= r->until) {
        r->until = TIME_NEVER;
        if (incoming_refuse(ua, call, CALL_END_NO_PRACK, 504, STR_NONE, now))
            alarm_set(ua, &r->alarm, time_add(now, ua->config.timers.t1));
        return;
    }
    struct str text = block_str(r->text);
    (void)reply(ua, call, r->status, str_slice(text, 0, r->headers_len),
                str_slice(text, r->headers_len, text.len - r->headers_len), now);
    r->interval *= 2;
    alarm_set(ua, &r->alarm, time_min(r->until, time_add(now, r->interval)));
}

/* --- the PRACK --- */
/* Without memory it is tried again. */
void reliable_advance(struct ua *ua, struct call *call, time_ns now)
{
    struct reliable *r = &call->reliable;
    bool alerts = call->answers || r->next_status == 180;
    int err = OK;
    if (r->is_open)
        return;
    if (alerts && call->chosen->suspended)
        err = reliable_prepare(ua, call, r->next_wish, now);
    else if (call->answers)
        err = incoming_answer(ua, call, now);
    else if (r->next_status) {
        const struct ring ring = {r->next_status, block_str(r->next_headers), true};
        err = send_with(ua, call, &ring, r->next_wish, now);
        if (err != ERR_NOMEM)
            drop_next(ua, r);
    }
    if (err == ERR_NOMEM)
        alarm_set(ua, &r->alarm, time_add(now, ua->config.timers.t1));
    else if (err)
        (void)!incoming_refuse(ua, call, CALL_END_NO_AGREEMENT, 488, STR_NONE, now);
}

static bool is_for(const struct call *call, struct msg *m)
{
    const struct rack *rack = msg_single(m, HDR_RACK);
    return call->tx && call->reliable.is_open && rack && rack->method == METHOD_INVITE &&
           rack->rseq == call->reliable.rseq && rack->cseq == msg_cseq(call->request)->number;
}

static void answer(struct ua *ua, tx_id tx, unsigned status, const struct draft *d, time_ns now)
{
    const struct reply r = {.status = status,
                            .headers =
                                d->text ? STR("Content-Type: application/sdp\r\n") : STR_NONE,
                            .body = d->text ? block_str(d->text) : STR_NONE};
    (void)engine_reply(ua->engine, tx, &r, now);
}

void reliable_take(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    struct call *call = leg->call;
    struct draft draft = {0};
    struct body body;
    bool suspended;
    body_read(ev->msg, &body);
    if (!is_for(call, ev->msg) || body.status) {
        answer(ua, ev->tx, body.status ? body.status : 481, &draft, now);
        return;
    }
    bool offers = leg->exchange.turn != SDP_OURS;
    if (offers && precondition_refuses(ua, ev, &body, &suspended, now))
        return;
    enum heard heard = leg_hear(ua, leg, SDP_PRACK, ev->msg, &body);
    int err = heard == HEARD_NO_MEMORY ? ERR_NOMEM : OK;
    if (heard == HEARD_OFFER)
        err = draft_answer(ua, &leg->media, ev->msg, body.sdp, false, &draft);
    if (err) {
        if (heard == HEARD_OFFER)
            sdp_exchange_failed(&leg->exchange);
        answer(ua, ev->tx, err == ERR_NOMEM ? 503 : 488, &draft, now);
        return;
    }
    answer(ua, ev->tx, 200, &draft, now);
    if (draft.text)
        leg_agreed(ua, leg, SDP_PRACK_SUCCESS, &draft);
    finish(ua, &call->reliable);
    if (heard == HEARD_BAD)
        (void)!incoming_refuse(ua, call, CALL_END_NO_AGREEMENT, 488, STR_NONE, now);
    else if (media_readiness(&leg->media) == SDP_IMPOSSIBLE) /* RFC 3312 8 */
        (void)!incoming_refuse(ua, call, CALL_END_NO_AGREEMENT, 580, STR_NONE, now);
    else
        reliable_advance(ua, call, now);
}
