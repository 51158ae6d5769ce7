/* The verb `trace`: what the workers' recorders have kept, one worker after the other, secrets
 * masked. A cursor is where each worker's ended: "1234,5678". */
#include "server/control_client.h"

#include "trace/mask.h"

static bool read_cursor(struct control_client *c, struct str text)
{
    unsigned n = c->control->shared->n_workers;

    for (unsigned i = 0; i < n; i++) {
        size_t end = str_find(text, ',');

        if (!str_to_u64(str_slice(text, 0, end), UINT64_MAX, &c->progress.cursors[i]))
            return false;
        if ((end < text.len) != (i + 1 < n))
            return false;
        text = str_slice(text, end + 1, text.len);
    }
    return true;
}

static bool begin(struct control_client *c)
{
    const struct words *l = &c->line;

    c->progress.begun = true;
    return l->n == 1 ||
           (l->n == 3 && str_equal(l->list[1], STR("--after")) && read_cursor(c, l->list[2]));
}

static void put_place(FILE *f, const char *key, const struct addr *a)
{
    char text[64];
    struct buf b;

    buf_init(&b, text, sizeof(text));
    addr_print(&b, a);
    control_put_text(f, key, buf_str(&b));
}

static void tell_message(FILE *f, const struct record *r)
{
    bool came = r->kind == RECORD_CAME;
    char *text = (char *)r->text.at; /* the inquiry's, which is ours */

    trace_mask(text, r->text.len, TRACE_MASK_KEYS);
    put_place(f, "source", came ? &r->remote : &r->local);
    put_place(f, "destination", came ? &r->local : &r->remote);
    control_put_text(f, "transport", str_from(transport_name((enum transport)r->transport)));
    control_put_text(f, "message", r->text);
}

static void tell_reason(FILE *f, const struct record *r)
{
    control_put_text(f, "call_id", r->call_id);
    control_put_text(f, "reason", str_from(reason_name((enum reason)r->reason)));
    control_put_text(f, "about", r->text);
}

static void tell(struct control_client *c, const struct record *r)
{
    FILE *f = control_row(c);

    fprintf(f, "{\"at\":%llu.%09llu,\"worker\":%u", (unsigned long long)(r->at / NS_PER_S),
            (unsigned long long)(r->at % NS_PER_S), c->progress.worker);
    if (r->kind == RECORD_WHY)
        tell_reason(f, r);
    else
        tell_message(f, r);
    putc('}', f);
    control_tell(c);
}

static void take_records(struct control_client *c)
{
    const struct inquiry *q = c->inquiry;
    struct str all = {q->records, q->n};
    struct record r;

    c->progress.cursors[c->progress.worker] = q->cursor;
    while (record_next(&all, &r))
        tell(c, &r);
    c->progress.worker += q->n == 0;
}

static enum control_step tell_cursor(struct control_client *c)
{
    FILE *f = control_row(c);

    for (unsigned i = 0; i < c->control->shared->n_workers; i++)
        fprintf(f, "%s%llu", i > 0 ? "," : "{\"cursor\":\"",
                (unsigned long long)c->progress.cursors[i]);
    fputs("\"}", f);
    control_tell(c);
    return CONTROL_DONE;
}

enum control_step control_trace(struct control_client *c)
{
    if (!c->progress.begun && !begin(c))
        return control_end(c, 2,
                           "expected nothing, or --after and the cursor of an earlier answer");
    if (c->progress.worker == c->control->shared->n_workers)
        return tell_cursor(c);
    if (!c->asked)
        c->inquiry->cursor = c->progress.cursors[c->progress.worker];
    switch (control_ask(c, INQUIRY_TRACE, c->progress.worker)) {
    case CONTROL_PENDING:
        return CONTROL_WAIT;
    case CONTROL_UNANSWERED:
        return control_unanswered(c);
    case CONTROL_ANSWERED:
        take_records(c);
        break;
    }
    return CONTROL_AGAIN;
}
