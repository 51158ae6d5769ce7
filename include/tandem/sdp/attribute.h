/* The attributes of a session description: found, and those that every session is made by read
 * (RFC 8866 6, 5.13). Names are compared without regard to case where RFC 4855 3 says so of what
 * they contain, and exactly as attribute names. All views are borrowed. */
#ifndef TANDEM_SDP_ATTRIBUTE_H
#define TANDEM_SDP_ATTRIBUTE_H

#include "sdp/values.h"

struct sdp_attribute {
    struct str name, value; /* `value` empty for a flag */
    bool has_value;
};
/* a= taken apart. False: the name is no token. */
bool sdp_read_attribute(struct str value, struct sdp_attribute *out);

/* The attributes of a section in order. *at begins with 0 and is the function's own. */
bool sdp_attribute_next(const struct sdp *, struct sdp_section, uint32_t *at,
                        struct sdp_attribute *out);
/* The first of this name. */
bool sdp_attribute_find(const struct sdp *, struct sdp_section, struct str name,
                        struct sdp_attribute *out);

/* RFC 8866 6.6: "96 opus/48000/2" */
struct sdp_rtpmap {
    unsigned payload_type;
    struct str encoding; /* compared without regard to case */
    uint32_t clock;      /* Hz */
    struct str params;   /* channels, for audio; empty: one */
};
bool sdp_read_rtpmap(struct str value, struct sdp_rtpmap *out);
/* What the payload type means in this section: its a=rtpmap, else what RFC 3551 gives it. False:
 * neither says. */
bool sdp_rtpmap_of(const struct sdp *, struct sdp_section, unsigned payload_type,
                   struct sdp_rtpmap *out);
/* The channels that `params` name; 1 where they are none, 0 where they are no number. */
unsigned sdp_rtpmap_channels(const struct sdp_rtpmap *);

/* RFC 8866 6.15: the parameters of a format; empty where there are none. */
struct str sdp_fmtp_of(const struct sdp *, struct sdp_section, struct str format);
/* One parameter of "minptime=10;useinbandfec=1": its value. Names compare without regard to case.
 * False: there is none of that name. */
bool sdp_fmtp_param(struct str params, struct str name, struct str *value);

/* RFC 8866 6.4, 6.5: milliseconds; 0: it says nothing, or nothing that can be read. */
unsigned sdp_ptime(const struct sdp *, struct sdp_section);
unsigned sdp_maxptime(const struct sdp *, struct sdp_section);

/* RFC 8866 6.7; bit 0: sends, bit 1: receives. */
enum sdp_direction { SDP_INACTIVE = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3 };
/* The section's own, else the session's, else sendrecv; the last where several are named. */
enum sdp_direction sdp_direction_of(const struct sdp *, struct sdp_section);
struct str sdp_direction_name(enum sdp_direction);
/* False: it is the name of none. */
bool sdp_direction_named(struct str name, enum sdp_direction *out);
/* As the other side sees it (RFC 3264 6.1). */
enum sdp_direction sdp_direction_turned(enum sdp_direction);

/* Where the section's media goes: its own c=, else the session's (RFC 8866 5.7). False: there is
 * none, or it is malformed. */
bool sdp_connection_of(const struct sdp *, struct sdp_section, struct sdp_connection *out);

/* RFC 3605: where RTCP goes, if it says so; without an address `place` is empty. */
struct sdp_rtcp {
    uint16_t port;
    struct sdp_place place;
};
bool sdp_read_rtcp(struct str value, struct sdp_rtcp *out);

#endif
