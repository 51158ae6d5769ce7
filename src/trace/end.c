/* What became of a call, by the answers that reached its caller. Knows addresses, no names. */
#include "trace/call.h"

#include "msg/msg.h"

static const struct trace_item *opening_of(const struct trace_call *c)
{
    const struct trace_item *i = NULL;
    while ((i = trace_call_item(c, i)))
        if (i->kind == TRACE_MESSAGE && i->status == 0 && i->method != METHOD_ACK &&
            i->method != METHOD_CANCEL)
            return i;
    return NULL;
}

static bool within(const struct trace_item *i)
{
    return i->to_tag.len > 0;
}

/* The request that a response answers. */
static const struct trace_item *asked_by(const struct trace_call *c, const struct trace_item *r)
{
    const struct trace_item *i = NULL;
    while ((i = trace_call_item(c, i)))
        if (i->kind == TRACE_MESSAGE && i->status == 0 && i->transaction == r->transaction &&
            i->method == r->method)
            return i;
    return NULL;
}

/* RFC 3261 18.2.2: to where the request came from, or to the port that its Via names. */
static bool reaches(const struct trace_item *response, const struct trace_item *request)
{
    struct addr by_via = request->from;
    by_via.port = request->sent_by.port;
    return addr_equal(&response->to, &request->from) ||
           (request->sent_by.family != ADDR_NONE && addr_equal(&response->to, &by_via));
}

/* A final response that the caller got to what its call began with, or tried once more. */
static bool answers(const struct trace_call *c, const struct trace_item *opening,
                    const struct trace_item *i)
{
    if (i->status < 200 || i->method != opening->method || !reaches(i, opening))
        return false;
    const struct trace_item *request = asked_by(c, i);
    return request && within(request) == within(opening);
}

/* RFC 3261 13.2.2.4: a call that was answered stays so, whatever other branches say. */
static bool outdoes(const struct trace_item *i, const struct trace_item *before)
{
    return !before || before->method != METHOD_INVITE || before->status >= 300 || i->status < 300;
}

static void look(const struct trace_call *c, struct trace_end *e)
{
    const struct trace_item *i = NULL;
    e->opening = opening_of(c);
    while ((i = trace_call_item(c, i))) {
        if (i->kind == TRACE_NOTE)
            continue;
        if (i->status == 0 && i->method == METHOD_BYE && !e->bye)
            e->bye = i;
        if (i->status == 0 && i->method == METHOD_CANCEL && !e->cancel && e->opening &&
            addr_equal(&i->from, &e->opening->from))
            e->cancel = i;
        if (e->opening ? answers(c, e->opening, i) && outdoes(i, e->answer) : i->status >= 200)
            e->answer = i;
    }
}

static enum trace_outcome of_failure(const struct trace_end *e)
{
    unsigned status = e->answer->status;
    if (status == 487 && (e->cancel || e->bye))
        return TRACE_CANCELLED;
    if (status == 408 || status == 487)
        return TRACE_NOT_IN_TIME;
    return status < 400 ? TRACE_SENT_ON : TRACE_REFUSED;
}

static enum trace_outcome of(const struct trace_end *e)
{
    if (!e->opening || within(e->opening))
        return TRACE_FRAGMENT;
    if (!e->answer)
        return e->cancel ? TRACE_CANCELLED : TRACE_UNANSWERED;
    if (e->answer->status >= 300)
        return of_failure(e);
    if (e->opening->method != METHOD_INVITE)
        return TRACE_DONE;
    return e->bye ? TRACE_ENDED : TRACE_GOES_ON;
}

struct trace_end trace_call_end(const struct trace_call *c)
{
    struct trace_end e = {0};
    look(c, &e);
    e.outcome = of(&e);
    return e;
}
