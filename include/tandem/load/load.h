/* A load: many sessions of one scenario at once. Sans-I/O: it is told what came, the time, and when
 * to begin a session; it says what to send. One that serves (its scenario begins with a request
 * that comes) begins its sessions by itself.
 *
 *     load_start, load_receive, load_expire …  then  while (load_output(l, &o)) send it;
 *
 * After each input the outputs are drained. Nothing is called back. */
#ifndef TANDEM_LOAD_LOAD_H
#define TANDEM_LOAD_LOAD_H

#include "base/err.h"
#include "base/flow.h"
#include "base/rand.h"
#include "base/siphash.h"
#include "load/rtp.h"
#include "load/tally.h"
#include "load/users.h"

struct load;

/* All texts and tables are borrowed for as long as the load lives. */
struct load_config {
    struct mem *mem;
    struct block_pool *blocks; /* that messages are written into */
    struct rand_seed seed;
    const struct scenario *scenario;
    const struct users *users; /* NULL: users are named by `user` and a number */
    struct str user;           /* what their names begin with */
    unsigned n_users;          /* 1: the name is `user` without a number */
    unsigned first_user;
    /* URIs: "[user]" stands for the user's name. */
    struct str caller, callee;
    struct str service;             /* [service] */
    struct str auth_user, password; /* empty auth_user: the user's name; empty password: none */
    time_ns hold;                   /* of <pause/> */
    time_ns timeout;                /* for what a scenario waits without a time of its own */
    time_ns t1;                     /* RFC 3261 17.1.1.1 */
    unsigned expires_s;
    unsigned most;        /* sessions at once */
    uint16_t media_port;  /* of [media_port], where there are no media */
    struct load_rtp *rtp; /* of the calls' media; NULL: they have none */
    struct rtp_ports rtp_ports;
};

/* NULL: no memory, or `what` (of `size` bytes) is wrong with a URI. */
MUST_USE struct load *load_new(const struct load_config *, char *what, size_t size);
/* NULL is legal. */
void load_free(struct load *);

/* One more way to send by: a socket or a connection with its local and, but for datagrams of one
 * that serves, its remote address. Its number: from 0 on. ERR_LIMIT, ERR_NOMEM. */
MUST_USE int load_link(struct load *, const struct flow *);
/* From now on nothing can be sent by it: sessions on it fail. */
void load_link_down(struct load *, unsigned link, time_ns now);
/* It can be used (again). */
void load_link_up(struct load *, unsigned link, const struct flow *);

/* From the next session on users are these in turn: `user` with the numbers from `first` on. */
void load_take_users(struct load *, unsigned first, unsigned n);

/* Begins a session that was meant to begin at `meant`, not after `now`. False: it failed at once,
 * which is counted. */
bool load_start(struct load *, time_ns meant, time_ns now);
/* A message came by a link. The bytes are borrowed for the call. */
void load_receive(struct load *, unsigned link, const struct addr *remote, struct str bytes,
                  time_ns now);
/* Nobody listens there. */
void load_unreachable(struct load *, const struct addr *remote, time_ns now);
time_ns load_deadline(const struct load *);
void load_expire(struct load *, time_ns now);
/* What still goes on has failed. */
void load_stop(struct load *, time_ns now);

struct load_output {
    struct block *bytes; /* the caller's reference */
    unsigned link;
    uint32_t order; /* those of the same leave in their order */
    struct addr remote;
};
/* False: there is nothing more to send. */
bool load_output(struct load *, struct load_output *);

/* What the scenario has said by <log> and <warning> since the last call: how many texts, whose
 * references are the caller's. */
unsigned load_said(struct load *, struct block *out[LIMIT_LOAD_SAID]);

/* As of now; `recent` is the caller's to empty. */
struct tally *load_tally(struct load *);

#endif
