/* Owns how a request is passed on as the rules have it: with its headers changed, to targets.
 * Decides nothing. */
#include "element/parts.h"
#include "msg/print.h"

#define LINES_MAX 8192 /* of header lines that rules put into one request */

struct manner manner_of(struct element *e, const struct engine_event *ev, const struct step *s,
                        const struct route_decision *d, const struct grant *grant)
{
    struct manner m = {.who = grant->who,
                       .standing = grant->standing,
                       .mode = d->mode,
                       .record_route = d->record_route,
                       .stateless = steer_is_stateless(e, ev, s, d),
                       .n_changes = d->n_changes};
    memcpy(m.changes, d->changes, d->n_changes * sizeof *d->changes);
    m.routes = e->routes;
    m.join = d->join;
    m.wait = d->wait;
    m.said = buf_str(&d->said);
    return m;
}

bool manner_keep(struct element *e, struct manner *out, const struct manner *m)
{
    struct block *b = m->said.len > 0 ? block_new(engine_blocks(e->engine), m->said.len) : NULL;
    if (m->said.len > 0 && !b)
        return false;
    *out = *m;
    out->block = b;
    if (b) {
        memcpy(b->bytes, m->said.at, m->said.len);
        b->len = (uint32_t)m->said.len;
        out->said = block_str(b);
    }
    if (m->routes)
        routes_ref(m->routes);
    return true;
}

void manner_drop(struct element *e, struct manner *m)
{
    routes_unref(m->routes);
    m->routes = NULL;
    block_unref(engine_blocks(e->engine), m->block);
    m->block = NULL;
}

static struct msg *copy(struct element *e, struct msg *m, const struct edits *edits)
{
    struct block_pool *blocks = engine_blocks(e->engine);
    size_t len = msg_edited_len(m, edits);
    struct block *b = len <= LIMIT_MSG_BYTES ? block_new(blocks, len) : NULL;
    struct buf text;
    if (!b)
        return NULL;
    buf_init(&text, (char *)b->bytes, len);
    msg_print_edited(&text, m, edits);
    struct msg *changed = text.over ? NULL : msg_new(blocks, buf_str(&text), MSG_DATAGRAM);
    block_unref(blocks, b);
    if (!changed)
        return NULL;
    changed->flow = m->flow;
    changed->received_at = m->received_at;
    return changed;
}

/* The message with the changes that rules make of its headers, with a reference that is the
 * caller's. NULL: no memory, or no room. */
static struct msg *change(struct element *e, struct msg *m, const struct manner *manner)
{
    char space[LINES_MAX];
    struct buf lines;
    struct edits edits;
    if (!manner->routes || (manner->n_changes == 0 && manner->said.len == 0))
        return msg_ref(m);
    edits_init(&edits);
    buf_init(&lines, space, sizeof space);
    if (!route_edit_headers(manner->routes, manner->changes, manner->n_changes, manner->said, m,
                            &edits, &lines))
        return NULL;
    return copy(e, m, &edits);
}

void pass_on(struct element *e, const struct engine_event *ev, const struct manner *manner,
             const struct target *targets, size_t n, const struct fork_how *how, time_ns now)
{
    struct engine_event changed = *ev;
    struct fork_how as_ruled = *how;
    as_ruled.asserted = manner->who;
    if (manner->record_route != CONFIG_UNSAID)
        as_ruled.record_route = manner->record_route == CONFIG_ON ? FORK_IN_PATH : FORK_OUT_OF_PATH;
    as_ruled.follow = (manner->mode ? manner->mode : e->mode) == CONFIG_MODE_CALL;
    changed.msg = change(e, ev->msg, manner);
    if (!changed.msg) {
        answer(e, ev, 503, STR("No memory"), STR_NONE, now);
        return;
    }
    if (manner->stateless)
        (void)proxy_pass(e->proxy, &changed, targets, n, &as_ruled, now);
    else if (ev->kind == EVENT_ACK) /* that cannot be sent, it is lost as on the way */
        (void)proxy_ack(e->proxy, &changed, targets, n, now);
    else /* what cannot be forwarded, it answers */
        (void)proxy_fork(e->proxy, ev->tx, changed.msg, targets, n, &as_ruled, now);
    msg_unref(engine_blocks(e->engine), changed.msg);
}
