/* What all workers of a server share: made before them, freed after them. */
#ifndef TANDEM_SERVER_SHARED_H
#define TANDEM_SERVER_SHARED_H

#include "host/listen.h"
#include "host/names.h"
#include "net/clock.h"
#include "net/dns.h"
#include "server/confine.h"
#include "server/control_where.h"
#include "server/current.h"
#include "server/depot.h"
#include "server/inquiry.h"
#include "server/log_writer.h"
#include "server/notify.h"
#include "server/options.h"
#include "server/post.h"
#include "server/secure.h"
#include "server/sockets.h"
#include "server/store.h"
#include "server/strays.h"

struct shared {
    struct mem *mem;
    struct depot *depot; /* of all workers' blocks */
    struct net_clock clock;
    struct listen_list listen; /* real addresses and ports */
    struct socket_set sockets;
    int metrics_fd; /* of the metrics listener, until it is served; -1: none */
    const struct server_options *options;
    const struct config *config; /* as it was at the start: for what only a start changes */
    struct current current;      /* as it is now: for all else */
    bool all_loopback;           /* nobody elsewhere reaches a listener */
    _Atomic bool any_account;    /* there is an account: workers look in each turn */
    unsigned n_workers;
    struct hash_key call_key, proxy_key, nonce_key;
    struct loads *loads; /* of the peers of sets */
    struct secure secure;
    struct store *store;
    struct strays strays; /* of who reads accounts: the start, then the store's thread */
    struct post *post;
    _Atomic bool
        awaits[LIMIT_WORKERS];  /* may calls of this worker be joined by phones that come? */
    struct follow_quota *quota; /* of calls that are followed, in all workers */
    struct inquiries *inquiries;
    struct net_dns *dns;
    struct known known; /* names that are known without asking */
    struct log_writer *log;
    struct bell *boss; /* rung when a worker's `running` or `idle` changes */
    struct control_where control;
    struct confinement confinement;
    struct sandbox sandbox;
    struct notify notify;    /* the boss's */
    _Atomic bool end_wanted; /* boss_end */
    _Atomic bool draining;   /* no new work */
    _Atomic bool stop;       /* leave the loop */
};

#endif
