/* Owns the reading of a 200 to REGISTER (RFC 3261 10.2.4, RFC 3608, RFC 5626, RFC 5627). */
#include "ua/binding.h"

void binding_fini(struct ua *ua, struct binding *b)
{
    block_unref(ua->blocks, b->service_route);
    block_unref(ua->blocks, b->pub_gruu);
    block_unref(ua->blocks, b->temp_gruu);
    *b = (struct binding){0};
}

/* RFC 3261 10.2.4: by URI comparison; ours alone of all of the user's. */
static const struct nameaddr *find(struct msg *m, struct str contact)
{
    struct uri ours;
    struct msg_error err;
    if (!uri_parse(contact, &ours, &err))
        return NULL;
    const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    while (c && (c->star || !uri_equal(&c->uri, &ours)))
        c = msg_nameaddr_next(m, HDR_CONTACT, c);
    return c;
}

static unsigned expires_of(struct msg *m, const struct nameaddr *contact, unsigned asked_s)
{
    struct str text;
    uint64_t value;
    const struct number *expires = msg_single(m, HDR_EXPIRES);
    if (params_get(contact->params, STR("expires"), &text) && str_to_u64(text, INT32_MAX, &value))
        return (unsigned)value;
    return expires && expires->value <= INT32_MAX ? (unsigned)expires->value : asked_s;
}

/* RFC 6223 4: the topmost Via bears what the next hop wants; RFC 5626's Flow-Timer counts more. */
static unsigned flow_timer_of(struct msg *m)
{
    struct str text;
    uint64_t value;
    const struct number *timer = msg_single(m, HDR_FLOW_TIMER);
    const struct via *via = msg_via(m);
    if (timer && timer->value > 0 && timer->value <= INT32_MAX)
        return (unsigned)timer->value;
    if (via && params_get(via->params, STR("keep"), &text) && str_to_u64(text, INT32_MAX, &value))
        return (unsigned)value;
    return 0;
}

/* RFC 3608 5.1: in the order in which they stand. */
static bool read_service_route(struct ua *ua, struct msg *m, struct block **out)
{
    char space[LIMIT_DIALOG_BYTES];
    struct buf b;
    const struct nameaddr *r = NULL;
    buf_init(&b, space, sizeof space);
    while ((r = msg_nameaddr_next(m, HDR_SERVICE_ROUTE, r)) != NULL) {
        if (b.len > 0)
            buf_put_char(&b, ',');
        buf_put_char(&b, '<');
        buf_put(&b, r->uri_text);
        buf_put_char(&b, '>');
    }
    *out = text_block(ua, &b);
    return *out != NULL;
}

/* RFC 5627 4.3: a quoted URI. */
static bool read_gruu(struct ua *ua, const struct nameaddr *contact, struct str name,
                      struct block **out)
{
    char space[LIMIT_DIALOG_BYTES];
    struct buf b;
    struct str text;
    buf_init(&b, space, sizeof space);
    if (params_get(contact->params, name, &text) && text.at)
        quoted_unescape(&b, text);
    *out = text_block(ua, &b);
    return *out != NULL;
}

int binding_read(struct ua *ua, struct binding *b, struct msg *m, struct str contact,
                 unsigned asked_s)
{
    const struct nameaddr *own = find(m, contact);
    struct binding new = {.flow = m->flow};
    if (!own)
        return ERR_INVALID;
    new.expires_s = expires_of(m, own, asked_s);
    new.flow_timer_s = flow_timer_of(m);
    if (new.expires_s == 0)
        return ERR_INVALID;
    if (!read_service_route(ua, m, &new.service_route) ||
        !read_gruu(ua, own, STR("pub-gruu"), &new.pub_gruu) ||
        !read_gruu(ua, own, STR("temp-gruu"), &new.temp_gruu)) {
        binding_fini(ua, &new);
        return ERR_NOMEM;
    }
    binding_fini(ua, b);
    *b = new;
    return OK;
}

static struct str text_of(const struct block *b)
{
    return b ? block_str(b) : STR_NONE;
}

void binding_show(const struct binding *b, struct registration_view *out)
{
    out->service_route = text_of(b->service_route);
    out->pub_gruu = text_of(b->pub_gruu);
    out->temp_gruu = text_of(b->temp_gruu);
}
