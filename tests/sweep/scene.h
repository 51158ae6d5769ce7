/* The worlds that the flows are played in, and what a user can tell of a run at its end. */
#ifndef SWEEP_SCENE_H
#define SWEEP_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/check.h"

#define SCENE_PHONES 4
#define BOB "sip:bob@office.example"
#define BOB_ABROAD "sip:bob@biloxi.example"

struct script;

struct scene {
    struct world w;
    time_ns ahead;      /* of every clock */
    struct node *proxy; /* the caller's; NULL: there is none */
    struct node *far;   /* the callee's where it is another one */
    /* The caller, then the callee's phones. */
    struct agent *phones[SCENE_PHONES];
    size_t n_phones;
    struct agent *alice, *bob; /* the first two */
    struct peer *peer;
    size_t first; /* rung of the ladder that belongs to the flow */
};

/* --- who is there; all but open_strangers let the phones register --- */
/* RFC 3665 3.1: two phones and nothing between them. */
void open_direct(struct scene *, const struct script *);
/* One server, Alice and Bob. */
void open_office(struct scene *, const struct script *);
/* The same; nobody has registered. */
void open_strangers(struct scene *, const struct script *);
/* RFC 3261 figure 1: a server for each of the two. */
void open_trapezoid(struct scene *, const struct script *);
/* One server, Alice, and three phones of Bob's, the second of the other transport. */
void open_family(struct scene *, const struct script *);

/* --- what befalls the network, from `at` after now for `span` --- */
/* Datagrams from one to the other are lost. NULL: any. */
void scene_mute(struct scene *, const struct node *from, const struct node *to, time_ns at,
                time_ns span);
/* They take `delay`. */
void scene_slow(struct scene *, const struct node *from, const struct node *to, time_ns at,
                time_ns span, time_ns delay);

/* --- what the users do; for these the phones' memory suffices --- */
/* A call of Alice's. */
struct call *scene_call(struct scene *, const char *uri);
void scene_register(struct scene *, struct agent *, unsigned expires_s);
/* A request of Alice's outside any dialog. */
void scene_request(struct scene *, const char *method, const char *uri);

/* --- what came of it --- */
/* A sentence for each phone: "alice: out 200; bob: in 200". Calls of the caller's side only where
 * `callers_only`. */
void scene_outcome(const struct scene *, bool callers_only, char *at, size_t size);
/* A line for each message since the flow began: "alice > office INVITE". */
void scene_ladder(const struct scene *, char *at, size_t size);

#endif
