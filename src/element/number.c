/* Owns which user of ours a telephone number is (RFC 3966): one whose name is the number. Knows no
 * user. */
#include "element/parts.h"

/* RFC 3966 5.1.1 */
static bool is_separator(char c)
{
    return c == '-' || c == '.' || c == '(' || c == ')';
}

static bool strip(struct str number, char space[NUMBER_MAX], struct str *out)
{
    struct buf b;
    buf_init(&b, space, NUMBER_MAX);
    for (size_t i = 0; i < number.len; i++)
        if (!is_separator(number.at[i]))
            buf_put_char(&b, number.at[i]);
    *out = buf_str(&b);
    return !b.over && b.len > 0;
}

/* RFC 3966 5.1.5: a local number is of the domain that its context names, a global one, which is
 * the same everywhere, of our first. */
static bool domain_of(const struct element *e, const struct uri *tel, struct uri *aor)
{
    struct uri named = {.scheme = URI_SIP};
    if (tel->user.at[0] == '+')
        return true;
    if (!uri_param(tel, STR("phone-context"), &named.host) || !home_has(e, &named, &named))
        return false;
    aor->host = named.host;
    return true;
}

bool number_user(const struct element *e, const struct uri *tel, char space[NUMBER_MAX],
                 struct uri *aor)
{
    *aor =
        (struct uri){.scheme = URI_SIP,
                     .host = e->home.n ? e->home.domains[0] : engine_listener(e->engine, 0)->host};
    return tel->user.len > 0 && domain_of(e, tel, aor) && strip(tel->user, space, &aor->user);
}

/* RFC 3261 19.1.6: a telephone number that a sip URI bears is written in as many ways. */
void number_plain(const struct uri *sip, char space[NUMBER_MAX], struct uri *aor)
{
    struct str user, kind;
    if (uri_param(sip, STR("user"), &kind) && str_equal_nocase(kind, STR("phone")) &&
        aor->user.len > 0 && strip(aor->user, space, &user))
        aor->user = user;
}
