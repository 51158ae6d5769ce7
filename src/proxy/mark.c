/* The marks in our Record-Route URIs: made and checked. Knows neither targets nor what a flow is
 * used for. */
#include "proxy/mark.h"
#include "proxy/context.h"

/* From and To change places within a dialog, and the URIs in them may change: the caller's tag
 * stays. */
static uint64_t hash(const struct proxy *p, struct msg *m, struct str caller, struct mark mark)
{
    struct siphash h;
    bool has_from = mark.from.len > 0, has_to = mark.to.len > 0;
    siphash_init(&h, &p->config.key);
    if (has_from)
        siphash_text(&h, mark.from);
    if (has_to)
        siphash_text(&h, mark.to);
    siphash_text(&h, msg_call_id(m));
    siphash_text(&h, caller);
    siphash_number(&h, (unsigned)has_from << 2 | (unsigned)has_to << 1 | mark.stateless);
    return siphash_end(&h);
}

static struct str tag_of(const struct nameaddr *n)
{
    return n ? n->tag : STR_NONE;
}

void mark_print(const struct proxy *p, struct buf *b, struct msg *m, struct mark mark)
{
    buf_put_hex(b, hash(p, m, tag_of(msg_from(m)), mark), MARK_LEN);
}

static bool is_marked(const struct proxy *p, struct msg *m, struct str caller, struct mark mark,
                      struct str text)
{
    char digits[MARK_LEN];
    struct buf b;
    buf_init(&b, digits, sizeof digits);
    buf_put_hex(&b, hash(p, m, caller, mark), MARK_LEN);
    return str_equal(text, buf_str(&b));
}

static void take(char name, struct str value, struct mark *mark, struct str *text)
{
    if (name == 't')
        *text = value;
    else if (name == 'f')
        mark->from = value;
    else if (name == 'g')
        mark->to = value;
    else if (name == 'm')
        mark->stateless = str_equal(value, STR("s"));
}

/* Ours have names of one letter. False: there is none. */
static bool find(const struct uri *u, struct mark *mark, struct str *text)
{
    for (struct str rest = u->params; rest.len > 0;) {
        rest = str_slice(rest, 1, rest.len);
        struct str one = str_slice(rest, 0, str_find(rest, ';'));
        if (one.len > 1 && one.at[1] == '=')
            take(one.at[0], str_slice(one, 2, one.len), mark, text);
        rest = str_slice(rest, one.len, rest.len);
    }
    return text->len == MARK_LEN;
}

/* Who sent the request shows by whose tag From has: the caller of old or the callee. */
bool mark_read(const struct proxy *p, struct msg *m, const struct uri *u, struct flow *flow,
               bool *has_flow, bool *stateless)
{
    struct mark mark = {.stateless = false};
    struct str text = STR_NONE, from = tag_of(msg_from(m)), to = tag_of(msg_to(m));
    *has_flow = *stateless = false;
    if (u->params.len < MARK_LEN || !find(u, &mark, &text))
        return false;
    bool by_caller = is_marked(p, m, from, mark, text);
    if (!by_caller && !is_marked(p, m, to, mark, text))
        return false;
    *stateless = mark.stateless;
    struct str token = by_caller ? mark.to : mark.from;
    if (token.len > 0 && !str_equal(from, to))
        *has_flow = flow_token_parse(p, token, flow);
    return true;
}

bool mark_of_caller(const struct proxy *p, struct msg *m, const struct uri *u, struct mark *mark)
{
    struct str text = STR_NONE;
    *mark = (struct mark){.stateless = false};
    return u->params.len >= MARK_LEN && find(u, mark, &text) &&
           is_marked(p, m, tag_of(msg_from(m)), *mark, text);
}
