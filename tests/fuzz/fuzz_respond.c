/* Challenges of any response: what is answered is header lines that the server's side reads as
 * what was asked, with the right sum; and it comes to an end. */
#include "message.h"

#include "auth/credentials.h"
#include "auth/respond.h"

#define URI STR("sip:example.com")

static struct digester *hashing(void)
{
    static struct digester *one;
    if (!one)
        one = digester_new(&mem_libc);
    assert(one);
    return one;
}

static struct str realm_of(struct msg *m, struct hdr *h)
{
    struct str realm = STR_NONE;
    const struct auth *a = msg_typed(m, h);
    assert(a && auth_param(a, STR("realm"), &realm));
    return realm;
}

/* Its one line of that realm is the account's. A realm with an escape is not looked at. */
static void check_line(struct msg *m, struct hdr *h)
{
    static const uint8_t dummy[DIGEST_MAX_BYTES];
    struct str realm = realm_of(m, h);
    struct account account;
    struct credentials c;
    struct hdr *line = NULL;
    bool good = false;
    if (str_find(realm, '\\') < realm.len)
        return;
    enum credentials_kind kind = credentials_next(m, (enum hdr_id)h->id, realm, &line, &c);
    if (kind != CREDENTIALS_FOUND)
        return; /* an escape too many for the server, or SHA without qop */
    int err = account_make(&account, hashing(), STR("alice"), c.realm, STR("secret"));
    assert(err == OK);
    err = credentials_check(hashing(), &c, m, &account, dummy, &good);
    assert(err == OK && (good || c.realm.len > LIMIT_AOR_BYTES));
}

static void check_lines(struct str lines, unsigned most)
{
    static char text[65536];
    struct message x;
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "OPTIONS sip:example.com SIP/2.0\r\n");
    buf_put(&b, lines);
    buf_put_lit(&b, "Content-Length: 2\r\n\r\nhi");
    assert(!b.over);
    message_parse(&x, buf_str(&b), MSG_DATAGRAM);
    assert(x.m.n_headers <= most + 1);
    for (unsigned i = 0; i + 1 < x.m.n_headers; i++) {
        struct hdr *h = &x.m.headers[i];
        assert(h->id == HDR_AUTHORIZATION || h->id == HDR_PROXY_AUTHORIZATION);
        check_line(&x.m, h);
    }
    message_free(&x);
}

static void answer(struct responder *r, struct proof *p)
{
    static char lines[49152];
    static const struct provable what = {STR_INIT("OPTIONS"), STR_INIT("sip:example.com"),
                                         STR_INIT("hi")};
    struct buf b;
    buf_init(&b, lines, sizeof lines);
    int err = responder_print(r, &b, &what, 7, p);
    assert(err == OK);
    if (!b.over)
        check_lines(buf_str(&b), LIMIT_AUTH_REALMS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message x;
    struct proof p = {0}, next_request = {0};
    enum respond_trust trust;
    enum respond_next next = RESPOND_AGAIN;
    struct responder *r = responder_new(&mem_libc, hashing(), STR("alice"), STR("secret"));
    assert(r);
    message_parse(&x, (struct str){(const char *)data, size}, MSG_DATAGRAM);
    for (unsigned rounds = 0; next == RESPOND_AGAIN; rounds++) {
        int err = responder_challenged(r, &x.m, URI, &p, &next);
        assert(err == OK && rounds <= LIMIT_AUTH_ROUNDS);
        answer(r, &p);
        err = responder_informed(r, &x.m, URI, &p, &trust);
        assert(err == OK);
    }
    answer(r, &next_request);
    message_free(&x);
    responder_free(r);
    return 0;
}
