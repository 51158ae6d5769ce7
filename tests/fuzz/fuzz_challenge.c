/* Challenges of any realm, nonce and opaque: each line is read again as what it was made of. The
 * input: flags, then the three texts. */
#include "message.h"

#include "auth/challenge.h"

static struct str printable(struct str *input, char *space)
{
    struct str s = draw_text(input);
    for (size_t i = 0; i < s.len; i++)
        space[i] = (unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f ? 'x' : s.at[i];
    return (struct str){space, s.len};
}

static void check_param(const struct auth *a, const char *name, struct str value)
{
    char space[512];
    struct buf b;
    struct str n, raw;
    size_t found = 0;
    for (size_t at = 0; auth_param_next(a, &at, &n, &raw);)
        if (str_equal(n, str_from(name))) {
            found++;
            buf_init(&b, space, sizeof space);
            quoted_unescape(&b, raw);
            assert(!b.over && str_equal(buf_str(&b), value));
        }
    assert(found == 1);
}

static void check_line(const struct auth *a, const struct challenge *c,
                       enum digest_algorithm algorithm)
{
    struct str value;
    assert(a && str_equal(a->scheme, STR("Digest")));
    check_param(a, "realm", c->realm);
    check_param(a, "nonce", c->nonce);
    check_param(a, "opaque", c->opaque);
    check_param(a, "algorithm", digest_name(algorithm));
    check_param(a, "qop", c->auth_int ? STR("auth,auth-int") : STR("auth"));
    assert(auth_param(a, STR("stale"), &value) == c->stale);
}

static void check_lines(struct msg *m, const struct challenge *c)
{
    enum hdr_id id = c->by_proxy ? HDR_PROXY_AUTHENTICATE : HDR_WWW_AUTHENTICATE;
    struct hdr *h = msg_header(m, id);
    for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++)
        if (c->algorithms & 1u << i) {
            assert(h);
            check_line(msg_typed(m, h), c, (enum digest_algorithm)i);
            h = msg_header_next(m, h);
        }
    assert(!h && m->n_headers == 1 + (unsigned)__builtin_popcount(c->algorithms));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    char realm[256], nonce[256], opaque[256], text[8192];
    struct message x;
    struct buf b;
    uint8_t flags = draw_byte(&input);
    struct challenge c = {.by_proxy = flags & 1,
                          .stale = flags & 2,
                          .auth_int = flags & 4,
                          .algorithms = flags >> 3 & DIGEST_ALL};
    c.realm = printable(&input, realm);
    c.nonce = printable(&input, nonce);
    c.opaque = printable(&input, opaque);
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "SIP/2.0 401 Unauthorized\r\n");
    challenge_print(&b, &c);
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    assert(!b.over);
    message_parse(&x, buf_str(&b), MSG_DATAGRAM);
    check_lines(&x.m, &c);
    message_free(&x);
    return 0;
}
