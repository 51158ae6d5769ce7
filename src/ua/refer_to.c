/* Reads and writes Refer-To. */
#include "ua/refer_to.h"

#include "base/limits.h"
#include "dialog/route_set.h"

#define VALUE_BYTES LIMIT_DIALOG_BYTES

/* What a Refer-To may say of the request; nothing of it may smuggle in a line. */
struct follow {
    struct str name;    /* as it stands in the URI */
    struct str require; /* line that goes with it; may be empty */
};
static const struct follow followed[] = {
    {STR_INIT("Replaces"), STR_INIT("Require: replaces\r\n")},
    {STR_INIT("Join"), STR_INIT("Require: join\r\n")},
    {STR_INIT("Subject"), {NULL, 0}},
};

static const struct follow *find(struct str name)
{
    for (size_t i = 0; i < sizeof followed / sizeof *followed; i++)
        if (str_equal_nocase(followed[i].name, name))
            return &followed[i];
    return NULL;
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
            return false;
    return s.len > 0;
}

static void put_value(struct buf *b, struct str escaped)
{
    char space[VALUE_BYTES];
    struct buf value;
    buf_init(&value, space, sizeof space);
    uri_unescape(&value, escaped);
    if (value.over || !is_plain(buf_str(&value)))
        b->over = true;
    buf_put(b, buf_str(&value));
}

void refer_to_put_lines(struct buf *b, const struct refer_to *to)
{
    struct str name, value;
    for (size_t at = 0; uri_header_next(&to->uri, &at, &name, &value);) {
        const struct follow *f = find(name);
        if (!f)
            continue;
        buf_put(b, f->name);
        buf_put_lit(b, ": ");
        put_value(b, value);
        buf_put_lit(b, "\r\n");
        buf_put(b, f->require);
    }
}

static bool has_replaces(const struct uri *uri)
{
    struct str name, value;
    for (size_t at = 0; uri_header_next(uri, &at, &name, &value);)
        if (str_equal_nocase(name, followed[0].name))
            return true;
    return false;
}

static bool wants_invite(const struct uri *uri)
{
    struct str method;
    return !uri_param(uri, STR("method"), &method) || str_equal(method, STR("INVITE"));
}

static unsigned check(const struct refer_to *to, struct str *reason)
{
    char space[VALUE_BYTES];
    struct buf b;
    if (to->uri.scheme == URI_OTHER) {
        *reason = STR("Refer-To Scheme Not Supported");
        return 416;
    }
    if (!wants_invite(&to->uri)) {
        *reason = STR("Only INVITE Can Be Referred To");
        return 501;
    }
    buf_init(&b, space, sizeof space);
    refer_to_put_lines(&b, to);
    if (b.over)
        *reason = STR("Bad Header In Refer-To");
    return b.over ? 400 : 0;
}

void refer_to_read(struct msg *m, struct refer_to *to)
{
    const struct hdr *line = msg_header(m, HDR_REFER_TO);
    const struct nameaddr *n = line ? msg_single(m, HDR_REFER_TO) : NULL;
    *to = (struct refer_to){0};
    if (!n || n->next || n->star || msg_header_next(m, line)) {
        to->status = 400;
        to->reason = STR("One Refer-To Is Needed");
        return;
    }
    to->uri = n->uri;
    to->replaces = has_replaces(&n->uri);
    to->status = check(to, &to->reason);
}

void refer_to_put_target(struct buf *b, const struct refer_to *to)
{
    route_print_request_uri(b, &to->uri);
}

/* RFC 3261 19.1.1: what is not plain in a header of a URI is escaped. */
static void put_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (alnum || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_put_char(b, c);
        } else {
            buf_put_char(b, '%');
            buf_put_hex(b, (unsigned char)c, 2);
        }
    }
}

void refer_to_put_replacing(struct buf *b, const struct dialog *d)
{
    struct uri uri;
    struct msg_error err;
    if (!uri_parse(d->remote_target, &uri, &err)) {
        b->over = true;
        return;
    }
    route_print_request_uri(b, &uri);
    buf_put_lit(b, "?Replaces=");
    put_escaped(b, d->id.call_id);
    buf_put_lit(b, "%3Bto-tag%3D");
    put_escaped(b, d->id.remote_tag);
    buf_put_lit(b, "%3Bfrom-tag%3D");
    put_escaped(b, d->id.local_tag);
}
