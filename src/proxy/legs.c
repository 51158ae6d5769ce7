/* Whom a request was retargeted to, and what its copies bear of it: History-Info (RFC 7044) and
 * Diversion (RFC 5806). Knows not who is to ring. */
#include "proxy/legs.h"

#define LEG_TEXT_MAX 4096

/* RFC 7044 10.3, RFC 3261 19.1.1: an entry has no headers but ours. */
static struct str bare(struct str uri)
{
    return str_slice(uri, 0, str_find(uri, '?'));
}

/* RFC 7044 10.2: why he was left stands in his entry, where a response said so. */
static void put_entry(struct buf *b, struct str uri, struct str index, unsigned cause)
{
    buf_put_lit(b, "History-Info: <");
    buf_put(b, bare(uri));
    if (cause) {
        buf_put_lit(b, "?Reason=SIP%3Bcause%3D");
        buf_put_u64(b, cause);
    }
    buf_put_lit(b, ">;index=");
    buf_put(b, index);
    buf_put_lit(b, "\r\n");
}

static struct str reason_of(unsigned cause)
{
    switch (cause) {
    case 0:
        return STR("unconditional");
    case 486:
        return STR("user-busy");
    case 408:
        return STR("no-answer");
    case 503:
        return STR("unavailable");
    default:
        return STR("deflection");
    }
}

/* RFC 5806 8.2 */
static void put_diversion(struct buf *b, struct str uri, unsigned cause)
{
    buf_put_lit(b, "Diversion: <");
    buf_put(b, bare(uri));
    buf_put_lit(b, ">;reason=");
    buf_put(b, reason_of(cause));
    buf_put_lit(b, ";counter=1\r\n");
}

static const struct nameaddr *last_entry(struct msg *m)
{
    const struct nameaddr *last = NULL;
    for (const struct nameaddr *v = NULL; (v = msg_nameaddr_next(m, HDR_HISTORY_INFO, v));)
        last = v;
    return last;
}

/* Of whom the request was for: his entry, where he has none yet (RFC 7044 9.3). */
static struct str first_entry(struct buf *b, struct buf *index, struct msg *m, unsigned cause)
{
    const struct nameaddr *last = last_entry(m);
    struct str value;
    if (last && params_get(last->params, STR("index"), &value)) {
        buf_put(index, value);
        if (str_equal(bare(last->uri_text), bare(m->uri_text)))
            return buf_str(index);
        buf_put_lit(index, ".1");
    } else {
        buf_put_lit(index, "1");
    }
    put_entry(b, m->uri_text, buf_str(index), cause);
    return buf_str(index);
}

struct leg_text {
    struct buf history, diversion, index;
    char space[3][LEG_TEXT_MAX];
};

static void write_text(struct leg_text *t, struct context *c, struct leg *from, struct msg *m,
                       unsigned cause)
{
    buf_init(&t->history, t->space[0], LEG_TEXT_MAX);
    buf_init(&t->diversion, t->space[1], LEG_TEXT_MAX);
    buf_init(&t->index, t->space[2], LEG_TEXT_MAX);
    put_diversion(&t->diversion, from ? from->uri : m->uri_text, cause);
    if (from) {
        buf_put(&t->history, from->history);
        put_entry(&t->history, from->uri, from->index, cause);
        buf_put(&t->index, from->index);
        buf_put(&t->diversion, from->diversion);
    } else {
        first_entry(&t->history, &t->index, m, cause);
    }
    buf_put_char(&t->index, '.');
    buf_put_u64(&t->index, from ? ++from->n_children : ++c->n_children);
}

static struct str keep(char **at, struct str s)
{
    struct str kept = {*at, s.len};
    memcpy(*at, s.at, s.len);
    *at += s.len;
    return kept;
}

struct leg *legs_new(struct proxy *p, struct context *c, struct leg *from, struct msg *m,
                     struct str uri, unsigned cause)
{
    struct leg_text t;
    write_text(&t, c, from, m, cause);
    if (t.history.over || t.diversion.over || t.index.over)
        return NULL;
    size_t size = sizeof(struct leg) + uri.len + t.history.len + t.diversion.len + t.index.len;
    struct block *block = block_new(engine_blocks(p->engine), size);
    if (!block)
        return NULL;
    struct leg *leg = (struct leg *)(void *)block->bytes;
    char *at = (char *)(leg + 1);
    *leg = (struct leg){.block = block, .next = c->legs, .depth = from ? from->depth + 1 : 1};
    leg->uri = keep(&at, uri);
    leg->history = keep(&at, buf_str(&t.history));
    leg->diversion = keep(&at, buf_str(&t.diversion));
    leg->index = keep(&at, buf_str(&t.index));
    c->legs = leg;
    c->n_legs++;
    return leg;
}

void legs_free(struct proxy *p, struct context *c)
{
    for (struct leg *leg = c->legs, *next; leg; leg = next) {
        next = leg->next;
        block_unref(engine_blocks(p->engine), leg->block);
    }
    c->legs = NULL;
}

bool legs_have(const struct context *c, struct msg *m, const struct uri *uri)
{
    const struct uri *first = msg_uri(m);
    struct msg_error err;
    struct uri other;
    if (first && uri_equal(first, uri))
        return true;
    for (const struct leg *leg = c->legs; leg; leg = leg->next)
        if (uri_parse(leg->uri, &other, &err) && uri_equal(&other, uri))
            return true;
    return false;
}

static uint32_t behind_history(const struct msg *m, uint32_t at)
{
    uint32_t end = at;
    for (const struct hdr *h = msg_header(m, HDR_HISTORY_INFO); h; h = msg_header_next(m, h))
        end = h->end;
    return end;
}

void leg_edit(const struct proxy *p, struct forward *f, struct msg *m, const struct leg *leg,
              uint32_t at, bool withheld)
{
    uint32_t end = behind_history(m, at);
    size_t from = f->text.len;
    size_t parent = leg->index.len;
    while (leg->index.at[--parent] != '.')
        ;
    if (withheld) {
        history_put_lines(p, &f->text, leg->history);
    } else {
        edits_add(&f->edits, at, at, leg->diversion);
        edits_add(&f->edits, end, end, leg->history);
    }
    buf_put_lit(&f->text, "History-Info: <");
    buf_put(&f->text, bare(leg->uri));
    buf_put_lit(&f->text, ">;index=");
    buf_put(&f->text, leg->index);
    buf_put_lit(&f->text, ";mp=");
    buf_put(&f->text, str_slice(leg->index, 0, parent));
    buf_put_lit(&f->text, "\r\n");
    edits_add(&f->edits, end, end, str_slice(buf_str(&f->text), from, f->text.len - from));
}

void leg_step(const struct proxy *p, struct forward *f, struct msg *m, const struct goal *goal,
              uint32_t at, bool withheld)
{
    char entry_text[LEG_TEXT_MAX], index_text[LEG_TEXT_MAX];
    struct buf entry, index;
    uint32_t end = behind_history(m, at);
    size_t from = f->text.len;
    buf_init(&entry, entry_text, sizeof entry_text);
    buf_init(&index, index_text, sizeof index_text);
    if (goal->leg)
        buf_put(&index, goal->leg->index);
    else
        (void)first_entry(&entry, &index, m, 0);
    if (entry.over || index.over)
        return;
    if (withheld)
        history_put_lines(p, &f->text, buf_str(&entry));
    else
        buf_put(&f->text, buf_str(&entry));
    buf_put_lit(&f->text, "History-Info: <");
    buf_put(&f->text, bare(goal->target->uri));
    buf_put_lit(&f->text, ">;index=");
    buf_put(&f->text, buf_str(&index));
    buf_put_char(&f->text, '.');
    buf_put_u64(&f->text, goal->step);
    buf_put_lit(&f->text, ";rc=");
    buf_put(&f->text, buf_str(&index));
    buf_put_lit(&f->text, "\r\n");
    edits_add(&f->edits, end, end, str_slice(buf_str(&f->text), from, f->text.len - from));
}
