/* Owns what the server answers to requests for itself (RFC 3261 8.2, 11). Knows no user. */
#include "element/parts.h"

#define ALLOW "Allow: OPTIONS, REGISTER\r\n"

/* RFC 3261 8.2.2.3: does Require name something that we do not have? "Unsupported: …" says what, as
 * far as it fits. */
static bool is_unsupported(struct msg *m, struct buf *line)
{
    bool any = false;
    for (const struct token *t = msg_token_next(m, HDR_REQUIRE, NULL); t;
         t = msg_token_next(m, HDR_REQUIRE, t)) {
        if (str_equal_nocase(t->name, STR("path")))
            continue;
        any = true;
        if (line->cap - line->len < t->name.len + sizeof "Unsupported: \r\n")
            continue;
        buf_put(line, line->len > 0 ? STR(", ") : STR("Unsupported: "));
        buf_put(line, t->name);
    }
    if (line->len > 0)
        buf_put_lit(line, "\r\n");
    return any;
}

/* RFC 3261 11.2 */
static void self_options(struct element *e, const struct engine_event *ev, struct str info,
                         time_ns now)
{
    char space[256 + AUTH_INFO_BYTES];
    struct buf lines;
    buf_init(&lines, space, sizeof space);
    if (is_unsupported(ev->msg, &lines)) {
        answer(e, ev, 420, STR_NONE, buf_str(&lines), now);
        return;
    }
    buf_put_lit(&lines, ALLOW "Accept: application/sdp\r\n"
                              "Accept-Encoding: identity\r\n"
                              "Accept-Language: en\r\n"
                              "Supported: path\r\n");
    buf_put(&lines, info);
    answer_once(e, ev, 200, STR_NONE, buf_str(&lines), now); /* it changes nothing */
}

static void self_register(struct element *e, const struct engine_event *ev, struct str info,
                          time_ns now)
{
    struct uri aor;
    const struct nameaddr *to = msg_to(ev->msg);
    bool ours = to && home_has(e, &to->uri, &aor);
    if (registrar_request(e->registrar, ev, ours ? &aor : NULL, info, now) == ERR_NOMEM)
        answer(e, ev, 503, STR("No memory"), STR_NONE, now);
}

void self_request(struct element *e, const struct engine_event *ev, struct str info, time_ns now)
{
    if (ev->msg->method == METHOD_REGISTER)
        self_register(e, ev, info, now);
    else if (ev->msg->method != METHOD_OPTIONS)
        answer(e, ev, 405, STR_NONE, STR(ALLOW), now);
    else if (ev->merged) /* RFC 3261 8.2.2.2 */
        answer(e, ev, 482, STR_NONE, STR_NONE, now);
    else
        self_options(e, ev, info, now);
}
