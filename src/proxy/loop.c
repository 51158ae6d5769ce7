/* Loop detection as RFC 5393 has it: a keyed hash of what decides where a request goes stands in
 * the branch of every copy; a request that brings it back has looped, one with another has
 * spiralled. */
#include "proxy/context.h"

/* Gathers texts and hashes them in runs, each run starting with the hash of those before. */
struct gather {
    const struct hash_key *key;
    size_t len;
    char at[256];
};

static void gather_fold(struct gather *g)
{
    uint64_t hash = siphash13(g->key, (struct str){g->at, g->len});
    memcpy(g->at, &hash, sizeof hash);
    g->len = sizeof hash;
}

static void gather_put(struct gather *g, struct str s)
{
    while (s.len > 0) {
        size_t room = sizeof g->at - g->len;
        size_t n = s.len < room ? s.len : room;
        memcpy(g->at + g->len, s.at, n);
        g->len += n;
        s = str_slice(s, n, s.len - n);
        if (g->len == sizeof g->at)
            gather_fold(g);
    }
}

/* Each text with its length, so that no two lists of texts run together alike. */
static void gather_text(struct gather *g, struct str s)
{
    uint32_t len = (uint32_t)s.len;
    gather_put(g, (struct str){(const char *)&len, sizeof len});
    gather_put(g, s);
}

static void gather_lines(struct gather *g, const struct msg *m, enum hdr_id id)
{
    for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h))
        gather_text(g, hdr_value(m, h));
}

/* RFC 5393 4.2.1: it must not vary with the method, and should with the transaction. */
void loop_suffix(const struct proxy *p, struct msg *m, char suffix[LOOP_SUFFIX_LEN])
{
    struct gather g = {.key = &p->config.key};
    const struct cseq *cseq = msg_cseq(m);
    gather_text(&g, m->uri_text);
    gather_text(&g, msg_call_id(m));
    if (cseq)
        gather_put(&g, (struct str){(const char *)&cseq->number, sizeof cseq->number});
    gather_lines(&g, m, HDR_ROUTE);
    gather_lines(&g, m, HDR_PROXY_REQUIRE);
    gather_lines(&g, m, HDR_PROXY_AUTHORIZATION);
    gather_fold(&g);
    uint64_t hash;
    memcpy(&hash, g.at, sizeof hash);
    struct buf b;
    buf_init(&b, suffix, LOOP_SUFFIX_LEN);
    buf_put_char(&b, '-');
    buf_put_hex(&b, hash, LOOP_SUFFIX_LEN - 1);
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

/* The text is searched first, so that nothing is decoded for the requests that have not been here.
 */
bool loop_found(const struct proxy *p, struct msg *m, const char suffix[LOOP_SUFFIX_LEN])
{
    for (const struct hdr *h = msg_header(m, HDR_VIA); h; h = msg_header_next(m, h)) {
        struct str lines = hdr_value(m, h);
        if (memmem(lines.at, lines.len, suffix, LOOP_SUFFIX_LEN))
            return loop_in_vias(p, m, (struct str){suffix, LOOP_SUFFIX_LEN});
    }
    return false;
}
