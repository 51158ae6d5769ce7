/* Owns whether a rule's conditions hold; changes and does nothing. */
#include "msg/print.h"
#include "route/rule.h"

static bool is_among(const struct str_list *l, struct str s)
{
    for (unsigned i = 0; i < l->n; i++)
        if (str_equal(l->list[i], s))
            return true;
    return false;
}

static bool begins_with_one(const struct str_list *l, struct str s)
{
    for (unsigned i = 0; i < l->n; i++)
        if (str_starts(s, l->list[i]))
            return true;
    return false;
}

static bool is_ours(const struct seen *s)
{
    return s->uri->scheme != URI_TEL && s->request->is_ours(s->request->arg, s->uri);
}

static bool domain_holds(const struct rule *r, const struct seen *s)
{
    for (unsigned i = 0; i < r->domains.n; i++) {
        struct str d = r->domains.list[i];

        if (str_equal(d, STR("ours")) ? is_ours(s)
            : str_equal(d, STR("others"))
                ? s->uri->scheme != URI_TEL && !is_ours(s)
                : s->uri->scheme != URI_TEL && str_equal_nocase(d, s->uri->host))
            return true;
    }
    return r->domains.n == 0;
}

static bool pattern_holds(const struct rule *r, struct str user)
{
    for (unsigned i = 0; i < r->patterns.n; i++)
        if (regexp_match_all(r->patterns.list[i], user))
            return true;
    return r->patterns.n == 0;
}

static bool source_holds(const struct rule *r, const struct addr *remote)
{
    for (unsigned i = 0; i < r->sources.n; i++)
        if (addr_block_has(&r->sources.list[i], remote))
            return true;
    return r->sources.n == 0;
}

static bool listener_holds(const struct rule *r, const struct addr *at)
{
    for (unsigned i = 0; i < r->listeners.n && at; i++) {
        const struct listener_condition *l = &r->listeners.list[i];

        if (l->addr.port == at->port && (l->any_address || addr_equal_ip(&l->addr, at)))
            return true;
    }
    return r->listeners.n == 0;
}

static bool contains_nocase(struct str s, struct str text)
{
    for (size_t i = 0; i + text.len <= s.len; i++)
        if (str_equal_nocase(str_slice(s, i, text.len), text))
            return true;
    return false;
}

static bool line_holds(const struct header_condition *c, struct str value)
{
    switch (c->test) {
    case HEADER_PRESENT:
    case HEADER_ABSENT:
        return true;
    case HEADER_EQUALS:
        return str_equal(c->text, value);
    case HEADER_CONTAINS:
        return contains_nocase(value, c->text);
    }
    return false;
}

/* Every line of that name, one after the other; those that no table knows are not linked. */
static bool header_holds(const struct header_condition *c, const struct msg *m)
{
    enum hdr_id id = hdr_id_of(c->name);
    bool any = false;

    for (unsigned i = 0; i < m->n_headers && !any; i++) {
        const struct hdr *h = &m->headers[i];
        bool same = id != HDR_NONE ? h->id == id
                                   : h->id == HDR_NONE && str_equal_nocase(hdr_name(m, h), c->name);

        any = same && line_holds(c, hdr_value(m, h));
    }
    return any != (c->test == HEADER_ABSENT);
}

static bool headers_hold(const struct rule *r, const struct msg *m, struct str *found)
{
    for (unsigned i = 0; i < r->headers.n; i++)
        if (!header_holds(&r->headers.list[i], m)) {
            *found = r->headers.list[i].name;
            return false;
        }
    return true;
}

static bool time_holds(const struct rule *r, unsigned minute)
{
    for (unsigned i = 0; i < r->times.n; i++) {
        const struct span *s = &r->times.list[i];

        if (s->from < s->to ? minute >= s->from && minute < s->to
                            : minute >= s->from || minute < s->to)
            return true;
    }
    return r->times.n == 0;
}

static bool caller_holds(const struct rule *r, struct msg *m, struct str *found)
{
    const struct nameaddr *from = msg_from(m);

    *found = from ? from->uri_text : STR_NONE;
    for (unsigned i = 0; i < r->callers.n && from; i++) {
        const struct caller_condition *c = &r->callers.list[i];

        if (str_equal_nocase(c->host, from->uri.host) &&
            (!c->user.at || str_equal(c->user, from->uri.user)))
            return true;
    }
    return r->callers.n == 0;
}

static bool sender_holds(const struct rule *r, enum route_sender sender)
{
    return r->senders == 0 || sender == ROUTE_ANY_SENDER || (r->senders >> sender & 1);
}

struct str sender_name(enum route_sender sender)
{
    return sender == ROUTE_PEER      ? STR("peer")
           : sender == ROUTE_ACCOUNT ? STR("account")
                                     : STR("stranger");
}

static bool tag_holds(const struct rule *r, const struct seen *s)
{
    for (unsigned i = 0; i < s->n_tags; i++)
        if (is_among(&r->tags, s->tags[i]))
            return true;
    return r->tags.n == 0;
}

/* Whoever is no new call needs none. */
static bool room_holds(const struct rule *r, const struct route_request *q, struct str *found)
{
    for (unsigned i = 0; i < r->rooms.n; i++)
        if (q->msg->method != METHOD_INVITE || q->has_room(q->arg, r->rooms.list[i].set))
            return true;
    *found = r->rooms.n > 0 ? r->rooms.list[0].name : STR_NONE;
    return r->rooms.n == 0;
}

/* Of the Request-URI. */
static const char *missed_by_uri(const struct rule *r, const struct seen *s, struct str *found)
{
    *found = s->uri->host;
    if (!domain_holds(r, s))
        return "domain";
    *found = s->user;
    if (r->users.n > 0 && !is_among(&r->users, s->user))
        return "user";
    if (r->user_prefixes.n > 0 && !begins_with_one(&r->user_prefixes, s->user))
        return "user_prefix";
    if (!pattern_holds(r, s->user))
        return "user_pattern";
    *found = s->number.len > 0 ? s->number : s->user;
    if (r->numbers.n > 0 && !begins_with_one(&r->numbers, s->number))
        return "number";
    return NULL;
}

/* Of where it came from. */
static const char *missed_by_origin(const struct rule *r, const struct seen *s, struct str *found)
{
    const struct route_request *q = s->request;

    *found = STR_NONE;
    if (!source_holds(r, &q->msg->flow.remote))
        return "source";
    if (!listener_holds(r, q->listener))
        return "listener";
    *found = str_from(transport_name(q->msg->flow.transport));
    if (r->transports && !(r->transports >> q->msg->flow.transport & 1))
        return "transport";
    *found = sender_name(q->sender);
    return sender_holds(r, q->sender) ? NULL : "sender";
}

const char *rule_missed(const struct rule *r, const struct seen *s, struct str *found)
{
    const struct route_request *q = s->request;

    *found = s->method;
    if (r->methods.n > 0 && !is_among(&r->methods, s->method))
        return "method";
    const char *missed = missed_by_uri(r, s, found);
    if (!missed)
        missed = missed_by_origin(r, s, found);
    if (missed)
        return missed;
    *found = STR_NONE;
    if (!tag_holds(r, s))
        return "tag";
    if (!time_holds(r, q->minute))
        return "time";
    if (r->days && !(r->days >> q->weekday & 1))
        return "day";
    if (!headers_hold(r, q->msg, found))
        return "header";
    if (!caller_holds(r, q->msg, found))
        return "caller";
    return room_holds(r, q, found) ? NULL : "room";
}
