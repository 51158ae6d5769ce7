/* What one m= line and our streams come to (RFC 3264 6, 6.1, 7). */
#include "agree.h"

#include <string.h>

/* RFC 4585 says nothing that who knows RTP/AVP alone could not do as an answerer. */
static bool is_proto(const struct sdp_stream *stream, struct str proto)
{
    return str_equal_nocase(stream->proto, proto) ||
           (str_equal_nocase(stream->proto, STR("RTP/AVP")) &&
            str_equal_nocase(proto, STR("RTP/AVPF")));
}

static bool is_of_kind(const struct sdp_stream *stream, const struct sdp_media *media)
{
    return stream->port != 0 && str_equal_nocase(stream->kind, media->kind) &&
           is_proto(stream, media->proto);
}

/* Our stream for their m= line `n`; local->n_streams: none. */
static unsigned stream_for(const struct sdp_local *local, uint32_t n, const struct sdp_media *media,
                           uint64_t used)
{
    if (n < local->n_streams && !(used >> n & 1) && is_of_kind(&local->streams[n], media))
        return n;
    for (unsigned i = 0; i < local->n_streams; i++)
        if (!(used >> i & 1) && is_of_kind(&local->streams[i], media))
            return i;
    return local->n_streams;
}

static bool codec_for(const struct sdp_stream *stream, const struct sdp_rtpmap *map,
                      struct str fmtp, unsigned *codec)
{
    for (unsigned i = 0; i < stream->n_codecs; i++)
        if (sdp_codec_fits(&stream->codecs[i], map, fmtp)) {
            *codec = i;
            return true;
        }
    return false;
}

static bool has_codec(const struct sdp_agreed *a, unsigned codec)
{
    for (unsigned i = 0; i < a->n_formats; i++)
        if (a->formats[i].codec == codec)
            return true;
    return false;
}

static struct sdp_format format_of(unsigned codec, unsigned send, unsigned receive, struct str fmtp)
{
    struct sdp_format f = {
        .codec = (uint8_t)codec, .send = (uint8_t)send, .receive = (uint8_t)receive};
    if (fmtp.len > 0 && fmtp.len <= sizeof f.fmtp) {
        memcpy(f.fmtp, fmtp.at, fmtp.len);
        f.fmtp_len = (uint8_t)fmtp.len;
    }
    return f;
}

/* The formats of their m= line that we have, in their order. *strange: one that we have not, or
 * that is none. */
static void common_formats(const struct sdp *s, struct sdp_section section,
                           const struct sdp_media *media, const struct sdp_stream *stream,
                           struct sdp_agreed *a, bool *strange)
{
    struct str formats = media->formats, format;
    struct sdp_rtpmap map;
    unsigned type, codec;
    while (sdp_format_next(&formats, &format)) {
        struct str fmtp = sdp_fmtp_of(s, section, format);
        bool ours = sdp_read_payload_type(format, &type) && sdp_rtpmap_of(s, section, type, &map) &&
                    codec_for(stream, &map, fmtp, &codec);
        *strange |= !ours;
        if (ours && !has_codec(a, codec) && a->n_formats < LIMIT_SDP_FORMATS)
            a->formats[a->n_formats++] =
                format_of(codec, type, stream->codecs[codec].payload_type, fmtp);
    }
}

/* Events alone are no talk, but for a stream of which nothing else was said (RFC 4317 2.4). */
static bool is_enough(const struct sdp_stream *stream, const struct sdp_agreed *a, bool strange)
{
    for (unsigned i = 0; i < a->n_formats; i++)
        if (!sdp_codec_is_companion(stream->codecs[a->formats[i].codec].encoding))
            return true;
    return a->n_formats > 0 && !strange;
}

static bool formats_agree(const struct sdp *s, struct sdp_section section,
                          const struct sdp_media *media, const struct sdp_stream *stream,
                          struct sdp_agreed *a)
{
    struct str formats = media->formats, format;
    bool strange = false;
    if (stream->n_codecs > 0) {
        common_formats(s, section, media, stream, a, &strange);
        return is_enough(stream, a, strange);
    }
    while (sdp_format_next(&formats, &format))
        if (sdp_format_in(stream->formats, format))
            return true;
    return false;
}

/* RFC 3264 8.4: the old hold. */
static bool is_held(const struct sdp_place *place)
{
    return place->addr.family == ADDR_IP4 && addr_is_any(&place->addr);
}

/* RFC 3605 2.1, RFC 3550 11: the next port where nothing else is said. */
static void read_rtcp(const struct sdp *s, struct sdp_section section, struct sdp_agreed *a)
{
    struct sdp_attribute attribute;
    bool said = sdp_attribute_find(s, section, STR("rtcp"), &attribute) &&
                sdp_read_rtcp(attribute.value, &a->rtcp);
    if (!said)
        a->rtcp = (struct sdp_rtcp){.port = (uint16_t)(a->port + 1)};
    if (a->rtcp.place.address.len == 0)
        a->rtcp.place = a->place;
}

/* Where they are, and which way it goes. False: they do not say where. */
static bool read_far_end(const struct sdp *s, struct sdp_section section,
                         const struct sdp_media *media, const struct sdp_stream *stream,
                         struct sdp_agreed *a)
{
    struct sdp_connection connection;
    struct sdp_attribute attribute;
    if (!sdp_connection_of(s, section, &connection))
        return false;
    a->place = connection.place;
    a->port = media->port;
    enum sdp_direction theirs = sdp_direction_of(s, section);
    if (is_held(&a->place))
        theirs = (enum sdp_direction)(theirs & ~(unsigned)SDP_RECVONLY);
    a->direction = sdp_direction_turned(theirs) & stream->direction;
    a->ptime = sdp_ptime(s, section);
    a->rtcp_mux = stream->rtcp_mux && sdp_attribute_find(s, section, STR("rtcp-mux"), &attribute);
    read_rtcp(s, section, a);
    return true;
}

static bool read_media(const struct sdp *s, uint32_t n, struct sdp_media *media)
{
    return sdp_read_media(s->lines[sdp_media_section(s, n).first].value, media);
}

void agree_on_offered(const struct sdp *offer, uint32_t n, const struct sdp_local *local,
                      uint64_t used, struct sdp_agreed *a)
{
    struct sdp_section section = sdp_media_section(offer, n);
    struct sdp_media media;
    if (!read_media(offer, n, &media) || media.port == 0)
        return;
    a->stream = stream_for(local, n, &media, used);
    if (a->stream == local->n_streams)
        return;
    const struct sdp_stream *stream = &local->streams[a->stream];
    a->live = formats_agree(offer, section, &media, stream, a) &&
              read_far_end(offer, section, &media, stream, a);
    if (a->live)
        sdp_preconditions_answer(offer, section, &a->preconditions);
    /* RFC 3264 6.1: the numbers of the offer are used in the answer */
    for (unsigned i = 0; i < a->n_formats; i++)
        a->formats[i].receive = a->formats[i].send;
}

/* One m= line of an answer to ours. False: it is no answer to it. */
static bool is_answer(const struct sdp *answer, uint32_t n, const struct sdp_stream *stream,
                      struct sdp_agreed *a)
{
    struct sdp_section section = sdp_media_section(answer, n);
    struct sdp_media media;
    *a = (struct sdp_agreed){.stream = n};
    if (!read_media(answer, n, &media) || !str_equal_nocase(media.kind, stream->kind))
        return false;
    if (media.port == 0)
        return true;
    a->live = stream->port != 0 && str_equal_nocase(media.proto, stream->proto) &&
              formats_agree(answer, section, &media, stream, a) &&
              read_far_end(answer, section, &media, stream, a);
    if (a->live)
        sdp_preconditions_answered(answer, section, &a->preconditions);
    return a->live;
}

enum sdp_verdict sdp_answered(const struct sdp *answer, const struct sdp_local *local,
                              struct sdp_agreed *agreed)
{
    bool any = local->n_streams == 0;
    if (answer->n_media != local->n_streams)
        return SDP_CONTRADICTS;
    for (uint32_t i = 0; i < answer->n_media; i++) {
        if (!is_answer(answer, i, &local->streams[i], &agreed[i]))
            return SDP_CONTRADICTS;
        any |= agreed[i].live;
    }
    return any ? SDP_AGREES : SDP_REFUSES;
}
