/* Questions to name servers, beside the workers: a thread of its own asks, with any number of
 * questions under way, so that a name server that is silent holds up nobody. Knows nothing of why
 * they are asked, nor what the answers say. */
#ifndef TANDEM_NET_DNS_H
#define TANDEM_NET_DNS_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/lane.h"

struct net_dns_config {
    const char *servers; /* "ADDRESS[:PORT],…"; NULL: those of /etc/resolv.conf */
    unsigned timeout_ms; /* of the first try; 0: c-ares' own */
    unsigned tries;      /* of each server; 0: c-ares' own */
};

/* The whole message; empty: there is none. */
struct net_dns_answer {
    uint64_t query;
    char *bytes; /* give it back with net_dns_done */
    size_t len;
};

struct net_dns;

/* c-ares' own: name servers that can be asked. */
struct ares_channeldata;

/* Starts the thread for `n_askers` workers; bells[i] is rung when there is an answer for asker i.
 * NULL: no memory, no thread, or servers that cannot be read. */
struct net_dns *net_dns_new(struct mem *mem, const struct net_dns_config *, unsigned n_askers,
                            struct bell *const *bells);
/* Ends the thread and frees; what is under way is dropped. NULL is legal. */
void net_dns_free(struct net_dns *);

/* Other name servers, for net_dns_use or net_dns_refuse. NULL: no memory, or servers that cannot be
 * read. In any thread. */
struct ares_channeldata *net_dns_prepare(struct net_dns *, const struct net_dns_config *);
/* Asks these from now on, and takes them over. What is under way is asked anew, of them: no
 * question is lost. In any thread. */
void net_dns_use(struct net_dns *, struct ares_channeldata *);
void net_dns_refuse(struct ares_channeldata *);

/* Asks, in asker's thread, for records of class IN. False: too many questions wait: it has no
 * answer. The name is of letters, digits, '-', '_' and '.'. */
MUST_USE bool net_dns_ask(struct net_dns *, unsigned asker, uint64_t query, struct str name,
                          uint16_t type);
/* Takes an answer, in asker's thread. False: none is there. */
MUST_USE bool net_dns_answer(struct net_dns *, unsigned asker, struct net_dns_answer *out);
void net_dns_done(struct net_dns *, const struct net_dns_answer *);
bool net_dns_has_answer(const struct net_dns *, unsigned asker);

#endif
