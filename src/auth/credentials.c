/* Owns the reading and checking of a request's credentials. Knows no nonce's age, no rights. */
#include "auth/credentials.h"

#include <openssl/crypto.h>

#include "auth/nonce.h"
#include "auth/params.h"

#define NC_LEN 8

/* The parameters that we look at, each once at most. */
enum param {
    PARAM_USERNAME,
    PARAM_REALM,
    PARAM_NONCE,
    PARAM_URI,
    PARAM_RESPONSE,
    PARAM_CNONCE,
    PARAM_NC,
    PARAM_ALGORITHM,
    PARAM_QOP,
    N_PARAMS
};

static const struct str param_texts[N_PARAMS] = {
    [PARAM_USERNAME] = STR_INIT("username"),
    [PARAM_REALM] = STR_INIT("realm"),
    [PARAM_NONCE] = STR_INIT("nonce"),
    [PARAM_URI] = STR_INIT("uri"),
    [PARAM_RESPONSE] = STR_INIT("response"),
    [PARAM_CNONCE] = STR_INIT("cnonce"),
    [PARAM_NC] = STR_INIT("nc"),
    [PARAM_ALGORITHM] = STR_INIT("algorithm"),
    [PARAM_QOP] = STR_INIT("qop"),
};

static const struct param_names names = {N_PARAMS, param_texts};

static bool read_count(struct str nc, uint32_t *count)
{
    *count = 0;
    for (size_t i = 0; i < nc.len; i++) {
        char c = nc.at[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        *count = *count << 4 | digit;
    }
    return nc.len == NC_LEN && *count != 0;
}

/* RFC 7616 3.4: with qop, nc and cnonce. RFC 3261 22.4 item 8: without, neither, and MD5 alone
 * (RFC 2069 knew no other). */
static bool read_qop(const struct str *value, struct credentials *out)
{
    struct str qop = value[PARAM_QOP];
    out->nc = value[PARAM_NC];
    out->count = NONCE_ONCE;
    if (!value[PARAM_QOP].at) {
        out->qop = DIGEST_QOP_NONE;
        out->nc = STR_NONE;
        return out->algorithm == DIGEST_MD5;
    }
    out->qop = str_equal_nocase(qop, STR("auth-int")) ? DIGEST_QOP_AUTH_INT : DIGEST_QOP_AUTH;
    if (out->qop == DIGEST_QOP_AUTH && !str_equal_nocase(qop, STR("auth")))
        return false;
    return out->cnonce.len > 0 && read_count(out->nc, &out->count);
}

static bool is_complete(const struct credentials *c)
{
    return c->username.len > 0 && c->nonce.len > 0 && c->uri.len > 0 &&
           c->response.len == 2 * digest_len(c->algorithm);
}

static void take(const struct str *value, struct credentials *out)
{
    out->username = value[PARAM_USERNAME];
    out->realm = value[PARAM_REALM];
    out->nonce = value[PARAM_NONCE];
    out->uri = value[PARAM_URI];
    out->response = value[PARAM_RESPONSE];
    out->cnonce = value[PARAM_CNONCE];
}

static enum credentials_kind read_line(const struct auth *a, struct str realm,
                                       struct credentials *out)
{
    struct str value[N_PARAMS];
    struct buf space;
    buf_init(&space, out->space, sizeof out->space);
    bool good = params_read(a, &names, value, &space);
    if (!str_equal_nocase(value[PARAM_REALM], realm))
        return CREDENTIALS_NONE;
    if (good && !digest_named(value[PARAM_ALGORITHM], &out->algorithm))
        return CREDENTIALS_NONE;
    take(value, out);
    return good && is_complete(out) && read_qop(value, out) ? CREDENTIALS_FOUND
                                                            : CREDENTIALS_MALFORMED;
}

enum credentials_kind credentials_next(struct msg *m, enum hdr_id id, struct str realm,
                                       struct hdr **line, struct credentials *out)
{
    struct hdr *h = *line ? msg_header_next(m, *line) : msg_header(m, id);
    for (; h; h = msg_header_next(m, h)) {
        const struct auth *a = msg_typed(m, h);
        if (!a || !str_equal_nocase(a->scheme, STR("Digest")))
            continue;
        enum credentials_kind kind = read_line(a, realm, out);
        if (kind == CREDENTIALS_NONE)
            continue;
        *line = h;
        return kind;
    }
    return CREDENTIALS_NONE;
}

/* --- the check --- */

static bool is_of(const struct account *a, const struct credentials *c)
{
    return a && str_equal(a->user, c->username) && str_equal_nocase(a->realm, c->realm) &&
           (a->algorithms & 1u << c->algorithm) != 0;
}

int credentials_check(struct digester *d, const struct credentials *c, const struct msg *m,
                      const struct account *account, const uint8_t dummy[DIGEST_MAX_BYTES],
                      bool *good)
{
    char hex[2 * DIGEST_MAX_BYTES];
    bool known = is_of(account, c);
    const struct digest_input in = {
        .algorithm = c->algorithm,
        .qop = c->qop,
        .ha1 = known ? account->ha1[c->algorithm] : dummy,
        .method = m->method_name,
        .uri = c->uri,
        .nonce = c->nonce,
        .nc = c->nc,
        .cnonce = c->cnonce,
        .body = m->body,
    };
    if (!digest_response(d, &in, hex))
        return ERR_NOMEM;
    bool same = CRYPTO_memcmp(hex, c->response.at, c->response.len) == 0;
    *good = known && same;
    return OK;
}

/* --- what the credentials are for --- */

static bool same_place(const struct uri *a, const struct uri *b)
{
    char texts[2][LIMIT_AOR_BYTES];
    struct buf x, y;
    buf_init(&x, texts[0], sizeof texts[0]);
    buf_init(&y, texts[1], sizeof texts[1]);
    uri_print_aor(&x, a);
    uri_print_aor(&y, b);
    return !x.over && !y.over && str_equal(buf_str(&x), buf_str(&y));
}

/* Phones write their domain where the request goes to our address, another port, or no user; never
 * another user. */
static bool means(const struct uri *uri, const struct uri *request_uri, struct str domain)
{
    struct uri a = *uri, b = *request_uri;
    if (a.scheme == URI_TEL || b.scheme == URI_TEL)
        return same_place(&a, &b);
    if (str_equal_nocase(a.host, domain))
        a.host = b.host;
    if (!a.user.at)
        b.user = a.user;
    a.port = b.port = 0;
    return same_place(&a, &b);
}

static struct str without_brackets(struct str s)
{
    bool has = s.len >= 2 && s.at[0] == '<' && s.at[s.len - 1] == '>';
    return has ? (struct str){s.at + 1, s.len - 2} : s;
}

static bool came_directly(struct msg *m)
{
    const struct via *top = msg_via(m);
    return top && !msg_via_next(m, top);
}

bool credentials_fit(const struct credentials *c, struct msg *m)
{
    struct uri uri;
    struct msg_error err;
    if (str_equal(c->uri, m->uri_text))
        return true;
    if (!uri_parse(without_brackets(c->uri), &uri, &err) ||
        (uri.scheme != URI_SIP && uri.scheme != URI_SIPS && uri.scheme != URI_TEL))
        return false;
    const struct uri *request_uri = msg_uri(m);
    return !came_directly(m) || (request_uri && means(&uri, request_uri, c->realm));
}
