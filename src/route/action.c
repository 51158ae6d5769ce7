/* Reads the texts of what a rule does; does nothing. */
#include "route/rule.h"

const char *rule_reply(struct str text, unsigned *status, struct str *reason)
{
    uint64_t n;

    if (!str_to_u64(str_slice(text, 0, 3), 699, &n) || n < 300 ||
        (text.len > 3 && text.at[3] != ' '))
        return "expected a status from 300 to 699 and, if you like, a reason, such as 403 Not from "
               "here";
    *status = (unsigned)n;
    *reason = str_trim(str_slice(text, 3, text.len));
    return NULL;
}

/* What makes a message the one that it is, and what the proxy itself writes, is not changed. */
static bool is_structure(enum hdr_id id)
{
    static const enum hdr_id ids[] = {
        HDR_VIA,
        HDR_FROM,
        HDR_TO,
        HDR_CALL_ID,
        HDR_CSEQ,
        HDR_MAX_FORWARDS,
        HDR_MAX_BREADTH,
        HDR_ROUTE,
        HDR_RECORD_ROUTE,
        HDR_CONTACT,
        HDR_CONTENT_LENGTH,
        HDR_PROXY_REQUIRE,
        HDR_PROXY_AUTHORIZATION,
    };

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* The names to be left out, or set. */
const char *rule_header_line(struct str text, struct str *name)
{
    size_t colon = str_find(text, ':');

    *name = str_trim(str_slice(text, 0, colon));
    if (colon == text.len)
        return "expected a header line, such as \"X-Trunk: north\"";
    if (is_structure(hdr_id_of(*name)))
        return "this header is the server's own matter: it cannot be changed by a rule";
    return rule_header_name(*name);
}

const char *rule_header_removable(struct str name)
{
    char line[LIMIT_CONFIG_TEXT + 1];
    struct buf b;

    buf_init(&b, line, sizeof line);
    buf_put(&b, name);
    buf_put_char(&b, ':');
    return b.over ? "it is too long" : rule_header_line(buf_str(&b), &name);
}

/* RFC 3261 25.1: unreserved, user-unreserved */
static bool is_user_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           memchr("-_.!~*'()&=+$,;?/", c, 17);
}

const char *rule_user(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_user_char(text.at[i]))
            return "expected the characters of a user: letters, digits and - _ . ! ~ * ' ( ) & = + "
                   "$ , ; ? /";
    return NULL;
}

const char *rule_set(struct str name, const struct config_set_list *sets, unsigned *set)
{
    for (*set = 0; *set < sets->n; ++*set)
        if (str_equal(sets->list[*set].name, name))
            return NULL;
    return "there is no set of this name: write one under sets";
}

const char *rule_target(struct str text, const struct config_set_list *sets, bool redirects,
                        struct route_target *t)
{
    struct uri uri;
    struct msg_error err;

    *t = (struct route_target){.kind = ROUTE_TO_URI, .uri = text};
    if (redirects && str_equal(text, STR("location"))) {
        t->kind = ROUTE_TO_LOCATION;
        return NULL;
    }
    if (str_starts(text, STR("set:"))) {
        t->kind = ROUTE_TO_SET;
        return rule_set(str_slice(text, 4, text.len), sets, &t->set);
    }
    if (!uri_parse(text, &uri, &err) || (uri.scheme != URI_SIP && uri.scheme != URI_SIPS) ||
        uri.headers.len > 0 || uri.password.at)
        return "expected a sip or sips URI, or set:NAME, such as sip:192.0.2.10:5060";
    t->has_user = uri.user.at && uri.user.len > 0;
    return NULL;
}
