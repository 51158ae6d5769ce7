/* Flows as short texts for URIs, and back. Knows no message; whoever reads one has proven it ours.
 */
#include "proxy/context.h"
#include "proxy/mark.h"

#define SERIAL_BITS 56

static void print_serial(struct buf *b, conn_id conn)
{
    uint64_t serial = conn & ((UINT64_C(1) << SERIAL_BITS) - 1);
    unsigned digits = 1;
    while (serial >> (4 * digits))
        digits++;
    buf_put_hex(b, conn >> SERIAL_BITS, 2);
    buf_put_hex(b, serial, digits);
}

static void print_remote(struct buf *b, const struct addr *a)
{
    buf_put_hex(b, a->port, 4);
    for (unsigned i = 0; i < (a->family == ADDR_IP4 ? 4 : 16); i++)
        buf_put_hex(b, a->ip[i], 2);
    if (a->scope)
        buf_put_hex(b, a->scope, 8);
}

void flow_token_print(struct buf *b, const struct flow *f)
{
    buf_put_hex(b, f->listener, 2);
    if (transport_is_reliable(f->transport))
        print_serial(b, f->conn);
    else
        print_remote(b, &f->remote);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes digits from the front. */
static bool take_hex(struct str *s, size_t digits, uint64_t *out)
{
    *out = 0;
    if (s->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        int d = digit(s->at[i]);
        if (d < 0)
            return false;
        *out = *out << 4 | (unsigned)d;
    }
    *s = str_slice(*s, digits, s->len);
    return true;
}

static bool parse_conn(struct str s, conn_id *out)
{
    uint64_t worker, serial;
    if (!take_hex(&s, 2, &worker) || s.len == 0 || s.len > SERIAL_BITS / 4 ||
        !take_hex(&s, s.len, &serial))
        return false;
    *out = worker << SERIAL_BITS | serial;
    return *out != 0;
}

static bool parse_remote(struct str s, struct addr *out)
{
    uint64_t n;
    *out = (struct addr){.family = s.len == 12 ? ADDR_IP4 : ADDR_IP6};
    if (!take_hex(&s, 4, &n))
        return false;
    out->port = (uint16_t)n;
    for (unsigned i = 0; i < (out->family == ADDR_IP4 ? 4 : 16); i++) {
        if (!take_hex(&s, 2, &n))
            return false;
        out->ip[i] = (uint8_t)n;
    }
    if (s.len == 0)
        return true;
    if (s.len != 8 || !take_hex(&s, 8, &n))
        return false;
    out->scope = (uint32_t)n;
    return true;
}

bool flow_token_parse(const struct proxy *p, struct str token, struct flow *out)
{
    uint64_t listener;
    if (!take_hex(&token, 2, &listener))
        return false;
    const struct listener *l = engine_listener(p->engine, (unsigned)listener);
    if (!l)
        return false;
    *out =
        (struct flow){.transport = l->transport, .listener = (uint8_t)listener, .local = l->local};
    if (transport_is_reliable(l->transport))
        return parse_conn(token, &out->conn);
    return parse_remote(token, &out->remote) && out->remote.family == l->local.family;
}
