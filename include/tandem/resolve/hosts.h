/* Names that are known without asking the DNS: what a file of the operator says. Immutable once
 * read, so that all threads may look. */
#ifndef TANDEM_RESOLVE_HOSTS_H
#define TANDEM_RESOLVE_HOSTS_H

#include "base/err.h"
#include "base/mem.h"
#include "resolve/dns.h"

struct hosts;

struct hosts_fault {
    unsigned line;    /* from 1 */
    const char *what; /* a sentence without a full stop */
};

/* NULL: no memory. */
struct hosts *hosts_new(struct mem *);
void hosts_free(struct hosts *);
/* Adds the records of lines as a zone file has them (RFC 1035 5.1, one record a line, names whole):
 *   example.com.           NAPTR 10 50 "s" "SIP+D2U" "" _sip._udp.example.com.
 *   _sip._udp.example.com. SRV   10 60 5060 a.example.com.
 *   a.example.com.         A     192.0.2.1
 * A number (the time to live) and IN may stand before the type; ';' and '#' begin a comment.
 * ERR_INVALID: *fault says where. ERR_LIMIT: more than LIMIT_HOSTS records. ERR_NOMEM. What stood
 * before the fault is there. */
MUST_USE int hosts_zone(struct hosts *, struct str text, struct hosts_fault *fault);
/* Adds the lines of an /etc/hosts: an address and its names. What cannot be read is passed over.
 * ERR_LIMIT, ERR_NOMEM: it is there in part. */
MUST_USE int hosts_etc(struct hosts *, struct str text);
size_t hosts_count(const struct hosts *);

/* Whether the name is known: then what is not here there is not. A service's name (_sip._udp.…) is
 * where its host's is. */
bool hosts_know(const struct hosts *, struct str name);
/* The answer, with no time to live. NULL: no memory. */
struct block *hosts_answer(const struct hosts *, struct block_pool *, const struct dns_question *);

#endif
