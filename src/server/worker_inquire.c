/* What a worker tells of itself to who asks, a portion at a time, and whom it is told to ban. */
#include "server/inquiry.h"
#include "server/worker.h"
#include "server/worker_guard.h"

#define ANSWERS_MOST 4 /* a turn */

static void tell_figures(struct worker *w, struct worker_figures *f)
{
    *f = (struct worker_figures){.engine = *engine_stats(w->engine),
                                 .calls = element_calls(w->element, w->looked),
                                 .timers = engine_timers(w->engine),
                                 .connections = tcp_count(&w->tcp),
                                 .connections_refused = w->tcp.refused,
                                 .handovers_lost = w->lost_handovers,
                                 .stun_answers = w->stun_answers,
                                 .shaken = {w->tcp.shaken[0], w->tcp.shaken[1]},
                                 .blocks = w->blocks->live};
    element_stats(w->element, &f->element);
    f->follow = *element_follow_stats(w->element);
    engine_resolver_stats(w->engine, w->looked, &f->dns);
    guard_counters(w->guard, &f->guard);
    memcpy(f->notes, w->notes, sizeof(f->notes));
    for (unsigned i = 0; i < w->n_listeners; i++)
        if (w->listeners[i].at.transport == TRANSPORT_UDP) {
            f->datagrams_waiting += w->listeners[i].udp.n;
            f->datagrams_lost += w->listeners[i].udp.dropped;
        }
}

static void list(const struct worker *w, struct inquiry *q)
{
    struct engine_tx found[INQUIRY_ROWS];

    q->n = (unsigned)engine_list(w->engine, &q->cursor, INQUIRY_LOOKS, found, INQUIRY_ROWS);
    for (size_t i = 0; i < q->n; i++)
        worker_show_tx(&q->txs[i], &found[i]);
}

static void list_bans(const struct worker *w, struct inquiry *q)
{
    uint32_t cursor = (uint32_t)q->cursor;

    q->n = (unsigned)guard_list_bans(w->guard, &cursor, INQUIRY_LOOKS, q->bans, INQUIRY_ROWS,
                                     w->looked);
    q->cursor = cursor;
}

static void list_peers(const struct worker *w, struct inquiry *q)
{
    struct peer_state found[INQUIRY_ROWS];

    q->n = (unsigned)element_peers(w->element, (size_t)q->cursor, found, INQUIRY_ROWS);
    q->cursor = q->n == INQUIRY_ROWS ? q->cursor + q->n : 0;
    for (unsigned i = 0; i < q->n; i++) {
        q->peers[i].state = found[i];
        shown_text_set(&q->peers[i].set, found[i].set);
        shown_text_set(&q->peers[i].uri, found[i].uri);
    }
}

static void answer(struct worker *w, struct inquiry *q)
{
    switch (q->kind) {
    case INQUIRY_FIGURES:
        tell_figures(w, &q->figures);
        break;
    case INQUIRY_TRANSACTIONS:
        list(w, q);
        break;
    case INQUIRY_CALLS:
        worker_list_calls(w, q);
        break;
    case INQUIRY_END:
        worker_end_calls(w, q);
        break;
    case INQUIRY_BANS:
        list_bans(w, q);
        break;
    case INQUIRY_BAN:
        worker_ban(w, &q->ban, w->looked);
        q->n = guard_has_banned(w->guard, &q->ban.addr, w->looked);
        break;
    case INQUIRY_PEERS:
        list_peers(w, q);
        break;
    case INQUIRY_TRACE:
        q->n = (unsigned)recorder_copy(w->recorder, &q->cursor, q->records, sizeof(q->records));
        break;
    case INQUIRY_PEER:
        q->n = element_set_peer_out(w->element, shown_text_str(&q->peer.uri), q->peer.state.out);
        break;
    case INQUIRY_UNBAN:
        q->n = guard_has_banned(w->guard, &q->ban.addr, w->looked);
        guard_forgive(w->guard, &q->ban.addr);
        break;
    }
}

void worker_answer_inquiries(struct worker *w)
{
    struct inquiry *q;

    for (unsigned i = 0; i < ANSWERS_MOST && (q = inquiry_take(w->shared->inquiries, w->index));
         i++) {
        answer(w, q);
        inquiry_answer(q);
    }
}
