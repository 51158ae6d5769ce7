/* The verb `calls`: those that are being set up, and those that are followed; and how they are
 * ended. Asked of one worker after the other, a portion at a time. */
#include "server/control_client.h"

/* What the caller was told last (RFC 3261 21.1). */
static const char *setup_state(unsigned status)
{
    return status < 180    ? "trying"
           : status == 180 ? "ringing"
           : status == 182 ? "queued"
                           : "progress";
}

static void tell_invite(struct control_client *c, const struct shown_tx *tx)
{
    FILE *f = control_row(c);

    fprintf(f, "{\"id\":\"%u:i%llx\",\"state\":\"%s\",\"age_s\":%.3f", c->progress.worker,
            (unsigned long long)tx->id, setup_state(tx->status), control_age(c, tx->since));
    control_put_text(f, "from", shown_text_str(&tx->from));
    control_put_text(f, "to", shown_text_str(&tx->to));
    control_put_peer(f, tx);
    control_put_text(f, "call_id", shown_text_str(&tx->call_id));
    fprintf(f, ",\"worker\":%u}", c->progress.worker);
    control_tell(c);
}

static void put_session(FILE *f, const struct control_client *c, time_ns end)
{
    time_ns now = net_clock_now(&c->control->shared->clock);

    if (end != TIME_NEVER)
        fprintf(f, ",\"session_s\":%.3f", end > now ? (double)(end - now) / NS_PER_S : 0);
}

static void tell_followed(struct control_client *c, const struct shown_call *call)
{
    FILE *f = control_row(c);

    fprintf(f, "{\"id\":\"%u:c%llx\",\"state\":\"%s\",\"age_s\":%.3f", c->progress.worker,
            (unsigned long long)call->id, call->state == FOLLOW_ENDED ? "ended" : "answered",
            control_age(c, call->since));
    control_put_text(f, "from", shown_text_str(&call->from));
    control_put_text(f, "to", shown_text_str(&call->to));
    put_session(f, c, call->session_end);
    if (call->state == FOLLOW_ENDED)
        control_put_text(f, "cause", follow_cause_name((enum follow_cause)call->cause));
    control_put_text(f, "call_id", shown_text_str(&call->call_id));
    fprintf(f, ",\"worker\":%u}", c->progress.worker);
    control_tell(c);
}

static bool is_over(const struct control_client *c)
{
    return c->progress.worker == c->control->shared->n_workers ||
           c->progress.told >= c->progress.limit;
}

static void take_rows(struct control_client *c)
{
    const struct inquiry *q = c->inquiry;

    for (unsigned i = 0; i < q->n && !is_over(c); i++)
        if (q->followed)
            tell_followed(c, &q->calls[i]);
        else
            tell_invite(c, &q->txs[i]);
}

/* A portion of one worker's. `take` has its answer. */
static enum control_step portion(struct control_client *c, enum inquiry_kind kind,
                                 void (*take)(struct control_client *))
{
    switch (control_ask(c, kind, c->progress.worker)) {
    case CONTROL_PENDING:
        return CONTROL_WAIT;
    case CONTROL_UNANSWERED:
        return control_unanswered(c);
    case CONTROL_ANSWERED:
        take(c);
        c->progress.worker += c->inquiry->cursor == 0;
        break;
    }
    return CONTROL_AGAIN;
}

static void take_ends(struct control_client *c)
{
    c->progress.changed += c->inquiry->n;
}

static enum control_step tell_ends(struct control_client *c)
{
    if (c->progress.changed == 0)
        return control_end(c, 1, "no such call, or none that can be ended");
    fprintf(control_row(c), "{\"ended\":%u}", c->progress.changed);
    control_tell(c);
    return CONTROL_DONE;
}

static enum control_step end(struct control_client *c)
{
    if (!c->progress.begun) {
        if (c->line.n != 3 || c->line.list[2].len == 0 || c->line.list[2].len > INQUIRY_TEXT)
            return control_end(c, 2, "expected end and an id, a Call-ID or a pattern");
        c->progress.begun = true;
        c->inquiry->cursor = 0;
    }
    if (c->progress.worker == c->control->shared->n_workers)
        return tell_ends(c);
    if (!c->asked)
        shown_text_set(&c->inquiry->end.text, c->line.list[2]);
    return portion(c, INQUIRY_END, take_ends);
}

enum control_step control_calls(struct control_client *c)
{
    const char *what = "expected end, or --limit N";

    if (c->line.n > 1 && str_equal(c->line.list[1], STR("end")))
        return end(c);
    if (!c->progress.begun) {
        if (!control_read_list(c, 1, &what) || c->progress.pattern.len > 0)
            return control_end(c, 2, what);
        c->progress.begun = true;
        c->inquiry->cursor = 0;
    }
    return is_over(c) ? CONTROL_DONE : portion(c, INQUIRY_CALLS, take_rows);
}
