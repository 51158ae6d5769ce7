/* Says what a message is for: which session, which of its steps, or a repetition. */
#include "session.h"

struct msg *load_parse(struct load *l, void *space, struct msg *m, struct str bytes)
{
    if (bytes.len > LIMIT_MSG_BYTES)
        return NULL;
    (void)msg_parse(m, bytes, MSG_DATAGRAM, space, l->space_size);
    if (!msg_cseq(m) || msg_call_id(m).len == 0 || (!m->is_request && m->status == 0))
        return NULL;
    return m;
}

/* --- repetitions --- */

static uint64_t mix(uint64_t h, uint64_t with)
{
    h = (h ^ with) * UINT64_C(0xff51afd7ed558ccd);
    return h ^ h >> 32;
}

/* What makes a message of a dialog another than those before; never 0. */
static uint64_t key_of(const struct load *l, struct msg *m)
{
    const struct cseq *c = msg_cseq(m);
    uint64_t h = mix(c->number, (uint64_t)c->method << 16 | m->status);
    if (m->is_request) {
        const struct via *v = msg_via(m);
        h = mix(h, siphash13(&l->key, v ? v->branch : STR_NONE));
    } else {
        const struct nameaddr *to = msg_to(m);
        h = mix(h, siphash13(&l->key, to ? to->tag : STR_NONE));
    }
    return h | 1;
}

static struct echo *echo_find(struct leg *leg, uint64_t key)
{
    for (unsigned i = 0; i < ECHOES; i++)
        if (leg->echoes[i].key == key)
            return &leg->echoes[i];
    return NULL;
}

static void echo_note(struct load *l, struct leg *leg, uint64_t key)
{
    struct echo *e = &leg->echoes[leg->n_echoes++ % ECHOES];
    block_unref(l->blocks, e->reply);
    *e = (struct echo){key, NULL};
}

/* --- which step --- */

static bool is_for_request(const struct step *step, struct msg *m)
{
    uint16_t places[2 * REGEXP_GROUPS];
    if (step->status > 0)
        return false;
    if (step->names)
        return regexp_match(step->names, m->method_name, places);
    return str_equal(step->method_name, m->method_name);
}

static bool is_for(const struct session *s, const struct step *step, const struct leg *leg,
                   struct msg *m)
{
    if (leg != &s->legs[step->dialog])
        return false;
    if (m->is_request)
        return is_for_request(step, m);
    return step->status == m->status && leg->asked >> msg_cseq(m)->method & 1;
}

static const struct step *find_step(const struct load *l, const struct session *s,
                                    const struct leg *leg, struct msg *m)
{
    const struct scenario *sc = l->scenario;
    for (int i = s->at; i < (int)sc->n_steps; i++) {
        const struct step *step = &sc->steps[i];
        bool left_out =
            step->condition >= 0 && variable_is_set(s, step->condition) == step->condition_inverse;
        if (left_out)
            continue;
        if (step->kind != STEP_RECEIVE)
            return NULL;
        if (is_for(s, step, leg, m))
            return step;
        if (!step->optional)
            return NULL;
    }
    return NULL;
}

/* --- taking --- */

static void count_latency(struct load *l, const struct session *s, const struct leg *leg,
                          const struct step *step, struct msg *m, time_ns now)
{
    bool to_invite = !m->is_request && msg_cseq(m)->method == METHOD_INVITE;
    time_ns from = m->is_request ? leg->answered : to_invite ? leg->asked_invite : leg->asked_other;
    if (step->row >= 0 && now >= from && from > 0)
        histogram_add(&l->tally->rows[step->row], now - from);
    if (to_invite && m->status >= 200 && m->status < 300 && now >= s->meant)
        histogram_add(&l->tally->established, now - s->meant);
}

/* What is ours and waits for an answer has it. */
static void settle(struct load *l, struct leg *leg, struct msg *m)
{
    bool is_answer = m->is_request
                         ? leg->pending_response
                         : !leg->pending_response && leg->pending_method == msg_cseq(m)->method &&
                               (m->status >= 200 || leg->pending_method == METHOD_INVITE);
    if (leg->pending && is_answer)
        load_settle(l, leg);
}

static void note_dialog(struct leg *leg, struct msg *m)
{
    unsigned method = (unsigned)msg_cseq(m)->method;
    bool final = !m->is_request && m->status >= 200;
    if (m->is_request)
        leg->taken = (uint8_t)method;
    if (m->is_request && method == METHOD_BYE)
        leg->is_confirmed = false;
    if (final && method == METHOD_INVITE) {
        leg->is_confirmed = m->status < 300;
        leg->is_inviting = false;
    }
}

static bool keep_last(struct load *l, struct session *s, struct msg *m)
{
    if (!l->scenario->has_last)
        return true;
    block_unref(l->blocks, s->last);
    s->last = block_new(l->blocks, m->bytes.len);
    if (!s->last)
        return false;
    memcpy(s->last->bytes, m->bytes.at, m->bytes.len);
    s->last->len = (uint32_t)m->bytes.len;
    return true;
}

/* Their INVITE waits for a final response, which an ACK proves. */
static void keep_invite(struct load *l, struct session *s, struct leg *leg, const struct msg *m)
{
    if (!m->is_request || (m->method != METHOD_INVITE && m->method != METHOD_ACK))
        return;
    block_unref(l->blocks, leg->invited);
    leg->invited = m->method == METHOD_INVITE && s->last ? block_ref(s->last) : NULL;
}

static void take(struct load *l, struct session *s, struct leg *leg, const struct step *step,
                 struct msg *m, time_ns now)
{
    bool opens = !m->is_request && m->status > 100 && m->status < 300;
    count_latency(l, s, leg, step, m, now);
    note_dialog(leg, m);
    bool kept = keep_last(l, s, m);
    keep_invite(l, s, leg, m);
    if (opens || m->is_request)
        kept = kept && peer_learn(l, leg, m, step->routes);
    if (step->auth)
        kept = kept && credentials_keep(l, s, m);
    talk_take(l, leg, m);
    talk_follow(l, leg, (unsigned)msg_cseq(m)->method, now);
    if (!kept) {
        session_fail(l, s, CAUSE_MEMORY, m, now);
        return;
    }
    l->message = m;
    session_took(l, s, step, now);
    l->message = NULL;
}

/* --- what no step waits for --- */

static bool is_final_of_invite(struct msg *m)
{
    return !m->is_request && m->status >= 200 && msg_cseq(m)->method == METHOD_INVITE;
}

static void refuse(struct load *l, struct session *s, struct msg *m, time_ns now)
{
    unsigned method = m->method;
    if (m->is_request && method != METHOD_ACK)
        plain_reply(l, s->link, &s->remote, m,
                    method == METHOD_BYE || method == METHOD_CANCEL ? 200 : 481);
    session_fail(l, s, m->is_request ? CAUSE_UNEXPECTED : CAUSE_STATUS, m, now);
}

/* RFC 3261 9.2: what has its final response already is not changed by it. */
static void take_cancel(struct load *l, struct session *s, struct leg *leg, struct msg *m,
                        time_ns now)
{
    plain_reply(l, s->link, &s->remote, m, 200);
    if (leg->invited)
        session_fail(l, s, CAUSE_CANCELLED, m, now);
}

static void take_unexpected(struct load *l, struct session *s, struct leg *leg, struct msg *m,
                            time_ns now)
{
    if (!m->is_request && m->status < 200)
        return; /* RFC 3261 13.2.2.1: whatever comes before the final response is no fault */
    if (m->is_request && m->method == METHOD_OPTIONS) {
        plain_reply(l, s->link, &s->remote, m, 200);
        return;
    }
    if (m->is_request && m->method == METHOD_ACK)
        return;
    if (m->is_request && m->method == METHOD_CANCEL && (leg->invited || leg->is_confirmed)) {
        take_cancel(l, s, leg, m, now);
        return;
    }
    if (is_final_of_invite(m))
        plain_ack(l, s, leg, m);
    note_dialog(leg, m);
    refuse(l, s, m, now);
}

static void take_dying_request(struct load *l, struct session *s, struct leg *leg, struct msg *m)
{
    if (m->method == METHOD_ACK && leg->is_declining) {
        session_close(l, s);
    } else if (m->method == METHOD_INVITE && leg->pending) {
        l->tally->repeated++;
        session_send(l, s, block_ref(leg->pending));
    } else if (m->method != METHOD_ACK) {
        plain_reply(l, s->link, &s->remote, m, 200);
    }
}

/* One that has failed waits for the final response to its INVITE, or the ACK for ours. */
static void take_dying(struct load *l, struct session *s, struct leg *leg, struct msg *m)
{
    if (m->is_request) {
        take_dying_request(l, s, leg, m);
        return;
    }
    if (!is_final_of_invite(m) || !leg->is_inviting)
        return;
    plain_ack(l, s, leg, m);
    if (m->status < 300)
        plain_bye(l, s, leg);
    session_close(l, s);
}

static void take_of_leg(struct load *l, struct leg *leg, struct msg *m, time_ns now)
{
    struct session *s = leg->session;
    if (s->dying) {
        take_dying(l, s, leg, m);
        return;
    }
    uint64_t key = key_of(l, m);
    struct echo *echo = echo_find(leg, key);
    if (echo) {
        l->tally->repeated++;
        if (echo->reply)
            session_send(l, s, block_ref(echo->reply));
        return;
    }
    settle(l, leg, m);
    const struct step *step = find_step(l, s, leg, m);
    if (!step) {
        take_unexpected(l, s, leg, m, now);
        return;
    }
    echo_note(l, leg, key);
    take(l, s, leg, step, m, now);
}

/* --- what is of no session --- */

static bool is_of_us(struct load *l, struct msg *m)
{
    char text[16];
    struct buf b;
    const struct nameaddr *to = msg_to(m);
    buf_init(&b, text, sizeof text);
    buf_put_hex(&b, load_tag(l, msg_call_id(m)), 16);
    return to && str_equal(to->tag, buf_str(&b));
}

/* A BYE whose 200 was lost comes again when its session is over already. */
static void take_stray(struct load *l, unsigned link, const struct addr *remote, struct msg *m)
{
    if (!m->is_request || m->method == METHOD_ACK) {
        l->tally->strays++;
    } else if (m->method == METHOD_BYE && is_of_us(l, m)) {
        l->tally->repeated++;
        plain_reply(l, link, remote, m, 200);
    } else {
        l->tally->strays++;
        plain_reply(l, link, remote, m, m->method == METHOD_OPTIONS ? 200 : 481);
    }
}

static bool name_theirs(struct load *l, struct leg *leg, struct str call_id)
{
    leg->their_call_id = block_new(l->blocks, call_id.len);
    if (!leg->their_call_id)
        return false;
    memcpy(leg->their_call_id->bytes, call_id.at, call_id.len);
    leg->their_call_id->len = (uint32_t)call_id.len;
    leg->call_id = block_str(leg->their_call_id);
    load_enter_leg(l, leg);
    return true;
}

static bool begins_session(const struct load *l, struct msg *m)
{
    const struct nameaddr *to = msg_to(m);
    const struct scenario *sc = l->scenario;
    if (!sc->serves || !m->is_request || !to || to->tag.len > 0)
        return false;
    for (unsigned i = 0; i < sc->n_steps; i++) {
        const struct step *step = &sc->steps[i];
        if (step->kind == STEP_RECEIVE && is_for_request(step, m))
            return true;
        if (step->kind != STEP_NOP && !step->optional)
            return false;
    }
    return false;
}

static void open_theirs(struct load *l, unsigned link, const struct addr *remote, struct msg *m,
                        time_ns now)
{
    struct session *s = session_open(l, link, remote, now, now);
    if (!s) {
        plain_reply(l, link, remote, m, 503);
        return;
    }
    if (!name_theirs(l, &s->legs[0], msg_call_id(m)))
        session_fail(l, s, CAUSE_MEMORY, m, now);
    else
        take_of_leg(l, &s->legs[0], m, now);
}

void load_receive(struct load *l, unsigned link, const struct addr *remote, struct str bytes,
                  time_ns now)
{
    struct msg message, *m = load_parse(l, l->space, &message, bytes);
    l->tally->received++;
    if (!m) {
        l->tally->bad++;
        return;
    }
    struct leg *leg = load_find_leg(l, msg_call_id(m));
    if (leg)
        take_of_leg(l, leg, m, now);
    else if (begins_session(l, m))
        open_theirs(l, link, remote, m, now);
    else
        take_stray(l, link, remote, m);
}
