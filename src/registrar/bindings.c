/* Owns the rules by which contacts become bindings: order of requests, all or none, which binding a
 * contact means. Knows no message beyond its wishes, no store. */
#include "registrar/bindings.h"

#include <assert.h>

_Static_assert((int)LIMIT_REGISTER_CONTACTS <= (int)LIMIT_BINDINGS, "one request fits a record");

static const struct refusal none = {0};

/* RFC 3261 10.3 step 7: an update that came out of order fails the whole request. */
static const struct refusal out_of_order = {500, STR_INIT("CSeq is not higher than before")};

static bool same_param(struct params a, struct params b, struct str name, bool *both)
{
    struct str x, y;
    if (!params_get(a, name, &x) || !params_get(b, name, &y)) {
        *both = false;
        return false;
    }
    return str_equal(x, y);
}

/* RFC 5626 6: instance and reg-id together name a binding, whatever its URI. */
static bool same_instance(struct params a, struct params b, bool *both)
{
    *both = true;
    bool instance = same_param(a, b, STR("+sip.instance"), both);
    bool reg = same_param(a, b, STR("reg-id"), both);
    return *both && instance && reg;
}

static bool is_of(const struct binding *b, const struct nameaddr *contact)
{
    struct uri uri;
    struct msg_error err;
    bool both;
    bool same = same_instance(b->params, contact->params, &both);
    if (both)
        return same;
    if (str_equal(b->uri, contact->uri_text))
        return true;
    return uri_parse(b->uri, &uri, &err) && uri_equal(&uri, &contact->uri);
}

/* The index of the binding that the contact means, or all->n. */
static size_t find(const struct bindings *all, const struct nameaddr *contact)
{
    size_t i = 0;
    while (i < all->n && !is_of(&all->list[i], contact))
        i++;
    return i;
}

static bool is_in_order(const struct binding *b, const struct wishes *w)
{
    return !str_equal(b->call_id, w->call_id) || w->cseq > b->cseq;
}

static bool is_at(const struct addr *host, const struct uri *uri, const struct addr *a)
{
    return host->family != ADDR_NONE && addr_equal_ip(host, a) && uri_port(uri) == a->port;
}

static bool is_sent_by(const struct uri *uri, const struct via *via)
{
    uint16_t none_given = uri->port ? 5060 : uri_port(uri);
    return str_equal_nocase(uri->host, via->host) &&
           (via->port ? via->port : none_given) == uri_port(uri);
}

/* A sent-by with the address that we see is behind no NAT: then a contact on another port is where
 * the phone listens, unless it holds a connection, and one elsewhere is somebody else's. A sent-by
 * with another address shows a NAT, and that the contact's address is no better. A name shows
 * neither. */
bool contact_is_sender(const struct nameaddr *contact, const struct via *via,
                       const struct flow *flow)
{
    const struct uri *uri = &contact->uri;
    struct addr host = {0}, sent_by;
    if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
        return false;
    bool is_address = uri_host_addr(uri, &host);
    if (!via || is_at(&host, uri, &flow->remote))
        return true;
    if (!addr_parse_ip(via->host, &sent_by))
        return str_equal_nocase(uri->host, via->host);
    if (addr_equal_ip(&sent_by, &flow->remote))
        return transport_is_reliable(flow->transport) && is_sent_by(uri, via);
    return is_address;
}

static void fill(struct binding *b, const struct wish *wish, const struct wishes *w,
                 const struct arrival *at)
{
    *b = (struct binding){
        .uri = wish->contact->uri_text,
        .params = wish->contact->params,
        .call_id = w->call_id,
        .cseq = w->cseq,
        .q = wish->q,
        .path = at->path,
        .expires = time_add(at->now, wish->expires_s * NS_PER_S),
        .flow = *at->flow,
        .by_flow = contact_is_sender(wish->contact, at->via, at->flow),
    };
}

static void remove_at(struct bindings *all, size_t i)
{
    all->n--;
    memmove(&all->list[i], &all->list[i + 1], (all->n - i) * sizeof all->list[0]);
}

/* The bindings that this request has made so far; a contact that it names twice counts as it stands
 * last. */
static void grant(struct bindings *made, const struct wish *wish, const struct wishes *w,
                  const struct arrival *at)
{
    size_t i = find(made, wish->contact);
    if (wish->expires_s > 0) {
        assert(i < LIMIT_BINDINGS);
        fill(&made->list[i], wish, w, at);
        made->n += i == made->n;
    } else if (i < made->n) {
        remove_at(made, i);
    }
}

/* RFC 3261 10.3 step 6 */
static struct refusal remove_all(const struct bindings *old, const struct wishes *w)
{
    for (size_t i = 0; i < old->n; i++)
        if (!is_in_order(&old->list[i], w))
            return out_of_order;
    return none;
}

/* RFC 3261 10.3 step 7. `gone` marks the old bindings that the request replaces or removes. */
static struct refusal apply_wishes(const struct bindings *old, const struct wishes *w,
                                   const struct arrival *at, bool *gone, struct bindings *made)
{
    for (size_t i = 0; i < w->n; i++) {
        for (size_t k = 0; k < old->n; k++) {
            if (!is_of(&old->list[k], w->list[i].contact))
                continue;
            if (!is_in_order(&old->list[k], w))
                return out_of_order;
            gone[k] = true;
        }
        grant(made, &w->list[i], w, at);
    }
    return none;
}

static const struct refusal too_many = {403, STR_INIT("Too many contacts for this user")};

/* Old bindings stay behind the new ones: newest first. A limit that was lowered refuses no refresh.
 */
static struct refusal keep_rest(const struct bindings *old, const bool *gone, unsigned max,
                                struct bindings *out)
{
    for (size_t i = 0; i < old->n; i++) {
        if (gone[i])
            continue;
        if (out->n == LIMIT_BINDINGS)
            return too_many;
        out->list[out->n++] = old->list[i];
    }
    return out->n > max && out->n > old->n ? too_many : none;
}

struct refusal bindings_apply(const struct bindings *old, const struct wishes *w,
                              const struct arrival *at, unsigned max, struct bindings *out,
                              bool *changed)
{
    bool gone[LIMIT_BINDINGS] = {false};
    size_t n_gone = 0;
    out->n = 0;
    if (w->star) {
        *changed = old->n > 0;
        return remove_all(old, w);
    }
    struct refusal r = apply_wishes(old, w, at, gone, out);
    for (size_t i = 0; i < old->n; i++)
        n_gone += gone[i];
    *changed = out->n > 0 || n_gone > 0;
    return r.status ? r : keep_rest(old, gone, max, out);
}
