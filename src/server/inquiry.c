/* Carries inquiries between askers and workers over lanes; knows no answer. */
#include "server/inquiry.h"

#include "base/limits.h"

struct inquiries {
    struct mem *mem;
    unsigned n_workers;
    struct bell *bells[LIMIT_WORKERS];
    struct lane lanes[]; /* [worker * N_ASKERS + asker], of struct inquiry * */
};

static size_t size_for(unsigned n_workers)
{
    return sizeof(struct inquiries) + (size_t)n_workers * N_ASKERS * sizeof(struct lane);
}

static struct lane *lane_of(struct inquiries *q, unsigned worker, unsigned asker)
{
    return &q->lanes[worker * N_ASKERS + asker];
}

struct inquiries *inquiries_new(struct mem *mem, unsigned n_workers, struct bell *const *bells)
{
    struct inquiries *q = mem_alloc_zero(mem, size_for(n_workers));

    if (!q)
        return NULL;
    q->mem = mem;
    q->n_workers = n_workers;
    for (unsigned i = 0; i < n_workers; i++)
        q->bells[i] = bells[i];
    for (unsigned i = 0; i < n_workers * N_ASKERS; i++)
        if (lane_init(&q->lanes[i], mem, sizeof(struct inquiry *), LIMIT_CONTROL_CLIENTS)) {
            inquiries_free(q);
            return NULL;
        }
    return q;
}

void inquiries_free(struct inquiries *q)
{
    if (!q)
        return;
    for (unsigned i = 0; i < q->n_workers * N_ASKERS; i++)
        lane_fini(&q->lanes[i]);
    mem_free(q->mem, q, size_for(q->n_workers));
}

bool inquiry_ask(struct inquiries *q, enum inquiry_asker asker, unsigned worker,
                 struct inquiry *inquiry)
{
    if (worker >= q->n_workers)
        return false;
    atomic_store_explicit(&inquiry->answered, false, memory_order_relaxed);
    if (!lane_push(lane_of(q, worker, asker), &inquiry))
        return false;
    bell_ring(q->bells[worker]);
    return true;
}

struct inquiry *inquiry_take(struct inquiries *q, unsigned worker)
{
    struct inquiry *inquiry;

    for (unsigned asker = 0; asker < N_ASKERS; asker++)
        if (lane_pop(lane_of(q, worker, asker), &inquiry))
            return inquiry;
    return NULL;
}

bool inquiry_waits(const struct inquiries *q, unsigned worker)
{
    for (unsigned asker = 0; asker < N_ASKERS; asker++)
        if (!lane_is_empty(&q->lanes[worker * N_ASKERS + asker]))
            return true;
    return false;
}

/* The asker may free it as soon as it is answered: its bell is looked up before. */
void inquiry_answer(struct inquiry *inquiry)
{
    struct bell *bell = inquiry->bell;

    atomic_store_explicit(&inquiry->answered, true, memory_order_release);
    bell_ring_loud(bell);
}

void shown_text_set(struct shown_text *t, struct str s)
{
    t->len = (uint16_t)(s.len < INQUIRY_TEXT ? s.len : INQUIRY_TEXT);
    if (t->len > 0)
        memcpy(t->at, s.at, t->len);
}
