/* Owns the text of challenges and of Authentication-Info. Decides nothing. */
#include "auth/challenge.h"

#include "auth/params.h"

/* RFC 3261 22.4 item 8: qop always. */
static void print_one(struct buf *b, const struct challenge *c, enum digest_algorithm a)
{
    buf_put(b, c->by_proxy ? STR("Proxy-Authenticate: Digest realm=")
                           : STR("WWW-Authenticate: Digest realm="));
    params_put_quoted(b, c->realm);
    buf_put_lit(b, ", nonce=");
    params_put_quoted(b, c->nonce);
    buf_put_lit(b, ", opaque=");
    params_put_quoted(b, c->opaque);
    buf_put_lit(b, ", algorithm=");
    buf_put(b, digest_name(a));
    buf_put(b, c->auth_int ? STR(", qop=\"auth,auth-int\"") : STR(", qop=\"auth\""));
    if (c->stale)
        buf_put_lit(b, ", stale=true");
    buf_put_lit(b, "\r\n");
}

void challenge_print(struct buf *b, const struct challenge *c)
{
    for (unsigned a = 0; a < N_DIGEST_ALGORITHMS; a++)
        if (c->algorithms & 1u << a)
            print_one(b, c, (enum digest_algorithm)a);
}

static void print_info(struct buf *b, const struct credentials *c, struct str rspauth,
                       struct str nextnonce)
{
    buf_put_lit(b, "Authentication-Info: ");
    if (nextnonce.len > 0) {
        buf_put_lit(b, "nextnonce=");
        params_put_quoted(b, nextnonce);
        buf_put_lit(b, ", ");
    }
    buf_put(b, c->qop == DIGEST_QOP_AUTH ? STR("qop=auth, rspauth=\"")
                                         : STR("qop=auth-int, rspauth=\""));
    buf_put(b, rspauth);
    buf_put_lit(b, "\", cnonce=");
    params_put_quoted(b, c->cnonce);
    buf_put_lit(b, ", nc=");
    buf_put(b, c->nc);
    buf_put_lit(b, "\r\n");
}

bool auth_info_print(struct buf *b, struct digester *d, const struct credentials *c,
                     const struct account *account, struct str nextnonce)
{
    char hex[2 * DIGEST_MAX_BYTES];
    if (c->qop == DIGEST_QOP_NONE)
        return true;
    const struct digest_input in = {.algorithm = c->algorithm,
                                    .qop = c->qop,
                                    .ha1 = account->ha1[c->algorithm],
                                    .uri = c->uri,
                                    .nonce = c->nonce,
                                    .nc = c->nc,
                                    .cnonce = c->cnonce};
    if (!digest_response(d, &in, hex))
        return false;
    print_info(b, c, (struct str){hex, 2 * digest_len(c->algorithm)}, nextnonce);
    return true;
}
