/* A node of the simulated network: an address, a name, and a face that hides what runs behind it
 * (an element, a user agent, a scripted peer). */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "element/element.h"
#include "sim/location.h"
#include "sim/world.h"

/* The inputs and outputs of DESIGN.md's contract; an input that comes back with ERR_NOMEM has
 * changed nothing: a stream's connection is then closed, a datagram lost, anything else comes
 * again. The time at the node is node_now(). */
struct node_face {
    void (*datagram)(struct node *, const struct flow *, struct str);
    conn_id (*accepted)(struct node *, const struct flow *);
    int (*connected)(struct node *, conn_id, const struct addr *local);
    int (*stream)(struct node *, conn_id, struct str);
    int (*message)(struct node *, conn_id, struct str); /* of WebSocket; NULL: it has none */
    int (*closed)(struct node *, conn_id);
    void (*unreachable)(struct node *, const struct flow *); /* NULL: it does not listen to ICMP */
    int (*adopt)(struct node *, struct msg *);               /* NULL where it has but one worker */
    int (*resolved)(struct node *, uint64_t query, struct str message);
    int (*stored)(struct node *, const struct store_answer *);
    void (*sent)(struct node *, const struct flow *, struct str); /* NULL: it does not mind */
    void (*time)(struct node *);
    time_ns (*deadline)(const struct node *);
    bool (*output)(struct node *, struct engine_output *);
    bool (*is_idle)(const struct node *);
    void (*free)(struct node *);
};

#define NODE_WORKERS 3
#define NODE_CALL_KEY \
    {                 \
        1, 2          \
    } /* by which calls are given to workers */

/* How calls pass through a server. */
struct call_habits {
    enum config_mode mode;             /* how much it keeps of them */
    struct follow_rules rules;         /* of those that it follows */
    unsigned session_s, min_session_s; /* RFC 4028, as proxy_config */
};

/* What a node's clock shows: the world's time, running by `ppm` millionths too fast (or too slow:
 * more than -1000000), and `ahead` of it. */
struct node_clock {
    int ppm;
    time_ns ahead;
};

struct node {
    const struct node_face *face;
    struct world *w;
    char name[32]; /* also its name in the simulated DNS */
    struct addr addr;
    unsigned index;  /* among the world's nodes */
    bool is_down;    /* nobody is there; it has no engine then, and nothing happens at it */
    time_ns wake_at; /* of the earliest wake that is queued, in the world's time */
    struct engine *engine;
    struct sim_location *location; /* answers its questions; NULL: it asks none */
    time_ns asleep_until;          /* its clock stands still and nothing reaches it */
    struct node_clock clock;
    /* Who shares its address and name, itself among them; alone where n_workers is 1. */
    struct node *workers[NODE_WORKERS];
    unsigned n_workers, worker;
    unsigned handovers; /* messages that it gave to another worker */
};

enum { LISTENER_UDP = 0, LISTENER_TCP = 1, LISTENER_WS = 2 };

/* Joins the world at 10.0.0.N:5060, N counting from 1. */
void node_join(struct node *n, struct world *w, const char *name, const struct node_face *face);
/* The listeners of a node that has an engine. `web`: what it is called where it speaks WebSocket;
 * empty: its address. */
void node_listen(struct node *n, struct str web);
/* Does what the node's outputs say and sets its next wake: after every input and command. */
void node_settle(struct node *n);
/* The engine configuration with the world's heap and a seed drawn from the world's. */
struct engine_config node_engine_config(struct node *n);

/* A datagram from this node to `remote`. */
void node_flow_udp(const struct node *n, const struct addr *remote, struct flow *out);

/* A connection of one worker has ended: the others hear of it. */
void node_tell_gone(struct node *n, conn_id conn);
/* The time at the node: what its engine is told. */
time_ns node_now(const struct node *n);
/* The world's time when the node's clock will show `at`; TIME_NEVER: not in this world. */
time_ns node_when(const struct node *n, time_ns at);
/* Another clock for all workers of the node, before its first input, since time never goes back.
 * The run must end before the clock does, at TIME_NEVER. */
void node_set_clock(struct node *n, int ppm, time_ns ahead);
/* Its time stands still for `span`; then it jumps. */
void node_sleep(struct node *n, time_ns span);

/* --- element_node.c --- */
/* A proxy and registrar for `domain`, which is also its name. Freed by world_fini. */
struct node *element_join(struct world *w, const char *domain);
/* The same as `n` workers with one address and one store; the first of them. */
struct node *element_join_workers(struct world *w, const char *domain, unsigned n);
/* How the phones of its users ring from now on, and the group that it has (0: none). Before
 * anything fails. */
void element_fork(struct node *n, const struct fork_how *how, unsigned group);
/* From now on it asks who sends, and trusts the servers of `peers`. Before anything fails. */
void element_ask_passwords(struct node *n, struct node *const *peers, size_t n_peers);
/* It is an edge from now on: REGISTERs for the domains of these servers, borrowed, go there. */
void element_be_edge(struct node *n, struct node *const *homes, size_t n_homes);
bool element_asks_passwords(const struct node *n);
/* Somebody who obeys no rule has come: its guard is strict from now on. */
void element_beware(struct node *n);
/* How many its guard has banned since it began; 0 of any other node. */
uint64_t element_bans(const struct node *n);
/* The program, all its workers, ends in the middle of everything: what was on the way to it is
 * lost, its connections end, and what it asked of the store was done or not. Any of its workers
 * will do; one that is down stays down. */
void element_stop(struct node *n);
/* It begins anew with the store as it is. */
void element_start(struct node *n);
/* Both at once. */
void element_restart(struct node *n);
struct element *node_element(struct node *n);

/* --- element_calls.c --- */
/* Calls that begin from now on pass so. Before anything fails. */
void element_pass(struct node *n, const struct call_habits *);
/* It is a server, and passes on without state. */
bool element_keeps_nothing(const struct node *n);
/* Calls for GATE_USER go to these, borrowed; they may be changed, and told again. */
struct gates;
void element_use_gates(struct node *n, const struct gates *);
/* It looks telephone numbers up that nobody has. Before anything fails. */
void element_look_up_numbers(struct node *n);
/* An operator ends one of the calls that this worker has, answered or not: the first is 0, behind
 * the last comes the first. */
void element_end_one(struct node *worker, unsigned which);

/* --- element_change.c --- */
/* What a configuration may have otherwise than the one that the server began with. */
enum element_form {
    FORM_ASKING = 1,   /* it asks who sends, or does not any more */
    FORM_MD5 = 2,      /* by one algorithm alone */
    FORM_BRIEF = 4,    /* nonces and bindings do not last long */
    FORM_STRANGER = 8, /* it has another domain, and its own no more */
    FORM_OFF_PATH = 16,
    FORM_ALIAS = 32, /* it has another domain besides */
    FORM_RULED = 64, /* rules send everything where it would go without them */
    FORM_ALL = 127
};
/* All its workers get another configuration; one that finds no memory for it keeps what it has. A
 * server that is down gets none, and begins with the first. */
void element_reform(struct node *n, unsigned form);
/* Every form that it ever had, in one. */
unsigned element_forms(const struct node *n);
/* It takes nothing new from now on. Where `within` is not 0 it ends once nobody waits for it and no
 * call is in progress, or then, and is there again `away` later. */
void element_drain(struct node *n, time_ns within, time_ns away);
/* Did it drain at that time, and since when? TIME_NEVER: it did not. */
time_ns element_drains_since(const struct node *n, time_ns at);
/* When it began, the last time. */
time_ns element_began(const struct node *n);

#endif
