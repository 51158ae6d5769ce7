/* Reads an answer's message: is it one to the question, by which aliases, with which records, for
 * how long (RFC 1035 4, RFC 2308). Keeps nothing. */
#include "resolve/answer.h"
#include "resolve/wire.h"

#define CLASS_IN 1
#define QR 0x8000     /* it is an answer */
#define OPCODE 0x7800 /* 0: a standard query */
#define RCODE 0x000f
#define RCODE_OK 0
#define RCODE_NO_NAME 3

struct header {
    uint16_t id, flags, questions, answers, authorities, additional;
};

/* What is read: the names that the records' texts are views of must last as long. */
struct reading {
    const struct dns_question *q;
    struct wire start; /* of the answer section */
    unsigned answers, authorities;
    struct wire_name owner; /* the name at the end of the aliases */
    uint32_t ttl_s;
    unsigned n;
    struct dns_record records[LIMIT_DNS_RECORDS];
    size_t text_len;
    char text[LIMIT_DNS_TEXT];
};

bool dns_is_name(struct str name)
{
    size_t label = 0;
    if (name.len == 0 || name.len > DNS_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (c == '.' ? label == 0 : !letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0;
}

static bool read_header(struct wire *w, struct header *h)
{
    return wire_u16(w, &h->id) && wire_u16(w, &h->flags) && wire_u16(w, &h->questions) &&
           wire_u16(w, &h->answers) && wire_u16(w, &h->authorities) && wire_u16(w, &h->additional);
}

static bool same_question(struct wire *w, const struct dns_question *q)
{
    struct wire_name name;
    uint16_t type, class;
    return wire_name(w, &name) && wire_u16(w, &type) && wire_u16(w, &class) && type == q->type &&
           class == CLASS_IN && str_equal_nocase(wire_name_str(&name), q->name);
}

/* Records beyond the limit are as if they had not come. */
static unsigned looked_at(unsigned n)
{
    return n < LIMIT_DNS_SEEN ? n : LIMIT_DNS_SEEN;
}

/* --- aliases --- */

/* RFC 1034 3.6.2: the name that `owner` stands for. False: none is told; *sound: all could be read.
 */
static bool next_name(const struct reading *r, struct wire_name *owner, uint32_t *ttl_s,
                      bool *sound)
{
    struct wire w = r->start;
    for (unsigned i = 0; i < looked_at(r->answers); i++) {
        struct wire_name name;
        struct wire_record rec;
        if (!wire_record(&w, &name, &rec)) {
            *sound = false;
            return false;
        }
        if (rec.type != DNS_CNAME || rec.class != CLASS_IN ||
            !str_equal(wire_name_str(&name), wire_name_str(owner)))
            continue;
        struct wire data = {w.bytes, rec.data};
        *sound = wire_name(&data, owner) && data.at == rec.end;
        *ttl_s = rec.ttl_s < *ttl_s ? rec.ttl_s : *ttl_s;
        return *sound;
    }
    return false;
}

static bool follow_aliases(struct reading *r)
{
    bool sound = true;
    unsigned n = 0;
    while (n < LIMIT_DNS_CHAIN && next_name(r, &r->owner, &r->ttl_s, &sound))
        n++;
    return sound && n < LIMIT_DNS_CHAIN;
}

/* --- records --- */

/* A name or text that there is no more room for makes its record one that did not come. */
static bool keep(struct reading *r, struct str s, struct str *out)
{
    if (s.len > sizeof r->text - r->text_len)
        return false;
    if (s.len)
        memcpy(r->text + r->text_len, s.at, s.len);
    *out = (struct str){r->text + r->text_len, s.len};
    r->text_len += s.len;
    return true;
}

static bool read_addr(struct wire *w, const struct wire_record *rec, struct addr *out)
{
    size_t len = rec->end - rec->data;
    *out = (struct addr){.family = rec->type == DNS_A ? ADDR_IP4 : ADDR_IP6};
    if (len != (rec->type == DNS_A ? 4u : 16u))
        return false;
    memcpy(out->ip, w->bytes.at + rec->data, len);
    w->at = rec->end;
    return true;
}

/* *kept: it can be used. */
static bool read_srv(struct reading *r, struct wire *w, struct dns_srv *out, bool *kept)
{
    struct wire_name name;
    if (!wire_u16(w, &out->priority) || !wire_u16(w, &out->weight) || !wire_u16(w, &out->port) ||
        !wire_name(w, &name))
        return false;
    *kept = !name.odd && keep(r, wire_name_str(&name), &out->target);
    return true;
}

static bool read_naptr(struct reading *r, struct wire *w, struct dns_naptr *out, bool *kept)
{
    struct wire_name name;
    struct str flags, services, regexp;
    if (!wire_u16(w, &out->order) || !wire_u16(w, &out->preference) || !wire_text(w, &flags) ||
        !wire_text(w, &services) || !wire_text(w, &regexp) || !wire_name(w, &name))
        return false;
    *kept = !name.odd && keep(r, flags, &out->flags) && keep(r, services, &out->services) &&
            keep(r, regexp, &out->regexp) && keep(r, wire_name_str(&name), &out->replacement);
    return true;
}

static bool read_data(struct reading *r, const struct wire *at, const struct wire_record *rec)
{
    struct wire w = {at->bytes, rec->data};
    struct dns_record *out = &r->records[r->n];
    bool kept = true, sound;
    if (rec->type == DNS_SRV)
        sound = read_srv(r, &w, &out->srv, &kept);
    else if (rec->type == DNS_NAPTR)
        sound = read_naptr(r, &w, &out->naptr, &kept);
    else
        sound = read_addr(&w, rec, &out->addr);
    if (!sound || w.at != rec->end)
        return false;
    r->ttl_s = rec->ttl_s < r->ttl_s ? rec->ttl_s : r->ttl_s;
    r->n += kept;
    return true;
}

static bool read_records(struct reading *r, struct wire *w)
{
    *w = r->start;
    for (unsigned i = 0; i < looked_at(r->answers); i++) {
        struct wire_name name;
        struct wire_record rec;
        if (!wire_record(w, &name, &rec))
            return false;
        if (rec.type != r->q->type || rec.class != CLASS_IN || r->n == LIMIT_DNS_RECORDS ||
            !str_equal(wire_name_str(&name), wire_name_str(&r->owner)))
            continue;
        if (!read_data(r, w, &rec))
            return false;
    }
    return true;
}

/* --- what there is not --- */

static bool soa_minimum(const struct wire *w, const struct wire_record *rec, uint32_t *out)
{
    struct wire data = {w->bytes, rec->data};
    struct wire_name name;
    uint32_t skipped;
    for (unsigned i = 0; i < 2; i++)
        if (!wire_name(&data, &name))
            return false;
    for (unsigned i = 0; i < 4; i++)
        if (!wire_u32(&data, &skipped))
            return false;
    return wire_u32(&data, out) && data.at == rec->end;
}

/* RFC 2308 5: the lesser of the SOA record's own time and its minimum. False: there is no SOA. */
static bool negative_ttl(struct reading *r, struct wire w)
{
    if (r->answers > LIMIT_DNS_SEEN)
        return false;
    for (unsigned i = 0; i < looked_at(r->authorities); i++) {
        struct wire_name name;
        struct wire_record rec;
        uint32_t minimum;
        if (!wire_record(&w, &name, &rec))
            return false;
        if (rec.type != DNS_SOA || rec.class != CLASS_IN || !soa_minimum(&w, &rec, &minimum))
            continue;
        uint32_t ttl = minimum < rec.ttl_s ? minimum : rec.ttl_s;
        r->ttl_s = ttl < r->ttl_s ? ttl : r->ttl_s;
        return true;
    }
    return false;
}

/* --- all of it --- */

static void none(struct reading *r, const struct wire *behind, unsigned rcode,
                 struct dns_answer *head)
{
    bool is_alias = !str_equal_nocase(wire_name_str(&r->owner), r->q->name);
    head->status = DNS_NONE;
    if (negative_ttl(r, *behind))
        head->ttl_s = r->ttl_s;
    else if (is_alias && rcode == RCODE_OK && !r->owner.odd) {
        head->ttl_s = r->ttl_s;
        head->alias = wire_name_str(&r->owner);
    }
}

static bool read_all(struct reading *r, struct str bytes, struct dns_answer *head)
{
    struct wire w = {bytes, 0};
    struct header h;
    if (!read_header(&w, &h) || !(h.flags & QR) || (h.flags & OPCODE) || h.questions != 1 ||
        !same_question(&w, r->q))
        return false;
    unsigned rcode = h.flags & RCODE;
    if (rcode != RCODE_OK && rcode != RCODE_NO_NAME)
        return false;
    r->start = w;
    r->answers = h.answers;
    r->authorities = h.authorities;
    if (!follow_aliases(r) || !read_records(r, &w))
        return false;
    if (r->n == 0) {
        none(r, &w, rcode, head);
        return true;
    }
    head->status = DNS_OK;
    head->ttl_s = r->ttl_s;
    head->n = r->n;
    return true;
}

struct block *dns_parse(struct block_pool *pool, const struct dns_question *q, struct str bytes)
{
    struct dns_answer head = {.question = *q, .status = DNS_FAILED};
    struct reading r = {.q = q, .ttl_s = INT32_MAX};
    struct buf owner;
    buf_init(&owner, r.owner.text, sizeof r.owner.text);
    buf_put_lower(&owner, q->name);
    r.owner.len = (uint8_t)owner.len;
    if (owner.over || !read_all(&r, bytes, &head))
        head = (struct dns_answer){.question = *q, .status = DNS_FAILED};
    return dns_answer_new(pool, &head, r.records);
}
