/* Servers that follow calls: how they are told to, and how an operator ends one. */
#include <assert.h>

#include "base/limits.h"
#include "sim/check.h"
#include "sim/element_node.h"

#define ROWS 64

void element_pass(struct node *n, const struct call_habits *calls)
{
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element_node *e = element_worker(n, i);
        e->calls = *calls;
        element_configure_anew(e);
    }
}

void element_use_gates(struct node *n, const struct gates *gates)
{
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element_node *e = element_worker(n, i);
        e->gates = gates;
        if (n->is_down)
            continue;
        element_configure_anew(e);
        node_settle(&e->node);
    }
}

void element_look_up_numbers(struct node *n)
{
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element_node *e = element_worker(n, i);
        e->numbers = true;
        element_configure_anew(e);
    }
}

bool element_keeps_nothing(const struct node *n)
{
    return n->face == &element_face &&
           ((const struct element_node *)n)->calls.mode == CONFIG_MODE_STATELESS;
}

/* --- ends on request --- */

/* INVITEs without a final answer. */
static size_t ringing(const struct node *n, struct engine_tx out[ROWS])
{
    struct engine_tx all[ROWS];
    uint64_t cursor = 0;
    size_t kept = 0, found = engine_list(n->engine, &cursor, LIMIT_TX, all, ROWS);
    for (size_t i = 0; i < found; i++)
        if (all[i].kind == TX_INVITE_SERVER && all[i].request && all[i].status < 200)
            out[kept++] = all[i];
    return kept;
}

static size_t answered(const struct node *n, struct follow_view out[ROWS])
{
    uint32_t cursor = 0;
    size_t kept = 0,
           found = element_followed(node_element((struct node *)(uintptr_t)n), &cursor, out, ROWS);
    for (size_t i = 0; i < found; i++)
        if (out[i].state == FOLLOW_ANSWERED)
            out[kept++] = out[i];
    return kept;
}

void element_end_one(struct node *worker, unsigned which)
{
    struct engine_tx invites[ROWS];
    struct follow_view calls[ROWS];
    size_t n = ringing(worker, invites), all = n + answered(worker, calls);
    struct element *e = node_element(worker);
    if (all == 0)
        return;
    which %= (unsigned)all;
    if (which < n)
        (void)element_end_invite(e, &invites[which], node_now(worker));
    else
        (void)element_end_call(e, calls[which - n].id, node_now(worker));
    node_settle(worker);
}
