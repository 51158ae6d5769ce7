/* An agent's answers to challenges: the strongest algorithm that it knows, counts that rise, a
 * nonce used as long as it is good. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/agent.h"

#define TRIES 4 /* each with a nonce that the server called new */

static struct digester *hashing(void)
{
    static struct digester *one;
    if (!one)
        one = digester_new(&mem_libc);
    assert(one);
    return one;
}

void agent_know_password(struct agent *a, const char *password)
{
    a->auth.password = password;
    a->auth.algorithm = (enum digest_algorithm)(a->node.index % N_DIGEST_ALGORITHMS);
    a->auth.before_asked = a->node.index / N_DIGEST_ALGORITHMS % 2 == 0;
}

/* --- credentials --- */

static void print(struct buf *b, const struct agent *a, struct str method, struct str uri,
                  struct str body)
{
    char nc[16], hex[2 * DIGEST_MAX_BYTES], line[768];
    uint8_t ha1[DIGEST_MAX_BYTES];
    const struct agent_auth *t = &a->auth;
    bool whole = body.len > 0 && t->count % 2 == 0;
    snprintf(nc, sizeof nc, "%08x", t->count);
    bool good = digest_ha1(hashing(), t->algorithm, str_from(a->node.name), str_from(t->realm),
                           str_from(t->password), ha1);
    const struct digest_input in = {.algorithm = t->algorithm,
                                    .qop = whole ? DIGEST_QOP_AUTH_INT : DIGEST_QOP_AUTH,
                                    .ha1 = ha1,
                                    .method = method,
                                    .uri = uri,
                                    .nonce = str_from(t->nonce),
                                    .nc = str_from(nc),
                                    .cnonce = STR("cn"),
                                    .body = body};
    good = good && digest_response(hashing(), &in, hex);
    assert(good);
    int n = snprintf(line, sizeof line,
                     "%s: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%.*s\", "
                     "algorithm=%.*s, opaque=\"%s\", qop=%s, nc=%s, cnonce=\"cn\", "
                     "response=\"%.*s\"\r\n",
                     str_equal(method, STR("REGISTER")) ? "Authorization" : "Proxy-Authorization",
                     a->node.name, t->realm, t->nonce, STR_ARG(uri),
                     STR_ARG(digest_name(t->algorithm)), t->opaque, whole ? "auth-int" : "auth", nc,
                     (int)(2 * digest_len(t->algorithm)), hex);
    assert(n > 0 && (size_t)n < sizeof line);
    buf_put(b, (struct str){line, (size_t)n});
}

static size_t find(struct str text, struct str what)
{
    for (size_t i = 0; i + what.len <= text.len; i++)
        if (memcmp(text.at + i, what.at, what.len) == 0)
            return i;
    return text.len;
}

void agent_prove(struct agent *a, struct sent *s, struct buf *out)
{
    struct str text = {s->text, s->len};
    s->proved = a->auth.password && a->auth.nonce[0] && (s->tries > 0 || a->auth.before_asked);
    if (!s->proved) {
        buf_put(out, text);
        return;
    }
    size_t space = str_find(text, ' '), line = find(text, STR("\r\n")) + 2;
    struct str method = str_slice(text, 0, space), rest = str_slice(text, space + 1, text.len);
    size_t body = find(text, STR("\r\n\r\n")) + 4;
    a->auth.count++;
    buf_put(out, str_slice(text, 0, line));
    print(out, a, method, str_slice(rest, 0, str_find(rest, ' ')), str_slice(text, body, text.len));
    buf_put(out, str_slice(text, line, text.len));
}

/* --- challenges --- */

static void copy(char *to, size_t size, const struct auth *c, const char *name)
{
    struct str value = STR_NONE;
    (void)auth_param(c, str_from(name), &value);
    assert(value.len < size);
    snprintf(to, size, "%.*s", STR_ARG(value));
}

static bool take(struct agent_auth *t, const struct auth *c, bool *stale)
{
    struct str name = STR_NONE, value = STR_NONE, nonce;
    enum digest_algorithm algorithm;
    (void)auth_param(c, STR("algorithm"), &name);
    if (!digest_named(name, &algorithm) || algorithm < t->algorithm ||
        !auth_param(c, STR("nonce"), &nonce) || nonce.len >= sizeof t->nonce)
        return false;
    t->algorithm = algorithm;
    t->count = 0;
    copy(t->realm, sizeof t->realm, c, "realm");
    copy(t->nonce, sizeof t->nonce, c, "nonce");
    copy(t->opaque, sizeof t->opaque, c, "opaque");
    *stale = auth_param(c, STR("stale"), &value) && str_equal_nocase(value, STR("true"));
    return true;
}

/* RFC 8760 2.4: the topmost that it knows. */
static bool take_challenge(struct agent *a, struct msg *m, bool *stale)
{
    enum hdr_id id = m->status == 401 ? HDR_WWW_AUTHENTICATE : HDR_PROXY_AUTHENTICATE;
    for (struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h)) {
        const struct auth *c = msg_typed(m, h);
        if (c && take(&a->auth, c, stale))
            return true;
    }
    return false;
}

/* --- once more --- */

static struct dialog *dialog_of(const struct asked *q)
{
    return q->use == USE_REGISTER ? &q->agent->registration : q->dialog;
}

/* RFC 3261 22.2: the next number of its dialog. */
static void renumber(struct asked *q)
{
    struct dialog *d = dialog_of(q);
    struct sent *s = &q->sent;
    struct str text = {s->text, s->len};
    size_t at = find(text, STR("\r\nCSeq: ")) + 8;
    size_t end = at + str_find(str_slice(text, at, text.len), ' ');
    q->cseq = d ? ++d->local_seq : q->cseq + 1;
    char *new = malloc(s->len + 16);
    assert(new);
    int n = snprintf(new, s->len + 16, "%.*s%u", (int)at, s->text, q->cseq);
    memcpy(new + n, s->text + end, s->len - end);
    s->len = (size_t)n + s->len - end;
    free(s->text);
    s->text = new;
}

static bool send_again(struct asked *q)
{
    static char printed[8192];
    struct agent *a = q->agent;
    struct msg_error err;
    struct uri hop;
    struct buf b;
    uint64_t user = 1;
    while (a->asked[user - 1] != q)
        user++;
    bool good = uri_parse(str_from(q->sent.hop), &hop, &err);
    assert(good);
    q->sent.tries++;
    renumber(q);
    buf_init(&b, printed, sizeof printed);
    agent_prove(a, &q->sent, &b);
    struct outgoing out = {.text = buf_str(&b), .hop = &hop, .user = user};
    tx_id tx;
    if (engine_request(a->node.engine, &out, node_now(&a->node), &tx) != OK)
        return false;
    q->tx = tx;
    q->sent_at = a->node.w->now;
    return true;
}

/* RFC 7616 3.5 */
static void take_next(struct agent *a, struct msg *m)
{
    const struct auth *info = msg_single(m, HDR_AUTHENTICATION_INFO);
    struct str next;
    if (!info || !auth_param(info, STR("nextnonce"), &next) || next.len >= sizeof a->auth.nonce)
        return;
    copy(a->auth.nonce, sizeof a->auth.nonce, info, "nextnonce");
    a->auth.count = 0;
}

bool agent_asked_to_prove(struct asked *q, struct msg *m)
{
    bool stale = false, proved = q->sent.proved;
    if (m->status / 100 == 2)
        take_next(q->agent, m);
    if ((m->status != 401 && m->status != 407) || !q->agent->auth.password || q->status)
        return false;
    if (!take_challenge(q->agent, m, &stale))
        return false;
    q->agent->auth.refused += proved && !stale;
    if ((proved && !stale) || q->sent.tries == TRIES || (q->call && q->call->cancelled))
        return false;
    return send_again(q);
}
