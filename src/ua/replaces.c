/* Finds the dialog that Replaces or Join name, and judges whether it is one that may be meant. */
#include "ua/replaces.h"

/* RFC 3891 6.1: the null tag of an RFC 2543 peer is written "0". */
static struct leg *find(struct ua *ua, const struct callid *v, struct dialog_id *id)
{
    id->call_id = v->id;
    struct leg *leg = leg_named(ua, id);
    if (leg || !str_equal(id->remote_tag, STR("0")))
        return leg;
    id->remote_tag = STR_NONE;
    return leg_named(ua, id);
}

static bool is_alone(struct msg *m, enum hdr_id id, const struct callid *v)
{
    return v && !v->next && !msg_header_next(m, msg_header(m, id));
}

/* The status to refuse with; 0: *leg is meant. */
static unsigned match(struct ua *ua, struct msg *m, enum hdr_id header, struct leg **leg)
{
    const struct callid *v = msg_single(m, header);
    struct dialog_id id = {0};
    if (!is_alone(m, header, v) || !params_get(v->params, STR("to-tag"), &id.local_tag) ||
        !params_get(v->params, STR("from-tag"), &id.remote_tag))
        return 400;
    *leg = find(ua, v, &id);
    if (!*leg)
        return 481;
    const struct call *call = (*leg)->call;
    if (call->state == CALL_ENDING || (*leg)->dialog->state == DIALOG_TERMINATED)
        return 603;
    return call->chosen && call->chosen != *leg ? 481 : 0;
}

static unsigned match_replaced(struct ua *ua, struct msg *m, ua_call *out)
{
    struct leg *leg;
    struct str flag;
    unsigned status = match(ua, m, HDR_REPLACES, &leg);
    if (status)
        return status;
    const struct callid *v = msg_single(m, HDR_REPLACES);
    bool early = leg->dialog->state == DIALOG_EARLY;
    if (early && !leg->call->is_outgoing)
        return 481;
    if (!early && params_get(v->params, STR("early-only"), &flag))
        return 486;
    *out = leg->call->id;
    return 0;
}

static unsigned match_joined(struct ua *ua, struct msg *m, ua_call *out)
{
    struct leg *leg;
    unsigned status = match(ua, m, HDR_JOIN, &leg);
    if (!status)
        *out = leg->call->id;
    return status;
}

void replaces_read(struct ua *ua, struct msg *m, struct replaces *r)
{
    bool replaces = msg_header(m, HDR_REPLACES), joins = msg_header(m, HDR_JOIN);
    *r = (struct replaces){0};
    if (!replaces && !joins)
        return;
    if (m->method != METHOD_INVITE || (replaces && joins))
        r->status = 400;
    else if (replaces)
        r->status = match_replaced(ua, m, &r->replaced);
    else
        r->status = match_joined(ua, m, &r->joined);
}

void replaces_done(struct ua *ua, const struct call *call, time_ns now)
{
    struct call *old = call_get(ua, call->replaces);
    if (!old || old->state == CALL_ENDING)
        return;
    if (old->chosen)
        leg_end(ua, old->chosen, CALL_END_REPLACED, 0, NULL, STR_NONE, now);
    else
        (void)!outgoing_end(ua, old, CALL_END_REPLACED, STR_NONE, now);
}
