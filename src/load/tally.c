/* Owns the counts of a load; decides nothing. */
#include "load/tally.h"

static size_t size_of(const struct scenario *s)
{
    return sizeof(struct tally) + s->n_rows * sizeof(struct histogram);
}

struct tally *tally_new(struct mem *mem, const struct scenario *s)
{
    return mem_alloc_zero(mem, size_of(s));
}

void tally_free(struct mem *mem, struct tally *t, const struct scenario *s)
{
    if (t)
        mem_free(mem, t, size_of(s));
}

static bool is_same(const struct failure *a, const struct failure *b)
{
    return a->cause == b->cause && a->status == b->status && a->step == b->step &&
           strcmp(a->method, b->method) == 0;
}

void tally_failure(struct tally *t, const struct failure *f)
{
    unsigned i = 0;
    t->failed++;
    while (i < t->n_failures && !is_same(&t->failures[i], f))
        i++;
    if (i == LIMIT_LOAD_CAUSES)
        i--; /* the last stands for all further ones */
    if (i == t->n_failures) {
        t->failures[i] = *f;
        t->n_failures++;
    }
    t->failures[i].n++;
}

const char *cause_name(enum cause c)
{
    static const char *const names[N_CAUSES] = {
        [CAUSE_TIMEOUT] = "timeout",       [CAUSE_STATUS] = "status",
        [CAUSE_UNEXPECTED] = "unexpected", [CAUSE_CANCELLED] = "cancelled",
        [CAUSE_REFUSED] = "refused",       [CAUSE_CHECK] = "check",
        [CAUSE_SCENARIO] = "scenario",     [CAUSE_TRANSPORT] = "transport",
        [CAUSE_MEDIA] = "media",           [CAUSE_LIMIT] = "limit",
        [CAUSE_MEMORY] = "memory",         [CAUSE_STOPPED] = "stopped",
    };
    return names[c];
}
