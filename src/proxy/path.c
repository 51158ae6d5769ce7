/* The Path values that we put into REGISTERs as an edge proxy: made and read. The flow stands in
 * the user part, with a keyed hash over it; no table is kept. */
#include "proxy/path.h"

#include "proxy/mark.h"

#define BEFORE "ob-"

static uint64_t proof(const struct proxy *p, struct str token)
{
    struct siphash h;
    siphash_init(&h, &p->config.key);
    siphash_text(&h, STR("path"));
    siphash_text(&h, token);
    return siphash_end(&h);
}

static bool is_first_hop(struct msg *m)
{
    const struct via *v = msg_via(m);
    return v && !msg_via_next(m, v);
}

bool path_is_due(struct msg *m)
{
    struct str value;
    if (m->method != METHOD_REGISTER || !is_first_hop(m))
        return false;
    for (const struct nameaddr *c = NULL; (c = msg_nameaddr_next(m, HDR_CONTACT, c));)
        if (params_get(c->params, STR("reg-id"), &value))
            return true;
    return false;
}

bool path_is_unknown(struct msg *m)
{
    return path_is_due(m) && !msg_has_token(m, HDR_SUPPORTED, STR("path")) &&
           !msg_has_token(m, HDR_REQUIRE, STR("path"));
}

void path_print(const struct proxy *p, struct forward *f, struct msg *m, unsigned out)
{
    char text[FLOW_TOKEN_MAX];
    struct buf token;
    buf_init(&token, text, sizeof text);
    flow_token_print(&token, &m->flow);
    buf_put_lit(&f->text, "Path: <");
    forward_own_uri(p, &f->text, out, STR(BEFORE), buf_str(&token), proof(p, buf_str(&token)));
    buf_put_lit(&f->text, ";lr;ob>\r\n");
}

enum path_token path_read(const struct proxy *p, const struct uri *u, struct flow *flow)
{
    char digits[MARK_LEN];
    struct buf b;
    if (!str_starts(u->user, STR(BEFORE)) || u->user.len < sizeof BEFORE - 1 + 1 + MARK_LEN)
        return PATH_NONE;
    size_t at = u->user.len - MARK_LEN;
    struct str token = str_slice(u->user, sizeof BEFORE - 1, at - 1 - (sizeof BEFORE - 1));
    buf_init(&b, digits, sizeof digits);
    buf_put_hex(&b, proof(p, token), MARK_LEN);
    if (u->user.at[at - 1] != '-' || !str_equal(buf_str(&b), str_slice(u->user, at, MARK_LEN)) ||
        !flow_token_parse(p, token, flow))
        return PATH_BAD;
    return PATH_OURS;
}
