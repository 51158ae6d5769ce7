/* Owns what a client answers to challenges with, and when it gives up. Knows no transaction. */
#include "auth/respond.h"

#include <openssl/crypto.h>

#include "auth/params.h"
#include "auth/realm.h"

#define DIGITS_CNONCE 16
#define DIGITS_NC 8

struct responder {
    struct mem *mem;
    struct digester *digester;
    size_t size;
    uint32_t last_id; /* of realms and of nonces */
    struct str user, password;
    struct realm *realms[LIMIT_AUTH_REALMS];
    char text[];
};

struct responder *responder_new(struct mem *mem, struct digester *digester, struct str user,
                                struct str password)
{
    size_t room = user.len + password.len;
    struct responder *r = mem_alloc_zero(mem, sizeof *r + room);
    struct buf b;
    if (!r)
        return NULL;
    buf_init(&b, r->text, room);
    buf_put(&b, user);
    buf_put(&b, password);
    r->mem = mem;
    r->digester = digester;
    r->size = sizeof *r + room;
    r->user = str_slice(buf_str(&b), 0, user.len);
    r->password = str_slice(buf_str(&b), user.len, password.len);
    return r;
}

void responder_free(struct responder *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < LIMIT_AUTH_REALMS; i++)
        realm_free(r->mem, r->realms[i]);
    struct mem *mem = r->mem;
    size_t size = r->size;
    OPENSSL_cleanse(r, size);
    mem_free(mem, r, size);
}

static struct str host_of(struct str uri_text)
{
    struct uri uri;
    struct msg_error err;
    return uri_parse(uri_text, &uri, &err) ? uri.host : STR_NONE;
}

/* --- header lines --- */

static bool challenged(const struct proof *p, unsigned i, const struct realm *realm)
{
    return p->of[i].realm == realm->id && p->of[i].answers;
}

static bool is_for(const struct realm *realm, struct str host)
{
    return realm->asked.by_proxy || str_equal_nocase(realm->host, host);
}

static struct str hex_of(char *at, uint64_t n, unsigned digits)
{
    struct buf b;
    buf_init(&b, at, digits);
    buf_put_hex(&b, n, digits);
    return buf_str(&b);
}

/* RFC 7616 3.4: nc, qop and algorithm are no quoted strings. */
static void put_line(struct buf *b, const struct responder *r, const struct asked *a,
                     const struct digest_input *in, struct str response)
{
    buf_put(b, a->by_proxy ? STR("Proxy-Authorization: Digest username=")
                           : STR("Authorization: Digest username="));
    params_put_quoted(b, r->user);
    buf_put_lit(b, ", realm=");
    params_put_quoted(b, a->realm);
    buf_put_lit(b, ", nonce=");
    params_put_quoted(b, a->nonce);
    buf_put_lit(b, ", uri=");
    params_put_quoted(b, in->uri);
    buf_put_lit(b, ", response=\"");
    buf_put(b, response);
    buf_put_char(b, '"');
    if (a->names_algorithm) {
        buf_put_lit(b, ", algorithm=");
        buf_put(b, digest_name(a->algorithm));
    }
    if (a->opaque.at) {
        buf_put_lit(b, ", opaque=");
        params_put_quoted(b, a->opaque);
    }
    if (a->qop != DIGEST_QOP_NONE) {
        buf_put(b, a->qop == DIGEST_QOP_AUTH ? STR(", qop=auth, nc=") : STR(", qop=auth-int, nc="));
        buf_put(b, in->nc);
        buf_put_lit(b, ", cnonce=");
        params_put_quoted(b, in->cnonce);
    }
    buf_put_lit(b, "\r\n");
}

struct counted {
    char nc[DIGITS_NC], cnonce[DIGITS_CNONCE];
};

static struct digest_input input_of(const struct realm *realm, struct counted *c, uint32_t count,
                                    uint64_t cnonce)
{
    return (struct digest_input){.algorithm = realm->asked.algorithm,
                                 .qop = realm->asked.qop,
                                 .ha1 = realm->ha1,
                                 .nonce = realm->asked.nonce,
                                 .nc = hex_of(c->nc, count, DIGITS_NC),
                                 .cnonce = hex_of(c->cnonce, cnonce, DIGITS_CNONCE)};
}

static bool print_one(struct responder *r, struct buf *b, struct realm *realm,
                      const struct provable *what, uint64_t cnonce)
{
    struct counted c;
    char hex[2 * DIGEST_MAX_BYTES];
    struct digest_input in = input_of(realm, &c, realm->count + 1, cnonce);
    in.method = what->method;
    in.uri = what->uri;
    in.body = what->body;
    if (!digest_response(r->digester, &in, hex))
        return false;
    realm->count++;
    put_line(b, r, &realm->asked, &in, (struct str){hex, 2 * digest_len(in.algorithm)});
    return true;
}

int responder_print(struct responder *r, struct buf *b, const struct provable *what,
                    uint64_t cnonce, struct proof *p)
{
    struct str host = host_of(what->uri);
    p->cnonce = cnonce;
    for (unsigned i = 0; i < LIMIT_AUTH_REALMS; i++) {
        struct realm *realm = r->realms[i];
        bool asked = realm && challenged(p, i, realm);
        if (!realm || (!asked && !is_for(realm, host)))
            continue;
        if (!print_one(r, b, realm, what, cnonce))
            return ERR_NOMEM;
        p->of[i].realm = realm->id;
        p->of[i].nonce = realm->nonce_id;
        p->of[i].count = realm->count;
        p->of[i].answers = asked;
    }
    return OK;
}

/* --- challenges --- */

/* The strongest challenge of each realm that one response has. */
struct round {
    unsigned n;
    struct realm *of[LIMIT_AUTH_REALMS];
};

static void round_free(struct responder *r, struct round *round)
{
    for (unsigned i = 0; i < round->n; i++)
        realm_free(r->mem, round->of[i]);
}

static int keep_strongest(struct responder *r, struct round *round, const struct asked *asked,
                          struct str host)
{
    unsigned i = 0;
    while (i < round->n && !realm_is(round->of[i], asked))
        i++;
    bool new = i == round->n;
    if (i == LIMIT_AUTH_REALMS || (!new && round->of[i]->asked.algorithm <= asked->algorithm))
        return OK;
    struct realm *realm = realm_new(r->mem, asked, host);
    if (!realm)
        return ERR_NOMEM;
    if (!digest_ha1(r->digester, asked->algorithm, r->user, realm->asked.realm, r->password,
                    realm->ha1)) {
        realm_free(r->mem, realm);
        return ERR_NOMEM;
    }
    if (!new)
        realm_free(r->mem, round->of[i]);
    round->of[i] = realm;
    round->n += new;
    return OK;
}

/* RFC 3261 22.3: a proxy that forked puts the challenges of all branches into one response. */
static int read_round(struct responder *r, struct msg *m, struct str host, struct round *round)
{
    static const enum hdr_id ids[] = {HDR_WWW_AUTHENTICATE, HDR_PROXY_AUTHENTICATE};
    for (unsigned i = 0; i < sizeof ids / sizeof *ids; i++)
        for (struct hdr *h = msg_header(m, ids[i]); h; h = msg_header_next(m, h)) {
            char space[LIMIT_AUTH_BYTES];
            struct buf b;
            struct asked asked;
            buf_init(&b, space, sizeof space);
            if (asked_read(m, h, &b, &asked) && keep_strongest(r, round, &asked, host) != OK)
                return ERR_NOMEM;
        }
    return OK;
}

/* Its own place, an empty one, or that of the realm whose challenge is the oldest. */
static unsigned place_of(const struct responder *r, const struct asked *asked)
{
    unsigned place = 0;
    for (unsigned i = 0; i < LIMIT_AUTH_REALMS; i++)
        if (r->realms[i] && realm_is(r->realms[i], asked))
            return i;
    for (unsigned i = 1; i < LIMIT_AUTH_REALMS && r->realms[place]; i++)
        if (!r->realms[i] || r->realms[i]->nonce_id < r->realms[place]->nonce_id)
            place = i;
    return place;
}

static void replace(struct responder *r, unsigned place, struct realm *realm)
{
    realm_free(r->mem, r->realms[place]);
    r->realms[place] = realm;
}

/* RFC 3261 22.2 with RFC 7616 3.3: what a realm has seen from this request does not get better. */
static bool is_refusal(const struct proof *p, unsigned place, const struct realm *known,
                       const struct asked *asked)
{
    if (!known || p->of[place].realm != known->id || p->of[place].count == 0 || asked->stale)
        return false;
    return p->of[place].answers ||
           (p->of[place].nonce == known->nonce_id && str_equal(known->asked.nonce, asked->nonce));
}

/* A nonce that is given again goes on with its count (RFC 7616 3.4). */
static void take(struct responder *r, struct proof *p, unsigned place, struct realm *realm)
{
    const struct realm *known = r->realms[place];
    bool same = known && realm_is(known, &realm->asked);
    bool same_nonce = same && str_equal(known->asked.nonce, realm->asked.nonce);
    realm->id = same ? known->id : ++r->last_id;
    realm->nonce_id = ++r->last_id;
    realm->count = same_nonce ? known->count : 0;
    replace(r, place, realm);
    p->of[place].realm = realm->id;
    p->of[place].count = 0;
    p->of[place].answers = true;
}

static bool take_round(struct responder *r, struct proof *p, struct round *round)
{
    bool again = false;
    for (unsigned i = 0; i < round->n; i++) {
        struct realm *realm = round->of[i];
        unsigned place = place_of(r, &realm->asked);
        if (is_refusal(p, place, r->realms[place], &realm->asked)) {
            realm_free(r->mem, realm);
            replace(r, place, NULL);
        } else {
            take(r, p, place, realm);
            again = true;
        }
    }
    return again;
}

int responder_challenged(struct responder *r, struct msg *m, struct str uri, struct proof *p,
                         enum respond_next *next)
{
    struct round round = {0};
    if (read_round(r, m, host_of(uri), &round) != OK) {
        round_free(r, &round);
        return ERR_NOMEM;
    }
    *next = round.n == 0 ? RESPOND_UNABLE : RESPOND_REFUSED;
    if (p->rounds == LIMIT_AUTH_ROUNDS) {
        round_free(r, &round);
    } else if (take_round(r, p, &round)) {
        p->rounds++;
        *next = RESPOND_AGAIN;
    }
    return OK;
}

/* --- Authentication-Info --- */

enum info { INFO_NEXTNONCE, INFO_RSPAUTH, N_INFO };
static const struct str info_texts[N_INFO] = {
    [INFO_NEXTNONCE] = STR_INIT("nextnonce"), [INFO_RSPAUTH] = STR_INIT("rspauth")};
static const struct param_names info_names = {N_INFO, info_texts};

/* Whose the line may be: the place of a realm that is no proxy's, was sent credentials, and has the
 * nonce still. */
static bool may_inform(const struct responder *r, const struct proof *p, unsigned i)
{
    const struct realm *realm = r->realms[i];
    return realm && !realm->asked.by_proxy && p->of[i].count > 0 && p->of[i].realm == realm->id &&
           p->of[i].nonce == realm->nonce_id && realm->asked.qop != DIGEST_QOP_NONE;
}

/* RFC 7616 3.5: A2 without a method, over the response's body. */
static int prove(struct responder *r, const struct realm *realm, uint32_t count, uint64_t cnonce,
                 const struct provable *what, struct str rspauth, bool *good)
{
    struct counted c;
    char hex[2 * DIGEST_MAX_BYTES];
    struct digest_input in = input_of(realm, &c, count, cnonce);
    size_t len = 2 * digest_len(in.algorithm);
    in.uri = what->uri;
    in.body = what->body;
    if (!digest_response(r->digester, &in, hex))
        return ERR_NOMEM;
    *good = rspauth.len == len && CRYPTO_memcmp(rspauth.at, hex, len) == 0;
    return OK;
}

/* RFC 7616 3.5: the next request may use it at once; its count begins anew. */
static int take_nextnonce(struct responder *r, unsigned place, struct str nonce)
{
    struct realm *known = r->realms[place];
    struct asked asked = known->asked;
    asked.nonce = nonce;
    if (nonce.len == 0 || nonce.len > LIMIT_AUTH_BYTES || str_equal(nonce, known->asked.nonce))
        return OK;
    struct realm *realm = realm_new(r->mem, &asked, known->host);
    if (!realm)
        return ERR_NOMEM;
    memcpy(realm->ha1, known->ha1, sizeof realm->ha1);
    realm->id = known->id;
    realm->nonce_id = ++r->last_id;
    replace(r, place, realm);
    return OK;
}

/* The line does not name its realm: it is the one whose proof is right, or the only one. */
static int find_informer(struct responder *r, const struct proof *p, const struct provable *what,
                         struct str rspauth, unsigned *place, enum respond_trust *trust)
{
    unsigned seen = 0;
    for (unsigned i = 0; i < LIMIT_AUTH_REALMS; i++) {
        bool good = false;
        if (!may_inform(r, p, i))
            continue;
        if (rspauth.at &&
            prove(r, r->realms[i], p->of[i].count, p->cnonce, what, rspauth, &good) != OK)
            return ERR_NOMEM;
        *place = good || seen++ == 0 ? i : LIMIT_AUTH_REALMS;
        *trust = good ? RESPOND_PROVED : rspauth.at ? RESPOND_DISPROVED : RESPOND_UNPROVED;
        if (good)
            break;
    }
    return OK;
}

int responder_informed(struct responder *r, struct msg *m, struct str uri, const struct proof *p,
                       enum respond_trust *trust)
{
    char space[LIMIT_AUTH_BYTES];
    struct buf b;
    struct str value[N_INFO];
    unsigned place = LIMIT_AUTH_REALMS;
    const struct auth *info = msg_single(m, HDR_AUTHENTICATION_INFO);
    const struct provable what = {.uri = uri, .body = m->body};
    *trust = RESPOND_UNPROVED;
    buf_init(&b, space, sizeof space);
    if (!info || !params_read(info, &info_names, value, &b))
        return OK;
    if (find_informer(r, p, &what, value[INFO_RSPAUTH], &place, trust) != OK)
        return ERR_NOMEM;
    if (place == LIMIT_AUTH_REALMS || *trust == RESPOND_DISPROVED)
        return OK;
    return take_nextnonce(r, place, value[INFO_NEXTNONCE]);
}
