/* What a datagram of UDP is: a SIP message, one in HEP, or RTP. All of it by how it looks. */
#include "base/limits.h"
#include "capture/hep.h"
#include "inside.h"
#include "msg/frame.h"
#include "sip_like.h"

static struct capture_event *tell(struct capture *c, enum capture_kind kind, const struct way *w,
                                  struct str bytes)
{
    c->datagram = (struct capture_event){
        .kind = kind, .at = w->at, .from = w->from, .to = w->to, .transport = w->transport};
    c->datagram.bytes = bytes;
    c->has_datagram = true;
    return &c->datagram;
}

bool hep_take(struct capture *c, int64_t at, struct str packet)
{
    struct hep h;

    if (!hep_parse(packet, &h))
        return false;
    struct str message = sip_behind_line_ends(h.payload);

    if (h.kind == HEP_SIP && sip_like(message) == SIP_LIKE)
        tell(c, CAPTURE_MESSAGE, &(struct way){h.at ? h.at : at, h.from, h.to, h.transport},
             message);
    return true;
}

/* Datagrams of one size, the last at most of it, that pass a kernel as one (UDP_SEGMENT) are seen
 * so by who captures there. How long each is; all of it where it is one. */
static size_t size_of_each(struct str all)
{
    struct frame f;
    size_t skip, size;
    unsigned status;

    frame_init(&f, LIMIT_CAPTURE_MESSAGE_BYTES);
    if (frame_next(&f, all, &skip, &size, &status) != FRAME_MESSAGE || skip > 0)
        return all.len;
    for (size_t at = size; at < all.len; at += size)
        if (sip_like(str_slice(all, at, size)) != SIP_LIKE)
            return all.len;
    return size;
}

static void take_messages(struct capture *c, const struct way *w, struct str all, bool is_frame)
{
    size_t size = size_of_each(all);

    if (size == all.len)
        tell(c, CAPTURE_MESSAGE, w, all)->frame = is_frame ? c->frame : NULL;
    else
        for (size_t at = 0; at < all.len; at += size)
            capture_tell(c, w, str_slice(all, at, size));
}

void datagram_take(struct capture *c, const struct way *w, struct str payload, bool is_frame)
{
    struct str message = sip_behind_line_ends(payload);
    struct rtp_packet rtp;

    if (message.len > 0 && sip_like(message) == SIP_LIKE)
        take_messages(c, w, message, is_frame);
    else if (hep_is(payload) || hep_is_old(payload))
        (void)hep_take(c, w->at, payload);
    else if (rtp_is_either(payload) && !rtp_is_rtcp(payload) && rtp_parse(payload, &rtp))
        tell(c, CAPTURE_RTP, w, payload)->rtp = rtp;
}
