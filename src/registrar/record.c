/* Owns the codec of location records: bindings to bytes and back. Knows nothing of requests or of
 * the store. */
#include "registrar/record.h"

#include <assert.h>

#include "base/ascii.h"
#include "registrar/instance.h"
#include "registrar/registrar.h"

#define FORMAT 2
#define OLD_FORMAT 1     /* without outbound and begun */
#define HEAD_BYTES 2     /* format, number of bindings */
#define BINDING_BYTES 96 /* more than the fixed part of a binding with two IPv6 addresses */
enum { FLAG_BY_FLOW = 1, FLAG_OUTBOUND = 2, FLAG_BEGUN = 4, ALL_FLAGS = 7 };

static inline uint64_t little_endian(uint64_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    n = __builtin_bswap64(n);
#endif
    return n;
}

/* --- bytes out: little-endian, sticky overflow --- */

/* Always inlined, since then each width is one store. */
static inline __attribute__((always_inline)) void put_uint(struct buf *b, uint64_t n,
                                                           unsigned bytes)
{
    n = little_endian(n);
    buf_put(b, (struct str){(const char *)&n, bytes});
}

static unsigned ip_bytes(unsigned family)
{
    return family == ADDR_IP4 ? 4 : family == ADDR_IP6 ? 16 : 0;
}

static void put_addr(struct buf *b, const struct addr *a)
{
    put_uint(b, a->family, 1);
    put_uint(b, a->port, 2);
    put_uint(b, a->scope, 4);
    buf_put(b, (struct str){(const char *)a->ip, ip_bytes(a->family)});
}

/* What was written from here on. */
static struct str put_since(const struct buf *b, size_t from)
{
    return (struct str){b->at + from, b->len - from};
}

static struct str put_text(struct buf *b, struct str s)
{
    put_uint(b, s.len, 2);
    size_t from = b->len;
    buf_put(b, s);
    return put_since(b, from);
}

/* The length is known only once the parameters are in their stored form. */
static struct params put_params(struct buf *b, struct params params)
{
    struct buf len = {b->at + b->len, 0, 2, false};
    put_uint(b, 0, 2);
    size_t from = b->len;
    print_contact_params(b, params);
    if (!b->over)
        put_uint(&len, b->len - from, 2);
    return (struct params){put_since(b, from)};
}

static unsigned flags_of(const struct binding *x)
{
    return (x->by_flow ? FLAG_BY_FLOW : 0u) | (x->outbound ? FLAG_OUTBOUND : 0u) |
           (x->begun ? FLAG_BEGUN : 0u);
}

static void put_binding(struct buf *b, struct binding *x)
{
    put_uint(b, x->expires, 8);
    put_uint(b, x->cseq, 4);
    put_uint(b, x->q, 2);
    put_uint(b, flags_of(x), 1);
    put_uint(b, x->flow.transport, 1);
    put_uint(b, x->flow.listener, 1);
    put_addr(b, &x->flow.local);
    put_addr(b, &x->flow.remote);
    put_uint(b, x->flow.conn, 8);
    x->uri = put_text(b, x->uri);
    x->params = put_params(b, x->params);
    x->call_id = put_text(b, x->call_id);
    x->path = put_text(b, x->path);
    if (x->begun)
        put_uint(b, x->begun, 8);
}

static size_t texts_len(const struct binding *x)
{
    return x->uri.len + x->params.text.len + x->call_id.len + x->path.len;
}

struct block *record_write(struct block_pool *pool, struct bindings *all, bool *too_large)
{
    size_t size = HEAD_BYTES;
    for (size_t i = 0; i < all->n; i++)
        size += BINDING_BYTES + texts_len(&all->list[i]);
    *too_large = size > LIMIT_RECORD_BYTES;
    if (*too_large)
        return NULL;
    struct block *block = block_new(pool, size);
    if (!block)
        return NULL;
    struct buf b;
    buf_init(&b, block->bytes, size);
    put_uint(&b, FORMAT, 1);
    put_uint(&b, all->n, 1);
    for (size_t i = 0; i < all->n; i++)
        put_binding(&b, &all->list[i]);
    assert(!b.over);
    block->len = (uint32_t)b.len;
    return block;
}

time_ns record_end(const struct bindings *all, time_ns now)
{
    time_ns last = now;
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].expires > last)
            last = all->list[i].expires;
    return time_add(last, LIMIT_RECORD_KEPT_S * NS_PER_S);
}

/* --- bytes in: a reader with a sticky fault --- */

struct reader {
    struct str rest;
    bool bad;
    bool is_old; /* OLD_FORMAT */
};

static struct str take(struct reader *r, size_t len)
{
    if (r->bad || len > r->rest.len) {
        r->bad = true;
        return STR_NONE;
    }
    struct str s = {r->rest.at, len};
    r->rest.at += len;
    r->rest.len -= len;
    return s;
}

/* Always inlined, since then each width is one load. */
static inline __attribute__((always_inline)) uint64_t take_uint(struct reader *r, unsigned bytes)
{
    uint64_t n = 0;
    if (r->bad || bytes > r->rest.len) {
        r->bad = true;
        return 0;
    }
    memcpy(&n, r->rest.at, bytes);
    r->rest.at += bytes;
    r->rest.len -= bytes;
    return little_endian(n);
}

static struct str take_text(struct reader *r)
{
    return take(r, (size_t)take_uint(r, 2));
}

static void take_addr(struct reader *r, struct addr *out)
{
    *out = (struct addr){.family = (uint8_t)take_uint(r, 1)};
    out->port = (uint16_t)take_uint(r, 2);
    out->scope = (uint32_t)take_uint(r, 4);
    struct str ip = take(r, ip_bytes(out->family));
    r->bad |= ip_bytes(out->family) == 0;
    if (ip.len > 0)
        memcpy(out->ip, ip.at, ip.len);
}

static void take_flow(struct reader *r, struct flow *out)
{
    *out = (struct flow){.transport = (uint8_t)take_uint(r, 1)};
    out->listener = (uint8_t)take_uint(r, 1);
    take_addr(r, &out->local);
    take_addr(r, &out->remote);
    out->conn = take_uint(r, 8);
    r->bad |= out->transport == TRANSPORT_NONE || out->transport > TRANSPORT_SCTP;
    r->bad |= out->local.family != out->remote.family;
}

/* Does `is_such` say of any eight bytes that such a one is among them? Letters fill up the last
 * ones. */
static inline __attribute__((always_inline)) bool has_any(struct str s, bool is_such(uint64_t))
{
    uint64_t rest = ASCII_EACH * 'a';
    for (; s.len >= sizeof rest; s.at += sizeof rest, s.len -= sizeof rest)
        if (is_such(load8(s.at)))
            return true;
    if (s.len > 0)
        memcpy(&rest, s.at, s.len);
    return is_such(rest);
}

/* Without controls: cannot end a line. */
static bool is_line_text(struct str s)
{
    return !has_any(s, ascii_any_control8);
}

/* Controls, SP, all beyond ASCII, quotes, and the two brackets, which differ by one bit. */
static inline bool any_outside_uri8(uint64_t v)
{
    return ascii_any_below8(v, '!') || ascii_any_is8(v, 0x7f) || (v & ASCII_EACH * 0x80) ||
           ascii_any_is8(v, '"') || ascii_any_is8(v | ASCII_EACH * 2, '>');
}

static bool is_record_uri(struct str s)
{
    return s.len > 0 && !has_any(s, any_outside_uri8);
}

static bool ends_params(char c)
{
    return c == ' ' || c == ',' || c == '<' || c == '>' || c == '\\';
}

/* Outside of quoted strings nothing that ends a parameter list; quotes are closed. */
static bool is_contained(struct str s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++)
        if (quoted && s.at[i] == '\\')
            i++;
        else if (s.at[i] == '"')
            quoted = !quoted;
        else if (!quoted && ends_params(s.at[i]))
            return false;
    return !quoted;
}

static bool is_record_params(struct str s)
{
    return is_line_text(s) && is_contained(s) && (s.len == 0 || s.at[0] == ';');
}

/* Line ends and tabs inside quotes are those of a fold, which is undone when it is written. */
static bool is_storable_value(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == 0x7f || (c < 0x20 && c != '\r' && c != '\n' && c != '\t'))
            return false;
    }
    return is_contained(s) && (s.len == 0 || s.at[0] == '"' || !memchr(s.at, ';', s.len));
}

bool is_storable_contact(struct str uri, struct params params)
{
    struct str name, value;
    if (!is_record_uri(uri))
        return false;
    for (size_t at = 0; params_next(params, &at, &name, &value);)
        if (name.len == 0 || !is_line_text(name) || !is_contained(name) ||
            !is_storable_value(value))
            return false;
    return true;
}

/* What a record of the old format says of flags is what its parameters say. */
static uint64_t take_flags(struct reader *r)
{
    uint64_t flags = take_uint(r, 1);
    r->bad |= flags > (r->is_old ? FLAG_BY_FLOW : ALL_FLAGS);
    return flags;
}

static void take_binding(struct reader *r, struct binding *out)
{
    *out = (struct binding){.expires = take_uint(r, 8)};
    out->cseq = (uint32_t)take_uint(r, 4);
    out->q = (uint16_t)take_uint(r, 2);
    uint64_t flags = take_flags(r);
    out->by_flow = flags & FLAG_BY_FLOW;
    out->outbound = flags & FLAG_OUTBOUND;
    take_flow(r, &out->flow);
    out->uri = take_text(r);
    out->params.text = take_text(r);
    out->call_id = take_text(r);
    out->path = take_text(r);
    if (flags & FLAG_BEGUN)
        out->begun = take_uint(r, 8);
    if (r->is_old)
        out->outbound = instance_of(out->params).len > 0 && reg_id_of(out->params) > 0;
    r->bad = r->bad || out->q > 1000 || !is_record_uri(out->uri) ||
             !is_record_params(out->params.text) || !is_line_text(out->call_id) ||
             !is_line_text(out->path);
}

/* How many bindings follow. */
static size_t take_head(struct reader *r)
{
    uint64_t format = take_uint(r, 1);
    r->is_old = format == OLD_FORMAT;
    r->bad |= format != FORMAT && !r->is_old;
    return (size_t)take_uint(r, 1);
}

bool record_read(struct str record, time_ns now, struct bindings *out)
{
    out->n = 0;
    if (record.len == 0)
        return true;
    struct reader r = {.rest = record};
    size_t n = take_head(&r);
    r.bad |= n > LIMIT_BINDINGS;
    for (size_t i = 0; i < n && !r.bad; i++) {
        struct binding *b = &out->list[out->n];
        take_binding(&r, b);
        if (b->expires > now)
            out->n++;
    }
    if (r.bad || r.rest.len > 0) {
        out->n = 0;
        return false;
    }
    return true;
}

/* Where a binding has its flow, and a flow its connection, behind the two addresses. */
#define FLOW_AT 15
#define LISTENER_AT (FLOW_AT + 1)
#define ADDRS_AT (FLOW_AT + 2)
#define ADDR_BYTES 7 /* without the ip */

static void restart_flow(char *at, const struct flow *f, registrar_listener *find, void *arg)
{
    size_t conn_at = ADDRS_AT + 2 * (ADDR_BYTES + (size_t)ip_bytes(f->local.family));
    int listener = transport_is_reliable(f->transport)
                       ? -1
                       : find(arg, (enum transport)f->transport, &f->local);
    at[LISTENER_AT] = (char)(listener < 0 ? RECORD_NO_LISTENER : listener);
    memset(at + conn_at, 0, sizeof f->conn);
}

void registrar_restart(char *record, size_t len, registrar_listener *find, void *arg)
{
    struct reader r = {.rest = {record, len}};
    for (size_t n = take_head(&r); n > 0 && !r.bad; n--) {
        char *at = record + (r.rest.at - record);
        struct binding b;
        take_binding(&r, &b);
        if (!r.bad)
            restart_flow(at, &b.flow, find, arg);
    }
}

/* A folded line inside a quoted string becomes one space for each byte of its fold. */
static void put_unfolded(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        buf_put_char(b, s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == '\t' ? ' ' : s.at[i]);
}

/* RFC 5627 5.1: a phone cannot suggest its GRUUs. */
static bool is_ours_to_say(struct str name)
{
    return str_equal_nocase(name, STR("expires")) || str_equal_nocase(name, STR("pub-gruu")) ||
           str_equal_nocase(name, STR("temp-gruu"));
}

void print_contact_params(struct buf *b, struct params params)
{
    struct str name, value;
    for (size_t at = 0; params_next(params, &at, &name, &value);) {
        if (is_ours_to_say(name))
            continue;
        buf_put_char(b, ';');
        buf_put(b, name);
        if (value.at) {
            buf_put_char(b, '=');
            put_unfolded(b, value);
        }
    }
}
