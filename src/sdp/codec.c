/* Which formats are the same codec (RFC 3264 6.1). */
#include "sdp/offer.h"

/* Parameters on which both sides have to agree, as far as `digits` of them go; `unsaid`: what
 * holds where a side says nothing. */
static const struct {
    struct str encoding, name, unsaid;
    size_t digits;
} decisive[] = {
    {STR_INIT("AMR"), STR_INIT("octet-align"), STR_INIT("0"), SIZE_MAX}, /* RFC 4867 8.3.1 */
    {STR_INIT("AMR-WB"), STR_INIT("octet-align"), STR_INIT("0"), SIZE_MAX},
    {STR_INIT("H264"), STR_INIT("packetization-mode"), STR_INIT("0"),
     SIZE_MAX},                                                              /* RFC 6184 8.2.2 */
    {STR_INIT("H264"), STR_INIT("profile-level-id"), STR_INIT("42000a"), 2}, /* the profile */
    {STR_INIT("G7221"), STR_INIT("bitrate"), STR_INIT(""), SIZE_MAX},        /* RFC 5577 5 */
    {STR_INIT("VP9"), STR_INIT("profile-id"), STR_INIT("0"), SIZE_MAX},      /* RFC 9628 6 */
};

static struct str said(struct str fmtp, struct str name, struct str unsaid, size_t digits)
{
    struct str value;
    return str_slice(sdp_fmtp_param(fmtp, name, &value) ? value : unsaid, 0, digits);
}

static bool agree(const struct sdp_codec *codec, struct str fmtp)
{
    for (size_t i = 0; i < sizeof decisive / sizeof decisive[0]; i++)
        if (str_equal_nocase(decisive[i].encoding, codec->encoding) &&
            !str_equal_nocase(
                said(codec->fmtp, decisive[i].name, decisive[i].unsaid, decisive[i].digits),
                said(fmtp, decisive[i].name, decisive[i].unsaid, decisive[i].digits)))
            return false;
    return true;
}

bool sdp_codec_fits(const struct sdp_codec *codec, const struct sdp_rtpmap *map, struct str fmtp)
{
    return str_equal_nocase(codec->encoding, map->encoding) && codec->clock == map->clock &&
           codec->channels == sdp_rtpmap_channels(map) && agree(codec, fmtp);
}

bool sdp_codec_is_companion(struct str encoding)
{
    return str_equal_nocase(encoding, STR("telephone-event")) ||
           str_equal_nocase(encoding, STR("tone")) || str_equal_nocase(encoding, STR("CN"));
}
