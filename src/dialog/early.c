/* The dialogs of one forked INVITE, from their first response to their end (RFC 3261 13.2.2). */
#include "dialog/early.h"

#include "base/limits.h"

int early_init(struct early *e, struct mem *mem, const struct dialog_start *s, time_ns linger)
{
    *e = (struct early){.ends_at = TIME_NEVER, .linger = linger};
    list_init(&e->dialogs);
    return dialog_init_trying(&e->trying, mem, s);
}

void early_drop(struct early *e, struct dialog *d)
{
    struct mem *mem = d->mem;
    list_remove(&d->node);
    e->n--;
    dialog_fini(d);
    mem_free(mem, d, sizeof(*d));
}

static void drop_all(struct early *e)
{
    LIST_EACH (&e->dialogs, node, after)
        early_drop(e, CONTAINER_OF(node, struct dialog, node));
}

void early_fini(struct early *e)
{
    drop_all(e);
    dialog_fini(&e->trying);
}

void early_restart(struct early *e)
{
    drop_all(e);
    e->failed = e->any_2xx = e->completed = false;
    e->ends_at = TIME_NEVER;
}

struct dialog *early_find(const struct early *e, struct str remote_tag)
{
    LIST_EACH (&e->dialogs, node, after) {
        struct dialog *d = CONTAINER_OF(node, struct dialog, node);
        if (str_equal(d->id.remote_tag, remote_tag))
            return d;
    }
    return NULL;
}

unsigned early_count(const struct early *e, enum dialog_state state)
{
    unsigned n = 0;
    LIST_EACH (&e->dialogs, node, after)
        n += CONTAINER_OF(node, struct dialog, node)->state == state;
    return n;
}

static void terminate_early(struct early *e)
{
    LIST_EACH (&e->dialogs, node, after) {
        struct dialog *d = CONTAINER_OF(node, struct dialog, node);
        if (d->state == DIALOG_EARLY)
            dialog_terminate(d);
    }
}

static int add(struct early *e, struct msg *response, struct dialog **out)
{
    if (e->n >= LIMIT_EARLY_DIALOGS)
        return ERR_LIMIT;
    struct mem *mem = e->trying.mem;
    struct dialog *d = mem_alloc(mem, sizeof(*d));
    if (!d)
        return ERR_NOMEM;
    int err = dialog_init_uac(d, &e->trying, response);
    if (err) {
        mem_free(mem, d, sizeof(*d));
        return err;
    }
    list_append(&e->dialogs, &d->node);
    e->n++;
    *out = d;
    return OK;
}

/* RFC 3261 13.2.2.1 */
static int provisional(struct early *e, struct msg *response, struct str tag, struct dialog **d)
{
    if (response->status == 100 || tag.len == 0 || e->failed)
        return EARLY_NONE;
    *d = early_find(e, tag);
    if (*d)
        return EARLY_KNOWN;
    if (e->completed)
        return EARLY_NONE;
    int err = add(e, response, d);
    return err ? err : EARLY_NEW;
}

/* RFC 3261 13.2.2.4 */
static int success(struct early *e, struct msg *response, struct str tag, time_ns now,
                   struct dialog **d)
{
    struct dialog *known = early_find(e, tag);
    if (known && known->answered) {
        *d = known;
        return EARLY_AGAIN;
    }
    if (e->completed)
        return EARLY_NONE;
    int err = known ? dialog_confirm_uac(known, response) : add(e, response, &known);
    if (err == ERR_NOMEM || !known)
        return err;
    /* A 2xx whose Contact or Record-Route is unusable still has to be acknowledged, and so has one
     * to a dialog that a BYE ended before: it stays ended, and is told as new but once. */
    *d = known;
    known->answered = true;
    if (!e->any_2xx)
        e->ends_at = time_add(now, e->linger);
    e->any_2xx = true;
    return EARLY_CONFIRMED;
}

int early_response(struct early *e, struct msg *response, time_ns now, struct dialog **d)
{
    *d = NULL;
    const struct nameaddr *to = msg_to(response);
    if (response->is_request || !to)
        return ERR_INVALID;
    if (response->status < 200)
        return provisional(e, response, to->tag, d);
    if (response->status < 300)
        return success(e, response, to->tag, now, d);
    /* RFC 3261 13.2.2.3: later final responses are ignored */
    if (e->failed || e->any_2xx)
        return EARLY_NONE;
    e->failed = e->completed = true;
    terminate_early(e);
    return EARLY_FAILED;
}

void early_timeout(struct early *e)
{
    e->failed = !e->any_2xx;
    e->completed = true;
    terminate_early(e);
}

void early_time(struct early *e, time_ns now)
{
    if (now < e->ends_at)
        return;
    e->ends_at = TIME_NEVER;
    e->completed = true;
    terminate_early(e);
}

time_ns early_deadline(const struct early *e)
{
    return e->ends_at;
}
