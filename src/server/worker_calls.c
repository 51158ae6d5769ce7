/* What a worker tells of its calls, and how it ends those that it is told to: INVITEs without a
 * final answer first, then the calls that are followed. */
#include "server/control_pattern.h"
#include "server/inquiry.h"
#include "server/worker.h"

#define FOLLOWED ((uint64_t)1 << 63) /* in a cursor: the second part has begun */

static void show_party(struct shown_text *t, const struct nameaddr *who)
{
    shown_text_set(t, who ? who->uri_text : STR_NONE);
}

void worker_show_tx(struct shown_tx *row, const struct engine_tx *tx)
{
    *row = (struct shown_tx){.kind = tx->kind,
                             .state = tx->state,
                             .method = tx->method,
                             .transport = tx->flow.transport,
                             .status = tx->status,
                             .id = tx->id,
                             .since = tx->since,
                             .remote = tx->flow.remote};
    shown_text_set(&row->method_name, tx->method_name);
    shown_text_set(&row->call_id, tx->call_id);
    if (!tx->request)
        return;
    show_party(&row->from, msg_from(tx->request));
    show_party(&row->to, msg_to(tx->request));
}

static void show_call(struct shown_call *row, const struct follow_view *v)
{
    *row = (struct shown_call){.state = (uint8_t)v->state,
                               .cause = (uint8_t)v->cause,
                               .id = v->id,
                               .since = v->since,
                               .session_end = v->session_end};
    shown_text_set(&row->call_id, v->id_text);
    shown_text_set(&row->from, v->from);
    shown_text_set(&row->to, v->to);
}

static bool is_unanswered(const struct engine_tx *tx)
{
    return tx->kind == TX_INVITE_SERVER && tx->request;
}

static size_t next_invites(const struct worker *w, struct inquiry *q, struct engine_tx *out)
{
    size_t n = 0, found = engine_list(w->engine, &q->cursor, INQUIRY_LOOKS, out, INQUIRY_ROWS);

    for (size_t i = 0; i < found; i++)
        if (is_unanswered(&out[i]))
            out[n++] = out[i];
    if (q->cursor == 0)
        q->cursor = FOLLOWED;
    return n;
}

/* Those that have no answer yet are among the INVITEs. */
static size_t next_followed(const struct worker *w, struct inquiry *q, struct follow_view *out)
{
    uint32_t cursor = (uint32_t)q->cursor;
    size_t n = 0, found = element_followed(w->element, &cursor, out, INQUIRY_ROWS);

    for (size_t i = 0; i < found; i++)
        if (out[i].state != FOLLOW_EARLY)
            out[n++] = out[i];
    q->cursor = cursor == 0 ? 0 : FOLLOWED | cursor;
    return n;
}

void worker_list_calls(const struct worker *w, struct inquiry *q)
{
    struct engine_tx txs[INQUIRY_ROWS];
    struct follow_view calls[INQUIRY_ROWS];

    q->followed = (q->cursor & FOLLOWED) != 0;
    q->n = (unsigned)(q->followed ? next_followed(w, q, calls) : next_invites(w, q, txs));
    for (size_t i = 0; i < q->n; i++)
        if (q->followed)
            show_call(&q->calls[i], &calls[i]);
        else
            worker_show_tx(&q->txs[i], &txs[i]);
}

/* --- ends --- */

/* "0:c1f00000001" as it was shown, a Call-ID, or a pattern that one of the parties' URIs fits. */
static bool is_named(const struct worker *w, struct str text, char kind, uint64_t id,
                     struct str call_id, struct str from, struct str to)
{
    char shown[48];
    int len = snprintf(shown, sizeof(shown), "%u:%c%llx", w->index, kind, (unsigned long long)id);

    return str_equal(text, (struct str){shown, (size_t)len}) || str_equal(text, call_id) ||
           control_pattern_matches(text, from) || control_pattern_matches(text, to);
}

static struct str party(const struct nameaddr *who)
{
    return who ? who->uri_text : STR_NONE;
}

/* What is ended may change all that was found: those that are meant are noted first. */
static unsigned end_invites(struct worker *w, struct inquiry *q, struct str text)
{
    struct engine_tx txs[INQUIRY_ROWS];
    size_t n = 0, found = next_invites(w, q, txs);
    unsigned ended = 0;

    for (size_t i = 0; i < found; i++)
        if (is_named(w, text, 'i', txs[i].id, txs[i].call_id, party(msg_from(txs[i].request)),
                     party(msg_to(txs[i].request))))
            txs[n++] = txs[i];
    for (size_t i = 0; i < n; i++)
        ended += element_end_invite(w->element, &txs[i], w->looked);
    return ended;
}

static unsigned end_followed(struct worker *w, struct inquiry *q, struct str text)
{
    struct follow_view calls[INQUIRY_ROWS];
    size_t n = 0, found = next_followed(w, q, calls);
    unsigned ended = 0;

    for (size_t i = 0; i < found; i++)
        if (is_named(w, text, 'c', calls[i].id, calls[i].id_text, calls[i].from, calls[i].to))
            calls[n++] = calls[i];
    for (size_t i = 0; i < n; i++)
        ended += element_end_call(w->element, calls[i].id, w->looked);
    return ended;
}

void worker_end_calls(struct worker *w, struct inquiry *q)
{
    struct str text = shown_text_str(&q->end.text);

    q->n = q->cursor & FOLLOWED ? end_followed(w, q, text) : end_invites(w, q, text);
    worker_flush(w, w->looked);
}

void worker_tell_ended(struct worker *w, time_ns now)
{
    struct follow_view v;

    while (element_ended(w->element, &v, now))
        if (v.state == FOLLOW_ENDED)
            log_event(w->log, EV_CALL_ENDED, LOG_TEXT("cause", follow_cause_name(v.cause)),
                      LOG_NUMBER("seconds", (now - v.since) / NS_PER_S), LOG_TEXT("from", v.from),
                      LOG_TEXT("to", v.to), LOG_TEXT("call_id", v.id_text));
}
