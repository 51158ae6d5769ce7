/* What the sessions' dialogs have to do with their media: what descriptions say of the far end,
 * when they begin to speak, when they end. Moves no packet. */
#include "sdp/attribute.h"
#include "session.h"

pool_id talk_of(struct load *l, struct leg *leg)
{
    struct load_rtp *r = l->config.rtp;
    if (r && !leg->talk)
        leg->talk = load_rtp_open(r, &l->tally->rtp, &l->config.rtp_ports);
    return leg->talk;
}

/* --- what the far end says of itself --- */

static bool choose_payload(const struct sdp_media *media, struct rtp_far *far)
{
    struct str formats = media->formats, format;
    unsigned type;
    while (sdp_format_next(&formats, &format))
        if (sdp_read_payload_type(format, &type) && (type == 0 || type == 8)) {
            far->payload_type = (uint8_t)type;
            return true;
        }
    return false;
}

/* RFC 5576 4.1: "ssrc:4711 cname:…" */
static void read_ssrc(const struct sdp *d, struct sdp_section section, struct rtp_far *far)
{
    struct sdp_attribute a;
    uint64_t ssrc;
    if (!sdp_attribute_find(d, section, STR("ssrc"), &a) ||
        !str_to_u64(str_slice(a.value, 0, str_find(a.value, ' ')), UINT32_MAX, &ssrc))
        return;
    far->has_ssrc = true;
    far->ssrc = (uint32_t)ssrc;
}

static bool read_audio(const struct sdp *d, struct sdp_section section, struct rtp_far *far)
{
    struct sdp_media media;
    struct sdp_connection c;
    if (!sdp_read_media(sdp_line_find(d, section, 'm')->value, &media) || media.beyond ||
        media.port == 0 || !str_equal(media.kind, STR("audio")) || !sdp_proto_is_rtp(media.proto) ||
        !choose_payload(&media, far) || !sdp_connection_of(d, section, &c) ||
        c.place.addr.family == ADDR_NONE)
        return false;
    enum sdp_direction direction = sdp_direction_of(d, section);
    far->addr = c.place.addr;
    far->addr.port = media.port;
    far->sends = direction & SDP_SENDONLY;
    far->receives = direction & SDP_RECVONLY;
    read_ssrc(d, section, far);
    return true;
}

static bool read_description(struct load *l, struct str text, struct rtp_far *far)
{
    struct sdp d;
    sdp_parse(&d, text, l->sdp_space, l->sdp_space_size);
    for (uint32_t i = 0; !d.broken && i < d.n_media; i++)
        if (read_audio(&d, sdp_media_section(&d, i), far))
            return true;
    return false;
}

void talk_take(struct load *l, struct leg *leg, struct msg *m)
{
    struct rtp_far far = {0};
    bool is_sdp =
        m->body.len > 0 && m->body.len <= LIMIT_MSG_BYTES && str_starts(m->body, STR("v="));
    if (l->config.rtp && is_sdp && read_description(l, m->body, &far) && talk_of(l, leg))
        load_rtp_describe(l->config.rtp, leg->talk, &far);
}

/* --- its time --- */

void talk_end(struct load *l, struct leg *leg)
{
    if (leg->talk && load_rtp_close(l->config.rtp, leg->talk) != RTP_WELL)
        leg->session->is_mute = true;
    leg->talk = 0;
}

void talk_follow(struct load *l, struct leg *leg, unsigned method, time_ns now)
{
    if (leg->is_confirmed && leg->talk)
        load_rtp_begin(l->config.rtp, leg->talk, now);
    else if (method == METHOD_BYE)
        talk_end(l, leg);
}
