/* A group of three users with a phone each, for tests, and what is asked of who rings. */
#ifndef TANDEM_TESTS_ELEMENT_OFFICE_H
#define TANDEM_TESTS_ELEMENT_OFFICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "element/groups.h"
#include "world.h"

#define CALLER "192.0.2.1:5060"
#define ALICE "192.0.2.2:5062"
#define BOB "192.0.2.3:5060"
#define CAROL "192.0.2.4:5060"
#define MF "Max-Forwards: 70\r\n"

static struct config_agent three[] = {
    {.user = STR_INIT("alice")}, {.user = STR_INIT("bob")}, {.user = STR_INIT("carol")}};
static struct config_group group;
static const struct config_group_list list = {&group, 1};

static inline struct config_group usual(enum config_order order)
{
    return (struct config_group){.name = STR_INIT("sales"),
                                 .members = {three, 3},
                                 .order = order,
                                 .ring_time_s = 5,
                                 .skip_busy = true,
                                 .queue_time_s = 60};
}

static inline void configure(struct element_config *c)
{
    c->groups = &list;
}

static inline struct world *office(void)
{
    struct world *w = world_new(configure, -1);
    assert_non_null(w);
    world_register(w, ALICE, "alice", 3000);
    world_register(w, BOB, "bob", 3000);
    world_register(w, CAROL, "carol", 3000);
    world_forget(w);
    return w;
}

static inline void call(struct world *w, const char *id)
{
    world_request(w, CALLER, "INVITE", "sip:sales@example.com", "sip:x@example.com", id, MF);
}

static inline unsigned rings(const struct world *w, const char *phone)
{
    return world_count(w, phone, "INVITE ");
}

static inline void expect_ringing(const struct world *w, unsigned alice, unsigned bob,
                                  unsigned carol)
{
    assert_int_equal(rings(w, ALICE), alice);
    assert_int_equal(rings(w, BOB), bob);
    assert_int_equal(rings(w, CAROL), carol);
}

static inline void finish(struct world *w)
{
    for (unsigned i = 0; i < 80; i++) {
        world_forget(w);
        world_pass(w, 5);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

#endif
