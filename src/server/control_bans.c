/* The verbs about who is not answered: each worker has bans of its own, which are shown as one list
 * and changed in all of them. */
#include "server/control_client.h"

#include <stdlib.h>

#define BANS_MOST 16384 /* that are collected */

/* --- the list --- */

static int by_addr(const void *a, const void *b)
{
    const struct guard_ban *x = a, *y = b;

    return x->addr.family != y->addr.family ? x->addr.family - y->addr.family
                                            : memcmp(x->addr.ip, y->addr.ip, sizeof(x->addr.ip));
}

static void tell_ban(struct control_client *c, const struct guard_ban *b, time_ns now)
{
    char text[64];
    struct buf out;
    FILE *f = control_row(c);

    buf_init(&out, text, sizeof(text));
    addr_print_ip(&out, &b->addr);
    fprintf(f, "{\"address\":\"%.*s\",\"seconds\":%llu,\"dropped\":%llu,\"cause\":\"%s\"}",
            STR_ARG(buf_str(&out)), (unsigned long long)((b->until - now) / NS_PER_S),
            (unsigned long long)b->dropped, b->proof == GUARD_PROVEN ? "proven" : "forgeable");
    control_tell(c);
}

/* What several workers have of one address is one row. */
static void tell_merged(struct control_client *c, time_ns now)
{
    for (size_t i = 0; i < c->n_bans && c->progress.told < c->progress.limit;) {
        struct guard_ban sum = c->bans[i++];

        for (; i < c->n_bans && by_addr(&sum, &c->bans[i]) == 0; i++) {
            sum.dropped += c->bans[i].dropped;
            sum.until = c->bans[i].until > sum.until ? c->bans[i].until : sum.until;
            sum.proof = c->bans[i].proof > sum.proof ? c->bans[i].proof : sum.proof;
        }
        if (sum.until > now)
            tell_ban(c, &sum, now);
    }
}

static void collect(struct control_client *c)
{
    const struct inquiry *q = c->inquiry;

    for (unsigned i = 0; i < q->n && c->n_bans < BANS_MOST; i++)
        c->bans[c->n_bans++] = q->bans[i];
    if (q->cursor == 0)
        c->progress.worker++;
}

static enum control_step begin(struct control_client *c)
{
    const char *what = "no pattern is taken here";

    if (!control_read_list(c, 1, &what) || c->progress.pattern.len > 0)
        return control_end(c, 2, what);
    c->progress.begun = true;
    c->inquiry->cursor = 0;
    c->n_bans = 0;
    c->bans = calloc(BANS_MOST, sizeof(*c->bans));
    return c->bans ? CONTROL_AGAIN : control_end(c, 1, "no memory");
}

enum control_step control_bans(struct control_client *c)
{
    if (!c->progress.begun)
        return begin(c);
    if (c->progress.worker == c->control->shared->n_workers) {
        qsort(c->bans, c->n_bans, sizeof(*c->bans), by_addr);
        tell_merged(c, net_clock_now(&c->control->shared->clock));
        return control_end(c, 0, NULL);
    }
    switch (control_ask(c, INQUIRY_BANS, c->progress.worker)) {
    case CONTROL_PENDING:
        return CONTROL_WAIT;
    case CONTROL_UNANSWERED:
        return control_unanswered(c);
    case CONTROL_ANSWERED:
        collect(c);
        break;
    }
    return CONTROL_AGAIN;
}

/* --- changes --- */

static bool read_ban(struct control_client *c, struct guard_ban *b)
{
    struct shared *s = c->control->shared;
    uint64_t seconds = current_hold(&s->current)->limits.ban_s;

    current_release(&s->current);
    if (!addr_parse_ip(c->line.list[1], &b->addr))
        return false;
    if (c->line.n > 2 && (!str_to_u64(c->line.list[2], UINT32_MAX, &seconds) || seconds == 0))
        return false;
    b->proof = GUARD_PROVEN;
    b->until = time_add(net_clock_now(&s->clock), seconds * NS_PER_S);
    return true;
}

/* Tells one worker after the other; `changed` counts those for which it made a difference. */
static enum control_step tell_workers(struct control_client *c, enum inquiry_kind kind)
{
    struct guard_ban ban = {0};

    if (!read_ban(c, &ban))
        return control_end(c, 2, "expected an IP address without a port, and seconds");
    while (c->progress.worker < c->control->shared->n_workers) {
        if (!c->asked)
            c->inquiry->ban = ban;
        switch (control_ask(c, kind, c->progress.worker)) {
        case CONTROL_PENDING:
            return CONTROL_WAIT;
        case CONTROL_UNANSWERED:
            return control_unanswered(c);
        case CONTROL_ANSWERED:
            c->progress.changed += c->inquiry->n;
            c->progress.worker++;
        }
    }
    return CONTROL_DONE;
}

enum control_step control_ban(struct control_client *c)
{
    enum control_step step = tell_workers(c, INQUIRY_BAN);

    if (step != CONTROL_DONE || !c->verb)
        return step;
    if (c->progress.changed == 0)
        return control_end(c, 1, "this address is trusted: it is never banned");
    log_event(c->control->log, EV_BANNED, LOG_TEXT("addr", c->line.list[1]),
              LOG_TEXT("by", STR("hand")));
    return CONTROL_DONE;
}

enum control_step control_unban(struct control_client *c)
{
    enum control_step step = tell_workers(c, INQUIRY_UNBAN);

    if (step != CONTROL_DONE || !c->verb)
        return step;
    if (c->progress.changed == 0)
        return control_end(c, 1, "this address is not banned");
    log_event(c->control->log, EV_UNBANNED, LOG_TEXT("addr", c->line.list[1]));
    return CONTROL_DONE;
}
