/* Looks for calls. Each condition is one function of a call. */
#include "trace/filter.h"

#include "msg/uri.h"

static struct str user_of(struct str uri)
{
    struct uri u;
    struct msg_error error;
    return uri_parse(uri, &u, &error) ? u.user : STR_NONE;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* From the last one to the first, as people who remember the end of a number look for it. */
static bool ends_in_digits(struct str user, struct str digits)
{
    size_t u = user.len, d = digits.len, matched = 0;
    while (d > 0) {
        if (!is_digit(digits.at[d - 1])) {
            d--;
            continue;
        }
        while (u > 0 && !is_digit(user.at[u - 1]))
            u--;
        if (u == 0 || user.at[u - 1] != digits.at[d - 1])
            return false;
        u--;
        d--;
        matched++;
    }
    return matched > 0;
}

static bool user_fits(const struct trace_filter *f, struct str uri)
{
    struct str user = user_of(uri);
    return (f->user.len == 0 || str_equal_nocase(user, f->user)) &&
           (f->number.len == 0 || ends_in_digits(user, f->number));
}

static bool has_user(const struct trace_filter *f, const struct trace_call *c)
{
    if ((f->user.len == 0 && f->number.len == 0) || user_fits(f, c->from_uri) ||
        user_fits(f, c->to_uri))
        return true;
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        if (i->kind == TRACE_MESSAGE && i->status == 0 && user_fits(f, i->uri))
            return true;
    return false;
}

static bool address_fits(const struct addr *wanted, const struct addr *a)
{
    return wanted->port ? addr_equal(wanted, a) : addr_equal_ip(wanted, a);
}

static bool has_address(const struct trace_filter *f, const struct trace_call *c)
{
    if (f->address.family == ADDR_NONE)
        return true;
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        if (address_fits(&f->address, &i->from) || address_fits(&f->address, &i->to))
            return true;
    return false;
}

static bool contains(struct str s, struct str part)
{
    for (size_t at = 0; at + part.len <= s.len; at++)
        if (str_starts_nocase(str_slice(s, at, part.len), part))
            return true;
    return false;
}

static bool has_text(const struct trace_filter *f, const struct trace_call *c)
{
    if (f->text.len == 0)
        return true;
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        if (contains(i->text, f->text))
            return true;
    return false;
}

static bool has_code(const struct trace_filter *f, const struct trace_call *c)
{
    if (f->code_least == 0 && f->code_most == 0)
        return true;
    struct trace_end end = trace_call_end(c);
    return end.answer && end.answer->status >= f->code_least && end.answer->status <= f->code_most;
}

bool trace_filter_is_set(const struct trace_filter *f)
{
    return f->user.len > 0 || f->number.len > 0 || f->method.len > 0 || f->text.len > 0 ||
           f->address.family != ADDR_NONE || f->code_most > 0 || f->since || f->until;
}

bool trace_filter_fits(const struct trace_filter *f, const struct trace_call *c)
{
    return c->last_at >= f->since && (f->until == 0 || c->at <= f->until) &&
           (f->method.len == 0 || str_equal_nocase(f->method, c->method_name)) && has_user(f, c) &&
           has_address(f, c) && has_code(f, c) && has_text(f, c);
}

bool trace_filter_read_codes(struct trace_filter *f, struct str s)
{
    size_t dash = str_find(s, '-');
    uint64_t least, most;

    if (s.len == 3 && str_equal_nocase(str_slice(s, 1, 2), STR("xx"))) {
        if (s.at[0] < '1' || s.at[0] > '6')
            return false;
        f->code_least = (unsigned)(s.at[0] - '0') * 100;
        f->code_most = f->code_least + 99;
        return true;
    }
    if (!str_to_u64(str_slice(s, 0, dash), 699, &least))
        return false;
    most = least;
    if (dash < s.len && !str_to_u64(str_slice(s, dash + 1, s.len), 699, &most))
        return false;
    if (least < 100 || least > most)
        return false;
    f->code_least = (unsigned)least;
    f->code_most = (unsigned)most;
    return true;
}
