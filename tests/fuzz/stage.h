/* What lies around a fuzzed engine or element: the parties that send to it, its connections, the
 * questions that it asks, what came and what went lately, and time. It plays the acts that are
 * inputs and holds what must be true of every output; it knows no role. */
#ifndef FUZZ_STAGE_H
#define FUZZ_STAGE_H

#include "acts.h"
#include "engine/engine.h"
#include "heap.h"
#include "resolve/dns.h"

#define STAGE_ACTS 120   /* an input plays no more of its acts */
#define STAGE_TEXT 4096  /* longer messages are not remembered */
#define STAGE_PARTIES 10 /* six that send datagrams, four that have the latest connections */
#define STAGE_STRANGER 5 /* of the parties: it never registers and is given no route set */

/* The machine's inputs, as in engine/engine.h, and what the target wants to hear. */
struct stage_face {
    int (*datagram)(void *, const struct flow *, struct str, time_ns);
    conn_id (*accepted)(void *, const struct flow *, time_ns);
    int (*connected)(void *, conn_id, const struct addr *, time_ns);
    int (*stream)(void *, conn_id, struct str, time_ns);
    int (*closed)(void *, conn_id, time_ns);
    int (*unreachable)(void *, const struct flow *, time_ns);
    int (*adopt)(void *, struct msg *, time_ns);
    int (*resolved)(void *, uint64_t, struct str message, time_ns);
    int (*store_answered)(void *, const struct store_answer *, time_ns);
    int (*time)(void *, time_ns);
    time_ns (*deadline)(const void *);
    bool (*output)(void *, struct engine_output *);
    void (*settle)(void *);                                          /* takes the events */
    void (*sent)(void *, const struct flow *, struct msg *);         /* a message left */
    void (*asked)(void *, uint64_t query, const struct store_ask *); /* answer it, now or later */
};

struct kept {
    struct flow flow; /* the machine's side: remote is the far end */
    unsigned party;   /* that sent it */
    size_t len;
    char text[STAGE_TEXT];
};

#define MEMORY_KEPT 32
struct memory {
    unsigned n; /* ever kept; the last MEMORY_KEPT are there */
    struct kept kept[MEMORY_KEPT];
};

#define STAGE_CONNS 256
struct stage_conn {
    struct flow flow;
    bool open; /* else it is being made */
};

#define STAGE_QUERIES 256 /* what is asked beyond them nobody answers */
#define STAGE_EDITS 4
#define STAGE_HANDED 4

/* A fault that the next message gets. */
struct stage_edit {
    unsigned where, kind;
    struct str text;
};

struct stage {
    const struct stage_face *face;
    void *on;
    struct engine *engine;
    struct fuzz_heap heap;
    struct acts acts;
    time_ns now;
    uint64_t digest;  /* of all outputs */
    unsigned n_sent;  /* messages since the last input began */
    bool uneven;      /* a message on a stream, or too long a one, may not be what is remembered */
    unsigned portion; /* bytes of a stream that arrive at once; 0: all */
    struct stage_conn conns[STAGE_CONNS];
    unsigned n_conns;
    struct {
        uint64_t query;
        uint16_t type;
        uint8_t len;
        char name[DNS_NAME_MAX];
    } names[STAGE_QUERIES]; /* being resolved */
    unsigned n_names;
    struct msg *handed[STAGE_HANDED];
    unsigned n_handed;
    struct stage_edit edits[STAGE_EDITS];
    unsigned n_edits;
    struct memory requests_in, responses_in, requests_out, responses_out;
};

void stage_init(struct stage *, const struct stage_face *, void *on, const uint8_t *data,
                size_t size);
/* UDP, TCP, UDP over IPv6 and UDP on loopback, in this order. */
void stage_listen(struct stage *);
/* Plays an act that is an input. False: the letter is none of the stage's. */
bool stage_play(struct stage *, char letter);
/* Takes events and outputs until there are none: after each command. */
void stage_settle(struct stage *);
/* Ends the connections and leaves the names unknown; then lets deadlines pass until there is none
 * left, at most `span`. */
void stage_fade(struct stage *, time_ns span);
/* Gives back what the stage holds; before the machine is freed. */
void stage_fini(struct stage *);

/* Brings the text in by the party's address or connection, with the faults that wait for it. */
void stage_deliver(struct stage *, unsigned party, struct str text);
/* The same as an answer to what was sent to `flow`. */
void stage_answer(struct stage *, const struct flow *, unsigned party, struct str text);
/* An error of an input or command: nothing has changed since `before`. */
void stage_check_error(const struct stage *, int err, const struct engine_stats *before);

/* How the party's Via shows it: "UDP 192.0.2.9:5060". */
struct str stage_via(const struct stage *, unsigned party);

/* The `back`-th latest; NULL: there was none so early, or it is forgotten. */
const struct kept *memory_at(const struct memory *, unsigned back);
/* It is parsed into memory that the next call takes again. NULL: it is no message. */
struct msg *kept_parse(const struct kept *);

#endif
