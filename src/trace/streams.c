/* Counts the packets of one stream. What it belongs to is decided elsewhere. */
#include "trace/streams.h"

#include "base/time.h"
#include "sdp/attribute.h"
#include "sdp/payload.h"

/* Clocks that were set meanwhile make more of it. */
#define DIFFERENCE_MOST_MS 1e9

#define PT_NOISE 13
#define PT_OLD_NOISE 19 /* what some senders number comfort noise by a draft */

/* A name and a clock, or "" and 0. */
struct payload_name {
    char codec[24];
    uint32_t clock;
};

/* RFC 3264 5.1: the receiver's description says what a payload type means, else RFC 3551. */
static void name_codec(struct trace_calls *t, const struct held_place *p, unsigned type,
                       struct payload_name *out)
{
    const struct sdp *sdp = p ? description_read(t->desk, p->item->sdp) : NULL;
    const struct sdp_payload *known = sdp_payload_static(type);
    struct sdp_rtpmap map = {0};

    *out = (struct payload_name){0};
    if (sdp && p->place.media < sdp->n_media)
        (void)sdp_rtpmap_of(sdp, sdp_media_section(sdp, p->place.media), type, &map);
    if (map.encoding.len == 0 && known)
        map = (struct sdp_rtpmap){.encoding = known->encoding, .clock = known->clock};
    size_t len =
        map.encoding.len < sizeof out->codec - 1 ? map.encoding.len : sizeof out->codec - 1;

    if (len > 0)
        memcpy(out->codec, map.encoding.at, len);
    out->clock = map.clock;
}

void stream_learn(struct trace_calls *t, struct held_stream *s, const struct held_place *at,
                  unsigned type)
{
    struct payload_name name;

    name_codec(t, at, type, &name);
    s->payload_type = (uint8_t)type;
    s->is_event = str_equal_nocase(str_from(name.codec), STR("telephone-event"));
    s->clock = s->is_event ? 0 : name.clock;
    if (s->open.codec[0] == '\0' && type == s->open.payload_type) {
        memcpy(s->open.codec, name.codec, sizeof name.codec);
        s->open.clock = name.clock;
    }
}

struct held_stream *stream_new(struct trace_calls *t, const struct held_place *at,
                               const struct trace_packet *p)
{
    struct held_stream *s = mem_alloc_zero(t->mem, sizeof *s);

    if (!s)
        return NULL;
    s->open.from = p->from;
    s->open.to = p->to;
    s->open.ssrc = p->rtp->ssrc;
    s->open.payload_type = p->rtp->payload_type;
    s->open.at = s->open.last_at = p->at;
    rtp_source_begin(&s->open.source, p->rtp->sequence, 0);
    stream_learn(t, s, at, p->rtp->payload_type);
    list_init(&s->open.in_call);
    list_init(&s->by_use);
    return s;
}

void stream_free(struct trace_calls *t, struct held_stream *s)
{
    mem_free(t->mem, s, sizeof *s);
}

bool stream_is_of(const struct trace_stream *s, const struct trace_packet *p)
{
    return s->ssrc == p->rtp->ssrc && addr_equal(&s->to, &p->to) && addr_equal(&s->from, &p->from);
}

/* --- jitter --- */

static bool is_noise(unsigned type)
{
    return type == PT_NOISE || type == PT_OLD_NOISE;
}

static double ms_between(unix_ns later, unix_ns earlier)
{
    return ((double)later - (double)earlier) / (double)NS_PER_MS;
}

/* RFC 3550 6.4.1. In the mean and the most is not what begins a talk spurt, nor comfort noise and
 * what follows it: their times say how long somebody was silent. Nor what is late. */
static void add_jitter(struct held_stream *s, const struct trace_packet *p, bool followed_noise)
{
    struct trace_jitter *j = &s->open.jitter;
    int32_t ticks = (int32_t)(p->rtp->timestamp - j->timestamp);
    double late = ms_between(p->at, j->at) - ticks * 1000.0 / s->clock;
    double difference = late < 0 ? -late : late;

    difference = difference < DIFFERENCE_MOST_MS ? difference : DIFFERENCE_MOST_MS;
    j->now_ms += (difference - j->now_ms) / 16;
    if (p->rtp->marker || followed_noise || is_noise(s->payload_type) || ticks < 0)
        return;
    j->mean_ms += (j->now_ms - j->mean_ms) / (double)s->open.packets;
    j->most_ms = j->now_ms > j->most_ms ? j->now_ms : j->most_ms;
}

/* RFC 4733 2.2.1: all packets of a digit have the timestamp of its beginning. They, and others
 * without a clock, are left out. */
static void time_packet(struct held_stream *s, const struct trace_packet *p, bool followed_noise)
{
    struct trace_jitter *j = &s->open.jitter;

    if (s->clock == 0)
        return;
    if (j->at != 0)
        add_jitter(s, p, followed_noise);
    if (j->at == 0 || (int32_t)(p->rtp->timestamp - j->timestamp) >= 0) {
        j->at = p->at;
        j->timestamp = p->rtp->timestamp;
    }
}

/* --- counting --- */

static void note_sequence(struct held_stream *s, uint16_t sequence)
{
    bool follows = s->open.packets > 0 && sequence == (uint16_t)(s->sequence + 1);

    s->run = !follows ? 1 : s->run < UINT8_MAX ? (uint8_t)(s->run + 1) : s->run;
    s->sequence = sequence;
}

void stream_count(struct trace_calls *t, struct held_stream *s, const struct held_place *at,
                  const struct trace_packet *p)
{
    bool followed_noise = is_noise(s->payload_type);

    if (p->rtp->payload_type != s->payload_type)
        stream_learn(t, s, at, p->rtp->payload_type);
    time_packet(s, p, followed_noise);
    note_sequence(s, p->rtp->sequence);
    s->open.packets++;
    s->open.bytes += p->len;
    if (p->at > s->open.last_at)
        s->open.last_at = p->at;
    s->open.late +=
        rtp_source_take(&s->open.source, p->rtp->sequence, p->rtp->timestamp, 0) == RTP_LATE;
}

uint64_t trace_stream_lost(const struct trace_stream *s)
{
    int64_t lost = rtp_source_lost(&s->source);

    return lost > 0 ? (uint64_t)lost : 0;
}

uint64_t trace_stream_jitter_us(const struct trace_stream *s)
{
    return (uint64_t)(s->jitter.now_ms * 1000 + 0.5);
}

const struct trace_stream *trace_call_stream(const struct trace_call *c,
                                             const struct trace_stream *last)
{
    const struct list *next = last ? last->in_call.next : c->streams.next;

    return next == &c->streams ? NULL : CONTAINER_OF(next, struct trace_stream, in_call);
}
