/* A worker: one element on real sockets, in a thread of its own. It shares nothing that it would
 * have to wait for. */
#ifndef TANDEM_SERVER_WORKER_H
#define TANDEM_SERVER_WORKER_H

#include <pthread.h>

#include "element/element.h"
#include "guard/guard.h"
#include "host/dues.h"
#include "net/loop.h"
#include "net/pace.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "server/shared.h"
#include "trace/recorder.h"

/* Tables that were full, for the log. */
enum worker_limit {
    WORKER_LIMIT_TRANSACTIONS,
    WORKER_LIMIT_DESCRIPTORS,
    WORKER_LIMIT_RING,
    WORKER_LIMIT_INPUT,
    N_WORKER_LIMITS
};

/* Kinds of LOOP_TOKEN. */
enum { TOKEN_BELL, TOKEN_UDP, TOKEN_LISTENER };

struct worker_listener {
    struct listen_at at;
    struct udp udp; /* UDP's */
    int fd;         /* of streams; -1: closed */
};

/* The keep-alives to phones behind NATs (worker_ping.c). */
struct worker_pings {
    struct location_walk walk; /* where this round stands */
    time_ns next;              /* TIME_NEVER: there are none */
    time_ns round_ends;        /* not before the next one begins */
    size_t share;              /* records that are looked through at a time */
};

/* Questions to the store that are asked together. */
struct worker_asks {
    struct store_ask list[STORE_TOGETHER];
    uint64_t queries[STORE_TOGETHER];
    unsigned n;
};

struct worker {
    struct shared *shared;
    unsigned index;
    pthread_t thread;
    _Atomic bool running; /* its sockets take traffic */
    _Atomic bool idle; /* nobody waits for an answer, no call is in progress; told while draining */
    _Atomic size_t calls;   /* in progress; told while draining */
    _Atomic uint64_t turns; /* how often its loop has turned */
    struct element *element;
    time_ns clock_told; /* when the element was told the time of the week; 0: never */
    struct engine *engine;
    struct names *names; /* that the engine knows */
    struct block_pool *blocks;
    struct recorder *recorder; /* NULL: nothing is kept */
    const struct log *log;
    struct loop loop;
    struct udp_area *area;
    struct tcp tcp;
    struct worker_listener listeners[LIMIT_LISTENERS];
    unsigned n_listeners;
    struct dues dues; /* inputs that wait until the outputs are drained */
    struct worker_asks asks;
    struct parcel held; /* there was no memory for it: it and all behind it wait … */
    time_ns held_until; /* … for a moment; 0: none is held */
    uint64_t to_ring;   /* a bit for each worker that was sent a parcel */
    struct pace pace;
    bool access_required, gathers; /* as its configuration has it */
    time_ns looked;                /* when this turn began */
    time_ns next_sweep;
    bool drained;  /* the element was told that the server ends */
    unsigned read; /* messages read in this turn */
    uint64_t lost_handovers;
    uint64_t stun_answers;
    struct worker_pings pings;
    uint64_t refused[N_WORKER_LIMITS]; /* as the log was told last */
    struct log_gate limit_gates[N_WORKER_LIMITS];
    struct log_gate gate, ban_gate, dns_gate, web_gate, tls_gates[2], note_gates[N_ELEMENT_NOTES];
    struct guard *guard;
    uint64_t notes[N_ELEMENT_NOTES]; /* that were taken */
    time_ns next_drop; /* of connections whose far end was banned; TIME_NEVER: there are none */
};

/* Makes the worker and takes its sockets; its thread does not run yet. NULL: no memory, no entropy
 * or no descriptors. */
struct worker *worker_new(struct shared *s, unsigned index);
/* Once its thread has ended, or where it never began. */
void worker_free(struct worker *w);
/* 0 or an errno value. */
MUST_USE int worker_start(struct worker *w);
/* Waits until the thread has ended: shared->stop was set and its bell rung. False: it has not,
 * within that time. */
MUST_USE bool worker_join(struct worker *w, time_ns within);

/* --- worker_in.c: what comes in --- */
void worker_event(struct worker *w, const struct loop_event *e, time_ns now);
/* Handshakes that had to wait for this turn. */
void worker_take_parked(struct worker *w, time_ns now);
/* Parcels, answers of the resolver. */
void worker_take_post(struct worker *w, time_ns now);
/* Timers, limits, ends of connections. */
void worker_take_time(struct worker *w, time_ns now);

/* --- worker_config.c: what holds now --- */
/* What it says of WebSocket; its texts are borrowed until the next call. */
void worker_use_web(struct worker *w, const struct config *config);
/* Goes over to a configuration that has come since, or to what the first account changes. */
void worker_take_config(struct worker *w, time_ns now);

/* The certificates and authorities that hold now. False: no memory; the old ones stay. */
MUST_USE bool worker_take_secure(struct worker *w);
/* The names that hold now are known from the next look-up on. */
void worker_take_names(struct worker *w);

/* --- worker_alias.c: connections that other workers may send by, too (RFC 5923) --- */
void worker_tell_aliases(struct worker *w);
/* Another worker's; gives `bytes` back. */
void worker_take_alias(struct worker *w, struct block *bytes);

/* --- worker_ping.c: phones behind NATs are kept within reach --- */
/* After the configuration has changed. */
void worker_set_pings(struct worker *w, time_ns now);
void worker_ping(struct worker *w, time_ns now);

/* --- worker_inquire.c: what others ask --- */
/* Answers some of the inquiries that wait (inquiry.h), between two turns. */
void worker_answer_inquiries(struct worker *w);

/* --- worker_limits.c --- */
void worker_tell_limits(struct worker *w, time_ns now);
/* worker_calls.c */
struct inquiry;
struct shown_tx;
void worker_show_tx(struct shown_tx *, const struct engine_tx *);
void worker_list_calls(const struct worker *w, struct inquiry *);
void worker_end_calls(struct worker *w, struct inquiry *);
/* Those that we have ended go to the log. */
void worker_tell_ended(struct worker *w, time_ns now);
/* Handshakes that came to nothing. */
void worker_tell_failures(struct worker *w, time_ns now);

/* --- worker_out.c: what goes out --- */
/* After an input, or a few datagrams: drains the element and feeds it what follows, until nothing
 * does. */
void worker_settle(struct worker *w, time_ns now);
/* What stands between a connection of this transport (enum transport) and the element. */
struct tcp_layers worker_layers(unsigned transport);
/* Ends a connection and tells all who know of it. */
void worker_drop(struct worker *w, conn_id conn, time_ns now);
/* Writes everything that was gathered, tells the element and the other workers of connections that
 * ended, and wakes whoever was sent something. */
void worker_flush(struct worker *w, time_ns now);
/* Gives back what is held and what is left in the worker's rings. */
void worker_empty_post(struct worker *w);

#endif
