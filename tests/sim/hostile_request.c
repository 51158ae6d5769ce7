/* Requests of the illegal node that match nothing, ask too much, or name others as their sender. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "sim/hostile.h"

#define HUGE_LEN 9000

/* What a request says; the rest is as it should be. */
struct request {
    const char *method, *uri;
    const char *from_tag, *to_tag; /* with ";tag="; empty: none */
    const char *call_id;
    const char *via_host;
    unsigned max_forwards;
    struct str headers;
};

static struct request any(struct hostile *h, const char *method, char *uri, size_t uri_size,
                          char *call_id, size_t id_size)
{
    hostile_any_aor(h, uri, uri_size);
    h->serial++;
    snprintf(call_id, id_size, "h%u@%u", h->serial, h->node.addr.ip[3]);
    return (struct request){.method = method,
                            .uri = uri,
                            .from_tag = ";tag=mallory",
                            .to_tag = "",
                            .call_id = call_id,
                            .max_forwards = 70};
}

PRINTF_LIKE(2, 3)
static void put(struct buf *b, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    assert(n >= 0 && (size_t)n < sizeof(line));
    buf_put(b, (struct str){line, (size_t)n});
}

static void print(struct hostile *h, const struct request *r, struct buf *b)
{
    unsigned ip = h->node.addr.ip[3];
    put(b, "%s %s SIP/2.0\r\n", r->method, r->uri);
    if (r->via_host)
        put(b, "Via: SIP/2.0/UDP %s;branch=z9hG4bKx%u\r\n", r->via_host, h->serial);
    else
        put(b, "Via: SIP/2.0/UDP 10.0.0.%u:5060;branch=z9hG4bKx%u\r\n", ip, h->serial);
    put(b, "Max-Forwards: %u\r\nFrom: <sip:mallory@%s>%s\r\nTo: <%s>%s\r\n", r->max_forwards,
        h->victim->name, r->from_tag, r->uri, r->to_tag);
    put(b, "Call-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:mallory@10.0.0.%u:5060>\r\n", r->call_id,
        1 + (unsigned)world_below(h->node.w, 5), r->method, ip);
    buf_put(b, r->headers);
    buf_put_lit(b, "Content-Length: 0\r\n\r\n");
}

static void send_to(struct hostile *h, const struct request *r, const struct node *to)
{
    static char at[HOSTILE_TEXT];
    struct buf b;
    buf_init(&b, at, sizeof(at));
    print(h, r, &b);
    if (!b.over)
        hostile_send(h, &h->node.addr, &to->addr, buf_str(&b));
}

/* RFC 3261 9.2: 481 */
void hostile_cancel(struct hostile *h)
{
    char uri[128], id[64];
    struct request r = any(h, "CANCEL", uri, sizeof(uri), id, sizeof(id));
    send_to(h, &r, hostile_target(h));
}

void hostile_ack(struct hostile *h)
{
    char uri[128], id[64];
    struct request r = any(h, "ACK", uri, sizeof(uri), id, sizeof(id));
    r.to_tag = ";tag=nobody";
    send_to(h, &r, hostile_target(h));
}

/* The Call-ID of a call that somebody has, with tags that nobody has. */
void hostile_bye(struct hostile *h)
{
    char uri[128], id[64], theirs[128];
    struct request r = any(h, "BYE", uri, sizeof(uri), id, sizeof(id));
    const struct rung *seen = hostile_rung(h);
    struct str call_id = seen ? rung_header(seen, "Call-ID") : STR_NONE;
    if (call_id.len > 0) {
        snprintf(theirs, sizeof(theirs), "%.*s", STR_ARG(str_slice(call_id, 0, 100)));
        r.call_id = theirs;
    }
    r.to_tag = ";tag=wrong";
    send_to(h, &r, hostile_target(h));
}

/* RFC 3261 16.3: 483 */
void hostile_spent(struct hostile *h)
{
    char uri[128], id[64];
    static const char *const methods[] = {"INVITE", "OPTIONS", "MESSAGE", "REGISTER"};
    struct request r = any(h, methods[world_below(h->node.w, 4)], uri, sizeof(uri), id, sizeof(id));
    r.max_forwards = 0;
    send_to(h, &r, hostile_target(h));
}

void hostile_huge(struct hostile *h)
{
    static char line[HUGE_LEN + 16];
    char uri[128], id[64];
    static const char *const names[] = {"Subject: ", "Route: <", "X-Long: ", "Via: "};
    struct request r = any(h, "MESSAGE", uri, sizeof(uri), id, sizeof(id));
    struct buf b;
    buf_init(&b, line, sizeof(line));
    buf_put(&b, str_from(names[world_below(h->node.w, 4)]));
    while (b.len < HUGE_LEN)
        buf_put_char(&b, 'a');
    buf_put_lit(&b, "\r\n");
    r.headers = buf_str(&b);
    send_to(h, &r, hostile_target(h));
}

/* Routes that lead through every server again and again (RFC 3261 16.3 step 4, 16.4). */
void hostile_circle(struct hostile *h)
{
    static char lines[2048];
    char uri[128], id[64];
    struct world *w = h->node.w;
    struct request r =
        any(h, world_chance(w, 500) ? "INVITE" : "OPTIONS", uri, sizeof(uri), id, sizeof(id));
    struct buf b;
    buf_init(&b, lines, sizeof(lines));
    for (unsigned round = 0; round < 6; round++)
        for (size_t i = 0; i < w->n_nodes; i++)
            if (w->nodes[i]->location)
                put(&b, "Route: <sip:10.0.0.%u:5060;lr>\r\n", w->nodes[i]->addr.ip[3]);
    r.headers = b.over ? STR_NONE : buf_str(&b);
    send_to(h, &r, h->victim);
}

/* Answers shall go to somebody else (RFC 3261 18.2.2), or nowhere. */
void hostile_via(struct hostile *h)
{
    char uri[128], id[64], host[64];
    struct world *w = h->node.w;
    struct request r =
        any(h, world_chance(w, 500) ? "INVITE" : "OPTIONS", uri, sizeof(uri), id, sizeof(id));
    const struct addr *other = &hostile_target(h)->addr;
    if (world_chance(w, 700))
        snprintf(host, sizeof(host), "10.0.0.%u:5060", other->ip[3]);
    else
        snprintf(host, sizeof(host), "nowhere.example;maddr=10.0.0.%u", other->ip[3]);
    r.via_host = host;
    send_to(h, &r, hostile_target(h));
}

/* A call whose caller will never acknowledge its answer. */
void hostile_invite(struct hostile *h)
{
    char uri[128], id[64];
    struct request r = any(h, "INVITE", uri, sizeof(uri), id, sizeof(id));
    if (world_chance(h->node.w, 300))
        r.from_tag = "";
    send_to(h, &r, world_chance(h->node.w, 600) ? h->victim : hostile_target(h));
}

/* --- passwords --- */

/* The last message seen with this header; NULL: none. */
static const struct rung *seen(const struct hostile *h, const char *header)
{
    const struct world *w = h->node.w;
    for (size_t i = w->ladder.n; i > 0; i--)
        if (rung_header(&w->ladder.rungs[i - 1], header).len > 0)
            return &w->ladder.rungs[i - 1];
    return NULL;
}

static struct str nonce_in(struct str challenge)
{
    const char *at = challenge.len ? memmem(challenge.at, challenge.len, "nonce=\"", 7) : NULL;
    if (!at)
        return STR("made-up");
    struct str rest = {at + 7, (size_t)(challenge.at + challenge.len - at - 7)};
    return str_slice(rest, 0, str_find(rest, '"'));
}

void hostile_guess(struct hostile *h)
{
    static char line[1024];
    char uri[128], id[64];
    struct world *w = h->node.w;
    bool binds = world_chance(w, 500);
    struct request r = any(h, binds ? "REGISTER" : "MESSAGE", uri, sizeof(uri), id, sizeof(id));
    const char *header = binds ? "WWW-Authenticate" : "Proxy-Authenticate";
    const struct rung *challenge = seen(h, header);
    struct str nonce = nonce_in(challenge ? rung_header(challenge, header) : STR_NONE);
    struct buf b;
    buf_init(&b, line, sizeof(line));
    put(&b,
        "%s: Digest username=\"%s\", realm=\"%s\", nonce=\"%.*s\", uri=\"%s\", "
        "algorithm=MD5, response=\"%016llx%016llx\", qop=auth, cnonce=\"x\", nc=%08x\r\n",
        binds ? "Authorization" : "Proxy-Authorization", world_chance(w, 500) ? "alice" : "bob",
        h->victim->name, STR_ARG(nonce), uri, (unsigned long long)rand_u64(&w->rand),
        (unsigned long long)rand_u64(&w->rand), 1 + (unsigned)world_below(w, 3));
    r.headers = b.over ? STR_NONE : buf_str(&b);
    send_to(h, &r, h->victim);
}

static const char *any_header(struct hostile *h)
{
    return world_chance(h->node.w, 500) ? "Authorization" : "Proxy-Authorization";
}

void hostile_steal(struct hostile *h)
{
    static char line[1024];
    char uri[128], id[64];
    const char *header = any_header(h);
    const char *method = header[0] == 'A' ? "REGISTER" : "MESSAGE";
    struct request r = any(h, method, uri, sizeof(uri), id, sizeof(id));
    const struct rung *theirs = seen(h, header);
    struct str stolen = theirs ? rung_header(theirs, header) : STR_NONE;
    struct buf b;
    buf_init(&b, line, sizeof(line));
    if (stolen.len > 0 && stolen.len < 900)
        put(&b, "%s: %.*s\r\n", header, STR_ARG(stolen));
    r.headers = buf_str(&b);
    send_to(h, &r, h->victim);
}

/* Overwrites what stands behind `what`, up to `until`. */
static void overwrite(struct str text, const char *what, char until, char with)
{
    char *at = memmem(text.at, text.len, what, strlen(what));
    if (!at)
        return;
    for (at += strlen(what); at < text.at + text.len && *at != until; at++)
        *at = with;
}

void hostile_repeat_for_us(struct hostile *h)
{
    static char at[HOSTILE_TEXT];
    const struct rung *theirs = seen(h, any_header(h));
    if (!theirs || theirs->len > sizeof(at))
        return;
    memcpy(at, theirs->text, theirs->len);
    struct str text = {at, theirs->len};
    overwrite(text, "branch=z9hG4bK", '\r', (char)('a' + world_below(h->node.w, 26)));
    overwrite(text, "Contact: <sip:", '@', 'm');
    overwrite(text, "CSeq: ", ' ', '9');
    hostile_send(h, &theirs->from->addr, &h->victim->addr, text);
}

/* --- streams --- */

static void open_stream(struct hostile *h)
{
    struct flow f;
    node_flow_udp(&h->node, &hostile_target(h)->addr, &f);
    f.transport = TRANSPORT_TCP;
    f.listener = LISTENER_TCP;
    h->conn = ++h->last_conn;
    link_connect(&h->node, h->conn, &f);
}

static void put_garbage(struct world *w, struct buf *b)
{
    for (size_t n = 1 + (size_t)world_below(w, 400); n > 0; n--)
        buf_put_char(b, (char)world_below(w, 256));
}

void hostile_garble(struct hostile *h)
{
    static char at[HOSTILE_TEXT];
    struct world *w = h->node.w;
    const struct rung *r = hostile_rung(h);
    struct buf b;
    if (!h->conn) {
        open_stream(h);
        return;
    }
    buf_init(&b, at, sizeof(at));
    if (r && r->len > 0 && r->len < sizeof(at) / 2 && world_chance(w, 700)) {
        buf_put(&b, (struct str){r->text, 1 + (size_t)world_below(w, r->len)});
        if (world_chance(w, 300))
            hostile_twist(w, &b);
    } else {
        put_garbage(w, &b);
    }
    h->sent++;
    if (world_chance(w, 100)) {
        link_close(&h->node, h->conn);
        h->conn = 0;
    } else {
        (void)link_send_stream(&h->node, h->conn, buf_str(&b));
    }
}
