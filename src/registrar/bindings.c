/* Owns the rules by which contacts become bindings: order of requests, all or none, which binding a
 * contact means. Knows no message beyond its wishes, no store. */
#include "registrar/bindings.h"

#include <assert.h>

#include "registrar/instance.h"

_Static_assert((int)LIMIT_REGISTER_CONTACTS <= (int)LIMIT_BINDINGS, "one request fits a record");

static const struct refusal none = {0};

/* RFC 3261 10.3 step 7: an update that came out of order fails the whole request. */
static const struct refusal out_of_order = {500, STR_INIT("CSeq is not higher than before")};

/* RFC 5626 6: instance and reg-id together name a binding, whatever its URI. */
static bool is_flow_of(const struct binding *b, const struct nameaddr *contact)
{
    return instance_equal(instance_of(b->params), instance_of(contact->params)) &&
           reg_id_of(b->params) == reg_id_of(contact->params);
}

static bool is_at_uri(const struct binding *b, const struct nameaddr *contact)
{
    struct uri uri;
    struct msg_error err;
    return str_equal(b->uri, contact->uri_text) ||
           (uri_parse(b->uri, &uri, &err) && uri_equal(&uri, &contact->uri));
}

static bool is_of(const struct binding *b, const struct wish *wish)
{
    return b->outbound && wish->outbound ? is_flow_of(b, wish->contact)
                                         : is_at_uri(b, wish->contact);
}

/* The index of the binding that the contact means, or all->n. */
static size_t find(const struct bindings *all, const struct wish *wish)
{
    size_t i = 0;
    while (i < all->n && !is_of(&all->list[i], wish))
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
        .by_flow = wish->outbound || contact_is_sender(wish->contact, at->via, at->flow),
        .outbound = wish->outbound,
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
    size_t i = find(made, wish);
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
            if (!is_of(&old->list[k], &w->list[i]))
                continue;
            if (!is_in_order(&old->list[k], w))
                return out_of_order;
            gone[k] = true;
        }
        grant(made, &w->list[i], w, at);
    }
    return none;
}

/* The newest binding of an instance, of its flow where the binding is of one; NULL: none. */
static const struct binding *newest(const struct bindings *all, struct str instance,
                                    const struct binding *flow)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct binding *b = &all->list[i];
        if (!instance_equal(instance_of(b->params), instance))
            continue;
        if (!flow || !flow->outbound ||
            (b->outbound && reg_id_of(b->params) == reg_id_of(flow->params)))
            return b;
    }
    return NULL;
}

/* RFC 5627 5.1: a new Call-ID begins anew for all bindings of the instance. */
static time_ns begin_of(const struct bindings *old, const struct binding *b, struct str instance,
                        time_ns now)
{
    const struct binding *before = newest(old, instance, b);
    const struct binding *any = newest(old, instance, NULL);
    if (before && !str_equal(before->call_id, b->call_id))
        return now;
    return any && any->begun ? any->begun : now;
}

/* Of the n_made newest bindings, which the request has made, to all of their instances. */
static void set_begun(const struct bindings *old, size_t n_made, struct bindings *all, time_ns now)
{
    for (size_t i = 0; i < n_made; i++) {
        struct str instance = instance_of(all->list[i].params);
        if (instance.len == 0)
            continue;
        time_ns begun = begin_of(old, &all->list[i], instance, now);
        for (size_t k = 0; k < all->n; k++)
            if (instance_equal(instance_of(all->list[k].params), instance))
                all->list[k].begun = begun;
    }
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
    size_t n_made = out->n;
    if (!r.status)
        r = keep_rest(old, gone, max, out);
    if (!r.status)
        set_begun(old, n_made, out, at->now);
    return r;
}
