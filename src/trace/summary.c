/* Says what a description offers or answers (RFC 3264), without judging it. */
#include "trace/summary.h"

#include "msg/msg.h"
#include "sdp/attribute.h"
#include "trace/brief.h"

struct summary {
    struct sdp sdp;
    _Alignas(16) char space[(sizeof(struct sdp_line) * LIMIT_SDP_LINES) +
                            (sizeof(struct sdp_section) * LIMIT_SDP_MEDIA)];
};

struct summary *summary_new(struct mem *mem)
{
    return mem_alloc(mem, sizeof(struct summary));
}

void summary_free(struct mem *mem, struct summary *s)
{
    mem_free(mem, s, sizeof *s);
}

static bool asked_with_offer(const struct trace_call *c, const struct trace_item *answer)
{
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i)) && i != answer;)
        if (i->status == 0 && i->transaction == answer->transaction &&
            i->method == answer->method && i->sdp.len > 0)
            return true;
    return false;
}

/* RFC 3261 13.2.1, RFC 3262 5: the first description of an exchange is its offer. */
static bool is_answer(const struct trace_call *c, const struct trace_item *i)
{
    return i->status == 0 ? i->method == METHOD_ACK : asked_with_offer(c, i);
}

/* Comfort noise and digits come with every offer of a phone: they tell nothing. */
static bool is_aside(struct str encoding)
{
    return str_equal_nocase(encoding, STR("CN")) ||
           str_equal_nocase(encoding, STR("telephone-event"));
}

static void put_codecs(struct buf *b, const struct sdp *s, struct sdp_section section,
                       struct str formats)
{
    struct str format;
    struct sdp_rtpmap map;
    unsigned n = 0, type;
    while (sdp_format_next(&formats, &format)) {
        struct str name = format;
        if (sdp_read_payload_type(format, &type) && sdp_rtpmap_of(s, section, type, &map))
            name = map.encoding;
        if (is_aside(name))
            continue;
        if (n++ > 0)
            brief_put(b, STR(","));
        brief_put(b, name);
    }
}

static void put_section(struct buf *b, const struct sdp *s, uint32_t n)
{
    struct sdp_section section = sdp_media_section(s, n);
    struct sdp_media media;
    struct sdp_connection c;
    if (!sdp_read_media(s->lines[section.first].value, &media)) {
        brief_put(b, STR("unreadable"));
        return;
    }
    if (s->n_media > 1 || !str_equal(media.kind, STR("audio"))) {
        brief_put(b, media.kind);
        brief_put(b, STR(" "));
    }
    if (media.port == 0 && !media.beyond) {
        brief_put(b, STR("refused"));
        return;
    }
    put_codecs(b, s, section, media.formats);
    brief_put(b, STR(" "));
    if (sdp_connection_of(s, section, &c))
        brief_put(b, c.place.address);
    brief_put(b, STR(":"));
    brief_put_u64(b, media.beyond ? 0 : media.port);
    brief_put(b, STR(" "));
    brief_put(b, sdp_direction_name(sdp_direction_of(s, section)));
}

void summary_put(struct summary *s, struct buf *out, const struct trace_call *c,
                 const struct trace_item *i)
{
    char words[LIMIT_TRACE_SUMMARY];
    struct buf b;
    buf_init(&b, words, sizeof words);
    sdp_parse(&s->sdp, i->sdp, s->space, sizeof s->space);
    brief_put(&b, is_answer(c, i) ? STR("answer ") : STR("offer "));
    for (uint32_t n = 0; n < s->sdp.n_media; n++) {
        if (n > 0)
            brief_put(&b, STR("; "));
        put_section(&b, &s->sdp, n);
    }
    if (s->sdp.n_media == 0)
        brief_put(&b, STR("of no media"));
    buf_put(out, buf_str(&b));
}
