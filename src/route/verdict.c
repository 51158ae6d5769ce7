/* Owns what a script's answer means: the words of a rule, as one that holds for this request alone.
 */
#include "route/verdict.h"

#include <stdio.h>

struct reading {
    const struct routes *routes;
    struct verdict *v;
    struct route_decision *d;
    struct str value;
    struct str *tag; /* the next one */
};

typedef const char *read_word(struct reading *);

/* Its text outlives the answer. NULL, or what is wrong. */
static const char *keep(struct reading *r, struct str text, struct str *out)
{
    size_t at = r->d->kept.len;

    buf_put(&r->d->kept, text);
    *out = str_slice(buf_str(&r->d->kept), at, text.len);
    return r->d->kept.over ? "it gives back too much" : NULL;
}

/* A rule does one thing. */
static const char *go(struct reading *r, enum route_action action)
{
    struct rule *rule = &r->v->rule;

    if (rule->takes && (rule->action != action || action == ROUTE_REPLY))
        return "one of reply, serve, forward and redirect at most";
    rule->takes = true;
    rule->action = action;
    return NULL;
}

static const char *read_reply(struct reading *r)
{
    struct str kept;
    const char *wrong = go(r, ROUTE_REPLY);

    if (!wrong)
        wrong = keep(r, r->value, &kept);
    return wrong ? wrong : rule_reply(kept, &r->v->rule.status, &r->v->rule.reason);
}

static const char *read_serve(struct reading *r)
{
    if (str_equal(r->value, STR("register")))
        return go(r, ROUTE_REGISTER);
    if (str_equal(r->value, STR("lookup")))
        return go(r, ROUTE_LOOKUP);
    return str_equal(r->value, STR("default")) ? go(r, ROUTE_DEFAULT)
                                               : "expected register, lookup or default";
}

static const char *read_target(struct reading *r, enum route_action action)
{
    struct route_target *t = &r->d->said_targets[r->v->rule.targets.n];
    struct str kept;
    const char *wrong = go(r, action);

    if (!wrong && r->v->rule.targets.n == LIMIT_ROUTE_TARGETS)
        wrong = "too many places";
    if (!wrong)
        wrong = keep(r, r->value, &kept);
    if (!wrong)
        wrong = rule_target(kept, &r->routes->sets, action == ROUTE_REDIRECT, t);
    if (!wrong &&
        (t->kind == ROUTE_TO_LOCATION || r->d->said_targets[0].kind == ROUTE_TO_LOCATION) &&
        r->v->rule.targets.n > 0)
        wrong = "location stands alone or not at all";
    r->v->rule.targets.n++;
    return wrong;
}

static const char *read_forward(struct reading *r)
{
    return read_target(r, ROUTE_FORWARD);
}

static const char *read_redirect(struct reading *r)
{
    return read_target(r, ROUTE_REDIRECT);
}

static const char *read_number(struct reading *r, unsigned least, unsigned most, unsigned *out)
{
    uint64_t n;

    if (!str_to_u64(r->value, most, &n) || n < least)
        return "the number is out of range";
    *out = (unsigned)n;
    return NULL;
}

static const char *read_redirect_status(struct reading *r)
{
    return read_number(r, 300, 302, &r->v->rule.redirect_status);
}

static const char *read_strip(struct reading *r)
{
    return read_number(r, 0, 32, &r->v->rule.strip);
}

static const char *read_ring_time(struct reading *r)
{
    unsigned seconds;
    const char *wrong = read_number(r, 0, 3600, &seconds);

    if (!wrong)
        r->v->rule.ring_time = seconds * NS_PER_S;
    return wrong;
}

static const char *read_wait(struct reading *r)
{
    unsigned seconds;
    const char *wrong = read_number(r, 0, 300, &seconds);

    if (!wrong)
        r->v->rule.wait = seconds * NS_PER_S;
    return wrong;
}

static const char *read_order(struct reading *r)
{
    static const struct str words[] = {STR_INIT("parallel"), STR_INIT("sequential"),
                                       STR_INIT("by_q")};

    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal(r->value, words[i])) {
            r->v->rule.order = i;
            return NULL;
        }
    return "expected parallel, sequential or by_q";
}

static const char *read_switch(struct reading *r, enum config_switch *out)
{
    bool on = str_equal(r->value, STR("true"));

    *out = on ? CONFIG_ON : CONFIG_OFF;
    return on || str_equal(r->value, STR("false")) ? NULL : "expected true or false";
}

static const char *read_record_route(struct reading *r)
{
    return read_switch(r, &r->v->rule.record_route);
}

static const char *read_mode(struct reading *r)
{
    static const struct str words[] = {[CONFIG_MODE_TRANSACTION] = STR_INIT("transaction"),
                                       [CONFIG_MODE_CALL] = STR_INIT("call"),
                                       [CONFIG_MODE_STATELESS] = STR_INIT("stateless")};

    for (unsigned i = CONFIG_MODE_TRANSACTION; i <= CONFIG_MODE_STATELESS; i++)
        if (str_equal(r->value, words[i])) {
            r->v->rule.mode = (enum config_mode)i;
            return NULL;
        }
    return "expected transaction, call or stateless";
}

static const char *read_join(struct reading *r)
{
    return read_switch(r, &r->v->rule.join);
}

static const char *read_user(struct reading *r, struct str *out)
{
    *out = r->value;
    return r->value.len > 64 ? "it is too long" : rule_user(r->value);
}

static const char *read_prefix(struct reading *r)
{
    return read_user(r, &r->v->rule.prefix);
}

static const char *read_set_user(struct reading *r)
{
    return read_user(r, &r->v->rule.set_user);
}

static const char *read_set_domain(struct reading *r)
{
    char text[300];
    struct buf b;
    struct uri uri;
    struct msg_error err;

    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "sip:");
    buf_put(&b, r->value);
    r->v->rule.set_domain = r->value;
    return !b.over && uri_parse(buf_str(&b), &uri, &err) && str_equal(uri.host, r->value)
               ? NULL
               : "expected a name or an address";
}

/* --- headers and tags --- */

static const char *put_line(struct reading *r, char sign)
{
    struct buf *lines = &r->d->said;

    buf_put_char(lines, sign);
    buf_put(lines, r->value);
    buf_put_char(lines, '\n');
    return lines->over ? "it gives back too much" : NULL;
}

static const char *read_line(struct reading *r, char sign)
{
    struct str name;
    const char *wrong = rule_header_line(r->value, &name);

    return wrong ? wrong : put_line(r, sign);
}

static const char *read_add_header(struct reading *r)
{
    return read_line(r, SAID_ADD);
}

static const char *read_set_header(struct reading *r)
{
    return read_line(r, SAID_SET);
}

static const char *read_remove_header(struct reading *r)
{
    const char *wrong = rule_header_removable(r->value);

    return wrong ? wrong : put_line(r, SAID_REMOVE);
}

static const char *read_tag(struct reading *r)
{
    struct verdict *v = r->v;

    if (r->value.len == 0 || r->value.len > SEEN_TAG_MAX)
        return "a tag has from 1 to 32 characters";
    if (v->n_tags == LIMIT_ROUTE_TAGS)
        return "too many tags";
    v->tags[v->n_tags++] = r->value;
    return NULL;
}

static const struct {
    struct str key;
    read_word *by;
} words[] = {
    {STR_INIT("reply"), read_reply},
    {STR_INIT("serve"), read_serve},
    {STR_INIT("forward"), read_forward},
    {STR_INIT("redirect"), read_redirect},
    {STR_INIT("redirect_status"), read_redirect_status},
    {STR_INIT("order"), read_order},
    {STR_INIT("ring_time"), read_ring_time},
    {STR_INIT("strip"), read_strip},
    {STR_INIT("prefix"), read_prefix},
    {STR_INIT("set_user"), read_set_user},
    {STR_INIT("set_domain"), read_set_domain},
    {STR_INIT("remove_header"), read_remove_header},
    {STR_INIT("add_header"), read_add_header},
    {STR_INIT("set_header"), read_set_header},
    {STR_INIT("record_route"), read_record_route},
    {STR_INIT("mode"), read_mode},
    {STR_INIT("join"), read_join},
    {STR_INIT("wait"), read_wait},
    {STR_INIT("tag"), read_tag},
};

static const char *read_any(struct reading *r, struct str key)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal(words[i].key, key))
            return words[i].by(r);
    return "no such word: expected one of a rule's, such as reply, forward or add_header";
}

bool verdict_read(struct verdict *v, const struct routes *routes, const struct hook_answer *a,
                  struct route_decision *d, struct buf *why)
{
    const size_t kept = d->kept.len, said = d->said.len;
    struct reading r = {.routes = routes, .v = v, .d = d};

    *v = (struct verdict){.rule = {.redirect_status = 302, .order = 1}};
    v->rule.targets.list = d->said_targets;
    for (unsigned i = 0; i < a->n; i++) {
        r.value = a->words[i].value;
        const char *wrong = read_any(&r, a->words[i].key);
        if (!wrong)
            continue;
        buf_put(why, str_slice(a->words[i].key, 0, 32));
        buf_put_lit(why, ": \"");
        buf_put(why, str_slice(r.value, 0, 40));
        buf_put_lit(why, "\": ");
        buf_put(why, str_from(wrong));
        d->kept.len = kept;
        d->said.len = said;
        d->kept.over = d->said.over = false;
        return false;
    }
    return true;
}
