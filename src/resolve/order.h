/* In which order records are used: RFC 2782 (SRV), RFC 3403 (NAPTR), RFC 6724 (addresses). */
#ifndef TANDEM_SRC_RESOLVE_ORDER_H
#define TANDEM_SRC_RESOLVE_ORDER_H

#include "resolve/dns.h"

/* out[i]: index of the record to be used i-th, of a->n. `seed` decides among weights. */
void order_srv(const struct dns_answer *a, uint64_t seed, uint8_t out[LIMIT_DNS_RECORDS]);
void order_naptr(const struct dns_answer *a, uint8_t out[LIMIT_DNS_RECORDS]);
/* RFC 7984 4.1: the addresses of both families as RFC 6724 6 orders them (rules 6 and 8, 10). */
void order_addrs(struct addr *, unsigned n);

#endif
