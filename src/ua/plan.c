/* What this side can do, by the places of a session's m= lines: copies that never change. */
#include "ua/media.h"

/* A plan to be: streams of somebody else, in order. */
struct sketch {
    struct addr addr;
    unsigned n_places, n;
    struct {
        struct sdp_stream stream;
        unsigned source;
    } parts[2 * LIMIT_SDP_MEDIA];
};

struct need {
    unsigned n_codecs;
    size_t text;
};

static void count(struct need *need, const struct sdp_stream *s)
{
    need->text += s->kind.len + s->proto.len + s->formats.len;
    need->n_codecs += s->n_codecs;
    for (unsigned i = 0; i < s->n_codecs; i++)
        need->text += s->codecs[i].encoding.len + s->codecs[i].fmtp.len;
}

static struct str keep(struct buf *b, struct str s)
{
    struct str kept = {b->at + b->len, s.len};
    buf_put(b, s);
    return kept;
}

static void copy_stream(struct sdp_stream *to, const struct sdp_stream *from,
                        struct sdp_codec *codecs, struct buf *text)
{
    *to = *from;
    to->kind = keep(text, from->kind);
    to->proto = keep(text, from->proto);
    to->formats = keep(text, from->formats);
    to->codecs = codecs;
    for (unsigned i = 0; i < from->n_codecs; i++) {
        codecs[i] = from->codecs[i];
        codecs[i].encoding = keep(text, from->codecs[i].encoding);
        codecs[i].fmtp = keep(text, from->codecs[i].fmtp);
    }
}

/* One allocation: the plan, streams, codecs, sources, texts. */
static struct plan *build(struct ua *ua, const struct sketch *k)
{
    struct need need = {0};
    for (unsigned i = 0; i < k->n; i++)
        count(&need, &k->parts[i].stream);
    size_t size = sizeof(struct plan) + k->n * (sizeof(struct sdp_stream) + sizeof(unsigned)) +
                  need.n_codecs * sizeof(struct sdp_codec) + need.text;
    struct plan *p = k->n_places > LIMIT_SDP_MEDIA ? NULL : mem_alloc(ua->mem, size);
    if (!p)
        return NULL;
    *p = (struct plan){
        .refs = 1, .size = size, .addr = k->addr, .n_places = k->n_places, .n_streams = k->n};
    p->streams = (struct sdp_stream *)(void *)(p + 1);
    p->codecs = (struct sdp_codec *)(void *)(p->streams + k->n);
    p->source = (unsigned *)(void *)(p->codecs + need.n_codecs);
    struct buf text;
    buf_init(&text, (char *)(p->source + k->n), need.text);
    struct sdp_codec *codecs = p->codecs;
    for (unsigned i = 0; i < k->n; i++) {
        copy_stream(&p->streams[i], &k->parts[i].stream, codecs, &text);
        codecs += k->parts[i].stream.n_codecs;
        p->source[i] = k->parts[i].source;
    }
    return p;
}

static void add(struct sketch *k, const struct sdp_stream *s, unsigned source)
{
    k->parts[k->n].stream = *s;
    k->parts[k->n++].source = source;
}

struct plan *plan_new(struct ua *ua, const struct sdp_local *local)
{
    struct sketch k = {.addr = local->addr};
    if (local->n_streams > LIMIT_SDP_MEDIA)
        return NULL;
    for (unsigned i = 0; i < local->n_streams; i++)
        add(&k, &local->streams[i], i);
    k.n_places = k.n;
    return build(ua, &k);
}

struct plan *plan_hold(struct ua *ua, struct plan *p)
{
    struct sketch k = {.addr = p->addr, .n_places = p->n_places};
    for (unsigned i = 0; i < p->n_streams; i++) {
        add(&k, &p->streams[i], p->source[i]);
        k.parts[i].stream.direction &= SDP_SENDONLY;
    }
    struct plan *held = build(ua, &k);
    if (held)
        held->full = plan_ref(p);
    return held;
}

struct plan *plan_ref(struct plan *p)
{
    if (p)
        p->refs++;
    return p;
}

void plan_unref(struct ua *ua, struct plan *p)
{
    while (p && --p->refs == 0) {
        struct plan *full = p->full;
        mem_free(ua->mem, p, p->size);
        p = full;
    }
}

/* The index in `p` of the stream with this source; p->n_streams: none. */
static unsigned find(const struct plan *p, unsigned source)
{
    for (unsigned i = 0; i < p->n_streams; i++)
        if (p->source[i] == source)
            return i;
    return p->n_streams;
}

/* A place that nothing serves: its line stays (RFC 3264 8.2). */
static void add_dead(struct sketch *k, const struct sdp_stream *was)
{
    struct sdp_stream dead = {.kind = was->kind, .proto = was->proto, .formats = was->formats};
    if (dead.formats.len == 0)
        dead.formats = STR("0");
    add(k, &dead, PLAN_NONE);
}

static void keep_places(struct sketch *k, const struct plan *held, const struct plan *wish,
                        bool *placed)
{
    for (unsigned i = 0; i < held->n_places; i++) {
        unsigned at = held->source[i] == PLAN_NONE ? wish->n_streams : find(wish, held->source[i]);
        if (at == wish->n_streams || wish->streams[at].port == 0) {
            add_dead(k, &held->streams[i]);
            continue;
        }
        add(k, &wish->streams[at], wish->source[at]);
        placed[at] = true;
    }
}

static void place_new(struct sketch *k, const struct sdp_stream *s, unsigned source)
{
    unsigned at = 0;
    while (at < k->n && k->parts[at].source != PLAN_NONE)
        at++;
    if (at == k->n)
        k->n++;
    k->parts[at].stream = *s;
    k->parts[at].source = source;
}

/* --- payload types: a number keeps its meaning as long as the session lasts (RFC 3264 8.3.2) ---
 */

#define TYPES 128

/* What is settled of one place. */
struct numbers {
    bool taken[TYPES];
    bool has[LIMIT_SDP_FORMATS]; /* of each codec of the plan */
};

static void settle(struct numbers *n, struct sdp_codec *codecs, unsigned codec, unsigned type)
{
    codecs[codec].payload_type = (uint8_t)type;
    n->has[codec] = true;
    n->taken[type % TYPES] = true;
}

static unsigned free_type(const struct numbers *n)
{
    unsigned type = TYPES - 1;
    while (type > 96 && n->taken[type])
        type--;
    return type;
}

/* Every other codec keeps its number where that is free. */
static void settle_rest(struct numbers *n, struct sdp_codec *codecs, unsigned n_codecs)
{
    for (unsigned i = 0; i < n_codecs; i++)
        if (!n->has[i] && !n->taken[codecs[i].payload_type % TYPES])
            settle(n, codecs, i, codecs[i].payload_type);
    for (unsigned i = 0; i < n_codecs; i++)
        if (!n->has[i])
            settle(n, codecs, i, free_type(n));
}

/* The plan's own, of one place. */
static struct sdp_codec *codecs_of(struct plan *p, unsigned place)
{
    return p->codecs + (p->streams[place].codecs - p->codecs);
}

static void number_as_agreed(struct plan *p, unsigned place, const struct sdp_agreed *a)
{
    struct numbers n = {0};
    for (unsigned i = 0; i < a->n_formats; i++)
        settle(&n, codecs_of(p, place), a->formats[i].codec, a->formats[i].receive);
    settle_rest(&n, codecs_of(p, place), p->streams[place].n_codecs);
}

static bool is_same(const struct sdp_codec *a, const struct sdp_codec *b)
{
    return str_equal_nocase(a->encoding, b->encoding) && a->clock == b->clock &&
           a->channels == b->channels && str_equal(a->fmtp, b->fmtp);
}

static void number_as_before(struct plan *p, unsigned place, const struct sdp_stream *before)
{
    struct numbers n = {0};
    struct sdp_codec *codecs = codecs_of(p, place);
    for (unsigned k = 0; k < before->n_codecs; k++)
        n.taken[before->codecs[k].payload_type % TYPES] = true;
    for (unsigned i = 0; i < p->streams[place].n_codecs; i++)
        for (unsigned k = 0; k < before->n_codecs && !n.has[i]; k++)
            if (is_same(&codecs[i], &before->codecs[k]))
                settle(&n, codecs, i, before->codecs[k].payload_type);
    settle_rest(&n, codecs, p->streams[place].n_codecs);
}

/* --- plans for an offer, and of an answer --- */

struct plan *plan_offer(struct ua *ua, const struct plan *held, const struct plan *wish)
{
    struct sketch k = {.addr = wish->addr};
    bool placed[2 * LIMIT_SDP_MEDIA] = {false};
    if (held)
        keep_places(&k, held, wish, placed);
    for (unsigned i = 0; i < wish->n_places; i++)
        if (!placed[i] && wish->streams[i].port != 0 && k.n < LIMIT_SDP_MEDIA)
            place_new(&k, &wish->streams[i], wish->source[i]);
    k.n_places = k.n;
    for (unsigned i = wish->n_places; i < wish->n_streams && k.n < 2 * LIMIT_SDP_MEDIA; i++)
        if (!placed[i] && wish->streams[i].port != 0)
            add(&k, &wish->streams[i], wish->source[i]);
    struct plan *p = build(ua, &k);
    for (unsigned i = 0; p && held && i < held->n_places; i++)
        if (p->source[i] != PLAN_NONE && p->source[i] == held->source[i])
            number_as_before(p, i, &held->streams[i]);
    return p;
}

static void offered_stream(const struct sdp *offer, uint32_t n, struct sdp_stream *s)
{
    struct sdp_media media;
    *s = (struct sdp_stream){.formats = STR_INIT("0")};
    if (!sdp_read_media(offer->lines[sdp_media_section(offer, n).first].value, &media))
        return;
    struct str formats = media.formats;
    s->kind = media.kind;
    s->proto = media.proto;
    (void)sdp_format_next(&formats, &s->formats);
}

struct plan *plan_answered(struct ua *ua, const struct plan *from, const struct sdp *offer,
                           const struct sdp_agreed *agreed)
{
    struct sketch k = {.addr = from->addr, .n_places = offer->n_media};
    bool placed[2 * LIMIT_SDP_MEDIA] = {false};
    for (uint32_t i = 0; i < offer->n_media; i++) {
        struct sdp_stream theirs;
        offered_stream(offer, i, &theirs);
        if (!agreed[i].live) {
            add_dead(&k, &theirs);
            continue;
        }
        add(&k, &from->streams[agreed[i].stream], from->source[agreed[i].stream]);
        placed[agreed[i].stream] = true;
    }
    for (unsigned i = 0; i < from->n_streams && k.n < 2 * LIMIT_SDP_MEDIA; i++)
        if (!placed[i] && from->source[i] != PLAN_NONE)
            add(&k, &from->streams[i], from->source[i]);
    struct plan *p = build(ua, &k);
    for (uint32_t i = 0; p && i < offer->n_media; i++)
        if (agreed[i].live)
            number_as_agreed(p, i, &agreed[i]);
    return p;
}
