/* Stripes the store's records over locks; each is held for one look-up or one write, never while
 * waiting. */
#include "server/location.h"

#include "base/buf.h"
#include "base/err.h"
#include "server/stripes.h"

#define SWEEP_MOST 1024
#define WALK_LOOKS 256 /* records that a walk looks at under one lock */

/* The stripes' own tables hash with another key: a stripe's keys share their hash's low bits. */
static struct hash_key stripe_key(const struct hash_key *key)
{
    return (struct hash_key){siphash24(key, STR("stripe 0")), siphash24(key, STR("stripe 1"))};
}

struct locations *locations_new(struct mem *mem, const struct hash_key *key, size_t max)
{
    struct hash_key inner = stripe_key(key);
    struct locations *l = mem_alloc_zero(mem, sizeof(*l));

    if (!l)
        return NULL;
    l->mem = mem;
    l->key = *key;
    for (unsigned i = 0; i < STRIPES; i++) {
        pthread_mutex_init(&l->stripes[i].lock, NULL);
        slab_init(&l->stripes[i].slab, mem);
    }
    for (unsigned i = 0; i < STRIPES; i++) {
        struct stripe *s = &l->stripes[i];

        s->records =
            location_new(&s->slab.mem, &inner, (max + STRIPES - 1) / STRIPES, &l->last_version);
        if (!s->records) {
            locations_free(l);
            return NULL;
        }
    }
    return l;
}

void locations_free(struct locations *l)
{
    if (!l)
        return;
    for (unsigned i = 0; i < STRIPES; i++) {
        if (l->stripes[i].records)
            stripe_forget(l, &l->stripes[i]);
        location_free(l->stripes[i].records);
        slab_fini(&l->stripes[i].slab);
        pthread_mutex_destroy(&l->stripes[i].lock);
    }
    mem_free(l->mem, l, sizeof(*l));
}

unsigned stripe_index(const struct locations *l, struct str key)
{
    return (unsigned)(siphash13(&l->key, key) % STRIPES);
}

bool stripe_copy(struct block_pool *pool, struct str value, struct store_answer *answer,
                 struct block **copy)
{
    *copy = NULL;
    answer->value = STR_NONE;
    if (value.len == 0)
        return true;
    *copy = block_new(pool, value.len);
    if (!*copy)
        return false;
    memcpy((*copy)->bytes, value.at, value.len);
    (*copy)->len = (uint32_t)value.len;
    answer->value = block_str(*copy);
    return true;
}

enum store_status stripe_status(int error)
{
    return error == OK ? STORE_OK : error == ERR_STALE ? STORE_CONFLICT : STORE_FAILED;
}

static enum store_status do_locked(struct location *records, const struct store_ask *ask,
                                   time_ns now, struct location_record *out)
{
    *out = (struct location_record){0};
    if (ask->op == STORE_GET) {
        location_get(records, ask->key, now, out);
        return STORE_OK;
    }
    return stripe_status(
        location_put(records, ask->key, ask->value, ask->version, ask->expires, now, out));
}

void locations_prefetch(struct locations *l, struct str key, struct locations_place *out)
{
    struct stripe *s = &l->stripes[out->stripe = stripe_index(l, key)];

    pthread_mutex_lock(&s->lock);
    out->hash = location_prefetch(s->records, key);
    pthread_mutex_unlock(&s->lock);
}

void locations_prefetch_record(struct locations *l, const struct locations_place *place)
{
    struct stripe *s = &l->stripes[place->stripe];

    pthread_mutex_lock(&s->lock);
    location_prefetch_record(s->records, place->hash);
    pthread_mutex_unlock(&s->lock);
}

void locations_ask(struct locations *l, const struct store_ask *ask, time_ns now,
                   struct block_pool *pool, struct store_answer *answer, struct block **copy)
{
    struct stripe *s = &l->stripes[stripe_index(l, ask->key)];
    struct location_record record;

    pthread_mutex_lock(&s->lock);
    answer->status = do_locked(s->records, ask, now, &record);
    answer->version = record.version;
    if (ask->op == STORE_PUT && answer->status == STORE_OK)
        record.value = STR_NONE; /* the asker knows it */
    if (!stripe_copy(pool, record.value, answer, copy))
        answer->status = STORE_FAILED;
    pthread_mutex_unlock(&s->lock);
}

void locations_sweep(struct locations *l, time_ns now)
{
    struct stripe *s = &l->stripes[l->sweep];

    l->sweep = (l->sweep + 1) % STRIPES;
    pthread_mutex_lock(&s->lock);
    (void)location_sweep(s->records, now, SWEEP_MOST);
    pthread_mutex_unlock(&s->lock);
}

size_t locations_count(struct locations *l)
{
    size_t n = 0;

    for (unsigned i = 0; i < STRIPES; i++) {
        pthread_mutex_lock(&l->stripes[i].lock);
        n += location_count(l->stripes[i].records);
        pthread_mutex_unlock(&l->stripes[i].lock);
    }
    return n;
}

static struct str keep(struct buf *space, struct str text)
{
    struct str copy = {space->at + space->len, text.len};

    buf_put(space, text);
    return copy;
}

/* Of one stripe; its lock is held for so many looks at most. */
static size_t walk_stripe(struct location *records, struct location_walk *walk, time_ns now,
                          struct buf *space, struct location_record *out, size_t max)
{
    size_t n = 0;

    for (unsigned looks = 0; looks < WALK_LOOKS && n < max; looks++) {
        uint64_t before = walk->cursor;
        struct location_record r;

        if (!location_each(records, &walk->cursor, &r)) {
            walk->stripe++;
            walk->cursor = 0;
            break;
        }
        if (r.key.len + r.value.len > space->cap - space->len) {
            walk->cursor = before;
            break;
        }
        if (r.expires > now) {
            out[n] = r;
            out[n].key = keep(space, r.key);
            out[n++].value = keep(space, r.value);
        }
    }
    return n;
}

size_t locations_walk(struct locations *l, struct location_walk *walk, time_ns now,
                      char space[LOCATION_WALK_BYTES], struct location_record *out, size_t max)
{
    struct stripe *s = &l->stripes[walk->stripe];
    struct buf b;

    buf_init(&b, space, LOCATION_WALK_BYTES);
    pthread_mutex_lock(&s->lock);
    size_t n = walk_stripe(s->records, walk, now, &b, out, max);
    pthread_mutex_unlock(&s->lock);
    walk->over = walk->stripe == STRIPES;
    return n;
}

void locations_clear(struct locations *l)
{
    for (unsigned i = 0; i < STRIPES; i++) {
        pthread_mutex_lock(&l->stripes[i].lock);
        location_clear(l->stripes[i].records);
        pthread_mutex_unlock(&l->stripes[i].lock);
    }
}

int locations_restore(struct locations *l, const struct location_record *r)
{
    struct stripe *s = &l->stripes[stripe_index(l, r->key)];

    if (r->version > atomic_load(&l->last_version))
        atomic_store(&l->last_version, r->version);
    pthread_mutex_lock(&s->lock);
    int rc = location_restore(s->records, r);

    pthread_mutex_unlock(&s->lock);
    return rc;
}
