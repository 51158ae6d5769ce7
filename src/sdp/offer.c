/* Descriptions written from what this side can do: offers, and answers. */
#include "sdp/offer.h"

#include "agree.h"
#include "sdp/print.h"

/* RFC 8866 6.6: one channel is not said; Opus always says two (RFC 7587 7). */
static void put_codec(struct buf *b, const struct sdp_codec *codec, unsigned payload_type)
{
    char digits[4];
    struct buf channels;
    buf_init(&channels, digits, sizeof digits);
    if (codec->channels > 1)
        buf_put_u64(&channels, codec->channels);
    struct sdp_rtpmap map = {payload_type, codec->encoding, codec->clock, buf_str(&channels)};
    sdp_put_rtpmap(b, &map);
    if (codec->fmtp.len == 0)
        return;
    buf_put_lit(b, "a=fmtp:");
    buf_put_u64(b, payload_type);
    buf_put_char(b, ' ');
    buf_put(b, codec->fmtp);
    buf_put_lit(b, "\r\n");
}

static void begin_media(struct buf *b, struct str kind, uint16_t port, struct str proto)
{
    buf_put_lit(b, "m=");
    buf_put(b, kind);
    buf_put_char(b, ' ');
    buf_put_u64(b, port);
    buf_put_char(b, ' ');
    buf_put(b, proto);
}

static void put_payload_types(struct buf *b, const struct sdp_format *formats, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        buf_put_char(b, ' ');
        buf_put_u64(b, formats[i].receive);
    }
}

/* An m= line that is live, and what stands below it. */
static void put_live(struct buf *b, const struct sdp_stream *stream, struct str proto,
                     const struct sdp_agreed *a)
{
    begin_media(b, stream->kind, stream->port, proto);
    if (stream->n_codecs == 0) {
        buf_put_char(b, ' ');
        buf_put(b, stream->formats);
    }
    put_payload_types(b, a->formats, a->n_formats);
    buf_put_lit(b, "\r\n");
    for (unsigned i = 0; i < a->n_formats; i++)
        put_codec(b, &stream->codecs[a->formats[i].codec], a->formats[i].receive);
    if (stream->ptime > 0)
        sdp_put_number(b, STR("ptime"), stream->ptime);
    if (a->rtcp_mux)
        sdp_put_flag(b, STR("rtcp-mux"));
    if (stream->n_codecs > 0)
        sdp_put_flag(b, sdp_direction_name(a->direction));
    sdp_put_preconditions(b, &a->preconditions);
}

/* Everything that a stream has, as it is offered. */
static void all_of(const struct sdp_local *local, unsigned n, struct sdp_agreed *a)
{
    const struct sdp_stream *stream = &local->streams[n];
    *a = (struct sdp_agreed){.direction = stream->direction, .rtcp_mux = stream->rtcp_mux};
    for (unsigned i = 0; i < stream->n_codecs && i < LIMIT_SDP_FORMATS; i++)
        a->formats[a->n_formats++] =
            (struct sdp_format){.codec = (uint8_t)i, .receive = stream->codecs[i].payload_type};
    if (stream->demands_qos && stream->port != 0)
        sdp_preconditions_offer(stream->qos,
                                n < local->n_agreed ? &local->agreed[n].preconditions : NULL,
                                &a->preconditions);
}

/* RFC 3312 12: known, and not wanted. */
static void put_known(struct buf *b)
{
    struct sdp_precondition_line line = {SDP_DES, STR("qos"), SDP_STRENGTH_NONE, SDP_SEGMENT_E2E,
                                         SDP_SENDRECV};
    for (; line.segment <= SDP_SEGMENT_REMOTE; line.segment++)
        sdp_put_precondition(b, &line);
}

void sdp_offer(struct buf *b, const struct sdp_local *local)
{
    struct sdp_agreed all;
    sdp_put_session(b, local->id, local->version, &local->addr);
    for (unsigned i = 0; i < local->n_streams; i++) {
        all_of(local, i, &all);
        put_live(b, &local->streams[i], local->streams[i].proto, &all);
        if (local->streams[i].demands_qos && local->streams[i].port == 0)
            put_known(b);
    }
}

/* RFC 3264 6: port 0, and at least one format, which means nothing. What is no payload type is not
 * said again. */
static void put_refused(struct buf *b, const struct sdp_media *offered)
{
    struct str formats = offered->formats, format;
    bool is_rtp = sdp_proto_is_rtp(offered->proto), any = false;
    unsigned type;
    begin_media(b, offered->kind, 0, offered->proto);
    while (sdp_format_next(&formats, &format)) {
        if (is_rtp && !sdp_read_payload_type(format, &type))
            continue;
        buf_put_char(b, ' ');
        buf_put(b, format);
        any = true;
    }
    if (!any)
        buf_put_lit(b, " 0");
    buf_put_lit(b, "\r\n");
}

unsigned sdp_answer(struct buf *b, const struct sdp *offer, const struct sdp_local *local,
                    struct sdp_agreed *agreed)
{
    uint64_t used = 0;
    unsigned live = 0;
    sdp_put_session(b, local->id, local->version, &local->addr);
    for (uint32_t i = 0; i < offer->n_media; i++) {
        struct sdp_media media;
        struct sdp_agreed *a = &agreed[i];
        *a = (struct sdp_agreed){.live = false};
        if (!sdp_read_media(offer->lines[offer->media[i].first].value, &media))
            continue; /* a description that is not broken has none such */
        agree_on_offered(offer, i, local, used, a);
        if (!a->live) {
            put_refused(b, &media);
            continue;
        }
        live++;
        used |= UINT64_C(1) << a->stream;
        put_live(b, &local->streams[a->stream], media.proto, a);
    }
    return live;
}
