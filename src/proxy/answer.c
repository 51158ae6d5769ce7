/* Sends the best response upstream (RFC 3261 16.7 steps 6 to 10). Knows no event. */
#include "proxy/context.h"

static bool is_challenge(const struct branch *b)
{
    return b->best && (b->status == 401 || b->status == 407);
}

static void add_lines(struct edits *e, uint32_t at, const struct msg *from, enum hdr_id id)
{
    for (const struct hdr *h = msg_header(from, id); h; h = msg_header_next(from, h))
        edits_add(e, at, at, (struct str){from->bytes.at + h->at, h->end - h->at});
}

/* RFC 3261 16.7 step 7: the challenges of all others, unmodified, behind the last header. More than
 * fit are left out: the caller meets them on its next try. */
static void add_challenges(struct edits *e, const struct context *c, const struct branch *chosen)
{
    const struct msg *best = chosen->best;
    uint32_t at = best->headers[best->n_headers - 1].end;
    for (const struct branch *b = c->branches; b; b = b->next) {
        if (b == chosen || !is_challenge(b) || e->n >= EDITS_MAX / 2)
            continue;
        add_lines(e, at, b->best, HDR_WWW_AUTHENTICATE);
        add_lines(e, at, b->best, HDR_PROXY_AUTHENTICATE);
    }
}

static int pass_on(struct proxy *p, struct context *c, const struct branch *chosen, time_ns now)
{
    char text[SESSION_TEXT];
    struct edits edits;
    struct edits *e = identity_answer(p, chosen->best, c->from_trusted, &edits);
    e = session_answer(c, chosen->best, e, &edits, text);
    if (c->n > 1 && is_challenge(chosen)) {
        e = &edits;
        add_challenges(e, c, chosen);
    }
    int err = engine_forward_response(p->engine, c->server, chosen->best, e, now);
    /* what cannot be passed on is answered all the same */
    return err == ERR_INVALID ? proxy_answer(p, c->server, 500, STR_NONE, STR_NONE, now) : err;
}

static int send_best(struct proxy *p, struct context *c, const struct branch *b, time_ns now)
{
    if (!b) /* nobody was left to be tried */
        return proxy_answer(p, c->server, c->overloaded ? 503 : 480, STR_NONE, STR_NONE, now);
    /* RFC 3261 16.7 step 6: a 503 of theirs is no 503 of ours. */
    if (b->status == 503)
        return proxy_answer(p, c->server, c->overloaded ? 503 : 500, STR_NONE, STR_NONE, now);
    /* RFC 5626 11.5: 430 is for who chose the flow alone. */
    if (b->status == 430 && (b->has_target || !b->best))
        return proxy_answer(p, c->server, b->has_target ? 480 : 430, STR_NONE, STR_NONE, now);
    if (b->best)
        return pass_on(p, c, b, now);
    if (b->own)
        return proxy_answer(p, c->server, b->status, STR_NONE, STR_NONE, now);
    /* RFC 4320 4.2: no 408 to anything but INVITE. */
    return c->invite ? proxy_answer(p, c->server, 408, STR_NONE, STR_NONE, now) : OK;
}

/* Of those that help nobody to try again. */
static bool is_refused(const struct context *c, const struct branch *b)
{
    if (!c->how.refusal || !b)
        return c->how.refusal > 0;
    return b->status >= 400 && b->status < 600 && b->status != 487 && !is_challenge(b);
}

int context_answer(struct proxy *p, struct context *c, time_ns now)
{
    const struct branch *b = context_best(c);
    int err = OK;
    if (c->server && is_refused(c, b))
        err = proxy_answer(p, c->server, c->how.refusal, STR_NONE, STR_NONE, now);
    else if (c->server)
        err = send_best(p, c, b, now);
    if (err == ERR_NOMEM || err == ERR_LIMIT)
        return err;
    /* Any other error: the server transaction went or was answered; nobody waits any more. */
    c->answered = true;
    c->accepted = c->invite && b && b->status < 300;
    if (c->n_pending > 0 && b && !(c->accepted && c->how.no_cancel))
        context_cancel_for(p, c, b->status, now);
    return OK;
}
