/* Owns the reading of a challenge and the memory of a realm that gave it. */
#include "auth/realm.h"

#include <openssl/crypto.h>

#include "auth/params.h"

enum param {
    PARAM_REALM,
    PARAM_NONCE,
    PARAM_OPAQUE,
    PARAM_ALGORITHM,
    PARAM_QOP,
    PARAM_STALE,
    N_PARAMS
};

static const struct str param_texts[N_PARAMS] = {
    [PARAM_REALM] = STR_INIT("realm"),   [PARAM_NONCE] = STR_INIT("nonce"),
    [PARAM_OPAQUE] = STR_INIT("opaque"), [PARAM_ALGORITHM] = STR_INIT("algorithm"),
    [PARAM_QOP] = STR_INIT("qop"),       [PARAM_STALE] = STR_INIT("stale"),
};
static const struct param_names names = {N_PARAMS, param_texts};

static bool has_word(struct str list, struct str word)
{
    while (list.len > 0) {
        size_t comma = str_find(list, ',');
        if (str_equal_nocase(str_trim(str_slice(list, 0, comma)), word))
            return true;
        list = str_slice(list, comma + 1, list.len);
    }
    return false;
}

/* RFC 3261 22.4 item 8: a server of RFC 2069 names none. "auth" where there is a choice: what a
 * proxy on the way does to the body breaks auth-int. */
static bool read_qop(struct str qop, enum digest_qop *out)
{
    if (!qop.at)
        *out = DIGEST_QOP_NONE;
    else if (has_word(qop, STR("auth")))
        *out = DIGEST_QOP_AUTH;
    else if (has_word(qop, STR("auth-int")))
        *out = DIGEST_QOP_AUTH_INT;
    else
        return false;
    return true;
}

bool asked_read(struct msg *m, struct hdr *h, struct buf *space, struct asked *out)
{
    struct str value[N_PARAMS];
    const struct auth *a = msg_typed(m, h);
    if (!a || !str_equal_nocase(a->scheme, STR("Digest")) ||
        !params_read(a, &names, value, space) || !value[PARAM_REALM].at ||
        value[PARAM_NONCE].len == 0)
        return false;
    *out = (struct asked){
        .by_proxy = h->id == HDR_PROXY_AUTHENTICATE,
        .stale = str_equal_nocase(value[PARAM_STALE], STR("true")),
        .names_algorithm = value[PARAM_ALGORITHM].at != NULL,
        .realm = value[PARAM_REALM],
        .nonce = value[PARAM_NONCE],
        .opaque = value[PARAM_OPAQUE],
    };
    return out->realm.len + out->nonce.len + out->opaque.len <= LIMIT_AUTH_BYTES &&
           digest_named(value[PARAM_ALGORITHM], &out->algorithm) &&
           read_qop(value[PARAM_QOP], &out->qop);
}

static struct str keep(struct buf *b, struct str s)
{
    size_t from = b->len;
    if (!s.at)
        return STR_NONE;
    buf_put(b, s);
    return str_slice(buf_str(b), from, s.len);
}

struct realm *realm_new(struct mem *mem, const struct asked *asked, struct str host)
{
    size_t room = asked->realm.len + asked->nonce.len + asked->opaque.len + host.len;
    struct realm *r = mem_alloc_zero(mem, sizeof *r + room);
    struct buf b;
    if (!r)
        return NULL;
    buf_init(&b, r->text, room);
    r->size = sizeof *r + room;
    r->asked = *asked;
    r->asked.realm = keep(&b, asked->realm);
    r->asked.nonce = keep(&b, asked->nonce);
    r->asked.opaque = keep(&b, asked->opaque);
    r->host = keep(&b, host);
    return r;
}

void realm_free(struct mem *mem, struct realm *r)
{
    if (!r)
        return;
    OPENSSL_cleanse(r->ha1, sizeof r->ha1);
    mem_free(mem, r, r->size);
}

bool realm_is(const struct realm *r, const struct asked *asked)
{
    return r->asked.by_proxy == asked->by_proxy && str_equal(r->asked.realm, asked->realm);
}
