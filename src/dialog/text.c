/* One allocation for all texts of a dialog; knows where they go, not what they mean. */
#include <assert.h>

#include "text.h"

void dialog_text_init(struct dialog_text *t)
{
    memset(t, 0, offsetof(struct dialog_text, bytes));
    buf_init(&t->buf, t->bytes, sizeof(t->bytes));
}

static struct str since(const struct dialog_text *t, size_t start)
{
    return (struct str){t->bytes + start, t->buf.len - start};
}

struct str dialog_text_keep(struct dialog_text *t, struct str s)
{
    size_t start = t->buf.len;
    buf_put(&t->buf, s);
    return since(t, start);
}

static struct str keep_bracketed(struct dialog_text *t, struct str display, struct str uri)
{
    size_t start = t->buf.len;
    if (display.len > 0) {
        buf_put(&t->buf, display);
        buf_put_char(&t->buf, ' ');
    }
    buf_put_char(&t->buf, '<');
    buf_put(&t->buf, uri);
    buf_put_char(&t->buf, '>');
    return since(t, start);
}

struct str dialog_text_keep_nameaddr(struct dialog_text *t, const struct nameaddr *n)
{
    return keep_bracketed(t, n->display, n->uri_text);
}

struct str dialog_text_keep_address(struct dialog_text *t, struct str s)
{
    if (str_find(s, '<') < s.len)
        return dialog_text_keep(t, s);
    return keep_bracketed(t, STR_NONE, s);
}

static struct str rebased(struct str s, const char *from, const char *to)
{
    return s.len ? (struct str){to + (s.at - from), s.len} : STR_NONE;
}

static void adopt(struct dialog *d, const struct dialog_text *t)
{
    const char *from = t->bytes, *to = d->text;
    d->id.call_id = rebased(t->id.call_id, from, to);
    d->id.local_tag = rebased(t->id.local_tag, from, to);
    d->id.remote_tag = rebased(t->id.remote_tag, from, to);
    d->local = rebased(t->local, from, to);
    d->remote = rebased(t->remote, from, to);
    d->remote_target = rebased(t->remote_target, from, to);
    d->contact = rebased(t->contact, from, to);
    d->routes = rebased(t->routes, from, to);
}

int dialog_text_commit(struct dialog_text *t, struct dialog *d)
{
    if (t->buf.over)
        return ERR_LIMIT;
    assert(t->buf.len > 0);
    char *text = mem_alloc(d->mem, t->buf.len);
    if (!text)
        return ERR_NOMEM;
    memcpy(text, t->bytes, t->buf.len);
    if (d->text)
        mem_free(d->mem, d->text, d->text_len);
    d->text = text;
    d->text_len = t->buf.len;
    adopt(d, t);
    return OK;
}

int dialog_text_replace(struct dialog *d, struct str remote_target, struct str routes)
{
    if (str_equal(d->remote_target, remote_target) && str_equal(d->routes, routes))
        return OK;
    struct dialog_text t;
    dialog_text_init(&t);
    t.id.call_id = dialog_text_keep(&t, d->id.call_id);
    t.id.local_tag = dialog_text_keep(&t, d->id.local_tag);
    t.id.remote_tag = dialog_text_keep(&t, d->id.remote_tag);
    t.local = dialog_text_keep(&t, d->local);
    t.remote = dialog_text_keep(&t, d->remote);
    t.contact = dialog_text_keep(&t, d->contact);
    t.remote_target = dialog_text_keep(&t, remote_target);
    t.routes = dialog_text_keep(&t, routes);
    return dialog_text_commit(&t, d);
}
