/* Judges the HTTP request that opens a WebSocket and writes the answer; keeps nothing. RFC
 * 6455 4.2, RFC 7118 4.1. */
#include "net/ws_handshake.h"

#include "base/addr.h"
#include "net/ws_http.h"

struct request {
    struct str method, target, version;
    struct str host, key, ws_version, origin;
    unsigned n_hosts, n_keys, n_versions, n_origins;
    bool asks_upgrade, asks_websocket, offers_sip;
    bool is_bad;
};

struct verdict {
    unsigned status;
    const char *why;
};

/* RFC 9112 3: method, target and version with one space between them. */
static void read_request_line(struct request *r, struct str line)
{
    size_t first = str_find(line, ' ');
    struct str rest = str_slice(line, first + 1, line.len);
    size_t second = str_find(rest, ' ');

    r->method = str_slice(line, 0, first);
    r->target = str_slice(rest, 0, second);
    r->version = str_slice(rest, second + 1, rest.len);
    r->is_bad = r->target.len == 0 || r->target.at[0] != '/' ||
                str_find(r->version, ' ') < r->version.len || !str_starts(r->version, STR("HTTP/"));
}

static void set_once(struct str *field, unsigned *n, struct str value)
{
    *field = value;
    ++*n;
}

/* RFC 9110 5.3: several lines of a list are one list. */
static void read_value(struct request *r, struct str name, struct str value)
{
    if (str_equal_nocase(name, STR("Host")))
        set_once(&r->host, &r->n_hosts, value);
    else if (str_equal_nocase(name, STR("Upgrade")))
        r->asks_websocket |= http_has_token(value, STR("websocket"));
    else if (str_equal_nocase(name, STR("Connection")))
        r->asks_upgrade |= http_has_token(value, STR("upgrade"));
    else if (str_equal_nocase(name, STR("Sec-WebSocket-Key")))
        set_once(&r->key, &r->n_keys, value);
    else if (str_equal_nocase(name, STR("Sec-WebSocket-Version")))
        set_once(&r->ws_version, &r->n_versions, value);
    else if (str_equal_nocase(name, STR("Sec-WebSocket-Protocol")))
        r->offers_sip |= http_has_token(value, STR("sip"));
    else if (str_equal_nocase(name, STR("Origin")))
        set_once(&r->origin, &r->n_origins, value);
}

static void read_field(struct request *r, struct str line)
{
    struct str name, value;

    if (http_field(line, &name, &value))
        read_value(r, name, value);
    else
        r->is_bad = true;
}

static void read_head(struct request *r, struct str head)
{
    *r = (struct request){0};
    read_request_line(r, http_line(&head));
    for (struct str line; head.len > 0 && (line = http_line(&head)).len > 0;)
        read_field(r, line);
}

/* --- who is let in --- */

/* The host of "https://host:port" without brackets; empty: that is none, "null" for instance. */
static struct str origin_host(struct str origin)
{
    for (size_t i = 0; i + 3 <= origin.len; i++) {
        if (memcmp(origin.at + i, "://", 3))
            continue;
        struct str host = str_slice(origin, i + 3, origin.len);

        if (host.len > 0 && host.at[0] == '[')
            return str_slice(host, 0, str_find(host, ']') + 1);
        return str_slice(host, 0, str_find(host, ':'));
    }
    return STR_NONE;
}

static bool is_this_machine(struct str host)
{
    struct addr a;

    return str_equal_nocase(host, STR("localhost")) ||
           (addr_parse_ip(host, &a) && addr_is_loopback(&a));
}

/* RFC 6455 10.2. What is no browser sends no Origin, and could send any. */
static bool admits_origin(const struct ws_policy *p, const struct request *r)
{
    if (r->n_origins == 0)
        return true;
    if (p->n_origins == 0)
        return !p->is_open || is_this_machine(origin_host(r->origin));
    for (size_t i = 0; i < p->n_origins; i++)
        if (str_equal(p->origins[i], STR("*")) || str_equal_nocase(p->origins[i], r->origin))
            return true;
    return false;
}

static bool is_path(const struct ws_policy *p, struct str target)
{
    return p->path.len == 0 || str_equal(str_slice(target, 0, str_find(target, '?')), p->path);
}

/* RFC 6455 4.1: 16 bytes in Base64. */
static bool is_key(struct str key)
{
    static const char last[] = "AQgw"; /* the bits that 16 bytes leave of the last digit are 0 */

    if (key.len != 24 || key.at[22] != '=' || key.at[23] != '=' || !strchr(last, key.at[21]))
        return false;
    for (size_t i = 0; i < 22; i++) {
        char c = key.at[i];
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!is_letter && !(c >= '0' && c <= '9') && c != '+' && c != '/')
            return false;
    }
    return true;
}

static struct verdict judge_http(const struct request *r, struct str head)
{
    if (r->is_bad || !http_is_clean(head))
        return (struct verdict){400, "this is no HTTP request"};
    if (!str_equal(r->method, STR("GET")))
        return (struct verdict){405, "a WebSocket is opened with GET"};
    if (!str_equal(r->version, STR("HTTP/1.1")))
        return (struct verdict){400, "a WebSocket is opened by HTTP/1.1"};
    if (r->n_hosts != 1 || r->n_origins > 1)
        return (struct verdict){400, "one Host and at most one Origin are expected"};
    return (struct verdict){0, NULL};
}

/* RFC 6455 4.2.1 */
static struct verdict judge_upgrade(const struct request *r)
{
    if (!r->asks_upgrade || !r->asks_websocket)
        return (struct verdict){426, "this port speaks SIP over WebSocket"};
    if (r->n_versions != 1 || !str_equal(r->ws_version, STR("13")))
        return (struct verdict){426, "version 13 of WebSocket is expected"};
    if (r->n_keys != 1 || !is_key(r->key))
        return (struct verdict){400, "Sec-WebSocket-Key is no key"};
    /* RFC 7118 4.1 */
    if (!r->offers_sip)
        return (struct verdict){400, "Sec-WebSocket-Protocol does not offer sip"};
    return (struct verdict){0, NULL};
}

static struct verdict judge(const struct request *r, struct str head, const struct ws_policy *p)
{
    struct verdict v = judge_http(r, head);

    if (!v.status && !is_path(p, r->target))
        v = (struct verdict){404, "nothing is served at this path"};
    if (!v.status)
        v = judge_upgrade(r);
    if (!v.status && !admits_origin(p, r))
        v = (struct verdict){403, "pages of this origin are not let in"};
    return v.status ? v : (struct verdict){101, NULL};
}

/* --- the answer --- */

static struct str phrase_of(unsigned status)
{
    switch (status) {
    case 403:
        return STR("Forbidden");
    case 404:
        return STR("Not Found");
    case 405:
        return STR("Method Not Allowed");
    case 426:
        return STR("Upgrade Required");
    case 431:
        return STR("Request Header Fields Too Large");
    default:
        return STR("Bad Request");
    }
}

static void print_refusal(struct buf *b, struct verdict v)
{
    struct str why = str_from(v.why);

    buf_put_lit(b, "HTTP/1.1 ");
    buf_put_u64(b, v.status);
    buf_put_char(b, ' ');
    buf_put(b, phrase_of(v.status));
    if (v.status == 426) /* RFC 6455 4.2.2 step 4, RFC 9110 15.5.22 */
        buf_put_lit(b, "\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13");
    if (v.status == 405)
        buf_put_lit(b, "\r\nAllow: GET");
    buf_put_lit(b, "\r\nConnection: ");
    buf_put(b, v.status == 426 ? STR("close, Upgrade") : STR("close"));
    buf_put_lit(b, "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ");
    buf_put_u64(b, why.len + 1);
    buf_put_lit(b, "\r\n\r\n");
    buf_put(b, why);
    buf_put_char(b, '\n');
}

/* RFC 6455 4.2.2 step 5 */
static void print_accept(struct buf *b, struct str key)
{
    buf_put_lit(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: ");
    http_accept(b, key);
    buf_put_lit(b, "\r\nSec-WebSocket-Protocol: sip\r\n\r\n");
}

unsigned ws_handshake_answer(struct str head, const struct ws_policy *p, struct buf *answer,
                             const char **why)
{
    struct request r;

    read_head(&r, head);
    struct verdict v = judge(&r, head, p);

    if (v.status == 101)
        print_accept(answer, r.key);
    else
        print_refusal(answer, v);
    *why = v.why;
    return v.status;
}

unsigned ws_handshake_too_long(struct buf *answer, const char **why)
{
    struct verdict v = {431, "the head of the request is too long"};

    print_refusal(answer, v);
    *why = v.why;
    return v.status;
}
