/* A simulated network: nodes, a virtual clock, links, and a queue of what is to happen, ordered by
 * time and then by sequence. One seed decides everything: a failing run is a number that anyone can
 * replay. It knows nodes only by their face. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/flow.h"
#include "base/rand.h"
#include "base/siphash.h"
#include "engine/engine.h"
#include "sim/fault.h"
#include "sim/heap.h"
#include "sim/ladder.h"
#include "sim/zone.h"

#define WORLD_NODES 24
#define WORLD_LINKS 32
#define WORLD_PARTITIONS 32

struct node;
struct sim_conn;

/* What happens at a time. `run` may use the fields as it likes; the world frees it afterwards. */
struct sim_event {
    time_ns at;
    uint64_t seq;
    void (*run)(struct world *, struct sim_event *);
    void (*forget)(struct sim_event *); /* in place of `run` where it never happens; may be NULL */
    struct node *node;                  /* where it happens; NULL: nowhere */
    struct node *from; /* it comes by a stream from there, which a partition holds up */
    struct sim_conn *conn;
    struct flow flow;
    unsigned side;
    uint64_t n;
    void (*act)(void *);
    void *arg;
    size_t len;
    char bytes[];
};

/* What a link does to datagrams; streams are delayed, split and stalled, never lost. Chances are
 * per mille. */
struct link {
    unsigned loss, duplicate, reorder;
    time_ns delay_min, delay_max;
    time_ns reorder_delay; /* what a reordered datagram waits in addition */
    unsigned truncate;     /* a datagram arrives cut short, anywhere */
    unsigned unreachable;  /* who sends a datagram to where nobody is hears of it */
    size_t mtu;            /* a longer datagram is lost; 0: none is */
    unsigned stall;        /* a portion of a stream waits first, and all behind it */
    time_ns stall_delay;
    size_t portion; /* most bytes of a stream that arrive at once; 0: any number */
};

struct link_rule {
    const struct node *from, *to; /* NULL: any */
    struct link link;
};

/* Those of `side`, a bit for each index of a node, and the others do not hear each other. */
struct partition {
    uint32_t side;
    time_ns until;
};

/* What a run has had to bear; loss and lack of memory show elsewhere. */
enum temper {
    TEMPER_KIND,
    TEMPER_ROUGH,  /* crashes, broken connections, clocks that stood still */
    TEMPER_HOSTILE /* someone obeys no rule */
};

struct world {
    uint64_t seed;
    time_ns now;
    uint64_t next_seq;
    struct rand rand;
    struct fault fault;
    struct sim_heap heap;          /* the agents' */
    struct sim_heap elements_heap; /* the elements', who must live with a lack of it */
    struct sim_event **queue;      /* a binary heap */
    size_t n_queue, cap_queue;
    struct node *nodes[WORLD_NODES];
    size_t n_nodes;
    struct link link; /* where no rule matches */
    struct link_rule rules[WORLD_LINKS];
    size_t n_rules;
    struct partition partitions[WORLD_PARTITIONS];
    struct sim_conn *conns; /* every connection ever made */
    uint64_t next_port;
    enum temper temper;
    time_ns slowest;     /* the longest way that a datagram has had */
    unsigned sleeps;     /* how often a node slept … */
    time_ns slept_until; /* … and until when, at most: it then finds what came long ago */
    uint64_t digest;     /* of every message sent and its time */
    struct ladder ladder;
    struct hosts *zone; /* the DNS: each node's name, and what world_zone adds */
    struct block_pool zone_blocks;
    unsigned dns_silence; /* per mille of the questions that nobody answers */
    unsigned dns_lies;    /* per mille of the answers that are wrong */
    uint32_t dns_ttl_s;   /* 0: a minute */
    time_ns dns_delay_max;
    bool flows_alone;   /* nothing is bad but that flows to phones end */
    bool users_alone;   /* where a user is reached changes by his REGISTERs alone */
    bool numbers_alone; /* nothing is bad at all: numbers lead where the DNS says */
    bool names_alone;   /* nothing is bad but names: what needs none goes well */
};

/* --- world.c --- */
void world_init(struct world *w, uint64_t seed);
void world_fini(struct world *w);
/* Adds records to the DNS (hosts_zone). */
void world_zone(struct world *w, const char *text);
/* A new event with room for `len` bytes; the caller fills it. */
struct sim_event *world_event(struct world *w, time_ns at, size_t len,
                              void (*run)(struct world *, struct sim_event *));
/* The same event once more, a little later: its node had no memory for it. */
void world_again(struct world *w, const struct sim_event *e);
/* Something that a scripted user does, `after` from now. */
void world_do(struct world *w, time_ns after, void (*act)(void *), void *arg);
/* Lets `span` pass. */
void world_run(struct world *w, time_ns span);
uint64_t world_below(struct world *w, uint64_t bound);
bool world_chance(struct world *w, unsigned per_mille);
/* Who gets what is sent there; of several workers that share the address any one. NULL: nobody, or
 * one that is down. */
struct node *world_node_at(struct world *w, const struct addr *a);
static inline void world_worsen(struct world *w, enum temper t)
{
    if (w->temper < t)
        w->temper = t;
}
/* Nothing that is under way to the node happens any more: it is forgotten. */
void world_forget(struct world *w, const struct node *n);

/* --- link.c --- */
struct link link_perfect(void);
/* Between 1 and 40 ms, with this loss, duplication and reordering. */
struct link link_bad(unsigned loss, unsigned duplicate, unsigned reorder);
/* The latest rule that fits wins. */
void world_link(struct world *w, const struct node *from, const struct node *to, struct link l);
/* From now on for `span` the nodes whose index's bit is set in `side` and the others do not hear
 * each other: datagrams are lost; bytes, beginnings and ends of connections wait, in their order.
 * Workers of one server are on the side of its first. Of several partitions at a time, at most
 * WORLD_PARTITIONS, each holds. */
void world_partition(struct world *w, uint32_t side, time_ns span);
/* When two nodes hear each other as things stand: now, or at the end of what parts them. */
time_ns world_hears_at(const struct world *w, const struct node *a, const struct node *b);
/* 10.0.9.N is nobody, and 10.0.8.N a hole where even a connection comes to no end. */
#define LINK_DEAD 9
#define LINK_HOLE 8
bool link_is_dead(const struct addr *);
void link_send_datagram(struct node *from, const struct flow *flow, struct str bytes);

/* --- link_stream.c --- */
void link_connect(struct node *from, conn_id id, const struct flow *flow);
/* False: it has no such connection any more. */
bool link_send_stream(struct node *from, conn_id id, struct str bytes);
void link_close(struct node *from, conn_id id);
/* Every connection breaks, at both ends. */
void link_break_all(struct world *w);
/* Those between the two end; `silently`: only at `n`, and what the other sends comes nowhere. */
void link_cut_between(struct node *n, const struct node *peer, bool silently);
/* The node's connections are gone, without a word to itself. */
void link_cut_off(struct node *n);
void link_fini(struct world *w);

#endif
