/* One engine on real sockets, in one thread: what a program stands on that is no server. It owns
 * the sockets, the clock and whoever asks name servers; it knows no role and calls nothing back.
 *
 *     host_wait(h, until);
 *     while ((step = host_step(h, &other)) != HOST_DONE) {
 *         if (step == HOST_OTHER)
 *             … a descriptor of the program's own is ready …
 *         … take engine_event until there is none …
 *         host_settle(h);
 *     }
 *
 * After commands to the engine outside of this, host_settle as well. */
#ifndef TANDEM_HOST_HOST_H
#define TANDEM_HOST_HOST_H

#include <stdio.h>

#include "engine/engine.h"
#include "host/listen.h"
#include "net/clock.h"
#include "net/loop.h"

struct host;

struct host_config {
    struct mem *mem;
    struct str software;
    const struct listen_list *listen; /* concrete addresses; udp, tcp and tls. Port 0: a free one */
    const char *certificate;   /* "FILE" or "CHAIN:KEY", for calls that come by TLS; NULL: none */
    const char *ca;            /* a file or a folder; NULL: the system's */
    bool trust_all;            /* whoever we connect to by TLS need not prove who he is */
    FILE *trace;               /* where messages are shown as they pass; NULL: nowhere */
    struct recorder *recorder; /* keeps them; NULL: nobody does */
};

/* NULL: `what` says why, for people. */
struct host *host_new(const struct host_config *, char *what, size_t size);
/* What still waits to be written is written as far as the kernel takes it. NULL is legal. */
void host_free(struct host *);

struct engine *host_engine(struct host *);
time_ns host_now(const struct host *); /* as of the last host_wait */
const struct net_clock *host_clock(const struct host *);
/* Tokens of the program's descriptors: LOOP_TOKEN(kind, index) with a kind from HOST_KINDS on. */
#define HOST_KINDS 16
struct loop *host_loop(struct host *);
/* The real ports. */
const struct listen_list *host_listeners(const struct host *);

/* Waits until something is there, the engine is due, or `until` has come. */
void host_wait(struct host *, time_ns until);

enum host_step {
    HOST_DONE,  /* nothing is left of what host_wait brought; all is written */
    HOST_INPUT, /* the engine was given something */
    HOST_OTHER  /* a descriptor of the program's is ready */
};
enum host_step host_step(struct host *, struct loop_event *other);
/* Does what the engine wants done. */
void host_settle(struct host *);

#endif
