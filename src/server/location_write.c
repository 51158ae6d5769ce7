/* Owns the writes that have to last: they stand in memory at once and wait for the writer, who says
 * how they end. Knows nothing of disks. */
#include "base/err.h"
#include "server/stripes.h"

static int change(struct stripe *s, const struct store_ask *ask, struct write write, time_ns now,
                  struct location_record *record)
{
    struct write *w = mem_alloc(&s->slab.mem, sizeof(*w));

    if (!w)
        return ERR_NOMEM;
    *w = write;
    int rc = location_change(s->records, &w->change, ask->key, ask->value, ask->version,
                             ask->expires, now, record);

    if (rc != OK)
        mem_free(&s->slab.mem, w, sizeof(*w));
    return rc;
}

bool locations_change(struct locations *l, const struct store_ask *ask, struct locations_asker who,
                      time_ns now, struct block_pool *pool, struct store_answer *answer,
                      struct block **copy)
{
    unsigned i = stripe_index(l, ask->key);
    struct stripe *s = &l->stripes[i];
    struct location_record record = {0};
    bool copied = true;

    *copy = NULL;
    *answer = (struct store_answer){.query = answer->query, .status = STORE_FAILED};
    pthread_mutex_lock(&s->lock);
    int rc = change(s, ask, (struct write){.who = who, .stripe = i}, now, &record);

    if (rc == ERR_STALE)
        copied = stripe_copy(pool, record.value, answer, copy);
    else if (rc == OK)
        atomic_fetch_add(&l->waiting, 1);
    answer->version = record.version;
    pthread_mutex_unlock(&s->lock);
    if (rc == OK)
        return true;
    answer->status = copied ? stripe_status(rc) : STORE_FAILED;
    return false;
}

bool locations_waiting(const struct locations *l)
{
    return atomic_load(&l->waiting) > 0;
}

static struct write *write_of(struct location_change *c)
{
    return c ? CONTAINER_OF(c, struct write, change) : NULL;
}

size_t locations_take(struct locations *l)
{
    struct write **end = &l->taken;
    size_t n = 0;

    while (*end)
        end = &(*end)->next;
    for (unsigned i = 0; i < STRIPES; i++) {
        pthread_mutex_lock(&l->stripes[i].lock);
        while ((*end = write_of(location_take(l->stripes[i].records)))) {
            end = &(*end)->next;
            n++;
        }
        pthread_mutex_unlock(&l->stripes[i].lock);
    }
    atomic_fetch_sub(&l->waiting, n);
    return n;
}

void locations_each_taken(const struct locations *l, locations_given *give, void *arg)
{
    struct location_record r;

    for (const struct write *w = l->taken; w; w = w->next) {
        location_changed(&w->change, &r);
        give(arg, &r);
    }
}

void locations_settle(struct locations *l, locations_told *tell, void *arg)
{
    struct location_record made;

    while (l->taken) {
        struct write *w = l->taken;
        struct stripe *s = &l->stripes[w->stripe];
        struct locations_asker who = w->who;
        struct store_answer a = {.query = who.query, .status = STORE_OK};

        l->taken = w->next;
        location_changed(&w->change, &made);
        a.version = made.value.len > 0 ? made.version : 0;
        pthread_mutex_lock(&s->lock);
        location_settle(s->records, &w->change);
        mem_free(&s->slab.mem, w, sizeof(*w));
        pthread_mutex_unlock(&s->lock);
        tell(arg, who, &a);
    }
}

/* The lock is held until the stripe is as before: a write that comes then is not built on any that
 * failed. */
static struct write *undo_stripe(struct locations *l, struct stripe *s)
{
    struct write *undone = NULL, *w;

    pthread_mutex_lock(&s->lock);
    while (location_take(s->records))
        atomic_fetch_sub(&l->waiting, 1);
    while ((w = write_of(location_undo(s->records)))) {
        w->next = undone;
        undone = w;
    }
    pthread_mutex_unlock(&s->lock);
    return undone;
}

static void free_write(struct stripe *s, struct write *w)
{
    pthread_mutex_lock(&s->lock);
    mem_free(&s->slab.mem, w, sizeof(*w));
    pthread_mutex_unlock(&s->lock);
}

void stripe_forget(struct locations *l, struct stripe *s)
{
    struct write *undone = undo_stripe(l, s);

    while (undone) {
        struct write *w = undone;

        undone = w->next;
        free_write(s, w);
    }
}

void locations_undo(struct locations *l, locations_told *tell, void *arg)
{
    l->taken = NULL;
    for (unsigned i = 0; i < STRIPES; i++) {
        struct write *undone = undo_stripe(l, &l->stripes[i]);

        while (undone) {
            struct write *w = undone;
            struct store_answer a = {.query = w->who.query, .status = STORE_FAILED};

            undone = w->next;
            tell(arg, w->who, &a);
            free_write(&l->stripes[i], w);
        }
    }
}

bool locations_needs(struct locations *l, const struct location_record *row, time_ns now)
{
    struct stripe *s = &l->stripes[stripe_index(l, row->key)];

    pthread_mutex_lock(&s->lock);
    bool needed = location_needs(s->records, row->key, row->version, now);

    pthread_mutex_unlock(&s->lock);
    return needed;
}
