/* Owns what becomes of a request by the rules of the configuration: asks them, and does what they
 * decide. Knows no rule. */
#include "element/parts.h"

#define WEEK (7 * 24 * 3600 * NS_PER_S)
#define MINUTE (60 * NS_PER_S)

static const struct asserted nobody;

/* Who asks the rules, and when. */
struct asking {
    const struct element *e;
    time_ns now;
};

static bool is_ours(void *arg, const struct uri *u)
{
    const struct asking *a = arg;
    return home_has(a->e, u, NULL);
}

static bool has_room(void *arg, unsigned set)
{
    const struct asking *a = arg;
    return peers_have_room(a->e->peers, set, a->now);
}

/* In dialogs, and by a Route of somebody else's making, it goes where that says. */
static bool have_a_say(const struct element *e, const struct step *s)
{
    return e->routes && !s->routed && s->place != PLACE_ROUTE && s->place != PLACE_DIALOG;
}

/* An account proved who it is; what was let in without is of a peer, or a stranger's. */
static enum route_sender sender_of(const struct element *e, const struct engine_event *ev,
                                   enum standing standing)
{
    if (standing == STANDING_KNOWN)
        return ROUTE_ACCOUNT;
    if (access_is_peer(&e->access, &ev->msg->flow))
        return ROUTE_PEER;
    return ev->kind == EVENT_REQUEST ? ROUTE_STRANGER : ROUTE_ANY_SENDER;
}

static void decide(struct element *e, struct msg *m, const struct uri *uri,
                   enum route_sender sender, const struct asserted *who, time_ns now,
                   struct route_decision *d, route_tell *tell, void *arg)
{
    const struct listener *l = engine_listener(e->engine, m->flow.listener);
    struct asking asking = {e, now};
    unsigned minute = (unsigned)((e->week_offset + now % WEEK) % WEEK / MINUTE);
    const struct route_request request = {.msg = m,
                                          .uri = uri,
                                          .sender = sender,
                                          .account = who->user,
                                          .account_domain = who->domain,
                                          .listener = l ? &l->local : NULL,
                                          .minute = minute % (24 * 60),
                                          .weekday = minute / (24 * 60),
                                          .is_ours = is_ours,
                                          .has_room = has_room,
                                          .arg = &asking};
    route_decide(e->routes, &request, d, tell, arg);
}

bool steer_lets_in(struct element *e, const struct engine_event *ev, const struct step *s,
                   time_ns now)
{
    struct route_decision d;
    if (!e->access.config.required || !have_a_say(e, s) || !routes_any_open(e->routes))
        return false;
    decide(e, ev->msg, &s->view.request_uri, sender_of(e, ev, STANDING_LET_IN), &nobody, now, &d,
           NULL, NULL);
    return d.allow == CONFIG_ALLOW_ANYONE;
}

static bool is_for_group(struct element *e, const struct engine_event *ev, const struct uri *aor)
{
    char space[LIMIT_AOR_BYTES];
    struct buf key;
    buf_init(&key, space, sizeof space);
    registrar_key(&key, aor);
    return ev->msg->method == METHOD_INVITE && !key.over && groups_find(e->groups, buf_str(&key));
}

static enum element_place outlook_of(enum place place)
{
    switch (place) {
    case PLACE_SELF:
        return OUTLOOK_SELF;
    case PLACE_USER:
        return OUTLOOK_USER;
    case PLACE_NOWHERE:
        return OUTLOOK_NUMBER;
    case PLACE_ROUTE:
        return OUTLOOK_ROUTE;
    case PLACE_FOREIGN:
        return OUTLOOK_FOREIGN;
    case PLACE_DIALOG:
        return OUTLOOK_DIALOG;
    }
    return OUTLOOK_BAD;
}

void steer_explain(struct element *e, const struct engine_event *ev, const struct step *s,
                   enum route_sender sender, time_ns now, struct element_outlook *out,
                   route_tell *tell, void *arg)
{
    enum place place = s->place;
    struct uri aor = s->aor;
    char number[NUMBER_MAX];
    const struct nameaddr *from = msg_from(ev->msg);
    const struct asserted who = {from ? from->uri.user : STR_NONE,
                                 from ? from->uri.host : STR_NONE};
    out->by_rules = have_a_say(e, s);
    if (e->routes)
        routes_count_all(e->routes);
    if (access_is_peer(&e->access, &ev->msg->flow))
        sender = ROUTE_PEER;
    if (out->by_rules) {
        decide(e, ev->msg, &s->view.request_uri, sender, sender == ROUTE_ACCOUNT ? &who : &nobody,
               now, &out->decision, tell, arg);
        place = place_of_uri(e, ev->msg, &out->decision.uri, number, &aor);
    }
    out->stateless = steer_is_stateless(e, ev, s, out->by_rules ? &out->decision : NULL);
    out->is_asked = e->access.config.required && sender != ROUTE_ACCOUNT &&
                    !rights_let_in(e, ev->msg, s->place, s->view.marked) &&
                    !(out->by_rules && out->decision.allow == CONFIG_ALLOW_ANYONE);
    enum config_mode mode = out->by_rules && out->decision.mode ? out->decision.mode : e->mode;
    out->follows = mode == CONFIG_MODE_CALL && ev->msg->method == METHOD_INVITE;
    out->place =
        place == PLACE_USER && is_for_group(e, ev, &aor) ? OUTLOOK_GROUP : outlook_of(place);
    if (out->place == OUTLOOK_USER)
        enum_explain(e, &aor, out);
}

bool steer_is_stateless(const struct element *e, const struct engine_event *ev,
                        const struct step *s, const struct route_decision *d)
{
    if (ev->kind == EVENT_CANCEL) /* RFC 3261 16.10 */
        return true;
    if (s->place == PLACE_DIALOG || s->routed)
        return s->view.stateless;
    enum config_mode mode = d && d->mode != CONFIG_MODE_UNSAID ? d->mode : e->mode;
    return mode == CONFIG_MODE_STATELESS;
}

bool steer_decide(struct element *e, const struct engine_event *ev, const struct step *s,
                  const struct grant *grant, struct route_decision *d, time_ns now)
{
    if (!have_a_say(e, s))
        return false;
    decide(e, ev->msg, &s->view.request_uri, sender_of(e, ev, grant->standing), &grant->who, now, d,
           NULL, NULL);
    return true;
}

void steer_tell(const struct element *e, struct msg *m, const struct route_decision *d, time_ns now)
{
    char space[ROUTE_NAME_MAX + 16];
    struct buf b;
    if (d->rule >= routes_count(e->routes))
        return;
    buf_init(&b, space, sizeof space);
    buf_put_char(&b, '#');
    buf_put_u64(&b, d->rule + 1);
    if (routes_name(e->routes, d->rule).len > 0)
        buf_put_char(&b, ' ');
    buf_put(&b, routes_name(e->routes, d->rule));
    engine_why(e->engine, m, REASON_RULE, buf_str(&b), now);
}

void steer_onward(struct element *e, struct msg *m, const struct uri *uri, struct route_decision *d,
                  time_ns now)
{
    decide(e, m, uri, ROUTE_ACCOUNT, &nobody, now, d, NULL, NULL);
    if (d->failure.len > 0)
        note(e, NOTE_HOOK_FAILED, m, d->failure);
}

bool steer_would_pass(struct element *e, const struct engine_event *ev, const struct step *s,
                      time_ns now)
{
    struct route_decision d;
    const struct grant account = {.standing = STANDING_KNOWN};
    return s->place != PLACE_SELF &&
           steer_is_stateless(e, ev, s, steer_decide(e, ev, s, &account, &d, now) ? &d : NULL);
}

/* --- what is decided --- */

static void serve_register(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->msg->method == METHOD_REGISTER)
        self_request(e, ev, STR_NONE, now);
    else
        answer(e, ev, 405, STR_NONE, STR("Allow: REGISTER\r\n"), now);
}

static void serve_lookup(struct element *e, const struct engine_event *ev, const struct step *s,
                         const struct route_decision *d, const struct grant *grant, time_ns now)
{
    struct uri aor;
    char number[NUMBER_MAX];
    const struct manner manner = manner_of(e, ev, s, d, grant);
    if (place_of_uri(e, ev->msg, &d->uri, number, &aor) == PLACE_USER)
        lookup_targets(e, ev, &aor, false, &manner, now);
    else
        answer(e, ev, 404, STR_NONE, STR_NONE, now);
}

/* Who may have it forwarded to a place that the rule names. ACK and CANCEL begin nothing, and the
 * place is the administrator's choice. */
static bool may_forward(struct element *e, const struct engine_event *ev,
                        const struct route_decision *d, const struct target *to,
                        const struct grant *grant, time_ns now)
{
    struct uri hop;
    struct msg_error err;
    if (d->allow == CONFIG_ALLOW_ANYONE || ev->kind != EVENT_REQUEST)
        return true;
    if (d->allow == CONFIG_ALLOW_PEERS && access_is_peer(&e->access, &ev->msg->flow))
        return true;
    return relay_allowed(e, ev, uri_parse(to->uri, &hop, &err) ? &hop : &d->uri, grant->standing,
                         now);
}

static void forward(struct element *e, const struct engine_event *ev, const struct step *s,
                    const struct route_decision *d, const struct grant *grant, time_ns now)
{
    struct choice c;
    const struct manner manner = manner_of(e, ev, s, d, grant);
    const struct fork_how how = {.order = (enum fork_order)d->order, .ring_time = d->ring_time};
    choose(e, &c, ev->msg, d, manner.stateless, now);
    if (c.n == 0 && c.full)
        answer(e, ev, 503, STR("All peers have as many calls as they take"), STR_NONE, now);
    else if (c.n == 0)
        answer(e, ev, 480, STR_NONE, STR_NONE, now);
    else if (may_forward(e, ev, d, &c.targets[0], grant, now))
        pass_on(e, ev, &manner, c.targets, c.n, &how, now);
}

/* It goes on as without rules, but changed. */
static bool go_on(struct element *e, const struct engine_event *ev, const struct step *s,
                  const struct route_decision *d, const struct grant *grant, time_ns now)
{
    struct uri aor;
    char number[NUMBER_MAX];
    const struct manner manner = manner_of(e, ev, s, d, grant);
    if (!d->rewritten && d->n_changes == 0 && d->said.len == 0 &&
        d->record_route == CONFIG_UNSAID && d->mode == CONFIG_MODE_UNSAID &&
        d->join == CONFIG_UNSAID)
        return false;
    switch (place_of_uri(e, ev->msg, &d->uri, number, &aor)) {
    case PLACE_SELF:
        self_request(e, ev, STR_NONE, now);
        break;
    case PLACE_USER:
        lookup_targets(e, ev, &aor, false, &manner, now);
        break;
    case PLACE_FOREIGN:
        if (relay_allowed(e, ev, &d->uri, grant->standing, now))
            pass_on(e, ev, &manner, &(struct target){.uri = d->uri.text, .q = 1000}, 1,
                    &(struct fork_how){.order = FORK_PARALLEL}, now);
        break;
    case PLACE_NOWHERE:
    case PLACE_ROUTE:
    case PLACE_DIALOG:
        answer(e, ev, 404, STR("No such number here"), STR_NONE, now);
        break;
    }
    return true;
}

/* RFC 3261 20.43: what failed is for the log alone. */
static const struct str warning =
    STR_INIT("Warning: 399 tandem.invalid \"The script of a rule failed\"\r\n");

bool steer(struct element *e, const struct engine_event *ev, const struct step *s,
           const struct route_decision *d, const struct grant *grant, time_ns now)
{
    if (d->failure.len > 0)
        note(e, NOTE_HOOK_FAILED, ev->msg, d->failure);
    switch (d->action) {
    case ROUTE_DEFAULT:
        return go_on(e, ev, s, d, grant, now);
    case ROUTE_REPLY:
        answer(e, ev, d->status, d->reason, d->failure.len > 0 ? warning : STR_NONE, now);
        break;
    case ROUTE_REGISTER:
        serve_register(e, ev, now);
        break;
    case ROUTE_LOOKUP:
        serve_lookup(e, ev, s, d, grant, now);
        break;
    case ROUTE_FORWARD:
        forward(e, ev, s, d, grant, now);
        break;
    case ROUTE_REDIRECT:
        divert(e, ev, d, now);
        break;
    }
    return true;
}

int steer_make(struct element *e, struct routes **routes, struct peers **peers,
               const struct element_config *config)
{
    static const struct config_set_list no_sets;
    const struct config_set_list *sets = config->sets ? config->sets : &no_sets;
    struct route_fault fault;
    *routes = NULL;
    *peers = NULL;
    if (!config->routes || config->routes->n == 0)
        return OK;
    *routes = routes_new(e->mem, config->routes, sets, config->lua, &fault);
    if (!*routes)
        return fault.rule == config->routes->n ? ERR_NOMEM : ERR_INVALID;
    *peers = peers_new(e->mem, sets, &config->proxy.key, e->loads, e->peers);
    if (*peers)
        return OK;
    routes_unref(*routes);
    *routes = NULL;
    return ERR_NOMEM;
}
