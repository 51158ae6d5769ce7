/* Finds what a sent message was made from, and compares. */
#include "forwarded.h"

#include <assert.h>

typedef bool edited_fn(const struct hdr *);

/* RFC 3261 16.6, RFC 5393 5.3.3; a stream wants Content-Length (RFC 3261 18.3). */
static bool edited_in_request(const struct hdr *h)
{
    return h->id == HDR_VIA || h->id == HDR_ROUTE || h->id == HDR_RECORD_ROUTE ||
           h->id == HDR_MAX_FORWARDS || h->id == HDR_MAX_BREADTH || h->id == HDR_CONTENT_LENGTH;
}

static bool edited_in_response(const struct hdr *h)
{
    return h->id == HDR_VIA || h->id == HDR_CONTENT_LENGTH;
}

static const struct hdr *next_kept(const struct msg *m, unsigned *at, edited_fn *edited)
{
    while (*at < m->n_headers)
        if (!edited(&m->headers[(*at)++]))
            return &m->headers[*at - 1];
    return NULL;
}

static struct str line_of(const struct msg *m, const struct hdr *h)
{
    return (struct str){m->bytes.at + h->at, h->end - h->at};
}

static bool same_but(const struct msg *came, const struct msg *goes, edited_fn *edited)
{
    unsigned i = 0, k = 0;
    const struct hdr *a, *b;
    do {
        a = next_kept(came, &i, edited);
        b = next_kept(goes, &k, edited);
        if (a && b && !str_equal(line_of(came, a), line_of(goes, b)))
            return false;
    } while (a && b);
    return !a && !b && str_equal(came->body, goes->body);
}

static unsigned vias(struct msg *m)
{
    unsigned n = 0;
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v))
        n++;
    return n;
}

static bool is_origin(struct msg *came, struct msg *goes)
{
    if (came->is_request != goes->is_request)
        return false;
    if (came->is_request)
        return str_equal(came->method_name, goes->method_name) &&
               same_but(came, goes, edited_in_request) && vias(goes) == vias(came) + 1;
    return came->status == goes->status && same_but(came, goes, edited_in_response) &&
           vias(goes) + 1 == vias(came);
}

/* RFC 3261 16.6 step 3 */
static bool hops_are_right(struct msg *came, struct msg *goes)
{
    int before = msg_max_forwards(came);
    return msg_max_forwards(goes) == (before < 0 ? 70 : before - 1);
}

static bool goes_abroad(const struct flow *flow)
{
    struct addr foreign;
    return addr_parse(STR("203.0.113.5"), &foreign) && addr_equal_ip(&flow->remote, &foreign);
}

static bool is_known(const struct stage *s, const struct memory *memory)
{
    return !s->uneven && memory->n <= MEMORY_KEPT;
}

static void check_request(const struct stage *s, const struct flow *flow, struct msg *m)
{
    bool found = false, allowed = false;
    for (unsigned i = 0; i < s->requests_in.n && !allowed; i++) {
        const struct kept *k = memory_at(&s->requests_in, i);
        struct msg *came = k ? kept_parse(k) : NULL;
        if (!came || !is_origin(came, m) || !hops_are_right(came, m))
            continue;
        found = true;
        allowed = k->party != STAGE_STRANGER || !goes_abroad(flow);
    }
    assert(found && allowed);
}

static void check_response(const struct stage *s, struct msg *m)
{
    for (unsigned i = 0; i < s->responses_in.n; i++) {
        const struct kept *k = memory_at(&s->responses_in, i);
        struct msg *came = k ? kept_parse(k) : NULL;
        if (came && is_origin(came, m))
            return;
    }
    assert(false);
}

/* With one Via a request is our own: the CANCEL or ACK of a branch. To INVITE no proxy says more
 * than 100 by itself before it refuses. */
void forwarded_check(const struct stage *s, const struct flow *flow, struct msg *m)
{
    const struct cseq *cseq = msg_cseq(m);
    if (m->is_request && vias(m) == 1)
        assert(m->method == METHOD_CANCEL || m->method == METHOD_ACK);
    else if (m->is_request && is_known(s, &s->requests_in))
        check_request(s, flow, m);
    else if (!m->is_request && cseq && cseq->method == METHOD_INVITE && m->status > 100 &&
             m->status < 300 && is_known(s, &s->responses_in))
        check_response(s, m);
}
