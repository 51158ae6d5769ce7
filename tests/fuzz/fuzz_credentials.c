/* A whole message's credentials: found or not, every text is inside the message or the room for
 * escapes; without an account none is right, and what is answered has no line end but its own. */
#include "message.h"

#include "auth/challenge.h"
#include "auth/nonce.h"

#define REALM STR("example.com")

/* MSan has not seen what libcrypto writes: there the reading alone is looked at. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define WITHOUT_SUMS 1
#endif
#endif
#ifdef WITHOUT_SUMS
#define SUMS 0
#else
#define SUMS 1
#endif

static struct digester *hashing(void)
{
    static struct digester *one;
    if (!one)
        one = digester_new(&mem_libc);
    assert(one);
    return one;
}

static void check_place(const struct msg *m, const struct credentials *c, struct str text)
{
    const char *end = c->space + sizeof c->space;
    if (text.at >= c->space && text.at <= end)
        assert(text.at + text.len <= end);
    else
        assert_inside(m->bytes, text);
}

static void check_text(const struct msg *m, const struct credentials *c, struct str text)
{
    check_place(m, c, text);
    for (size_t i = 0; i < text.len; i++)
        assert((unsigned char)text.at[i] >= ' ' && text.at[i] != 0x7f);
}

static void check_found(const struct msg *m, const struct credentials *c)
{
    const struct str texts[] = {c->username, c->realm, c->nonce, c->uri, c->response, c->cnonce};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(m, c, texts[i]);
    assert(c->username.len > 0 && c->nonce.len > 0 && c->uri.len > 0);
    assert(str_equal_nocase(c->realm, REALM));
    assert(c->response.len == 2 * digest_len(c->algorithm));
    assert((c->qop == DIGEST_QOP_NONE) == (c->count == NONCE_ONCE));
    assert(c->qop == DIGEST_QOP_NONE ? c->nc.len == 0 : c->nc.len == 8 && c->cnonce.len > 0);
}

static void check_info(const struct credentials *c)
{
    static char space[65536 + AUTH_INFO_BYTES];
    static const struct account account;
    struct buf b;
    buf_init(&b, space, sizeof space);
    bool good = auth_info_print(&b, hashing(), c, &account, STR("next"));
    assert(good);
    struct str line = buf_str(&b);
    assert(b.over || line.len == 0 || str_find(line, '\r') == line.len - 2);
}

/* The right response, made by who knows the password, is right; another is not. */
static void check_right(const struct msg *m, struct credentials *c)
{
    static const uint8_t dummy[DIGEST_MAX_BYTES];
    char hex[2 * DIGEST_MAX_BYTES];
    bool good = true;
    struct account a = {.user = c->username, .realm = REALM, .algorithms = DIGEST_ALL};
    memset(a.ha1, 7, sizeof a.ha1);
    int err = credentials_check(hashing(), c, m, NULL, dummy, &good);
    assert(err == OK && !good);
    const struct digest_input in = {.algorithm = c->algorithm,
                                    .qop = c->qop,
                                    .ha1 = a.ha1[c->algorithm],
                                    .method = m->method_name,
                                    .uri = c->uri,
                                    .nonce = c->nonce,
                                    .nc = c->nc,
                                    .cnonce = c->cnonce,
                                    .body = m->body};
    bool made = digest_response(hashing(), &in, hex);
    assert(made);
    c->response.at = hex;
    err = credentials_check(hashing(), c, m, &a, dummy, &good);
    assert(err == OK && good);
    hex[0] = hex[0] == 'a' ? 'b' : 'a';
    err = credentials_check(hashing(), c, m, &a, dummy, &good);
    assert(err == OK && !good);
}

static void look(struct msg *m, enum hdr_id id)
{
    struct credentials c;
    enum credentials_kind kind;
    size_t lines = 0;
    for (struct hdr *line = NULL; (kind = credentials_next(m, id, REALM, &line, &c));) {
        assert(line && line->id == id && ++lines <= m->n_headers);
        if (kind != CREDENTIALS_FOUND)
            continue;
        check_found(m, &c);
        (void)credentials_fit(&c, m);
        if (SUMS) {
            check_info(&c);
            check_right(m, &c);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message x;
    message_parse(&x, (struct str){(const char *)data, size}, MSG_DATAGRAM);
    if (x.m.is_request) {
        look(&x.m, HDR_AUTHORIZATION);
        look(&x.m, HDR_PROXY_AUTHORIZATION);
    }
    message_free(&x);
    return 0;
}
