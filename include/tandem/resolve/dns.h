/* What the DNS says: an answer's bytes (RFC 1035 4) become records. Any bytes are legal input. */
#ifndef TANDEM_RESOLVE_DNS_H
#define TANDEM_RESOLVE_DNS_H

#include "base/addr.h"
#include "base/block.h"
#include "base/limits.h"

enum dns_type {
    DNS_A = 1,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_AAAA = 28,  /* RFC 3596 */
    DNS_SRV = 33,   /* RFC 2782 */
    DNS_NAPTR = 35, /* RFC 3403 */
};

#define DNS_NAME_MAX 253

/* A name is "example.com": no dot at the end, the root is empty. */
struct dns_question {
    struct str name;
    uint16_t type; /* enum dns_type */
};

enum dns_status {
    DNS_OK,    /* there are records */
    DNS_NONE,  /* there are none of this type, or no such name; or the name is another one's whose
                  records did not come with it: `alias` */
    DNS_FAILED /* no answer, a refusal, or nonsense */
};

struct dns_srv {
    uint16_t priority, weight, port;
    struct str target;
};

struct dns_naptr {
    uint16_t order, preference;
    struct str flags, services, regexp, replacement;
};

struct dns_record {
    union {
        struct addr addr; /* A, AAAA; port 0 */
        struct dns_srv srv;
        struct dns_naptr naptr;
    };
};

/* Immutable once made: one block, counted, in which all views lie. */
struct dns_answer {
    struct dns_question question; /* its name in lower case */
    enum dns_status status;
    uint32_t ttl_s; /* as it came: the least of all that the answer stands on; of DNS_NONE that of
                       RFC 2308 5, 0 where there is none */
    struct str alias;
    unsigned n; /* at most LIMIT_DNS_RECORDS: further ones are not looked at */
    struct dns_record records[];
};

/* Letters, digits, '-', '_' and '.', labels of 1 to 63 bytes; at most DNS_NAME_MAX. */
bool dns_is_name(struct str name);

/* Reads the answer to a question whose name dns_is_name. What is no whole answer to it becomes
 * DNS_FAILED, as empty bytes do. NULL: no memory. */
struct block *dns_parse(struct block_pool *, const struct dns_question *, struct str bytes);
/* The same from records that are known otherwise; the texts are copied. n > 0: DNS_OK. */
struct block *dns_make(struct block_pool *, const struct dns_question *, enum dns_status,
                       uint32_t ttl_s, const struct dns_record *, unsigned n);

static inline const struct dns_answer *dns_answer(const struct block *b)
{
    return (const struct dns_answer *)(const void *)b->bytes;
}

#endif
