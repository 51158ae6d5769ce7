/* Reads the texts of conditions; matches nothing. */
#include "route/rule.h"

/* RFC 3261 25.1: token */
static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!letter && str_find(STR("-.!%*_+`'~"), c) == 10)
            return false;
    }
    return s.len > 0;
}

const char *rule_header_name(struct str name)
{
    return is_token(name) ? NULL : "expected a header's name, such as Subject";
}

static struct str from(struct str s, size_t at)
{
    return str_trim(str_slice(s, at, s.len));
}

const char *rule_header_condition(struct str text, struct header_condition *h)
{
    size_t colon = str_find(text, ':'), about = str_find(text, '~');

    *h = (struct header_condition){.name = str_trim(text)};
    if (text.len > 0 && text.at[0] == '!') {
        h->test = HEADER_ABSENT;
        h->name = from(text, 1);
    } else if (about < text.len && about < colon) {
        h->test = HEADER_CONTAINS;
        h->name = str_trim(str_slice(text, 0, about));
        h->text = from(text, about + 1);
    } else if (colon < text.len) {
        h->test = HEADER_EQUALS;
        h->name = str_trim(str_slice(text, 0, colon));
        h->text = from(text, colon + 1);
    }
    if (is_token(h->name) && (h->test != HEADER_CONTAINS || h->text.len > 0))
        return NULL;
    return "expected Name, !Name, \"Name: text\" or \"Name ~ text\"";
}

/* --- time --- */

static bool read_minute(struct str s, unsigned *minute)
{
    size_t colon = str_find(s, ':');
    uint64_t h, m;

    if (!str_to_u64(str_slice(s, 0, colon), 24, &h) ||
        !str_to_u64(str_slice(s, colon + 1, s.len), 59, &m) || s.len - colon != 3 ||
        (h == 24 && m > 0))
        return false;
    *minute = (unsigned)(h * 60 + m);
    return true;
}

const char *rule_span(struct str text, struct span *s)
{
    size_t dash = str_find(text, '-');

    if (dash < text.len && read_minute(str_trim(str_slice(text, 0, dash)), &s->from) &&
        read_minute(from(text, dash + 1), &s->to) && s->from != s->to && s->from < 24 * 60)
        return NULL;
    return "expected a span of the day from 00:00 to 24:00, such as 08:30-17:00";
}

static bool read_day(struct str s, unsigned *day)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (*day = 0; *day < 7; ++*day)
        if (str_equal_nocase(s, str_from(days[*day])))
            return true;
    return false;
}

const char *rule_days(struct str text, unsigned *days)
{
    size_t dash = str_find(text, '-');
    unsigned first, last;

    if (!read_day(str_trim(str_slice(text, 0, dash)), &first))
        return "expected a day or a span of days, such as sat or mon-fri";
    last = first;
    if (dash < text.len && !read_day(from(text, dash + 1), &last))
        return "expected a day or a span of days, such as sat or mon-fri";
    for (unsigned day = first;; day = (day + 1) % 7) {
        *days |= 1u << day;
        if (day == last)
            return NULL;
    }
}

/* --- addresses and names --- */

const char *rule_listener_condition(struct str text, struct listener_condition *l)
{
    uint64_t port;

    *l = (struct listener_condition){.any_address = str_to_u64(text, 65535, &port)};
    if (l->any_address)
        l->addr.port = (uint16_t)port;
    else if (!addr_parse(text, &l->addr))
        l->addr.port = 0;
    return l->addr.port > 0 ? NULL : "expected ADDRESS:PORT or a port";
}

const char *rule_caller(struct str text, struct caller_condition *c)
{
    size_t at = str_find(text, '@');

    *c = (struct caller_condition){.host = text};
    if (at < text.len) {
        c->user = str_slice(text, 0, at);
        c->host = str_slice(text, at + 1, text.len);
    }
    if (c->host.len > 0 && (!c->user.at || c->user.len > 0) &&
        str_find(c->host, '@') == c->host.len && str_find(text, ':') == text.len)
        return NULL;
    return "expected user@domain or a domain, without sip:";
}
