/* Owns which codecs are offered and under which payload types. */
#include "phone/codecs.h"

#include "sdp/payload.h"

#define DYNAMIC_FIRST 96
#define EVENTS_TYPE 101 /* of 8000 Hz: what most others have, too */
#define WIDE_RATE 16000

/* RFC 3551 6; DYNAMIC_FIRST: there is none. */
static unsigned static_type(const struct codec *codec)
{
    unsigned type = 0;
    for (; type < DYNAMIC_FIRST; type++) {
        const struct sdp_payload *p = sdp_payload_static(type);
        if (p && str_equal_nocase(p->encoding, codec->encoding) && p->clock == codec->clock &&
            p->channels == codec->channels)
            break;
    }
    return type;
}

static bool is_usual_event(const struct codec *codec)
{
    return codec->kind == CODEC_EVENTS && codec->clock == 8000;
}

/* The same one in each offer (RFC 3264 8.3.2): the dynamic ones by the place in the table. */
static unsigned type_of(const struct codec *codec)
{
    unsigned type = static_type(codec);
    if (type < DYNAMIC_FIRST)
        return type;
    if (is_usual_event(codec))
        return EVENTS_TYPE;
    for (unsigned i = 0; codec_at(i) != codec; i++)
        if (static_type(codec_at(i)) == DYNAMIC_FIRST && !is_usual_event(codec_at(i)))
            type += type + 1 == EVENTS_TYPE ? 2 : 1;
    return type;
}

static bool has(const struct codecs *c, unsigned type)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->sdp[i].payload_type == type)
            return true;
    return false;
}

static bool add(struct codecs *c, const struct codec *codec)
{
    struct buf b;
    if (!codec || has(c, type_of(codec)))
        return true;
    if (c->n == LIMIT_SDP_FORMATS)
        return false;
    buf_init(&b, c->fmtp[c->n], CODECS_FMTP);
    codec_put_fmtp(codec, &b);
    c->sdp[c->n] = (struct sdp_codec){.encoding = codec->encoding,
                                      .clock = codec->clock,
                                      .channels = (uint8_t)codec->channels,
                                      .payload_type = (uint8_t)type_of(codec),
                                      .fmtp = buf_str(&b)};
    c->n++;
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
        good = good && add(c, codec_named(STR("telephone-event"), c->sdp[i].clock, 1));
    for (unsigned i = 0; i < n; i++)
        if (c->sdp[i].clock == 8000)
            good = good && add(c, codec_named(STR("CN"), 8000, 1));
    return good;
}

const char *codecs_choose(struct codecs *c, struct str names)
{
    struct str rest = names;
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

static const struct sdp_codec *codec_of(const struct sdp_stream *s, const struct sdp_format *f)
{
    return f->codec < s->n_codecs ? &s->codecs[f->codec] : NULL;
}

unsigned codecs_agreed(const struct sdp_stream *s, const struct sdp_agreed *a,
                       struct audio_format *to)
{
    unsigned n = 0;
    for (unsigned i = 0; i < a->n_formats; i++) {
        const struct sdp_format *f = &a->formats[i];
        const struct sdp_codec *c = codec_of(s, f);
        const struct codec *codec = c ? codec_named(c->encoding, c->clock, c->channels) : NULL;
        if (codec)
            to[n++] = (struct audio_format){.codec = codec,
                                            .send = f->send,
                                            .receive = f->receive,
                                            .send_fmtp = sdp_format_fmtp(f)};
    }
    return n;
}

struct str codecs_first(const struct sdp_stream *s, const struct sdp_agreed *a)
{
    const struct sdp_codec *c = a->n_formats > 0 ? codec_of(s, &a->formats[0]) : NULL;
    return c ? c->encoding : STR_NONE;
}

unsigned codecs_rate(const struct audio_format *formats, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (formats[i].codec->kind == CODEC_VOICE)
            return codec_rate(formats[i].codec, WIDE_RATE) == 8000 ? 8000 : WIDE_RATE;
    return 8000;
}
