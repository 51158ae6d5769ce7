/* A small store of versioned records that answers questions late, or with failure, as it is told.
 */
#ifndef SIM_LOCATION_H
#define SIM_LOCATION_H

#include <stdbool.h>

#include "engine/store_ask.h"

struct node;
struct world;
struct sim_record;
struct sim_write;

struct sim_location {
    struct sim_record *records;
    uint64_t last_version;
    struct sim_write *waiting; /* for the commit, youngest first */
    time_ns delay;             /* of every answer */
    time_ns delay_max; /* where more than `delay`: anything between; answers overtake each other */
    unsigned failures; /* per mille of the questions that fail, with nothing done */
    unsigned get_failures; /* the same of the reads alone */
    unsigned put_failures; /* and of the writes */
    time_ns commit_max; /* where more than 0: a write is seen at once, and told when it lasts; all
                           that were made until then last together, or none does */
    bool full;          /* nothing new is kept, and no record grows: that fails; the rest works */
};

void location_init(struct sim_location *l);
void location_fini(struct sim_location *l);
/* The record as it stands; empty: there is none. */
struct str location_value(const struct sim_location *l, struct str key);
/* An account of the store, from before the beginning; its key is not a location's. */
void location_put_account(struct sim_location *l, const char *user, const char *domain,
                          const char *password);
/* What a user of its domain has said about his calls, as if the control command had written it. */
struct forwards;
void location_put_forwards(struct sim_location *l, const char *aor, const struct forwards *);
/* A new run of the program reads what an earlier one wrote: registrar_restart for each record. */
void location_restart(struct sim_location *l, const struct node *n);
/* The answer goes to the node after the delay, and that is when the question takes effect. Where
 * the node ends before, the question has taken effect or never will, as the world's chance has it.
 * So it is with all writes that wait for a commit. Records end by the node's clock. */
void location_ask(struct sim_location *l, struct node *from, uint64_t query,
                  const struct store_ask *ask);

#endif
