/* Owns how often each account was guessed at and from where it is used: two arrays of marks, each
 * with an end; of a bucket that is full the mark that ends first makes room. */
#include "element/slow.h"

#include <string.h>

#include "base/limits.h"

#define WAYS 8
#define GUESS (LIMIT_SLOW_GUESS_S * NS_PER_S)

#define IS_POWER_OF_TWO(n) (((n) & ((n)-1)) == 0)
_Static_assert(IS_POWER_OF_TWO(LIMIT_SLOW_ACCOUNTS) && LIMIT_SLOW_ACCOUNTS >= WAYS, "buckets");
_Static_assert(IS_POWER_OF_TWO(LIMIT_SLOW_KNOWN) && LIMIT_SLOW_KNOWN >= WAYS, "buckets");

struct mark {
    uint64_t hash;
    time_ns until; /* 0: there is none */
};

struct slow {
    struct mem *mem;
    struct hash_key key;
    struct mark guessed[LIMIT_SLOW_ACCOUNTS]; /* until the last guess has come back */
    struct mark known[LIMIT_SLOW_KNOWN];
};

struct slow *slow_new(struct mem *mem, const struct hash_key *key)
{
    struct slow *s = mem_alloc_zero(mem, sizeof *s);
    if (!s)
        return NULL;
    s->mem = mem;
    s->key = *key;
    return s;
}

void slow_free(struct slow *s)
{
    if (s)
        mem_free(s->mem, s, sizeof *s);
}

/* --- marks --- */

static size_t bucket_of(uint64_t hash, size_t n_marks)
{
    return (size_t)hash & (n_marks - 1) & ~(size_t)(WAYS - 1);
}

static const struct mark *find(const struct mark *bucket, uint64_t hash)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (bucket[i].hash == hash && bucket[i].until > 0)
            return &bucket[i];
    return NULL;
}

static struct mark *make_room(struct mark *bucket)
{
    struct mark *first = bucket;
    for (unsigned i = 1; i < WAYS; i++)
        if (bucket[i].until < first->until)
            first = &bucket[i];
    return first;
}

static struct mark *find_or_make(struct mark *bucket, uint64_t hash)
{
    const struct mark *found = find(bucket, hash);
    if (found)
        return &bucket[found - bucket];
    struct mark *m = make_room(bucket);
    *m = (struct mark){.hash = hash};
    return m;
}

/* --- guesses --- */

uint64_t slow_account(const struct slow *s, struct str key)
{
    return siphash13(&s->key, key);
}

bool slow_take(struct slow *s, uint64_t account, time_ns now)
{
    struct mark *bucket = &s->guessed[bucket_of(account, LIMIT_SLOW_ACCOUNTS)];
    const struct mark *m = find(bucket, account);
    time_ns from = m && m->until > now ? m->until : now;
    if (from - now > (LIMIT_SLOW_GUESSES - 1) * GUESS)
        return false;
    find_or_make(bucket, account)->until = time_add(from, GUESS);
    return true;
}

void slow_give_back(struct slow *s, uint64_t account, time_ns now)
{
    struct mark *bucket = &s->guessed[bucket_of(account, LIMIT_SLOW_ACCOUNTS)];
    const struct mark *m = find(bucket, account);
    if (m && m->until > now)
        bucket[m - bucket].until -= GUESS;
}

/* --- addresses --- */

/* Of IPv6 the first half, which a phone does not change by itself; but IPv4 mapped into it, whose
 * first half is zero, whole. */
static uint64_t use_of(const struct slow *s, uint64_t account, const struct addr *a)
{
    static const uint8_t none[8];
    char text[sizeof account + 1 + sizeof a->ip] = {0};
    bool half = a->family == ADDR_IP6 && memcmp(a->ip, none, sizeof none) != 0;
    memcpy(text, &account, sizeof account);
    text[sizeof account] = (char)a->family;
    memcpy(text + sizeof account + 1, a->ip, half ? sizeof none : sizeof a->ip);
    return siphash13(&s->key, (struct str){text, sizeof text});
}

void slow_proved(struct slow *s, uint64_t account, const struct addr *from, time_ns now)
{
    uint64_t use = use_of(s, account, from);
    struct mark *bucket = &s->known[bucket_of(use, LIMIT_SLOW_KNOWN)];
    find_or_make(bucket, use)->until = time_add(now, LIMIT_SLOW_KNOWN_S * NS_PER_S);
}

bool slow_knows(const struct slow *s, uint64_t account, const struct addr *from, time_ns now)
{
    uint64_t use = use_of(s, account, from);
    const struct mark *m = find(&s->known[bucket_of(use, LIMIT_SLOW_KNOWN)], use);
    return m && m->until > now;
}
