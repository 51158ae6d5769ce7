/* Where a telephone number leads: RFC 6116 over what is known, from the beginning each time that
 * more is known. Asks for what is missing. */
#include <assert.h>

#include "base/err.h"
#include "msg/uri.h"
#include "resolve/order.h"
#include "resolve/parts.h"
#include "resolve/rewrite.h"

/* A name on the way, and how far its records were considered. */
struct stage {
    const struct dns_answer *answer;
    unsigned next;
    uint8_t order[LIMIT_DNS_RECORDS];
};

struct walk {
    struct resolver *r;
    struct search *s;
    time_ns now;
    bool waits, failed;
    unsigned n_names; /* that were entered: none is twice */
    struct str names[LIMIT_ENUM_NAMES];
    unsigned depth;
    struct stage stages[LIMIT_ENUM_NAMES];
};

/* RFC 1034 3.6.2: an alias whose end did not come with it is asked for in turn. */
static const struct dns_answer *look(struct walk *w, struct str name)
{
    const struct dns_answer *a = search_look(w->r, w->s, name, DNS_NAPTR, w->now);
    for (unsigned i = 0; a && a->alias.len > 0 && i < LIMIT_DNS_CHAIN; i++)
        a = search_look(w->r, w->s, a->alias, DNS_NAPTR, w->now);
    if (!a && !w->s->over)
        w->waits = true;
    return a;
}

/* RFC 6116 5.2.1: a name that refers back to itself, or a chain that is too long, is left out. */
static void enter(struct walk *w, struct str name)
{
    for (unsigned i = 0; i < w->n_names; i++)
        if (str_equal_nocase(w->names[i], name))
            return;
    if (w->n_names == LIMIT_ENUM_NAMES)
        return;
    w->names[w->n_names++] = name;
    const struct dns_answer *a = look(w, name);
    w->failed |= !w->waits && (!a || a->status == DNS_FAILED);
    if (!a || a->status != DNS_OK)
        return;
    struct stage *stage = &w->stages[w->depth++];
    *stage = (struct stage){.answer = a};
    order_naptr(a, stage->order);
}

static struct str type_of(struct str service)
{
    size_t n = 0;
    while (n < service.len && service.at[n] != ':')
        n++;
    return str_slice(service, 0, n);
}

static struct str next_service(struct str services, size_t *at)
{
    size_t from = *at;
    while (*at < services.len && services.at[*at] != '+')
        ++*at;
    return str_slice(services, from, (*at)++ - from);
}

/* RFC 6116 3.4.3: a "P-" is of a network that is not ours. The other way round is RFC 2916's. */
static bool is_for_sip(struct str services)
{
    size_t at = 0;
    bool found = false;
    if (str_equal_nocase(services, STR("sip+E2U")))
        return true;
    if (!str_equal_nocase(next_service(services, &at), STR("E2U")))
        return false;
    while (at < services.len) {
        struct str type = type_of(next_service(services, &at));
        if (type.len > 1 && str_equal_nocase(str_slice(type, 0, 2), STR("p-")))
            return false;
        found |= str_equal_nocase(type, STR("sip"));
    }
    return found;
}

/* RFC 6116 3.4.2, 3.4.3 */
static bool gives_uri(const struct search *s, const struct dns_naptr *n, struct buf *out)
{
    struct uri uri;
    struct msg_error err;
    out->len = 0;
    out->over = false;
    return is_for_sip(n->services) &&
           rewrite_apply(n->regexp, (struct str){s->number, s->number_len}, out) &&
           uri_parse(buf_str(out), &uri, &err) && (uri.scheme == URI_SIP || uri.scheme == URI_SIPS);
}

/* RFC 6116 5.2: each record in its turn, and behind what leads to another name where that led to
 * nothing; what has flags of no meaning here is passed over. */
static bool walk(struct walk *w, struct buf *out)
{
    enter(w, w->s->request.host);
    while (w->depth > 0 && !w->waits) {
        struct stage *stage = &w->stages[w->depth - 1];
        if (stage->next == stage->answer->n) {
            w->depth--;
            continue;
        }
        const struct dns_naptr *n = &stage->answer->records[stage->order[stage->next++]].naptr;
        if (str_equal_nocase(n->flags, STR("u")) && gives_uri(w->s, n, out))
            return true;
        if (n->flags.len == 0 && n->replacement.len > 0)
            enter(w, n->replacement);
    }
    return false;
}

bool number_run(struct resolver *r, struct search *s, time_ns now)
{
    char space[LIMIT_ENUM_URI];
    struct buf uri;
    struct walk w = {.r = r, .s = s, .now = now};
    buf_init(&uri, space, sizeof space);
    r->stats.found_nothing += !walk(&w, &uri) && !w.waits;
    return !w.waits;
}

/* RFC 6116 3.2 */
bool number_name(struct buf *b, struct str number, struct str domain)
{
    if (number.len < 2 || number.len > LIMIT_ENUM_DIGITS + 1 || number.at[0] != '+')
        return false;
    for (size_t i = number.len - 1; i > 0; i--) {
        if (number.at[i] < '0' || number.at[i] > '9')
            return false;
        buf_put_char(b, number.at[i]);
        buf_put_char(b, '.');
    }
    buf_put(b, domain);
    return !b->over && dns_is_name(buf_str(b));
}

int resolver_number(struct resolver *r, struct str number, struct str domain, uint64_t user,
                    time_ns now, pool_id *search, bool *over)
{
    char space[DNS_NAME_MAX];
    struct buf name;
    buf_init(&name, space, sizeof space);
    if (!number_name(&name, number, domain))
        return ERR_INVALID;
    struct search *s;
    int err = search_new(r, &(struct resolve_request){.host = buf_str(&name)}, user, search, &s);
    if (err)
        return err;
    s->number_len = (uint8_t)number.len;
    memcpy(s->number, number.at, number.len);
    *over = search_run(r, s, now);
    return OK;
}

enum number_outcome resolver_uri(struct resolver *r, pool_id search, time_ns now, struct buf *uri)
{
    struct search *s = pool_get(&r->searches, search);
    assert(s && s->number_len > 0);
    struct walk w = {.r = r, .s = s, .now = now};
    bool found = walk(&w, uri);
    bool failed = w.failed || w.waits || s->over;
    resolver_drop(r, search);
    return found ? NUMBER_FOUND : failed ? NUMBER_FAILED : NUMBER_NONE;
}
