/* What the lines of a session description say, each read from its value (RFC 8866 5). Each
 * function is false where the value is malformed; *out is undefined then. All views are borrowed.
 */
#ifndef TANDEM_SDP_VALUES_H
#define TANDEM_SDP_VALUES_H

#include "base/addr.h"
#include "sdp/sdp.h"

/* Where something is: "IN IP4 192.0.2.1". A name, or an address of a network that is not IN, has
 * no `addr`. */
struct sdp_place {
    struct str nettype, addrtype, address; /* `address` without "/ttl/count" */
    struct addr addr;                      /* family ADDR_NONE: a name, or unknown */
};
bool sdp_read_place(struct str value, struct sdp_place *out);

/* RFC 8866 5.2: o= */
struct sdp_origin {
    struct str username, id, version; /* `id` and `version` are digits, of any length */
    struct sdp_place place;
};
bool sdp_read_origin(struct str value, struct sdp_origin *out);

/* RFC 8866 5.7: c=. IPv4 multicast has a TTL (0 to 255); either multicast may name a count of
 * addresses. Where others have them they mean nothing, and sdp_parse says so. */
struct sdp_connection {
    struct sdp_place place;
    uint32_t ttl;   /* 0 where there is none */
    uint32_t count; /* 1 where there is none */
};
bool sdp_read_connection(struct str value, struct sdp_connection *out);

/* RFC 8866 5.8: b=, in kbit/s for CT and AS, in bit/s for TIAS, RS and RR. */
struct sdp_bandwidth {
    struct str type;
    uint64_t value;
};
bool sdp_read_bandwidth(struct str value, struct sdp_bandwidth *out);

/* RFC 8866 5.9: t=, in seconds since 1900, 0: not bounded. */
struct sdp_time {
    uint64_t start, stop;
};
bool sdp_read_time(struct str value, struct sdp_time *out);

/* RFC 8866 5.10, 5.11, 5.12, as far as it goes: are r=, z= and k= well formed? Sessions that are
 * called for have none of them. */
bool sdp_is_repeat(struct str value);
bool sdp_is_zone(struct str value);
bool sdp_is_key(struct str value);

/* RFC 8866 5.14: m= */
struct sdp_media {
    struct str kind;    /* "audio", "video", "image", … */
    uint16_t port;      /* 0: refused, or not used any more (RFC 3264 6, 8.2) */
    uint16_t n_ports;   /* 1 where it says nothing */
    struct str proto;   /* "RTP/AVP", "udptl", … */
    struct str formats; /* at least one; sdp_format_next takes them apart */
    bool beyond;        /* port or count beyond 65535; `port` and `n_ports` are undefined */
};
bool sdp_read_media(struct str value, struct sdp_media *out);

/* Takes the next format off *formats. False: none is left. */
bool sdp_format_next(struct str *formats, struct str *format);
/* Is it among them? */
bool sdp_format_in(struct str formats, struct str format);
/* "RTP/AVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", …: formats are payload types. */
bool sdp_proto_is_rtp(struct str proto);

/* 0 to 127, without leading zeros. */
bool sdp_read_payload_type(struct str format, unsigned *out);

#endif
