/* Challenges and credentials as they stand (RFC 3261 22, RFC 7616 3.3, 3.4, RFC 8760 2). Whether a
 * response is right nobody can say here. */
#include "rules.h"

static bool has(const struct auth *a, struct str name)
{
    struct str value;
    return auth_param(a, name, &value);
}

static bool is_sha(const struct auth *a)
{
    struct str value;
    return auth_param(a, STR("algorithm"), &value) && str_starts_nocase(value, STR("SHA-"));
}

static void challenge(struct lint *l, const struct msg *m, const struct hdr *h,
                      const struct auth *a)
{
    (void)m;
    if (!has(a, STR("realm")) || !has(a, STR("nonce")))
        lint_note(l, LINT_CHALLENGE_INCOMPLETE, h->value_at, h->id, NULL);
    if (!has(a, STR("qop")))
        lint_note(l, LINT_CHALLENGE_NO_QOP, h->value_at, h->id, NULL);
}

/* RFC 7616 3.4.1: as many digits as the hash has. */
static void digits(struct lint *l, const struct msg *m, const struct hdr *h, const struct auth *a)
{
    struct str response;
    size_t wanted = is_sha(a) ? 64 : 32;
    uint64_t n;
    if (!auth_param(a, STR("response"), &response) || response.len == 0)
        return; /* an empty one asks for a challenge, as IMS phones do */
    bool hex = response.len == wanted;
    for (size_t i = 0; hex && i < wanted; i += 16)
        hex = str_to_hex(str_slice(response, i, 16), &n);
    if (!hex)
        lint_note_at(l, m, LINT_RESPONSE_DIGITS, response, h->id);
}

static void credentials(struct lint *l, const struct msg *m, const struct hdr *h,
                        const struct auth *a)
{
    if ((!has(a, STR("username")) && !has(a, STR("username*"))) || !has(a, STR("realm")) ||
        !has(a, STR("nonce")) || !has(a, STR("uri")) || !has(a, STR("response")))
        lint_note(l, LINT_CREDENTIALS_INCOMPLETE, h->value_at, h->id, NULL);
    if (has(a, STR("qop")) != has(a, STR("nc")) || has(a, STR("qop")) != has(a, STR("cnonce")))
        lint_note(l, LINT_QOP_INCOMPLETE, h->value_at, h->id, NULL);
    digits(l, m, h, a);
}

/* RFC 3261 22: Basic is deprecated and has no place; RFC 8898 has Bearer. */
static void each(struct lint *l, struct msg *m, enum hdr_id id,
                 void (*judge)(struct lint *, const struct msg *, const struct hdr *,
                               const struct auth *))
{
    for (struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h)) {
        const struct auth *a = msg_typed(m, h);
        if (a && str_equal_nocase(a->scheme, STR("Basic")))
            lint_note(l, LINT_AUTH_BASIC, h->value_at, id, NULL);
        else if (a && str_equal_nocase(a->scheme, STR("Digest")))
            judge(l, m, h, a);
        else if (a && !str_equal_nocase(a->scheme, STR("Bearer")))
            lint_note(l, LINT_AUTH_SCHEME, h->value_at, id, NULL);
    }
}

void lint_auth(struct lint *l, struct msg *m)
{
    each(l, m, HDR_WWW_AUTHENTICATE, challenge);
    each(l, m, HDR_PROXY_AUTHENTICATE, challenge);
    each(l, m, HDR_AUTHORIZATION, credentials);
    each(l, m, HDR_PROXY_AUTHORIZATION, credentials);
}
