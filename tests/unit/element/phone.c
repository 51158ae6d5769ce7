/* Owns how a phone of the tests answers challenges (RFC 7616 3.4, RFC 3261 22). */
#include "phone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

static unsigned branches;

void phone_init(struct phone *p, struct world *w, const char *at, const char *user,
                const char *password)
{
    *p = (struct phone){.w = w,
                        .at = at,
                        .user = user,
                        .password = password,
                        .algorithm = DIGEST_SHA256,
                        .qop = DIGEST_QOP_AUTH};
}

static struct digester *hashing(void)
{
    struct digester *d = digester_new(&mem_libc);
    assert_non_null(d);
    return d;
}

void account_put(struct world *w, const char *user, const char *password, unsigned algorithms)
{
    char key[LIMIT_AOR_BYTES], record[ACCOUNT_MAX_BYTES];
    struct digester *d = hashing();
    struct account a;
    struct buf k, r;
    assert_int_equal(account_make(&a, d, str_from(user), STR("example.com"), str_from(password)),
                     OK);
    a.algorithms = algorithms;
    buf_init(&k, key, sizeof key);
    buf_init(&r, record, sizeof record);
    account_key(&k, a.user, a.realm);
    account_write(&r, &a);
    const struct store_ask put = {.op = STORE_PUT, .key = buf_str(&k), .value = buf_str(&r)};
    assert_int_equal(scripted_answer(&w->accounts, 1, &put).status, STORE_OK);
    digester_free(d);
}

static void name(const struct phone *p, const char *given, char *space, size_t size)
{
    if (given)
        (void)snprintf(space, size, "%s", given);
    else
        (void)snprintf(space, size, "sip:%s@example.com", p->user);
}

static void send(struct phone *p, const char *credentials)
{
    char from[128], to[128];
    const char *body = p->body ? p->body : "";
    p->branch = ++branches;
    name(p, p->from, from, sizeof from);
    name(p, p->to, to, sizeof to);
    world_sendf(p->w, p->at,
                "%s %s SIP/2.0\r\n"
                "Via: SIP/2.0/UDP %s;branch=z9hG4bKp%u\r\nMax-Forwards: 70\r\n"
                "From: <%s>;tag=f\r\nTo: <%s>\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
                "Contact: <sip:%s@%s>\r\n%s%sContent-Length: %zu\r\n\r\n%s",
                p->method, p->uri, p->at, p->branch, from, to, p->call_id, p->cseq, p->method,
                p->user, p->at, credentials, p->lines ? p->lines : "", strlen(body), body);
}

void phone_ask(struct phone *p, const char *method, const char *uri, const char *call_id)
{
    (void)snprintf(p->method, sizeof p->method, "%s", method);
    (void)snprintf(p->uri, sizeof p->uri, "%s", uri);
    (void)snprintf(p->call_id, sizeof p->call_id, "%s", call_id);
    p->cseq++;
    send(p, "");
}

static bool copy_quoted(const char *line, const char *param, char *out, size_t size)
{
    const char *at = strstr(line, param);
    if (!at)
        return false;
    at += strlen(param);
    (void)snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
    return true;
}

bool phone_challenged(struct phone *p)
{
    const char *text = world_last(p->w, p->at);
    char algorithm[32];
    p->count = 0;
    (void)snprintf(algorithm, sizeof algorithm, "algorithm=%.*s,",
                   STR_ARG(digest_name(p->algorithm)));
    return text && strstr(text, algorithm) &&
           copy_quoted(text, "realm=\"", p->realm, sizeof p->realm) &&
           copy_quoted(text, " nonce=\"", p->nonce, sizeof p->nonce);
}

static void respond(const struct phone *p, char hex[2 * DIGEST_MAX_BYTES], struct str nc)
{
    uint8_t ha1[DIGEST_MAX_BYTES];
    struct digester *d = hashing();
    assert_true(digest_ha1(d, p->algorithm, str_from(p->user), str_from(p->realm),
                           str_from(p->password), ha1));
    const struct digest_input in = {.algorithm = p->algorithm,
                                    .qop = p->qop,
                                    .ha1 = ha1,
                                    .method = str_from(p->method),
                                    .uri = str_from(p->uri),
                                    .nonce = str_from(p->nonce),
                                    .nc = nc,
                                    .cnonce = STR("c"),
                                    .body = str_from(p->body)};
    assert_true(digest_response(d, &in, hex));
    digester_free(d);
}

static void send_credentials(struct phone *p)
{
    static const char *const qops[] = {"", "auth", "auth-int"};
    char hex[2 * DIGEST_MAX_BYTES], nc[16], qop[64], line[1024];
    bool registrar = strcmp(p->method, "REGISTER") == 0 || !strchr(p->uri, '@');
    (void)snprintf(nc, sizeof nc, "%08x", p->count);
    respond(p, hex, str_from(nc));
    (void)snprintf(qop, sizeof qop, ", qop=%s, nc=%s, cnonce=\"c\"", qops[p->qop], nc);
    (void)snprintf(line, sizeof line,
                   "%s: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                   "algorithm=%.*s, response=\"%.*s\"%s\r\n",
                   registrar ? "Authorization" : "Proxy-Authorization", p->user, p->realm, p->nonce,
                   p->uri, STR_ARG(digest_name(p->algorithm)), (int)(2 * digest_len(p->algorithm)),
                   hex, p->qop == DIGEST_QOP_NONE ? "" : qop);
    send(p, line);
}

void phone_answer(struct phone *p)
{
    p->count++;
    p->cseq++;
    send_credentials(p);
}

void phone_repeat(struct phone *p)
{
    p->cseq++;
    send_credentials(p);
}

void phone_call(struct phone *p, const char *method, const char *uri, const char *call_id)
{
    phone_ask(p, method, uri, call_id);
    assert_true(phone_challenged(p));
    phone_answer(p);
}

unsigned phone_status(const struct phone *p)
{
    return world_status(p->w, p->at);
}
