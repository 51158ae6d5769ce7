/* What a payload type means: a=rtpmap, a=fmtp and the static table (RFC 8866 6.6, 6.15). */
#include "sdp/attribute.h"
#include "sdp/payload.h"

#include "lex.h"

bool sdp_read_rtpmap(struct str value, struct sdp_rtpmap *out)
{
    struct str rest = value, word;
    uint64_t clock;
    if (!sdp_lex_word(&rest, &word) || !sdp_read_payload_type(word, &out->payload_type) ||
        !sdp_lex_word(&rest, &word) || rest.len > 0)
        return false;
    size_t slash = str_find(word, '/');
    out->encoding = str_slice(word, 0, slash);
    word = str_slice(word, slash + 1, word.len);
    slash = str_find(word, '/');
    out->params = str_slice(word, slash + 1, word.len);
    if (!sdp_lex_is_token(out->encoding) ||
        !str_to_u64(str_slice(word, 0, slash), UINT32_MAX, &clock) || clock == 0)
        return false;
    out->clock = (uint32_t)clock;
    return true;
}

static bool find_rtpmap(const struct sdp *s, struct sdp_section section, unsigned payload_type,
                        struct sdp_rtpmap *out)
{
    struct sdp_attribute a;
    uint32_t at = 0;
    while (sdp_attribute_next(s, section, &at, &a))
        if (str_equal(a.name, STR("rtpmap")) && sdp_read_rtpmap(a.value, out) &&
            out->payload_type == payload_type)
            return true;
    return false;
}

bool sdp_rtpmap_of(const struct sdp *s, struct sdp_section section, unsigned payload_type,
                   struct sdp_rtpmap *out)
{
    if (find_rtpmap(s, section, payload_type, out))
        return true;
    const struct sdp_payload *known = sdp_payload_static(payload_type);
    if (!known)
        return false;
    *out = (struct sdp_rtpmap){payload_type, known->encoding, known->clock,
                               known->channels == 2 ? STR("2") : STR_NONE};
    return true;
}

unsigned sdp_rtpmap_channels(const struct sdp_rtpmap *map)
{
    uint64_t n;
    if (map->params.len == 0)
        return 1;
    return str_to_u64(map->params, UINT8_MAX, &n) ? (unsigned)n : 0;
}

struct str sdp_fmtp_of(const struct sdp *s, struct sdp_section section, struct str format)
{
    struct sdp_attribute a;
    uint32_t at = 0;
    while (sdp_attribute_next(s, section, &at, &a)) {
        struct str rest = a.value, word;
        if (str_equal(a.name, STR("fmtp")) && sdp_lex_word(&rest, &word) && str_equal(word, format))
            return rest;
    }
    return STR_NONE;
}

bool sdp_fmtp_param(struct str params, struct str name, struct str *value)
{
    while (params.len > 0) {
        size_t semi = str_find(params, ';');
        struct str one = str_trim(str_slice(params, 0, semi));
        size_t equals = str_find(one, '=');
        if (str_equal_nocase(str_trim(str_slice(one, 0, equals)), name)) {
            *value = str_trim(str_slice(one, equals + 1, one.len));
            return true;
        }
        params = str_slice(params, semi + 1, params.len);
    }
    return false;
}
