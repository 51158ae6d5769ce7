/* Owns what of History-Info leaves for outside where it shall not be known (RFC 7044 10.1.2): our
 * own domain's entries become anonymous ones. Adds no entry. */
#include "proxy/forward.h"
#include "proxy/legs.h"

#define ANONYMOUS "<sip:anonymous@anonymous.invalid>"

static bool has_word(struct msg *m, struct str word)
{
    for (const struct token *t = NULL; (t = msg_token_next(m, HDR_PRIVACY, t));)
        if (str_equal_nocase(t->name, word))
            return true;
    return false;
}

bool history_is_private(struct msg *m)
{
    return has_word(m, STR("history")) || has_word(m, STR("header"));
}

/* Its own Privacy, among the URI's headers. */
static bool is_private_itself(const struct uri *u)
{
    for (size_t i = 0; i < u->headers.len; i++)
        if (str_starts_nocase(str_slice(u->headers, i + 1, u->headers.len), STR("privacy=history")))
            return true;
    return false;
}

/* One entry: its URI, and what stands behind the '>'. */
static void put_entry(const struct proxy *p, struct buf *b, struct str uri_text, struct str rest,
                      bool all)
{
    struct uri uri;
    struct msg_error err;
    bool own = uri_parse(uri_text, &uri, &err) && uri_is_local(p, &uri);
    buf_put_lit(b, "History-Info: ");
    if (own && (all || is_private_itself(&uri))) {
        buf_put_lit(b, ANONYMOUS);
    } else {
        buf_put_char(b, '<');
        /* RFC 7044 10.1.2: the wish itself does not leave. */
        buf_put(b, own && is_private_itself(&uri) ? str_slice(uri_text, 0, str_find(uri_text, '?'))
                                                  : uri_text);
        buf_put_char(b, '>');
    }
    buf_put(b, rest);
    buf_put_lit(b, "\r\n");
}

void history_put_lines(const struct proxy *p, struct buf *b, struct str lines)
{
    while (lines.len > 0) {
        size_t end = str_find(lines, '\n');
        struct str line = str_trim(str_slice(lines, 0, end));
        size_t open = str_find(line, '<'), close = str_find(line, '>');
        put_entry(p, b, str_slice(line, open + 1, close - open - 1),
                  str_slice(line, close + 1, line.len), true);
        lines = str_slice(lines, end + 1, lines.len);
    }
}

/* Does any entry have to change? */
static bool is_touched(const struct proxy *p, struct msg *m, bool all)
{
    for (const struct nameaddr *v = NULL; (v = msg_nameaddr_next(m, HDR_HISTORY_INFO, v));)
        if (uri_is_local(p, &v->uri) && (all || is_private_itself(&v->uri)))
            return true;
    return false;
}

/* In place of the first of their lines all entries, one a line. */
static void edit_entries(const struct proxy *p, struct forward *f, struct msg *m, bool all)
{
    struct hdr *first = msg_header(m, HDR_HISTORY_INFO);
    size_t from = f->text.len;
    for (const struct nameaddr *v = NULL; (v = msg_nameaddr_next(m, HDR_HISTORY_INFO, v));)
        put_entry(p, &f->text, v->uri_text, v->params.text, all);
    edits_add(&f->edits, first->at, first->end,
              str_slice(buf_str(&f->text), from, f->text.len - from));
    for (struct hdr *h = msg_header_next(m, first); h; h = msg_header_next(m, h))
        edits_remove_header(&f->edits, h);
}

/* RFC 7044 10.1.2: what is done needs no longer be asked for. */
static void edit_privacy(struct forward *f, struct msg *m)
{
    const struct hdr *h = msg_header(m, HDR_PRIVACY);
    size_t from = f->text.len;
    bool any = false;
    for (const struct token *t = NULL; (t = msg_token_next(m, HDR_PRIVACY, t));) {
        if (str_equal_nocase(t->name, STR("history")))
            continue;
        buf_put(&f->text, any ? STR(";") : STR("Privacy: "));
        buf_put(&f->text, t->name);
        any = true;
    }
    buf_put(&f->text, any ? STR("\r\n") : STR(""));
    edits_add(&f->edits, h->at, h->end, str_slice(buf_str(&f->text), from, f->text.len - from));
}

void history_forward(const struct proxy *p, struct forward *f, struct msg *m)
{
    if (!msg_header(m, HDR_HISTORY_INFO) && !msg_header(m, HDR_PRIVACY))
        return;
    bool all = history_is_private(m);
    if (is_touched(p, m, all))
        edit_entries(p, f, m, all);
    if (has_word(m, STR("history")))
        edit_privacy(f, m);
}
