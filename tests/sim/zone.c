/* A name server in virtual time: answers from a zone's records. Knows no resolver. */
#include "zone.h"

#include <assert.h>

#define HEADER 12
#define TO_QUESTION 0xc000 /* a pointer to the question's name */

static void put_u16(struct buf *b, unsigned n)
{
    buf_put_char(b, (char)(n >> 8));
    buf_put_char(b, (char)n);
}

static void put_u32(struct buf *b, uint32_t n)
{
    put_u16(b, n >> 16);
    put_u16(b, n & 0xffff);
}

static void put_text(struct buf *b, struct str s)
{
    buf_put_char(b, (char)s.len);
    buf_put(b, s);
}

static void put_name(struct buf *b, struct str name)
{
    while (name.len > 0) {
        size_t dot = str_find(name, '.');
        put_text(b, str_slice(name, 0, dot));
        name = str_slice(name, dot + 1, name.len);
    }
    buf_put_char(b, '\0');
}

static void put_data(struct buf *b, uint16_t type, const struct dns_record *r)
{
    if (type == DNS_SRV) {
        put_u16(b, r->srv.priority);
        put_u16(b, r->srv.weight);
        put_u16(b, r->srv.port);
        put_name(b, r->srv.target);
    } else if (type == DNS_NAPTR) {
        put_u16(b, r->naptr.order);
        put_u16(b, r->naptr.preference);
        put_text(b, r->naptr.flags);
        put_text(b, r->naptr.services);
        put_text(b, r->naptr.regexp);
        put_name(b, r->naptr.replacement);
    } else {
        buf_put(b, (struct str){(const char *)r->addr.ip, type == DNS_A ? 4 : 16});
    }
}

static size_t start_record(struct buf *b, unsigned type, uint32_t ttl_s)
{
    put_u16(b, TO_QUESTION | HEADER);
    put_u16(b, type);
    put_u16(b, 1);
    put_u32(b, ttl_s);
    put_u16(b, 0);
    return b->len;
}

static void end_record(struct buf *b, size_t from)
{
    size_t len = b->len - from;
    b->at[from - 2] = (char)(len >> 8);
    b->at[from - 1] = (char)len;
}

static void put_soa(struct buf *b, uint32_t ttl_s)
{
    size_t from = start_record(b, DNS_SOA, ttl_s);
    put_name(b, STR("ns.example.com"));
    put_name(b, STR("root.example.com"));
    for (unsigned i = 0; i < 4; i++)
        put_u32(b, 3600);
    put_u32(b, ttl_s);
    end_record(b, from);
}

struct str zone_answer(const struct hosts *zone, struct block_pool *blocks,
                       const struct dns_question *q, uint32_t ttl_s, char at[ZONE_ANSWER_MAX])
{
    struct buf b;
    struct block *found = hosts_answer(zone, blocks, q);
    assert(found);
    const struct dns_answer *a = dns_answer(found);
    bool none = a->n == 0 && a->alias.len == 0;
    buf_init(&b, at, ZONE_ANSWER_MAX);
    put_u16(&b, 7);
    put_u16(&b, hosts_know(zone, q->name) ? 0x8180 : 0x8183);
    put_u16(&b, 1);
    put_u16(&b, a->n + (a->alias.len > 0));
    put_u16(&b, none);
    put_u16(&b, 0);
    put_name(&b, q->name);
    put_u16(&b, q->type);
    put_u16(&b, 1);
    for (unsigned i = 0; i < a->n; i++) {
        size_t from = start_record(&b, q->type, ttl_s);
        put_data(&b, q->type, &a->records[i]);
        end_record(&b, from);
    }
    if (a->alias.len > 0) {
        size_t from = start_record(&b, DNS_CNAME, ttl_s);
        put_name(&b, a->alias);
        end_record(&b, from);
    }
    if (none)
        put_soa(&b, ttl_s);
    block_unref(blocks, found);
    assert(!b.over);
    return buf_str(&b);
}

/* RFC 1035 4.1.1: the last four bits of the header's fourth byte. */
static struct str say(char *at, size_t len, int code)
{
    at[3] = (char)((at[3] & ~0xf) | code);
    memset(at + 6, 0, 6); /* and no records */
    return (struct str){at, len};
}

struct str zone_lie(struct rand *rand, char at[ZONE_ANSWER_MAX], size_t len)
{
    enum { SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5 };
    switch (rand_below(rand, 5)) {
    case 0:
        return (struct str){at, (size_t)rand_below(rand, len)};
    case 1:
        return say(at, len, SERVFAIL);
    case 2:
        return say(at, len, NXDOMAIN);
    case 3:
        return say(at, len, REFUSED);
    default:
        for (uint64_t n = 1 + rand_below(rand, 4); n > 0; n--)
            at[rand_below(rand, len)] = (char)rand_u64(rand);
        return (struct str){at, len};
    }
}
