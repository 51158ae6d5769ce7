/* The events: pushed inside a mutation, taken by the element after it, with the owner that the
 * transaction has then. */
#include "engine/state.h"

struct engine_event *event_push(struct engine *e, enum engine_event_kind kind,
                                const struct job *job)
{
    struct event *v = ring_push(&e->events);
    *v = (struct event){.ev = {.kind = kind}};
    if (job) {
        v->ev.tx = job->id;
        v->ev.owner = job->owner;
        v->ev.user = job->user;
    }
    return &v->ev;
}

void event_message(struct engine *e, enum engine_event_kind kind, const struct job *job,
                   struct msg *m)
{
    event_push(e, kind, job)->msg = msg_ref(m);
}

void event_store(struct engine *e, const struct question *q, const struct store_answer *a,
                 struct block *hold)
{
    struct event *v = ring_push(&e->events);
    *v = (struct event){.ev = {.kind = EVENT_STORE, .owner = q->owner, .user = q->user}};
    v->ev.store = *a;
    v->hold = hold;
    v->ev.store.value = hold ? block_str(hold) : STR_NONE;
}

void event_number(struct engine *e, const struct query *q, enum number_outcome outcome,
                  struct block *uri)
{
    struct event *v = ring_push(&e->events);
    *v = (struct event){.ev = {.kind = EVENT_NUMBER, .owner = q->owner, .user = q->user}};
    v->ev.number = outcome;
    v->hold = uri;
    v->ev.uri = uri ? block_str(uri) : STR_NONE;
}

static void release(struct engine *e, struct msg *m, struct block *hold)
{
    msg_unref(&e->blocks, m);
    block_unref(&e->blocks, hold);
}

/* What the event lends that was taken last. */
static void release_lent(struct engine *e)
{
    release(e, e->lent.msg, e->lent.hold);
    e->lent.msg = NULL;
    e->lent.hold = NULL;
}

bool engine_event(struct engine *e, struct engine_event *ev)
{
    release_lent(e);
    const struct event *v = ring_pop(&e->events);
    if (!v)
        return false;
    *ev = v->ev;
    e->lent.msg = ev->msg;
    e->lent.hold = v->hold;
    const struct job *job = job_get(e, ev->tx), *other = job_get(e, ev->other);
    if (job) {
        ev->owner = job->owner;
        ev->user = job->user;
    }
    if (other) {
        ev->other_owner = other->owner;
        ev->other_user = other->user;
    }
    return true;
}

void event_drop_all(struct engine *e)
{
    struct event *v;
    release_lent(e);
    while ((v = ring_pop(&e->events)) != NULL)
        release(e, v->ev.msg, v->hold);
}
