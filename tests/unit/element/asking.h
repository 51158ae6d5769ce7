/* A world that asks for passwords, the phones in it, and what its tests look at. */
#ifndef TANDEM_TESTS_ELEMENT_ASKING_H
#define TANDEM_TESTS_ELEMENT_ASKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "phone.h"

#define ALICE "192.0.2.1:5060"
#define BOB "192.0.2.2:5060"
#define STRANGER "203.0.113.9:5060"
#define TRUNK "198.51.100.7:5060"
#define HOME "sip:example.com"
#define TO_BOB "sip:bob@example.com"
#define ELSEWHERE "sip:carol@203.0.113.77"

static inline void required(struct element_config *c)
{
    c->access.required = true;
}

static inline void with_foreign_callers(struct element_config *c)
{
    c->access.required = c->access.foreign_callers = true;
}

static inline void with_a_trunk(struct element_config *c)
{
    static struct addr_block trunk;
    assert_true(addr_block_parse(STR("198.51.100.0/24"), &trunk));
    c->access.required = true;
    c->access.peers = &trunk;
    c->access.n_peers = 1;
}

static inline struct world *world_of(void (*change)(struct element_config *))
{
    struct world *w = world_new(change, -1);
    assert_non_null(w);
    account_put(w, "alice", "wonderland", DIGEST_ALL);
    account_put(w, "bob", "builder", DIGEST_ALL);
    return w;
}

static inline void finish(struct world *w)
{
    world_forget(w);
    for (unsigned i = 0; i < 60; i++) {
        world_pass(w, 5);
        world_forget(w);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

static inline struct phone alice_of(struct world *w)
{
    struct phone p;
    phone_init(&p, w, ALICE, "alice", "wonderland");
    return p;
}

static inline struct phone bob_registered(struct world *w)
{
    struct phone p;
    phone_init(&p, w, BOB, "bob", "builder");
    phone_call(&p, "REGISTER", HOME, "bob-reg");
    assert_int_equal(phone_status(&p), 200);
    return p;
}

static inline unsigned registered(struct world *w)
{
    return w->store.written;
}

static inline bool last_has(const struct phone *p, const char *text)
{
    return strstr(world_last(p->w, p->at), text) != NULL;
}

/* The kinds of what is noted, in order; then there is none. */
static inline void assert_notes(struct world *w, const enum element_note_kind *kinds, size_t n)
{
    struct element_note note;
    for (size_t i = 0; i < n; i++) {
        assert_true(element_note(w->element, &note));
        assert_int_equal(note.kind, kinds[i]);
    }
    assert_false(element_note(w->element, &note));
}
#define NOTES(w, ...)                                                    \
    assert_notes(w, (const enum element_note_kind[]){__VA_ARGS__},       \
                 sizeof((const enum element_note_kind[]){__VA_ARGS__}) / \
                     sizeof(enum element_note_kind))

#endif
