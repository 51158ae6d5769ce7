/* Makes messages of few words, and memory that is counted. */
#include "rig.h"

#include <stdio.h>

#include "base/err.h"

static void *counted_alloc(struct mem *m, size_t size)
{
    struct rig *r = CONTAINER_OF(m, struct rig, mem);
    if (r->spare == 0)
        return NULL;
    r->spare -= r->spare > 0;
    r->live++;
    return malloc(size);
}

static void counted_free(struct mem *m, void *at, size_t size)
{
    struct rig *r = CONTAINER_OF(m, struct rig, mem);
    (void)size;
    r->live -= at != NULL;
    free(at);
}

void rig_heap(struct rig *r)
{
    *r = (struct rig){.mem = {counted_alloc, counted_free}, .spare = -1};
}

void rig_init(struct rig *r, size_t bytes)
{
    rig_heap(r);
    r->calls = trace_calls_new(&r->mem, &(struct hash_key){1, 2}, bytes);
    assert_non_null(r->calls);
}

void rig_fini(struct rig *r)
{
    trace_calls_free(r->calls);
    assert_int_equal(r->live, 0);
}

static struct addr address(const char *text)
{
    struct addr a = {0};
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static void put_vias(struct buf *b, const struct said *s)
{
    for (unsigned i = s->vias; i > 0; i--) {
        buf_put_lit(b, "Via: SIP/2.0/UDP ");
        buf_put(b, i == s->vias && s->start[0] != '1' ? str_from(s->from) : STR("192.0.2.99:5060"));
        buf_put_lit(b, ";branch=z9hG4bK");
        buf_put(b, str_from(s->call_id));
        buf_put_u64(b, i);
        buf_put_lit(b, "\r\n");
    }
}

static void put_header(struct buf *b, struct str name, struct str value)
{
    buf_put(b, name);
    buf_put_lit(b, ": ");
    buf_put(b, value);
    buf_put_lit(b, "\r\n");
}

static void put_body(struct buf *b, struct str body, struct str extra)
{
    if (body.len > 0 && !memmem(extra.at ? extra.at : "", extra.len, "Content-Type", 12))
        buf_put_lit(b, "Content-Type: application/sdp\r\n");
    buf_put_lit(b, "Content-Length: ");
    buf_put_u64(b, body.len);
    buf_put_lit(b, "\r\n\r\n");
    buf_put(b, body);
}

struct str said_text(const struct said *s, char *at, size_t cap)
{
    struct buf b;
    bool response = s->start[0] >= '1' && s->start[0] <= '6';
    buf_init(&b, at, cap);
    if (response)
        buf_put_lit(&b, "SIP/2.0 ");
    buf_put(&b, str_from(s->start));
    if (!response)
        buf_put_lit(&b, " SIP/2.0");
    buf_put_lit(&b, "\r\n");
    put_vias(&b, s);
    put_header(&b, STR("From"), str_from(s->caller));
    put_header(&b, STR("To"), str_from(s->called));
    put_header(&b, STR("Call-ID"), str_from(s->call_id));
    put_header(&b, STR("CSeq"), str_from(s->cseq));
    buf_put(&b, str_from(s->extra));
    put_body(&b, str_from(s->body), str_from(s->extra));
    assert_false(b.over);
    return buf_str(&b);
}

int rig_say(struct rig *r, const struct said *s)
{
    char text[4096];
    struct trace_event e = {.kind = TRACE_MESSAGE,
                            .at = T0 + s->ms * INT64_C(1000000),
                            .from = address(s->from),
                            .to = address(s->to),
                            .transport = TRANSPORT_UDP,
                            .text = said_text(s, text, sizeof text)};
    return trace_calls_take(r->calls, &e);
}

void rig_tell(struct rig *r, const struct said *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rig_say(r, &list[i]), OK);
}

int rig_note(struct rig *r, unsigned ms, const char *call_id, const char *who, const char *what)
{
    struct trace_event e = {.kind = TRACE_NOTE,
                            .at = T0 + ms * INT64_C(1000000),
                            .text = str_from(what),
                            .call_id = str_from(call_id),
                            .who = str_from(who)};
    return trace_calls_take(r->calls, &e);
}

int rig_rtp(struct rig *r, unsigned ms, const char *from, const char *to, uint32_t ssrc, unsigned n,
            unsigned lost)
{
    for (unsigned i = 0; i < n; i++) {
        struct rtp_packet rtp = {.sequence = (uint16_t)i, .timestamp = i * 160, .ssrc = ssrc};
        struct trace_packet p = {T0 + (ms + i * 20) * INT64_C(1000000), address(from), address(to),
                                 &rtp, 172};
        int error = lost && i % lost == lost - 1 ? OK : trace_calls_hear(r->calls, &p);
        if (error)
            return error;
    }
    return OK;
}

const struct trace_call *rig_call(const struct rig *r, const char *call_id)
{
    const struct trace_call *c = trace_calls_find(r->calls, str_from(call_id));
    assert_non_null(c);
    return c;
}
