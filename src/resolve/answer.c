/* Owns the form of an answer in memory: one block with its records and all their texts. */
#include <assert.h>

#include "resolve/answer.h"

/* The texts lie behind the records. */
struct text {
    char *at;
};

static struct str copy(struct text *t, struct str s)
{
    struct str out = {t->at, s.len};
    if (s.len)
        memcpy(t->at, s.at, s.len);
    t->at += s.len;
    return out;
}

static size_t text_size(uint16_t type, const struct dns_record *r)
{
    if (type == DNS_SRV)
        return r->srv.target.len;
    if (type == DNS_NAPTR)
        return r->naptr.flags.len + r->naptr.services.len + r->naptr.regexp.len +
               r->naptr.replacement.len;
    return 0;
}

static void copy_record(uint16_t type, struct text *t, struct dns_record *to,
                        const struct dns_record *from)
{
    *to = *from;
    if (type == DNS_SRV)
        to->srv.target = copy(t, from->srv.target);
    if (type != DNS_NAPTR)
        return;
    to->naptr.flags = copy(t, from->naptr.flags);
    to->naptr.services = copy(t, from->naptr.services);
    to->naptr.regexp = copy(t, from->naptr.regexp);
    to->naptr.replacement = copy(t, from->naptr.replacement);
}

static struct str copy_lower(struct text *t, struct str s)
{
    struct buf b;
    buf_init(&b, t->at, s.len);
    buf_put_lower(&b, s);
    t->at += s.len;
    return buf_str(&b);
}

struct block *dns_answer_new(struct block_pool *pool, const struct dns_answer *head,
                             const struct dns_record *records)
{
    size_t size = sizeof *head + head->n * sizeof *records;
    size_t texts = head->question.name.len + head->alias.len;
    for (unsigned i = 0; i < head->n; i++)
        texts += text_size(head->question.type, &records[i]);
    struct block *b = block_new(pool, size + texts);
    if (!b)
        return NULL;
    struct dns_answer *a = (struct dns_answer *)(void *)b->bytes;
    struct text t = {b->bytes + size};
    memcpy(a, head, sizeof *a);
    a->question.name = copy_lower(&t, head->question.name);
    a->alias = copy(&t, head->alias);
    for (unsigned i = 0; i < head->n; i++)
        copy_record(head->question.type, &t, &a->records[i], &records[i]);
    b->len = (uint32_t)(size + texts);
    assert(t.at == b->bytes + b->len);
    return b;
}

struct block *dns_make(struct block_pool *pool, const struct dns_question *q,
                       enum dns_status status, uint32_t ttl_s, const struct dns_record *records,
                       unsigned n)
{
    struct dns_answer head = {.question = *q, .status = status, .ttl_s = ttl_s, .n = n};
    assert(n <= LIMIT_DNS_RECORDS && (status == DNS_OK) == (n > 0));
    return dns_answer_new(pool, &head, records);
}
