/* Methods, extensions and bodies that we understand; requests that ask for others are refused, and
 * OPTIONS are told (RFC 3261 8.2, 11). */
#include "ua/capabilities.h"

static const struct str extensions[] = {
    STR_INIT("100rel"),     STR_INIT("timer"),   STR_INIT("replaces"),    STR_INIT("join"),
    STR_INIT("norefersub"), STR_INIT("tdialog"), STR_INIT("precondition")};

struct str ua_capabilities(void)
{
    return STR(UA_ALLOW UA_ACCEPT UA_SUPPORTED UA_EVENTS);
}

static bool is_allowed(unsigned method)
{
    switch (method) {
    case METHOD_INVITE:
    case METHOD_ACK:
    case METHOD_BYE:
    case METHOD_CANCEL:
    case METHOD_OPTIONS:
    case METHOD_PRACK:
    case METHOD_UPDATE:
    case METHOD_INFO:
    case METHOD_MESSAGE:
    case METHOD_REFER:
    case METHOD_NOTIFY:
    case METHOD_SUBSCRIBE:
        return true;
    default:
        return false;
    }
}

static bool is_supported(struct str tag)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (str_equal_nocase(extensions[i], tag))
            return true;
    return false;
}

/* RFC 3261 8.2.2.3 */
static void put_unsupported(struct buf *b, struct msg *m)
{
    bool any = false;
    for (const struct token *t = NULL; (t = msg_token_next(m, HDR_REQUIRE, t)) != NULL;) {
        if (is_supported(t->name))
            continue;
        buf_put(b, any ? STR(", ") : STR("Unsupported: "));
        buf_put(b, t->name);
        any = true;
    }
    if (any)
        buf_put_lit(b, "\r\n");
}

static unsigned verdict(const struct engine_event *ev, struct buf *headers)
{
    struct msg *m = ev->msg;
    const struct uri *uri = msg_uri(m);
    buf_put_lit(headers, UA_ALLOW);
    if (m->method == METHOD_OTHER)
        return 501;
    if (!is_allowed(m->method))
        return 405;
    headers->len = 0;
    if (!uri || uri->scheme == URI_OTHER)
        return 416;
    if (ev->merged)
        return 482;
    put_unsupported(headers, m);
    return headers->len > 0 ? 420 : 0;
}

bool capabilities_refuse(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf headers;
    buf_init(&headers, space, sizeof space);
    const struct reply reply = {.status = verdict(ev, &headers), .headers = buf_str(&headers)};
    if (reply.status == 0)
        return false;
    (void)engine_reply(ua->engine, ev->tx, &reply, now);
    return true;
}

void capabilities_answer(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct reply reply = {.status = 200, .headers = ua_capabilities()};
    if (ua->described) {
        reply.headers = STR(UA_ALLOW UA_ACCEPT UA_SUPPORTED "Content-Type: application/sdp\r\n");
        reply.body = block_str(ua->described);
    }
    (void)engine_reply(ua->engine, ev->tx, &reply, now);
}
