/* Sends what a step has, and sends again what is not answered (RFC 3261 17.1). Writes no text. */
#include <stdio.h>

#include "session.h"

#define T2_NS (4 * NS_PER_S)
#define ROOM 1024 /* for what fields are filled with, at first */

void session_send(struct load *l, struct session *s, struct block *b)
{
    load_push(l, s->link, s->number, &s->remote, b);
}

/* --- again --- */

void load_settle(struct load *l, struct leg *leg)
{
    wheel_stop(&l->wheel, &leg->again.timer);
    block_unref(l->blocks, leg->pending);
    leg->pending = NULL;
}

static void keep_pending(struct load *l, struct leg *leg, struct block *b, time_ns interval,
                         time_ns now)
{
    load_settle(l, leg);
    leg->pending = block_ref(b);
    leg->interval = interval;
    leg->until = time_add(now, 64 * l->config.t1);
    wheel_set(&l->wheel, &leg->again.timer, time_add(now, interval));
}

/* RFC 3261 17.1.1.2, 17.1.2.2, 13.3.1.4: an INVITE doubles its interval; all others stop at T2. */
void load_send_again(struct load *l, struct leg *leg, time_ns now)
{
    bool is_invite = leg->pending_method == METHOD_INVITE && !leg->pending_response;
    if (!leg->pending || now >= leg->until) {
        load_settle(l, leg);
        return;
    }
    l->tally->retransmitted++;
    session_send(l, leg->session, block_ref(leg->pending));
    leg->interval *= 2;
    if (!is_invite && leg->interval > T2_NS)
        leg->interval = T2_NS;
    wheel_set(&l->wheel, &leg->again.timer, time_add(now, leg->interval));
}

void load_send_final(struct load *l, struct leg *leg, struct block *b, time_ns now)
{
    leg->pending_response = true;
    leg->pending_method = METHOD_OTHER;
    if (!transport_is_reliable(l->links[leg->session->link].flow.transport))
        keep_pending(l, leg, b, l->config.t1, now);
    session_send(l, leg->session, b);
}

/* --- what is noted of a message --- */

static bool stands_alone(unsigned method)
{
    return method == METHOD_ACK || method == METHOD_CANCEL;
}

static void note_request(struct load *l, struct leg *leg, const struct step *step, struct block *b,
                         time_ns due)
{
    leg->asked |= UINT64_C(1) << step->method;
    if (step->method == METHOD_INVITE) {
        leg->asked_invite = due;
        block_unref(l->blocks, leg->invite);
        leg->invite = block_ref(b);
        leg->is_inviting = true;
    } else if (step->method != METHOD_ACK) {
        leg->asked_other = due;
    }
    if (step->method == METHOD_BYE)
        leg->is_confirmed = false;
}

static void note_response(struct load *l, struct leg *leg, const struct step *step, time_ns due)
{
    leg->answered = due;
    if (leg->taken != METHOD_INVITE || step->status < 200)
        return;
    leg->is_confirmed |= step->status < 300;
    block_unref(l->blocks, leg->invited);
    leg->invited = NULL;
}

/* What came last is answered by this. */
static void note_reply(struct load *l, struct leg *leg, struct block *b)
{
    if (leg->n_echoes == 0)
        return;
    struct echo *e = &leg->echoes[(leg->n_echoes - 1) % ECHOES];
    block_unref(l->blocks, e->reply);
    e->reply = block_ref(b);
}

static void note(struct load *l, struct session *s, struct leg *leg, const struct step *step,
                 struct block *b, time_ns due, time_ns now)
{
    bool reliable = transport_is_reliable(l->links[s->link].flow.transport);
    time_ns interval = step->retransmit;
    leg->pending_response = step->status > 0;
    if (step->status > 0) {
        note_response(l, leg, step, due);
    } else {
        note_request(l, leg, step, b, due);
        leg->pending_method = step->method;
        interval = reliable || step->method == METHOD_ACK ? 0 : interval ? interval : l->config.t1;
    }
    if (step->status > 0 || step->method == METHOD_ACK)
        note_reply(l, leg, b);
    talk_follow(l, leg, step->status > 0 ? leg->taken : step->method, now);
    if (interval > 0)
        keep_pending(l, leg, b, interval, now);
}

/* --- sending --- */

static void name_leg(struct load *l, struct session *s, struct leg *leg)
{
    struct buf b;
    buf_init(&b, leg->own_call_id, sizeof leg->own_call_id);
    buf_put_hex(&b, l->run, 16);
    buf_put_char(&b, '-');
    buf_put_u64(&b, s->number);
    buf_put_char(&b, '-');
    buf_put_u64(&b, (uint64_t)(leg - s->legs) + 1);
    buf_put_char(&b, '@');
    addr_print_ip(&b, &l->links[s->link].flow.local);
    leg->call_id = buf_str(&b);
    load_enter_leg(l, leg);
}

static enum filled write_message(struct load *l, struct session *s, struct leg *leg,
                                 const struct step *step, struct block **out)
{
    size_t cap = step->message->len + ROOM;
    for (;;) {
        struct block *block = block_new(l->blocks, cap);
        struct buf b;
        if (!block)
            return FILLED_NOMEM;
        buf_init(&b, block->bytes, block->cap);
        enum filled filled = fill_message(l, s, leg, step, &b);
        block->len = (uint32_t)b.len;
        *out = block;
        if (filled == FILLED && !b.over)
            return FILLED;
        block_unref(l->blocks, block);
        if (filled != FILLED || cap > LIMIT_MSG_BYTES)
            return filled == FILLED ? FILLED_NOMEM : filled;
        cap *= 4;
    }
}

enum cause load_send_step(struct load *l, struct session *s, const struct step *step, time_ns due,
                          time_ns now)
{
    struct leg *leg = &s->legs[step->dialog];
    struct block *b;
    if (leg->call_id.len == 0)
        name_leg(l, s, leg);
    if (step->status == 0 && !stands_alone(step->method))
        leg->cseq++;
    if (step->status == 0 && step->message->has_branch)
        leg->branch++;
    enum filled filled = write_message(l, s, leg, step, &b);
    if (filled != FILLED)
        return filled == FILLED_REFUSED ? CAUSE_REFUSED : CAUSE_MEMORY;
    note(l, s, leg, step, b, due, now);
    if (step->lost > 0 && rand_below(&l->rand, 1 << 16) < step->lost) {
        l->tally->lost++;
        block_unref(l->blocks, b);
    } else {
        session_send(l, s, b);
    }
    return N_CAUSES;
}
