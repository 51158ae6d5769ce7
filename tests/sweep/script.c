/* All flows as one list. */
#include "sweep/script.h"

#include <string.h>

static const struct script_table *const tables[] = {&flows_register, &flows_call,   &flows_refused,
                                                    &flows_fork,     &flows_race,   &flows_request,
                                                    &flows_broken,   &flows_within, &flows_auth};

const struct script *script_at(size_t n)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (n < tables[i]->n)
            return &tables[i]->rows[n];
        n -= tables[i]->n;
    }
    return NULL;
}

const struct script *script_find(const char *name)
{
    const struct script *f;
    for (size_t i = 0; (f = script_at(i)); i++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}
