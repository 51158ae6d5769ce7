/* Reads the name of an account and makes its record; knows no store. */
#include "tools/user_name.h"

#include "msg/uri.h"

static bool take_uri(struct user_name *n, const struct uri *uri)
{
    if ((uri->scheme != URI_SIP && uri->scheme != URI_SIPS) || uri->user.len == 0 || uri->port ||
        uri->params.len > 0 || uri->headers.len > 0)
        return false;
    uri_unescape(&n->user, uri->user);
    buf_put_lower(&n->realm, uri->host);
    account_key(&n->key, buf_str(&n->user), buf_str(&n->realm));
    return !n->user.over && !n->realm.over && !n->key.over;
}

bool user_name_read(struct user_name *n, struct str aor)
{
    char text[2 * LIMIT_AOR_BYTES];
    struct msg_error error;
    struct uri uri;
    struct buf b;

    buf_init(&b, text, sizeof(text));
    buf_init(&n->user, n->user_text, sizeof(n->user_text));
    buf_init(&n->realm, n->realm_text, sizeof(n->realm_text));
    buf_init(&n->key, n->key_text, sizeof(n->key_text));
    if (str_find(aor, ':') > str_find(aor, '@'))
        buf_put_lit(&b, "sip:");
    buf_put(&b, aor);
    return !b.over && uri_parse(buf_str(&b), &uri, &error) && take_uri(n, &uri);
}

bool user_name_record(const struct user_name *n, struct digester *d, struct str password,
                      struct buf *record)
{
    struct account a;
    bool made = account_make(&a, d, buf_str(&n->user), buf_str(&n->realm), password) == OK;

    if (made)
        account_write(record, &a);
    account_wipe(&a);
    return made && !record->over;
}
