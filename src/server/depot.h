/* Memory for the blocks of all workers. What they take and give by the thousand a second, thread by
 * thread, is cut out of large pieces and kept for the next of its size, so that it leaves no gaps
 * in the heap that smaller things then stand in. Knows no block. */
#ifndef TANDEM_SERVER_DEPOT_H
#define TANDEM_SERVER_DEPOT_H

#include "base/mem.h"

struct depot;

/* NULL: no memory. */
struct depot *depot_new(struct mem *below);
/* In any thread. Few sizes, each of them again and again; large ones come from below. */
struct mem *depot_mem(struct depot *d);
/* All that it gave is gone, but for large ones, which must be back. NULL is legal. */
void depot_free(struct depot *d);

#endif
