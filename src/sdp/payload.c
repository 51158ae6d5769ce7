/* The table of payload types. */
#include "sdp/payload.h"

#define DYNAMIC SDP_PAYLOAD_DYNAMIC

static const struct sdp_payload table[] = {
#define PAYLOAD(type, encoding, kind, clock, channels, ptime, what) \
    {type, STR_INIT(encoding), STR_INIT(kind), clock, channels, ptime, STR_INIT(what)},
#include "payload_types.def"
#undef PAYLOAD
};

#define N (sizeof table / sizeof table[0])

const struct sdp_payload *sdp_payload_static(unsigned type)
{
    for (size_t i = 0; i < N && type < SDP_PAYLOAD_DYNAMIC; i++)
        if (table[i].type == type)
            return &table[i];
    return NULL;
}

const struct sdp_payload *sdp_payload_named(struct str encoding, unsigned clock)
{
    for (size_t i = 0; i < N; i++)
        if (str_equal_nocase(table[i].encoding, encoding) &&
            (clock == 0 || table[i].clock == 0 || table[i].clock == clock))
            return &table[i];
    return NULL;
}
