/* Reads the parts of a DNS message (RFC 1035 4.1): numbers, names with their pointers, records.
 * Keeps no state; never reads beyond the message, never longer than it has names' worth of bytes.
 */
#ifndef TANDEM_SRC_RESOLVE_WIRE_H
#define TANDEM_SRC_RESOLVE_WIRE_H

#include "base/attr.h"
#include "resolve/dns.h"

struct wire {
    struct str bytes; /* the whole message: pointers lead anywhere before themselves */
    size_t at;
};

/* A name as text in lower case. */
struct wire_name {
    bool odd; /* it has bytes that no name of a host or service has */
    uint8_t len;
    char text[DNS_NAME_MAX];
};

struct wire_record {
    uint16_t type, class;
    uint32_t ttl_s;
    size_t data, end; /* its RDATA */
};

MUST_USE bool wire_u16(struct wire *, uint16_t *);
MUST_USE bool wire_u32(struct wire *, uint32_t *);
/* RFC 1035 3.3: a length and as many bytes. */
MUST_USE bool wire_text(struct wire *, struct str *);
MUST_USE bool wire_name(struct wire *, struct wire_name *);
/* One resource record; afterwards `at` is behind it. */
MUST_USE bool wire_record(struct wire *, struct wire_name *owner, struct wire_record *);

static inline struct str wire_name_str(const struct wire_name *n)
{
    return (struct str){n->text, n->len};
}

#endif
