/* Owns the order in which the roles look at an event. Knows no role's inside. */
#include "element/parts.h"

static void consider_relay(struct element *e, const struct engine_event *ev, const struct uri *hop,
                           const struct grant *grant, bool stateless, time_ns now)
{
    if (relay_allowed(e, ev, hop, grant->standing, now))
        relay(e, ev, &grant->who, stateless, now);
}

/* RFC 3261 16.5. A Request-URI with maddr names a place, whatever its domain. */
enum place place_of_uri(const struct element *e, const struct msg *m, const struct uri *uri,
                        char number[NUMBER_MAX], struct uri *aor)
{
    if (uri->scheme == URI_TEL)
        return number_user(e, uri, number, aor) ? PLACE_USER : PLACE_NOWHERE;
    if (!home_has(e, uri, aor) || uri_has_param(uri, STR("maddr")))
        return PLACE_FOREIGN;
    number_plain(uri, number, aor);
    return m->method == METHOD_REGISTER || !aor->user.at || aor->user.len == 0 ? PLACE_SELF
                                                                               : PLACE_USER;
}

/* As without rules. */
static void take_unruled(struct element *e, const struct engine_event *ev, const struct step *s,
                         const struct grant *grant, bool stateless, time_ns now)
{
    const struct manner manner = {
        .who = grant->who, .standing = grant->standing, .stateless = stateless};
    switch (s->place) {
    case PLACE_SELF:
        self_request(e, ev, grant->info, now);
        break;
    case PLACE_USER:
        lookup_targets(e, ev, &s->aor, s->routed, &manner, now);
        break;
    case PLACE_NOWHERE:
        answer(e, ev, 404, STR("No such number here"), STR_NONE, now);
        break;
    case PLACE_ROUTE:
        consider_relay(e, ev, NULL, grant, stateless, now);
        break;
    case PLACE_FOREIGN:
        consider_relay(e, ev, &s->view.request_uri, grant, stateless, now);
        break;
    case PLACE_DIALOG:
        relay(e, ev, &grant->who, stateless, now);
        break;
    }
}

/* RFC 3261 16.11: who passes it on without state has no 100 of his own for it. */
static void take(struct element *e, const struct engine_event *ev, const struct step *s,
                 const struct grant *grant, time_ns now)
{
    struct route_decision d;
    if (s->place == PLACE_USER && feature_dialled(e, ev, s, grant, now))
        return;
    bool ruled = steer_decide(e, ev, s, grant, &d, now);
    bool stateless = steer_is_stateless(e, ev, s, ruled ? &d : NULL);
    if (ruled)
        steer_tell(e, ev->msg, &d, now);
    if (!stateless && !s->for_self && grant->standing != STANDING_VOUCHED)
        proxy_trying(e->proxy, ev, now);
    if (!ruled || !steer(e, ev, s, &d, grant, now))
        take_unruled(e, ev, s, grant, stateless, now);
}

/* A request that need not be looked at as a proxy does: RFC 3261 8.2 and 10.3 step 1. */
static bool is_for_self(const struct element *e, struct msg *m)
{
    const struct uri *uri = msg_uri(m);
    if (!uri || msg_header(m, HDR_ROUTE) || !home_has(e, uri, NULL) || uri->params.len > 0)
        return false;
    return m->method == METHOD_REGISTER || !uri->user.at;
}

static void step_for_self(struct step *s, struct msg *m)
{
    s->place = PLACE_SELF;
    s->for_self = true;
    s->routed = false;
    s->view = (struct proxy_view){.request_uri = *msg_uri(m)};
}

/* RFC 5627 6.1: a GRUU of ours is replaced within dialogs, too. */
static bool is_gruu_in_dialog(const struct element *e, struct step *s, const struct msg *m)
{
    const struct uri *uri = &s->view.request_uri;
    return uri_has_param(uri, STR("gr")) && m->method != METHOD_REGISTER &&
           home_has(e, uri, &s->aor) && s->aor.user.at;
}

/* False: there is nothing more to do. */
static bool step_seen(const struct element *e, struct step *s, const struct msg *m,
                      enum proxy_verdict verdict)
{
    s->for_self = false;
    s->routed = verdict == PROXY_IN_DIALOG;
    if (verdict == PROXY_IN_DIALOG)
        s->place = is_gruu_in_dialog(e, s, m) ? PLACE_USER : PLACE_DIALOG;
    else if (verdict == PROXY_ROUTED)
        s->place = PLACE_ROUTE;
    else if (verdict == PROXY_TARGETS)
        s->place = place_of_uri(e, m, &s->view.request_uri, s->number, &s->aor);
    return verdict != PROXY_DONE;
}

static void request(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct step s;
    struct grant grant = {.standing = STANDING_LET_IN};
    if (is_for_self(e, ev->msg))
        step_for_self(&s, ev->msg);
    else if (!step_seen(e, &s, ev->msg, proxy_inspect(e->proxy, ev, &s.view, now)))
        return;
    if (!steer_lets_in(e, ev, &s, now) && !admit(e, ev, &s, &grant, now))
        return;
    take(e, ev, &s, &grant, now);
}

/* RFC 3261 22.1: an ACK is never asked, nor is a CANCEL; this one belongs to nothing here (16.10).
 */
static void follow(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct step s;
    if (step_seen(e, &s, ev->msg, proxy_inspect(e->proxy, ev, &s.view, now)))
        take(e, ev, &s, &(struct grant){.standing = STANDING_OPEN}, now);
}

bool step_resume(struct element *e, const struct engine_event *ev, struct step *s)
{
    if (ev->kind == EVENT_REQUEST && is_for_self(e, ev->msg)) {
        step_for_self(s, ev->msg);
        return true;
    }
    return step_seen(e, s, ev->msg, proxy_resume(e->proxy, ev, &s->view));
}

void element_explain(struct element *e, struct msg *m, enum route_sender sender, time_ns now,
                     struct element_outlook *out, route_tell *tell, void *arg)
{
    const struct engine_event ev = {.kind = EVENT_REQUEST, .msg = m};
    struct step s;
    out->is_asked = out->by_rules = out->stateless = false;
    out->place = OUTLOOK_BAD;
    out->number[0] = '\0';
    if (!msg_uri(m) || !step_resume(e, &ev, &s))
        return;
    steer_explain(e, &ev, &s, sender, now, out, tell, arg);
}

void dispatch_vouched(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct step s;
    if (step_resume(e, ev, &s))
        take(e, ev, &s, &(struct grant){.standing = STANDING_VOUCHED}, now);
    else
        answer(e, ev, 500, STR_NONE, STR_NONE, now);
}

void dispatch_admitted(struct element *e, const struct engine_event *ev, const struct grant *grant,
                       time_ns now)
{
    struct step s;
    if (!step_resume(e, ev, &s)) {
        answer(e, ev, 500, STR_NONE, STR_NONE, now);
        return;
    }
    take(e, ev, &s, grant, now);
}

static void stored(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct registrar_effect effect;
    (void)registrar_stored(e->registrar, ev, now, &effect);
    if (!effect.request)
        return;
    const struct str key = {effect.key, effect.key_len};
    note_registered(e, effect.request, msg_to(effect.request)->uri_text, key);
    proxy_came(e->proxy, key);
    if (effect.is_alone) /* what calls he was in, he is in them no more */
        agent_gone(e, key, now);
    msg_unref(engine_blocks(e->engine), effect.request);
}

static void of_admission(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_STORE)
        admit_stored(e, ev, now);
    else if (ev->kind == EVENT_CANCEL)
        admit_cancelled(e, ev, now);
    else if (ev->kind == EVENT_SERVER_END)
        admit_forget(e, ev);
}

static void of_feature(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_STORE)
        feature_stored(e, ev, now);
    else if (ev->kind == EVENT_CANCEL)
        feature_cancelled(e, ev, now);
    else if (ev->kind == EVENT_SERVER_END)
        feature_forget(e, ev);
}

static void by_owner(struct element *e, const struct engine_event *ev, uint8_t owner, time_ns now)
{
    if (owner == OWNER_ADMISSION)
        of_admission(e, ev, now);
    else if (owner == OWNER_PROBE)
        probe_event(e, ev);
    else if (owner == OWNER_PING)
        ping_event(e, ev);
    else if (owner == OWNER_BYE_TO_CALLER || owner == OWNER_BYE_TO_CALLEE)
        proxy_bye_event(e->proxy, ev, now);
    else if (owner == OWNER_AGENT && ev->kind == EVENT_STORE)
        agent_stored(e, ev, now);
    else if (owner == OWNER_FEATURE)
        of_feature(e, ev, now);
    else if (owner == OWNER_PROXY)
        (void)proxy_event(e->proxy, ev, now); /* what fails for want of memory, it tries again */
    else if (owner == OWNER_REGISTRAR && ev->kind == EVENT_STORE)
        stored(e, ev, now);
    else if (owner == OWNER_REGISTRAR && ev->kind == EVENT_SERVER_END)
        (void)registrar_forget(e->registrar, ev);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_STORE)
        lookup_stored(e, ev, now);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_NUMBER)
        lookup_numbered(e, ev, now);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_CANCEL)
        lookup_cancelled(e, ev, now);
    else if (owner == OWNER_ELEMENT && ev->kind == EVENT_SERVER_END)
        lookup_forget(e, ev);
}

static void gone(struct element *e, uint64_t dialog, time_ns now)
{
    calls_gone(&e->calls, dialog, now);
    agent_hangs_up(e, dialog, now);
}

/* Does our Record-Route stand in it? Else its BYE need not come through here. */
static bool is_in_path(const struct element *e, struct msg *m)
{
    const struct nameaddr *v = NULL;
    while ((v = msg_nameaddr_next(m, HDR_RECORD_ROUTE, v)))
        if (home_has(e, &v->uri, NULL))
            return true;
    return false;
}

/* A call at a peer counts until its BYE; one whose BYE we shall not see until it is answered. */
static void count_load(struct element *e, const struct engine_event *ev, uint64_t dialog)
{
    uint32_t load = ev->owner == OWNER_PROXY ? proxy_take_load(e->proxy, ev) : 0;
    if (load && is_in_path(e, ev->msg))
        calls_burden(&e->calls, dialog, load);
    else if (load)
        loads_give(e->loads, load);
}

/* RFC 3261 13.2.2.4, 12.2.1.2: a 2xx to INVITE makes or refreshes a dialog, one to UPDATE refreshes
 * it (RFC 3311), a 481 says that it is gone. */
static void count_answer(struct element *e, const struct engine_event *ev, time_ns now)
{
    struct msg *m = ev->msg;
    const struct cseq *cseq = msg_cseq(m);
    if (!cseq || m->status < 200 || (m->status >= 300 && m->status != 481))
        return;
    if (cseq->method == METHOD_BYE && ev->owner == OWNER_PROXY)
        return; /* the request has ended it */
    uint64_t dialog = calls_dialog(&e->calls, m);
    if (m->status == 481 || cseq->method == METHOD_BYE)
        gone(e, dialog, now);
    else if (cseq->method == METHOD_INVITE && e->stays_in_path)
        calls_stands(&e->calls, dialog, now);
    else if (cseq->method == METHOD_INVITE || cseq->method == METHOD_UPDATE)
        calls_heard(&e->calls, dialog, now);
    if (m->status < 300 && cseq->method == METHOD_INVITE)
        count_load(e, ev, dialog);
}

/* Members of groups: who answered, and who called. */
static void count_agents(struct element *e, const struct engine_event *ev, time_ns now)
{
    char space[LIMIT_AOR_BYTES];
    struct buf key;
    struct uri aor;
    if (!e->groups || ev->owner != OWNER_PROXY || ev->msg->status / 100 != 2)
        return;
    const struct cseq *cseq = msg_cseq(ev->msg);
    const struct nameaddr *from = msg_from(ev->msg);
    if (!cseq || cseq->method != METHOD_INVITE)
        return;
    uint64_t dialog = calls_dialog(&e->calls, ev->msg);
    struct str callee = proxy_whose(e->proxy, ev);
    if (callee.len > 0 && groups_have(e->groups, callee))
        agent_talks(e, dialog, callee, now);
    buf_init(&key, space, sizeof space);
    if (!from || !home_has(e, &from->uri, &aor))
        return;
    registrar_key(&key, &aor);
    if (groups_have(e->groups, buf_str(&key)))
        agent_talks(e, dialog, buf_str(&key), now);
}

/* A phone that does not answer any more will not hang up either. */
static void miss_agents(struct element *e, const struct engine_event *ev, time_ns now)
{
    bool fails = ev->kind == EVENT_TIMEOUT || ev->kind == EVENT_TRANSPORT_ERROR ||
                 (ev->kind == EVENT_RESPONSE && ev->msg->status == 408);
    if (e->groups && ev->owner == OWNER_PROXY && fails)
        agent_gone(e, proxy_unheard(e->proxy, ev), now);
}

/* RFC 3261 15.1.1: a BYE ends the call as soon as it is sent. */
static void count_call(struct element *e, const struct engine_event *ev, time_ns now)
{
    miss_agents(e, ev, now);
    if (ev->kind == EVENT_RESPONSE)
        count_answer(e, ev, now);
    if (ev->kind == EVENT_RESPONSE)
        count_agents(e, ev, now);
    if (ev->kind != EVENT_REQUEST || ev->msg->method != METHOD_BYE)
        return;
    uint64_t dialog = calls_dialog(&e->calls, ev->msg);
    calls_over(&e->calls, dialog, now);
    agent_hangs_up(e, dialog, now);
}

void dispatch(struct element *e, const struct engine_event *ev, time_ns now)
{
    count_call(e, ev, now);
    switch (ev->kind) {
    case EVENT_REQUEST:
        request(e, ev, now);
        break;
    case EVENT_ACK:
        follow(e, ev, now);
        break;
    case EVENT_CANCEL:
        if (ev->other)
            by_owner(e, ev, ev->other_owner, now);
        else
            follow(e, ev, now);
        break;
    case EVENT_STRAY_RESPONSE:
        break;
    case EVENT_PASSING_RESPONSE:
        (void)proxy_pass_response(e->proxy, ev, now);
        break;
    case EVENT_RESPONSE:
    case EVENT_TIMEOUT:
    case EVENT_TRANSPORT_ERROR:
    case EVENT_SERVER_TIMEOUT:
    case EVENT_STORE:
    case EVENT_NUMBER:
    case EVENT_SERVER_END:
        by_owner(e, ev, ev->owner, now);
        break;
    }
}
