/* Loop detection as RFC 5393 has it: a keyed hash of what decides where a request goes stands in
 * the branch of every copy; a request that brings it back has looped, one with another has
 * spiralled. */
#include "proxy/context.h"

#define SUFFIX_BEGIN '-' /* behind the '.' that the engine puts before it */

static void hash_lines(struct siphash *h, const struct msg *m, enum hdr_id id)
{
    for (const struct hdr *line = msg_header(m, id); line; line = msg_header_next(m, line))
        siphash_text(h, hdr_value(m, line));
}

/* RFC 5393 4.2.1: it must not vary with the method, and should with the transaction. */
static uint64_t hash(const struct proxy *p, struct msg *m)
{
    struct siphash h;
    const struct cseq *cseq = msg_cseq(m);
    siphash_init(&h, &p->config.key);
    hash_lines(&h, m, HDR_ROUTE);
    hash_lines(&h, m, HDR_PROXY_REQUIRE);
    hash_lines(&h, m, HDR_PROXY_AUTHORIZATION);
    siphash_text(&h, m->uri_text);
    siphash_text(&h, msg_call_id(m));
    siphash_number(&h, cseq ? cseq->number : 0);
    return siphash_end(&h);
}

struct str loop_suffix(struct proxy *p, struct msg *m)
{
    struct plan *plan = &p->plan;
    struct buf b;
    buf_init(&b, plan->suffix, LOOP_SUFFIX_LEN);
    if (plan->has_suffix)
        return (struct str){plan->suffix, LOOP_SUFFIX_LEN};
    buf_put_char(&b, SUFFIX_BEGIN);
    buf_put_hex(&b, hash(p, m), LOOP_SUFFIX_LEN - 1);
    plan->has_suffix = true;
    return buf_str(&b);
}

static bool via_is_ours(const struct proxy *p, const struct via *v)
{
    return engine_is_local(p->engine, v->transport, v->host, v->port);
}

static bool ends_with(struct str s, struct str end)
{
    return s.len >= end.len && str_equal(str_slice(s, s.len - end.len, end.len), end);
}

static bool loop_in_vias(const struct proxy *p, struct msg *m, struct str suffix)
{
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v))
        if (ends_with(v->branch, suffix) && via_is_ours(p, v))
            return true;
    return false;
}

/* Does anything in it look like the end of a branch with a suffix? */
static bool may_bear_one(struct str lines)
{
    const char *end = lines.at + lines.len;
    for (const char *at = lines.at; (at = memchr(at, SUFFIX_BEGIN, (size_t)(end - at))); at++)
        if (at > lines.at && at[-1] == '.')
            return true;
    return false;
}

/* The text is searched first, so that nothing is hashed or decoded for the requests that have not
 * been here. */
bool loop_found(struct proxy *p, struct msg *m)
{
    for (const struct hdr *h = msg_header(m, HDR_VIA); h; h = msg_header_next(m, h)) {
        struct str lines = hdr_value(m, h);
        if (!may_bear_one(lines))
            continue;
        struct str suffix = loop_suffix(p, m);
        if (memmem(lines.at, lines.len, suffix.at, suffix.len))
            return loop_in_vias(p, m, suffix);
    }
    return false;
}
