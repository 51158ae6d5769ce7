/* Making sockets with the options that a SIP element wants. */
#ifndef TANDEM_NET_SOCKET_H
#define TANDEM_NET_SOCKET_H

#include <stddef.h>

#include "base/addr.h"
#include "base/attr.h"
#include "base/str.h"

/* Non-blocking sockets bound to `local`, whose port is filled in where it was 0. `share`: others of
 * this process bind the same address (one socket a worker). Return 0 and *fd, or an errno value. */
MUST_USE int socket_udp(struct addr *local, bool share, int *fd);
MUST_USE int socket_tcp_listener(struct addr *local, bool share, int *fd);
/* EADDRINUSE where anybody else has it: sharing would not notice. */
MUST_USE int socket_probe(bool datagrams, const struct addr *local);

/* What a datagram socket for media gets: the time at which each datagram came (SCM_TIMESTAMPNS),
 * and no errors: who does not listen is not told of. */
void socket_media_options(int fd, enum addr_family family);
/* What connecting streams get, and accepted ones from their listener: no delay, keep-alive. */
void socket_stream_options(int fd);
/* The local end as the kernel has it. */
bool socket_local(int fd, struct addr *out);

/* Sends one datagram to `remote`, waiting until the kernel takes it. 0 or an errno value. */
MUST_USE int socket_send(int fd, const struct addr *remote, struct str bytes);
void socket_close(int fd);

/* The addresses of this machine's interfaces that are up, of one family, without a port. IPv6 ones
 * of one link are left out: they mean something with a zone alone, and a SIP URI has none (RFC 4007
 * 11.2). Returns how many were written. */
size_t socket_interfaces(enum addr_family family, struct addr *out, size_t max);
/* The address that this machine would send from to `remote`, without a port; nothing is sent.
 * False: there is no way there. */
bool socket_source(const struct addr *remote, struct addr *out);
/* This machine can bind ::1. */
bool socket_has_ip6(void);

#endif
