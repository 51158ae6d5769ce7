/* What the files of a node that is an element share. */
#ifndef SIM_ELEMENT_NODE_H
#define SIM_ELEMENT_NODE_H

#include "sim/node.h"
#include "sim/tape.h"

#define ELEMENT_DRAINS 8 /* of one server in a run; it then drains no more */

struct element_node {
    struct node node;
    struct element *element;
    struct guard *guard;
    struct tape tape;
    uint64_t lives;               /* how often it began */
    struct sim_location location; /* of all workers, at the first */
    struct hash_key proxy_key;
    struct fork_how fork;
    unsigned group; /* enum config_order + 1, 4 more with a queue; 0: none */
    struct call_habits calls;
    struct follow_quota *quota; /* of all workers; the last one frees it … */
    struct loads *loads;        /* … and this */
    const struct gates *gates;  /* NULL: it has none */
    bool numbers;               /* it looks them up */
    bool asks;
    struct node *const
        *homes; /* of an edge: the servers for whose domains it passes REGISTERs on */
    size_t n_homes;
    struct addr_block peers[WORLD_NODES];
    size_t n_peers;
    time_ns began;
    unsigned form, forms; /* enum element_form: as it is configured, and ever was */
    bool drains;
    time_ns ends_at, away; /* of this drain; TIME_NEVER: it stays so */
    unsigned n_drains;
    struct {
        time_ns from, until;
    } drained[ELEMENT_DRAINS];
};

extern const struct node_face element_face;

struct element_node *element_worker(struct node *n, unsigned i);
/* What its form means. `names` is room for its domains. */
void element_configure(const struct element_node *e, struct str names[2], struct element_config *c);
/* Before anything fails. */
void element_configure_anew(struct element_node *e);
/* It has ended, or begins anew. */
void element_drain_ends(struct element_node *e);

#endif
