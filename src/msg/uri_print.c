/* Writes the canonical address-of-record of a URI (RFC 3261 10.3 step 5). Knows no user and no
 * domain. */
#include "msg/uri.h"
#include "msg/uri_text.h"

static void put_escaped(struct buf *b, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_put_char(b, '%');
    buf_put_char(b, digits[c >> 4]);
    buf_put_char(b, digits[c & 15]);
}

/* One spelling for each user: what may stand unescaped does. */
static void put_user(struct buf *b, struct str user)
{
    for (struct cursor c = cursor_of(user); !cursor_done(&c);) {
        char ch = (char)(uri_next_char(&c) & 0xff);
        if (lex_is(ch, LEX_USER))
            buf_put_char(b, ch);
        else
            put_escaped(b, (unsigned char)ch);
    }
}

/* RFC 5952: one spelling for each IPv6 address. */
static void put_host(struct buf *b, const struct uri *u)
{
    struct addr a;
    if (u->host.at[0] == '[' && uri_host_addr(u, &a))
        addr_print_host(b, &a);
    else
        buf_put_lower(b, u->host);
}

static void print_sip(struct buf *b, const struct uri *u)
{
    buf_put_lit(b, "sip:");
    if (u->user.at) {
        put_user(b, u->user);
        buf_put_char(b, '@');
    }
    put_host(b, u);
    /* written as sip:, 5060 must go as well, lest reading it again change it */
    bool is_default = u->port == 5060 || (u->port == 5061 && u->scheme == URI_SIPS);
    if (u->port != 0 && !is_default) {
        buf_put_char(b, ':');
        buf_put_u64(b, u->port);
    }
}

static void print_tel(struct buf *b, const struct uri *u)
{
    buf_put_lit(b, "tel:");
    for (size_t i = 0; i < u->user.len; i++)
        if (!memchr("-.()", u->user.at[i], 4))
            buf_put_char(b, lex_lower(u->user.at[i]));
    /* RFC 3966 5.1.5: a local number is one only together with its context. */
    struct str context;
    if (u->user.at[0] == '+' || !uri_param(u, STR("phone-context"), &context))
        return;
    buf_put_lit(b, ";phone-context=");
    buf_put_lower(b, context);
}

void uri_print_aor(struct buf *b, const struct uri *u)
{
    switch (u->scheme) {
    case URI_SIP:
    case URI_SIPS:
        print_sip(b, u);
        break;
    case URI_TEL:
        print_tel(b, u);
        break;
    case URI_NONE:
    case URI_OTHER:
        buf_put(b, u->text);
        break;
    }
}
