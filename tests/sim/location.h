/* A small store of versioned records that answers questions late, or with failure, as it is told.
 */
#ifndef SIM_LOCATION_H
#define SIM_LOCATION_H

#include "engine/store_ask.h"

struct node;
struct world;
struct sim_record;

struct sim_location {
    struct sim_record *records;
    time_ns delay;     /* of every answer */
    unsigned failures; /* per mille of the questions that fail */
};

void location_init(struct sim_location *l);
void location_fini(struct sim_location *l);
/* The answer goes to the node after the delay. */
void location_ask(struct sim_location *l, struct node *from, uint64_t query,
                  const struct store_ask *ask);

#endif
