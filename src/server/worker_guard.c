/* A worker's guard: asked about what comes, told what became of it. How anybody is judged is
 * guard/'s. */
#include "server/worker_guard.h"

#include "base/err.h"
#include "net/entropy.h"
#include "server/guard_config.h"
#include "server/worker_join.h"

#define DROP_EVERY (NS_PER_S / 4)
#define DROPS_MOST 256 /* connections in one go */

bool worker_guard_init(struct worker *w)
{
    struct guard_trusted trusted;
    struct guard_config c;

    guard_config_of(&c, &trusted, w->shared, current_config(&w->shared->current));
    w->next_drop = TIME_NEVER;
    w->guard = entropy_key(&c.key) ? guard_new(&c) : NULL;
    return w->guard != NULL;
}

void worker_guard_fini(struct worker *w)
{
    guard_free(w->guard);
}

int worker_guard_reconfigure(struct worker *w, time_ns now)
{
    struct guard_trusted trusted;
    struct guard_config c;

    guard_config_of(&c, &trusted, w->shared, current_config(&w->shared->current));
    return guard_reconfigure(w->guard, &c, now);
}

bool worker_admits(struct worker *w, const struct addr *from, time_ns now)
{
    return guard_connection(w->guard, from, now) == GUARD_PASS && !tcp_has_enough(&w->tcp, from);
}

bool worker_hears_stream(struct worker *w, conn_id conn, time_ns now)
{
    const struct addr *from = tcp_remote(&w->tcp, conn);

    return !from || guard_stream(w->guard, from, now) == GUARD_PASS;
}

/* --- who is banned --- */

static void tell_one(struct worker *w, unsigned to, const struct guard_ban *ban)
{
    struct block *bytes = block_new(w->blocks, sizeof(*ban));
    struct parcel p = {.kind = PARCEL_BAN, .bytes = bytes};

    if (!bytes)
        return;
    memcpy(bytes->bytes, ban, sizeof(*ban));
    bytes->len = sizeof(*ban);
    block_leave(w->blocks, bytes);
    if (post_send(w->shared->post, w->index, to, &p)) {
        w->to_ring |= UINT64_C(1) << to;
        return;
    }
    block_enter(w->blocks, bytes);
    block_unref(w->blocks, bytes);
}

static void drop_soon(struct worker *w, const struct guard_ban *ban, time_ns now)
{
    if (ban->proof == GUARD_PROVEN && w->next_drop == TIME_NEVER)
        w->next_drop = now + DROP_EVERY;
}

static void ban(struct worker *w, const struct guard_ban *b, time_ns now)
{
    log_event_gated(w->log, &w->ban_gate, now, EV_BANNED, LOG_ADDR("addr", &b->addr),
                    LOG_NUMBER("seconds", (b->until - now) / NS_PER_S));
    for (unsigned i = 0; i < w->shared->n_workers; i++)
        if (i != w->index)
            tell_one(w, i, b);
    drop_soon(w, b, now);
}

void worker_ban(struct worker *w, const struct guard_ban *b, time_ns now)
{
    guard_set(w->guard, b, now);
    drop_soon(w, b, now);
}

void worker_take_ban(struct worker *w, struct block *bytes, time_ns now)
{
    struct guard_ban b;

    block_enter(w->blocks, bytes);
    memcpy(&b, bytes->bytes, sizeof(b));
    block_unref(w->blocks, bytes);
    worker_ban(w, &b, now);
}

struct question {
    struct worker *w;
    time_ns now;
};

static bool is_unheard(void *arg, const struct addr *remote)
{
    const struct question *q = arg;

    return guard_stream(q->w->guard, remote, q->now) != GUARD_PASS;
}

void worker_drop_banned(struct worker *w, time_ns now)
{
    struct question q = {w, now};
    conn_id found[DROPS_MOST];

    if (now < w->next_drop)
        return;
    size_t n = tcp_list(&w->tcp, is_unheard, &q, found, DROPS_MOST);
    w->next_drop = n == DROPS_MOST ? now + DROP_EVERY : TIME_NEVER;
    for (size_t i = 0; i < n; i++)
        worker_drop(w, found[i], now);
}

time_ns worker_guard_deadline(const struct worker *w)
{
    return w->next_drop;
}

/* --- what the element noted --- */

struct meaning {
    int fact;     /* enum guard_fact; -1: none */
    int event;    /* enum log_event; -1: none */
    bool answers; /* a nonce of ours: whoever sent it reads what goes there */
};

static const struct meaning meanings[N_ELEMENT_NOTES] = {
    [NOTE_BAD_MESSAGE] = {GUARD_BAD_MESSAGE, -1, false},
    [NOTE_CUT_SHORT] = {GUARD_CUT_SHORT, -1, false},
    [NOTE_CHALLENGED] = {GUARD_CHALLENGED, -1, false},
    [NOTE_AUTH_OK] = {GUARD_GOOD, -1, true},
    [NOTE_AUTH_FAILED] = {GUARD_AUTH_FAILED, EV_AUTH_FAILED, true},
    [NOTE_FORBIDDEN] = {GUARD_FORBIDDEN, EV_FORBIDDEN, false},
    [NOTE_UNKNOWN_USER] = {GUARD_UNKNOWN_USER, EV_UNKNOWN_USER, false},
    [NOTE_REGISTERED] = {-1, EV_REGISTERED, false},
    [NOTE_HOOK_FAILED] = {-1, EV_HOOK_FAILED, false},
};

static void log_note(struct worker *w, const struct element_note *n, enum log_event event,
                     time_ns now)
{
    struct str method = method_name_of((enum method)n->method);

    log_event_gated(w->log, &w->note_gates[n->kind], now, event,
                    LOG_TEXT(n->kind == NOTE_HOOK_FAILED ? "why" : "who", n->who),
                    LOG_ADDR("from", &n->flow.remote), LOG_TEXT("method", method),
                    LOG_TEXT("call_id", n->call_id));
}

static void weigh(struct worker *w, const struct element_note *n, const struct meaning *m,
                  time_ns now)
{
    bool proven = m->answers || transport_is_reliable(n->flow.transport);
    struct guard_ban b;

    if (guard_tell(w->guard, &n->flow.remote, (enum guard_fact)m->fact,
                   proven ? GUARD_PROVEN : GUARD_FORGEABLE, now, &b))
        ban(w, &b, now);
}

void worker_weigh_handshake(struct worker *w, const struct tcp_failure *f, time_ns now)
{
    struct guard_ban b;

    if (!f->accepted || f->cause == TLS_CAUSE_REFUSED || f->cause == TLS_CAUSE_HUNG_UP)
        return;
    if (guard_tell(w->guard, &f->remote, GUARD_BAD_HANDSHAKE, GUARD_PROVEN, now, &b))
        ban(w, &b, now);
}

void worker_take_notes(struct worker *w, time_ns now)
{
    struct element_note n;

    while (element_note(w->element, &n)) {
        const struct meaning *m = &meanings[n.kind];

        w->notes[n.kind]++;
        if (m->event >= 0)
            log_note(w, &n, (enum log_event)m->event, now);
        if (m->fact >= 0)
            weigh(w, &n, m, now);
        worker_tell_came(w, n.key);
    }
}
