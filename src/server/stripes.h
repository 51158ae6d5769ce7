/* What the files of the shared records have in common: the stripes and the writes that wait. */
#ifndef TANDEM_SRC_SERVER_STRIPES_H
#define TANDEM_SRC_SERVER_STRIPES_H

#include <pthread.h>

#include "base/slab.h"
#include "server/location.h"

#define STRIPES LOCATION_STRIPES

struct write {
    struct location_change change;
    struct locations_asker who;
    struct write *next; /* taken after it */
    unsigned stripe;
};

struct stripe {
    pthread_mutex_t lock;
    struct slab slab; /* what its records and writes are made of */
    struct location *records;
    char apart[64];
};

struct locations {
    struct mem *mem;
    struct hash_key key;
    _Atomic uint64_t last_version;
    _Atomic size_t waiting; /* writes that were not taken */
    unsigned sweep;         /* the stripe that is swept next */
    struct write *taken;    /* in the order of their stripes; of one, oldest first */
    struct stripe stripes[STRIPES];
};

unsigned stripe_index(const struct locations *l, struct str key);
/* A block with the value, which the answer then points to. False: no memory. */
bool stripe_copy(struct block_pool *pool, struct str value, struct store_answer *answer,
                 struct block **copy);
enum store_status stripe_status(int error);
/* Drops the writes that wait. */
void stripe_forget(struct locations *l, struct stripe *s);

#endif
