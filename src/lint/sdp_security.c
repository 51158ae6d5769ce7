/* Keys and connectivity of a description: crypto, fingerprint, ICE, each beside what it needs
 * (RFC 4568, RFC 5763, RFC 5764, RFC 8122, RFC 8839). */
#include "rules.h"

/* The section's own, else the session's. */
static bool has(const struct lint_sdp *d, struct sdp_section section, struct str name,
                struct str *value)
{
    struct sdp_attribute a;
    if (!sdp_attribute_find(d->s, section, name, &a) &&
        !sdp_attribute_find(d->s, d->s->session, name, &a))
        return false;
    *value = a.value;
    return true;
}

static bool is_secure(struct str proto)
{
    return str_ends_nocase(proto, STR("/SAVP")) || str_ends_nocase(proto, STR("/SAVPF"));
}

static void keys(const struct lint_sdp *d, struct sdp_section section, const struct sdp_line *line,
                 const struct sdp_media *media)
{
    struct str value;
    bool crypto = has(d, section, STR("crypto"), &value);
    bool print = has(d, section, STR("fingerprint"), &value);
    bool other = has(d, section, STR("key-mgmt"), &value) ||
                 has(d, section, STR("zrtp-hash"), &value) ||
                 has(d, section, STR("pcfg"), &value) || has(d, section, STR("acap"), &value);
    bool dtls = str_starts_nocase(media->proto, STR("UDP/TLS/"));
    if (is_secure(media->proto) && !crypto && !print && !other &&
        !sdp_line_find(d->s, section, 'k') && !sdp_line_find(d->s, d->s->session, 'k'))
        lint_note_line(d, LINT_SDP_NO_KEYS, line);
    if (dtls && !print)
        lint_note_line(d, LINT_SDP_NO_FINGERPRINT, line);
    if (crypto && !is_secure(media->proto))
        lint_note_line(d, LINT_SDP_KEYS_UNUSED, line);
    if (dtls && print && !has(d, section, STR("setup"), &value))
        lint_note_line(d, LINT_SDP_NO_SETUP, line);
}

/* RFC 8839 5.4 */
static void ice(const struct lint_sdp *d, struct sdp_section section, const struct sdp_line *line)
{
    struct str fragment = STR_NONE, password = STR_NONE, value;
    bool has_fragment = has(d, section, STR("ice-ufrag"), &fragment);
    bool has_password = has(d, section, STR("ice-pwd"), &password);
    if (has_fragment != has_password ||
        (has(d, section, STR("candidate"), &value) && !has_fragment))
        lint_note_line(d, LINT_SDP_ICE_HALF, line);
    if ((has_fragment && (fragment.len < 4 || fragment.len > 256)) ||
        (has_password && (password.len < 22 || password.len > 256)))
        lint_note_line(d, LINT_SDP_ICE_SHORT, line);
}

void lint_sdp_security(const struct lint_sdp *d)
{
    for (uint32_t n = 0; n < d->s->n_media; n++) {
        struct sdp_section section = sdp_media_section(d->s, n);
        const struct sdp_line *line = &d->s->lines[section.first];
        struct sdp_media media;
        if (!sdp_read_media(line->value, &media) || media.beyond || media.port == 0 ||
            !sdp_proto_is_rtp(media.proto))
            continue;
        keys(d, section, line, &media);
        ice(d, section, line);
    }
}
