/* Which calls members of groups are in, as far as this worker knows. */
#ifndef TANDEM_SRC_ELEMENT_AGENTS_H
#define TANDEM_SRC_ELEMENT_AGENTS_H

#include "base/list.h"
#include "base/map.h"
#include "base/pool.h"

struct agents {
    struct pool calls;
    struct map by_dialog;
    struct list by_age;  /* the longest known first */
    struct pool changes; /* that wait for the store */
};

#endif
