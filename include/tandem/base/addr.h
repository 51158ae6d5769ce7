/* An IP address and port without the sockets API. */
#ifndef TANDEM_BASE_ADDR_H
#define TANDEM_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum addr_family { ADDR_NONE = 0, ADDR_IP4 = 4, ADDR_IP6 = 6 };

struct addr {
    uint8_t family; /* enum addr_family */
    uint16_t port;  /* host order; 0: none */
    uint32_t scope; /* IPv6 zone index, 0: none */
    uint8_t ip[16]; /* network order; IPv4 in the first four, the rest zero */
};

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; no port, no zone. False: not an address; *out
 * untouched. */
bool addr_parse_ip(struct str s, struct addr *out);
/* "192.0.2.1:5060", "[2001:db8::1]:5060"; without a port it is 0. */
bool addr_parse(struct str s, struct addr *out);
/* RFC 5952 text; IPv6 without brackets. */
void addr_print_ip(struct buf *b, const struct addr *a);
/* The same with brackets around IPv6, for URIs and Via. */
void addr_print_host(struct buf *b, const struct addr *a);
/* Host and ":port"; the port is left out where it is 0. */
void addr_print(struct buf *b, const struct addr *a);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_equal_ip(const struct addr *a, const struct addr *b);
/* 127.0.0.0/8, ::1, and either mapped into IPv6. */
bool addr_is_loopback(const struct addr *a);
/* 0.0.0.0 or ::. */
bool addr_is_any(const struct addr *a);
/* Multicast or the IPv4 broadcast address: never a destination for an answer. */
bool addr_is_multicast(const struct addr *a);

#endif
