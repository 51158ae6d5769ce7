/* Owns the sentences in which explanations are told; decides nothing. */
#include "server/explain_text.h"

#include "resolve/number.h"

static void put_quoted(struct buf *b, struct str s)
{
    buf_put_char(b, '"');
    buf_put(b, str_slice(s, 0, 100));
    buf_put_char(b, '"');
}

/* What its function gave back, and what that took. */
static void put_answer(struct buf *b, const struct hook_answer *a)
{
    buf_put_lit(b, "its function gave back ");
    if (a->n == 0)
        buf_put_lit(b, "nothing");
    for (unsigned i = 0; i < a->n; i++) {
        buf_put(b, i > 0 ? STR(", ") : STR(""));
        buf_put(b, a->words[i].key);
        buf_put_char(b, '=');
        put_quoted(b, a->words[i].value);
    }
}

static void put_cost(struct buf *b, const struct hook_answer *a)
{
    buf_put_lit(b, " (");
    buf_put_u64(b, a->instructions);
    buf_put_lit(b, " instructions, ");
    buf_put_u64(b, (a->memory + 1023) / 1024);
    buf_put_lit(b, " KiB in use)");
}

static const char *put_function(struct buf *b, const struct route_step *s,
                                const struct config_route *rule)
{
    if (s->kind == ROUTE_FAILED) {
        buf_put_lit(b, "its function failed: ");
        buf_put(b, s->failure);
        buf_put_lit(b, "; on_error: ");
        buf_put(b, rule->on_error);
    } else {
        put_answer(b, s->answer);
    }
    put_cost(b, s->answer);
    return s->kind == ROUTE_FAILED ? "failed" : s->kind == ROUTE_TOOK ? "took" : "changed";
}

const char *explain_put_step(struct buf *b, const struct route_step *s,
                             const struct config_route *rule)
{
    if (s->answer)
        return put_function(b, s, rule);
    switch (s->kind) {
    case ROUTE_MISSED:
        buf_put(b, str_from(s->key));
        if (s->found.len > 0) {
            struct str key = str_from(s->key);
            bool named = str_equal(key, STR("header")) || str_equal(key, STR("room"));
            buf_put(b, named ? STR(" does not hold: ") : STR(" is "));
            put_quoted(b, s->found);
        } else {
            buf_put_lit(b, " does not hold");
        }
        return "missed";
    case ROUTE_CHANGED:
        buf_put_lit(b, "holds, and changes what it says: the next one is tried");
        return "changed";
    case ROUTE_TOOK:
        buf_put_lit(b, "holds");
        if (rule->strip || rule->prefix.len || rule->set_user.len || rule->set_domain.len)
            buf_put_lit(b, ", changes the Request-URI");
        buf_put_lit(b, ", and takes it");
        return "took";
    case ROUTE_FAILED:
        return "failed";
    }
    return "";
}

static void put_targets(struct buf *b, const struct route_decision *d, const struct config *c)
{
    for (unsigned i = 0; i < d->n_targets; i++) {
        const struct route_target *t = &d->targets[i];

        buf_put(b, i > 0 ? STR(", ") : STR(" "));
        if (t->kind == ROUTE_TO_URI) {
            route_put_target(b, d, t->uri, t->has_user);
        } else if (t->kind == ROUTE_TO_SET) {
            buf_put_lit(b, "set:");
            buf_put(b, c->sets.list[t->set].name);
        } else {
            buf_put_lit(b, "where the user has registered");
        }
    }
}

static void put_status(struct buf *b, unsigned status, struct str reason)
{
    buf_put_u64(b, status);
    buf_put_char(b, ' ');
    buf_put(b, reason.len > 0 ? reason : status_reason(status));
}

static const char *put_default(struct buf *b, const struct element_outlook *o)
{
    switch (o->place) {
    case OUTLOOK_SELF:
        buf_put_lit(b, "it is for the server itself");
        return "self";
    case OUTLOOK_USER:
        buf_put_lit(b, "the user is looked up among those who registered");
        return "lookup";
    case OUTLOOK_GROUP:
        buf_put_lit(b, "the members of the group are called");
        return "group";
    case OUTLOOK_NUMBER:
        buf_put_lit(b, "answered 404: nobody has this number");
        return "reply";
    case OUTLOOK_ROUTE:
        buf_put_lit(b, "it goes by its Route, for who may have it relayed; no rule is asked");
        return "relay";
    case OUTLOOK_DIALOG:
        buf_put_lit(b, "it goes by the route set of its dialog; no rule is asked");
        return "dialog";
    case OUTLOOK_FOREIGN:
        buf_put_lit(b,
                    "it goes to its Request-URI, which is not ours, for who may have it relayed");
        return "relay";
    case OUTLOOK_BAD:
        buf_put_lit(b, "it cannot be read");
        return "bad";
    }
    return "";
}

static const char *put_decision(struct buf *b, const struct element_outlook *o,
                                const struct config *c)
{
    const struct route_decision *d = &o->decision;

    switch (d->action) {
    case ROUTE_REPLY:
        buf_put_lit(b, "answered ");
        put_status(b, d->status, d->reason);
        return "reply";
    case ROUTE_REGISTER:
        buf_put_lit(b, "a REGISTER goes to the registrar, anything else is answered 405");
        return "register";
    case ROUTE_LOOKUP:
        buf_put_lit(b, "looked up among those who registered: ");
        buf_put(b, d->uri.text);
        return "lookup";
    case ROUTE_FORWARD:
        buf_put_lit(b, "forwarded to");
        put_targets(b, d, c);
        buf_put(b, d->allow == CONFIG_ALLOW_ANYONE  ? STR(", for anyone")
                   : d->allow == CONFIG_ALLOW_PEERS ? STR(", for accounts and peers")
                                                    : STR(", for who may have it relayed"));
        return "forward";
    case ROUTE_REDIRECT:
        buf_put_lit(b, "redirected (");
        buf_put_u64(b, d->redirect_status);
        buf_put_lit(b, ") to");
        put_targets(b, d, c);
        return "redirect";
    case ROUTE_DEFAULT:
        break;
    }
    return put_default(b, o);
}

/* Is it passed on at all? */
static bool is_passed(const struct element_outlook *o)
{
    if (o->by_rules && o->decision.action != ROUTE_DEFAULT)
        return o->decision.action == ROUTE_LOOKUP || o->decision.action == ROUTE_FORWARD;
    return o->place == OUTLOOK_USER || o->place == OUTLOOK_GROUP || o->place == OUTLOOK_ROUTE ||
           o->place == OUTLOOK_FOREIGN;
}

static bool is_looked_up(const struct element_outlook *o)
{
    return !o->by_rules || o->decision.action == ROUTE_DEFAULT ||
           o->decision.action == ROUTE_LOOKUP;
}

/* By which names, in their order. */
static void put_number(struct buf *b, const struct element_outlook *o, const struct config *c)
{
    buf_put_lit(b, "; where nobody has the number ");
    buf_put(b, str_from(o->number));
    buf_put_lit(b, ", in the DNS");
    for (unsigned i = 0; i < c->dns.suffixes.n; i++) {
        char space[DNS_NAME_MAX];
        struct buf name;

        buf_init(&name, space, sizeof space);
        if (!number_name(&name, str_from(o->number), c->dns.suffixes.list[i]))
            continue;
        buf_put(b, i > 0 ? STR(", then ") : STR(" at "));
        buf_put(b, buf_str(&name));
    }
    buf_put_lit(b, ", for who may have it relayed");
}

const char *explain_put_outlook(struct buf *b, const struct element_outlook *o,
                                const struct config *c)
{
    if (o->is_asked)
        buf_put_lit(b, "once its sender has proved who he is: ");
    const char *outcome = o->by_rules ? put_decision(b, o, c) : put_default(b, o);
    if (o->number[0] && is_looked_up(o))
        put_number(b, o, c);
    if (o->follows && is_passed(o))
        buf_put_lit(b, ", in mode call");
    if (o->stateless && (is_passed(o) || o->place == OUTLOOK_DIALOG))
        buf_put_lit(b, ", in mode stateless");
    return outcome;
}
