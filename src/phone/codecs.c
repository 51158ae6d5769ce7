/* Owns which codecs are offered and under which payload types. */
#include "phone/codecs.h"

#include "sdp/payload.h"

#define USUAL "opus,G722,PCMA,PCMU"
#define DYNAMIC_FIRST 96
#define DYNAMIC_LAST 127
#define EVENTS_TYPE 101 /* of 8000 Hz: what most others have, too */
#define WIDE_RATE 16000

static bool is_taken(const struct codecs *c, unsigned type)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->sdp[i].payload_type == type)
            return true;
    return false;
}

static unsigned free_type(const struct codecs *c)
{
    unsigned type = DYNAMIC_FIRST;
    while (type <= DYNAMIC_LAST && (type == EVENTS_TYPE || is_taken(c, type)))
        type++;
    return type;
}

/* RFC 3551 6: the static one, where there is one. */
static unsigned type_of(const struct codecs *c, const struct codec *codec)
{
    for (unsigned type = 0; type < DYNAMIC_FIRST; type++) {
        const struct sdp_payload *p = sdp_payload_static(type);
        if (p && str_equal_nocase(p->encoding, codec->encoding) && p->clock == codec->clock &&
            p->channels == codec->channels)
            return type;
    }
    return codec->kind == CODEC_EVENTS && codec->clock == 8000 ? EVENTS_TYPE : free_type(c);
}

static bool has(const struct codecs *c, const struct codec *codec)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->codec[i] == codec)
            return true;
    return false;
}

static bool add(struct codecs *c, const struct codec *codec)
{
    struct buf b;
    if (!codec || has(c, codec))
        return true;
    if (c->n == LIMIT_SDP_FORMATS)
        return false;
    buf_init(&b, c->fmtp[c->n], CODECS_FMTP);
    codec_put_fmtp(codec, &b);
    c->sdp[c->n] = (struct sdp_codec){.encoding = codec->encoding,
                                      .clock = codec->clock,
                                      .channels = (uint8_t)codec->channels,
                                      .payload_type = (uint8_t)type_of(c, codec),
                                      .fmtp = buf_str(&b)};
    c->codec[c->n++] = codec;
    return true;
}

/* The first one of that name and, where it is said, clock. */
static const struct codec *named(struct str name)
{
    size_t slash = str_find(name, '/');
    uint64_t clock = 0;
    const struct codec *codec;
    if (slash < name.len &&
        !str_to_u64(str_slice(name, slash + 1, name.len), CODEC_RATE_MOST, &clock))
        return NULL;
    for (unsigned i = 0; (codec = codec_at(i)) != NULL; i++)
        if (codec->kind == CODEC_VOICE && (clock == 0 || codec->clock == clock) &&
            str_equal_nocase(codec->encoding, str_slice(name, 0, slash)) && codec_encodes(codec) &&
            codec_decodes(codec))
            return codec;
    return NULL;
}

/* RFC 4733 2.1, RFC 3389 4: of the voices' clocks. */
static bool add_companions(struct codecs *c)
{
    unsigned n = c->n;
    bool good = true;
    for (unsigned i = 0; i < n; i++)
        good = good && add(c, codec_named(STR("telephone-event"), c->codec[i]->clock, 1));
    for (unsigned i = 0; i < n; i++)
        if (c->codec[i]->clock == 8000)
            good = good && add(c, codec_named(STR("CN"), 8000, 1));
    return good;
}

const char *codecs_choose(struct codecs *c, const char *names)
{
    struct str rest = str_from(names ? names : USUAL);
    *c = (struct codecs){0};
    while (rest.len > 0) {
        size_t comma = str_find(rest, ',');
        const struct codec *codec = named(str_trim(str_slice(rest, 0, comma)));
        if (!codec)
            return "no such codec here; tandem help call has them";
        if (!add(c, codec))
            return "too many codecs";
        rest = str_slice(rest, comma + 1, rest.len);
    }
    if (c->n == 0)
        return "a codec is wanted";
    return add_companions(c) ? NULL : "too many codecs";
}

unsigned codecs_agreed(const struct codecs *c, const struct sdp_agreed *a, struct audio_format *to)
{
    unsigned n = 0;
    for (unsigned i = 0; i < a->n_formats; i++) {
        unsigned codec = a->formats[i].codec;
        if (codec < c->n)
            to[n++] = (struct audio_format){.codec = c->codec[codec],
                                            .send = a->formats[i].send,
                                            .receive = a->formats[i].receive,
                                            .send_fmtp = sdp_format_fmtp(&a->formats[i]),
                                            .receive_fmtp = c->sdp[codec].fmtp};
    }
    return n;
}

unsigned codecs_rate(const struct audio_format *formats, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (formats[i].codec->kind == CODEC_VOICE)
            return codec_rate(formats[i].codec, WIDE_RATE) == 8000 ? 8000 : WIDE_RATE;
    return 8000;
}
