/* Owns the order in which the roles look at an event. Knows no role's inside. */
#include "element/parts.h"

static void consider_relay(struct element *e, const struct engine_event *ev, const struct uri *hop,
                           time_ns now)
{
    struct uri sender;
    switch (policy_of(e, ev->msg, hop, &sender)) {
    case POLICY_RELAY:
        relay(e, ev, now);
        break;
    case POLICY_ASK:
        lookup_sender(e, ev, &sender, now);
        break;
    case POLICY_REFUSE:
        answer(e, ev, 403, STR("Not relayed: neither end is ours"), STR_NONE, now);
        break;
    }
}

/* RFC 3261 16.5. A Request-URI with maddr names a place, whatever its domain. */
static void seek_targets(struct element *e, const struct engine_event *ev, const struct uri *uri,
                         time_ns now)
{
    struct uri aor;
    if (uri->scheme == URI_TEL)
        answer(e, ev, 404, STR("No such number here"), STR_NONE, now);
    else if (!home_has(e, uri, &aor) || uri_has_param(uri, STR("maddr")))
        consider_relay(e, ev, uri, now);
    else if (ev->msg->method == METHOD_REGISTER || !aor.user.at || aor.user.len == 0)
        self_request(e, ev, now);
    else
        lookup_targets(e, ev, &aor, now);
}

/* A request that need not be looked at as a proxy does: RFC 3261 8.2 and 10.3 step 1. */
static bool is_for_self(const struct element *e, struct msg *m)
{
    const struct uri *uri = msg_uri(m);
    if (!uri || msg_header(m, HDR_ROUTE) || !home_has(e, uri, NULL) || uri->params.len > 0)
        return false;
    return m->method == METHOD_REGISTER || !uri->user.at;
}

static void proxied(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct proxy_view view;
    switch (proxy_inspect(e->proxy, ev, &view, now)) {
    case PROXY_DONE:
        break;
    case PROXY_IN_DIALOG:
        relay(e, ev, now);
        break;
    case PROXY_ROUTED:
        consider_relay(e, ev, NULL, now);
        break;
    case PROXY_TARGETS:
        seek_targets(e, ev, &view.request_uri, now);
        break;
    }
}

static void request(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct msg *m = ev->msg;
    if (is_for_self(e, m))
        self_request(e, ev, now);
    else
        proxied(e, ev, now);
}

static void by_owner(struct element *e, const struct engine_event *ev, uint8_t owner, time_ns now)
{
    if (owner == OWNER_PROXY)
        (void)proxy_event(e->proxy, ev, now); /* what fails for want of memory, it tries again */
    else if (owner == OWNER_REGISTRAR && ev->kind == EVENT_STORE)
        (void)registrar_stored(e->registrar, ev, now);
    else if (owner == OWNER_REGISTRAR && ev->kind == EVENT_SERVER_END)
        (void)registrar_forget(e->registrar, ev);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_STORE)
        lookup_stored(e, ev, now);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_CANCEL)
        lookup_cancelled(e, ev, now);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_SERVER_END)
        lookup_forget(e, ev);
}

/* RFC 3261 13.2.2.4, 12.2.1.2: a 2xx to INVITE makes or refreshes a dialog, one to UPDATE refreshes
 * it (RFC 3311), a 481 says that it is gone. */
static void count_answer(struct element *e, struct msg *m, time_ns now)
{
    const struct cseq *cseq = msg_cseq(m);
    if (!cseq || m->status < 200 || (m->status >= 300 && m->status != 481))
        return;
    uint64_t dialog = calls_dialog(&e->calls, m);
    if (m->status == 481)
        calls_over(&e->calls, dialog);
    else if (cseq->method == METHOD_INVITE)
        calls_stands(&e->calls, dialog, now);
    else if (cseq->method == METHOD_UPDATE)
        calls_heard(&e->calls, dialog, now);
}

/* RFC 3261 15.1.1: a BYE ends the call as soon as it is sent. */
static void count_call(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_RESPONSE)
        count_answer(e, ev->msg, now);
    else if (ev->kind == EVENT_REQUEST && ev->msg->method == METHOD_BYE)
        calls_over(&e->calls, calls_dialog(&e->calls, ev->msg));
}

void dispatch(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (e->counts_calls)
        count_call(e, ev, now);
    switch (ev->kind) {
    case EVENT_REQUEST:
        request(e, ev, now);
        break;
    case EVENT_ACK:
        proxied(e, ev, now);
        break;
    case EVENT_CANCEL:
        by_owner(e, ev, ev->other ? ev->other_owner : OWNER_NONE, now);
        break;
    case EVENT_STRAY_RESPONSE:
        break;
    case EVENT_RESPONSE:
    case EVENT_TIMEOUT:
    case EVENT_TRANSPORT_ERROR:
    case EVENT_SERVER_TIMEOUT:
    case EVENT_STORE:
    case EVENT_SERVER_END:
        by_owner(e, ev, ev->owner, now);
        break;
    }
}
