/* Owns the times at which sessions begin; begins none. */
#include "load/schedule.h"

#include <math.h>

static double gap(struct schedule *s)
{
    double mean = (double)NS_PER_S / s->rate;
    if (!s->poisson)
        return mean;
    /* in (0, 1] */
    double uniform = ((double)(rand_u64(&s->rand) >> 11) + 1) / 9007199254740992.0;
    return -log(uniform) * mean;
}

void schedule_init(struct schedule *s, time_ns now, double rate, bool poisson,
                   const struct rand_seed *seed)
{
    *s = (struct schedule){.rate = rate, .origin = now, .poisson = poisson};
    rand_init(&s->rand, seed);
    s->next = poisson ? gap(s) : 0;
}

void schedule_set_rate(struct schedule *s, double rate)
{
    s->rate = rate;
}

time_ns schedule_next(const struct schedule *s)
{
    return s->origin + (time_ns)s->next;
}

void schedule_take(struct schedule *s)
{
    s->next += gap(s);
}
