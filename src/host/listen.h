/* What `--listen` says, and the addresses that it means on this machine. */
#ifndef TANDEM_HOST_LISTEN_H
#define TANDEM_HOST_LISTEN_H

#include "base/attr.h"
#include "base/flow.h"
#include "base/limits.h"
#include "config/config.h"

struct listen_at {
    uint8_t transport; /* enum transport */
    struct addr addr;  /* port 0: a free one */
};

struct listen_list {
    struct listen_at list[LIMIT_LISTENERS];
    unsigned n;
};

/* Appends what config_listener_parse reads; "localhost" is every loopback address that `has_ip6`
 * allows. Returns NULL, or what is wrong, in words; the list is then as it was. */
MUST_USE const char *listen_parse(struct listen_list *l, struct str text, bool has_ip6);
/* udp and tcp on the loopback addresses, port 5060. */
void listen_default(struct listen_list *l, bool has_ip6);
/* Puts one listener for each interface's address in the place of 0.0.0.0 and [::], and leaves out
 * what is there twice. NULL, or what is wrong. */
MUST_USE const char *listen_expand(struct listen_list *l);
/* All of a configuration's listeners, spread; without any the default ones. NULL, or what is wrong.
 */
MUST_USE const char *listen_read(struct listen_list *l, const struct str_list *uris, bool has_ip6);
bool listen_all_loopback(const struct listen_list *l);
/* "udp:127.0.0.1:5060". */
void listen_print(struct buf *b, const struct listen_at *at);

#endif
