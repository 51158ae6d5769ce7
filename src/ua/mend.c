/* Mends what a request of ours asks too much of. */
#include "ua/mend.h"

/* --- 416 --- */
/* RFC 3261 19.1.6 */
bool mend_target(const struct ua_identity *who, struct str target, struct buf *b)
{
    struct uri uri;
    struct msg_error err;
    if (!uri_parse(target, &uri, &err) || uri.scheme != URI_TEL)
        return false;
    buf_put_lit(b, "sip:");
    buf_put(b, uri.user);
    buf_put(b, uri.params);
    buf_put_char(b, '@');
    buf_put(b, who->uri.host);
    if (who->uri.port) {
        buf_put_char(b, ':');
        buf_put_u64(b, who->uri.port);
    }
    buf_put_lit(b, ";user=phone");
    return !b->over && uri_parse(buf_str(b), &uri, &err);
}

/* --- 420 --- */
/* Without these a request means the same. Without 100rel, precondition, replaces or join it would
 * be another one, and what only the application knows is the application's to judge. */
static const struct str spare[] = {STR_INIT("timer"), STR_INIT("norefersub"), STR_INIT("tdialog")};

static bool is_spare(struct str option)
{
    for (size_t i = 0; i < sizeof spare / sizeof *spare; i++)
        if (str_equal_nocase(spare[i], option))
            return true;
    return false;
}

static struct str cut(struct str *text, struct str end)
{
    const char *at = text->len > 0 ? memmem(text->at, text->len, end.at, end.len) : NULL;
    size_t len = at ? (size_t)(at - text->at) : text->len;
    struct str piece = str_slice(*text, 0, len);
    *text = str_slice(*text, len + end.len, text->len);
    return piece;
}

/* The options that are left of a Require. False: one that is not was no spare one. */
static bool put_require(struct buf *b, struct str options, struct msg *response,
                        unsigned *n_left_out)
{
    unsigned n_kept = 0;
    while (options.len > 0) {
        struct str option = str_trim(cut(&options, STR(",")));
        if (!msg_has_token(response, HDR_UNSUPPORTED, option)) {
            buf_put(b, n_kept++ > 0 ? STR(", ") : STR("Require: "));
            buf_put(b, option);
        } else if (is_spare(option))
            ++*n_left_out;
        else
            return false;
    }
    if (n_kept > 0)
        buf_put_lit(b, "\r\n");
    return true;
}

bool mend_headers(struct str headers, struct msg *response, struct buf *b)
{
    unsigned n_left_out = 0;
    while (headers.len > 0) {
        struct str line = cut(&headers, STR("\r\n"));
        size_t colon = str_find(line, ':');
        if (!str_equal_nocase(str_trim(str_slice(line, 0, colon)), STR("Require"))) {
            buf_put(b, line);
            buf_put_lit(b, "\r\n");
        } else if (!put_require(b, str_slice(line, colon + 1, line.len), response, &n_left_out))
            return false;
    }
    return n_left_out > 0 && !b->over;
}
