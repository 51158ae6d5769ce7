/* Who a sender is said to be, at the edge of the Trust Domain (RFC 3325 with RFC 3323): what may
 * not be believed is taken off, what was proved is put on, what is private stays inside. Proves
 * nothing itself. */
#include "auth/account.h"
#include "proxy/forward.h"

bool identity_trusts(const struct proxy *p, const struct addr *a)
{
    for (size_t i = 0; i < p->config.n_trusted; i++)
        if (addr_block_has(&p->config.trusted[i], a))
            return true;
    return false;
}

bool identity_is_trusted(const struct proxy *p, const struct msg *m)
{
    return identity_trusts(p, &m->flow.remote);
}

/* A name is nobody's that is known here: it is as outside. */
bool identity_goes_inside(const struct proxy *p, const struct forward *f)
{
    struct addr addr;
    if (p->config.n_trusted == 0)
        return false;
    if (f->flow)
        return identity_trusts(p, &f->flow->remote);
    return uri_host_addr(&f->hop, &addr) && identity_trusts(p, &addr);
}

/* RFC 3325 9.3; RFC 3323 4.2: "none" wants nothing withheld. What cannot be read may say "id". */
static bool is_private(struct msg *m)
{
    if (!msg_header(m, HDR_PRIVACY))
        return false;
    const struct token *first = msg_token_next(m, HDR_PRIVACY, NULL);
    bool id = !first;
    for (const struct token *t = first; t; t = msg_token_next(m, HDR_PRIVACY, t)) {
        if (str_equal_nocase(t->name, STR("none")))
            return false;
        id = id || str_equal_nocase(t->name, STR("id"));
    }
    return id;
}

/* The privacy of headers, session and user is for who stands in the middle of a call. */
bool identity_keeps(struct msg *m)
{
    static const struct str ours[] = {STR_INIT("id"), STR_INIT("history"), STR_INIT("none"),
                                      STR_INIT("critical")};
    const struct token *t = msg_token_next(m, HDR_PRIVACY, NULL);
    bool keeps = t || !msg_header(m, HDR_PRIVACY);
    for (; t && keeps; t = msg_token_next(m, HDR_PRIVACY, t)) {
        keeps = false;
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            keeps = keeps || str_equal_nocase(t->name, ours[i]);
    }
    return keeps;
}

static void take_off(struct edits *e, const struct msg *m, enum hdr_id id)
{
    for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h))
        edits_remove_header(e, h);
}

/* RFC 3325 6: the hint counts where it names the very account. */
static const struct nameaddr *hint_of(struct msg *m, const struct asserted *who)
{
    for (const struct nameaddr *n = NULL; (n = msg_nameaddr_next(m, HDR_P_PREFERRED_IDENTITY, n));)
        if (n->uri.scheme == URI_SIP && n->uri.port == 0 && n->uri.params.len == 0 &&
            n->uri.headers.len == 0 && str_equal(n->uri.user, who->user) &&
            str_equal_nocase(n->uri.host, who->domain))
            return n;
    return NULL;
}

static void put_asserted(struct buf *b, struct msg *m, const struct asserted *who)
{
    const struct nameaddr *hint = hint_of(m, who);
    buf_put_lit(b, "P-Asserted-Identity: ");
    if (hint && hint->display.len > 0) {
        buf_put(b, hint->display);
        buf_put_char(b, ' ');
    }
    buf_put_char(b, '<');
    account_key(b, who->user, who->domain);
    buf_put_lit(b, ">\r\n");
}

void identity_forward(const struct proxy *p, struct forward *f, struct msg *m,
                      const struct asserted *who)
{
    bool inside = identity_goes_inside(p, f), believed = identity_is_trusted(p, m);
    bool withheld = !inside && is_private(m);
    take_off(&f->edits, m, HDR_P_PREFERRED_IDENTITY);
    if (!believed || withheld)
        take_off(&f->edits, m, HDR_P_ASSERTED_IDENTITY);
    if (!believed && !withheld && who && who->user.len > 0)
        put_asserted(&f->text, m, who);
}

struct edits *identity_answer(const struct proxy *p, struct msg *m, bool to_trusted,
                              struct edits *space)
{
    edits_init(space);
    take_off(space, m, HDR_P_PREFERRED_IDENTITY);
    if (!identity_is_trusted(p, m) || (!to_trusted && is_private(m)))
        take_off(space, m, HDR_P_ASSERTED_IDENTITY);
    return space->n > 0 ? space : NULL;
}
