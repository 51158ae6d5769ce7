/* The scenes that scenarios share: one domain with a proxy and two phones; what a flow of RFC 3665
 * must look like on the wire. */
#ifndef SCENARIO_OFFICE_H
#define SCENARIO_OFFICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/check.h"

#define BOB "sip:bob@office.example"

struct office {
    struct world w;
    struct node *proxy;
    struct agent *alice, *bob;
};

static inline void office_open(struct office *o, uint64_t seed, enum transport alice,
                               enum transport bob)
{
    world_init(&o->w, seed);
    o->proxy = element_join(&o->w, "office.example");
    o->alice = agent_join(&o->w, "alice", o->proxy, alice);
    o->bob = agent_join(&o->w, "bob", o->proxy, bob);
    agent_register(o->alice, 3600);
    agent_register(o->bob, 3600);
    world_run(&o->w, 3 * NS_PER_S);
    EXPECT(&o->w, o->alice->register_status == 200);
    EXPECT(&o->w, o->bob->register_status == 200);
}

/* The links turn bad once both are registered. */
static inline void office_spoil(struct office *o, struct link l)
{
    world_link(&o->w, NULL, NULL, l);
}

static inline struct call *bobs_call(struct office *o)
{
    return &o->bob->calls[0];
}

/* Messages that start with `start`, sent by `from` since the office opened. */
static inline size_t sent(const struct office *o, const struct agent *from, const char *start)
{
    return ladder_count(&o->w, &from->node, start);
}

static inline size_t proxied(const struct office *o, const char *start)
{
    return ladder_count(&o->w, o->proxy, start);
}

#endif
