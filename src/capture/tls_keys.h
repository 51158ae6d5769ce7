/* The secrets of TLS sessions by their client random, as key logs have them
 * (draft-ietf-tls-keylogfile). Bounded: the oldest is forgotten. */
#ifndef TANDEM_CAPTURE_TLS_KEYS_H
#define TANDEM_CAPTURE_TLS_KEYS_H

#include "base/attr.h"
#include "base/list.h"
#include "base/map.h"
#include "base/siphash.h"

#define TLS_RANDOM 32
#define TLS_SECRET_MOST 48

enum tls_secret {
    TLS_MASTER,         /* TLS 1.2: CLIENT_RANDOM */
    TLS_CLIENT_TRAFFIC, /* TLS 1.3: CLIENT_TRAFFIC_SECRET_0 */
    TLS_SERVER_TRAFFIC,
    N_TLS_SECRETS
};

struct tls_secrets {
    struct map_node by_random;
    struct list by_age;
    char random[TLS_RANDOM];
    uint8_t len[N_TLS_SECRETS]; /* 0: not known */
    char secret[N_TLS_SECRETS][TLS_SECRET_MOST];
};

struct tls_keys {
    struct mem *mem;
    struct hash_key key;
    struct map map;
    struct list by_age;
};

MUST_USE int tls_keys_init(struct tls_keys *, struct mem *, const struct hash_key *);
void tls_keys_fini(struct tls_keys *);

/* Reads whole lines; returns how many were of use. */
size_t tls_keys_read(struct tls_keys *, struct str text);

/* NULL: nobody knows them. */
const struct tls_secrets *tls_keys_find(const struct tls_keys *, const char *random);

#endif
