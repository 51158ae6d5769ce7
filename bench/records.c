/* What a record costs in the location table, by how many there are: looked up and written anew, in
 * an order that no cache foresees; and a pass over records that have all ended. It is the part of a
 * registration and of a request to a user that may grow with their number.
 *   ninja -C build-bench bench/records; build-bench/bench/records [MOST]
 * 10,000 records and ten times as many until there are MOST, a million when not given. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/slab.h"
#include "store/location.h"

#define FEW 10000u
#define MOST 1000000u
#define MOST_OF_ALL 16000000u
#define ASKED 200000u
#define SCATTER 2654435761u
#define VALUE_BYTES 150
#define LOOKS 1024 /* as the server's sweep */
#define ENDS NS_PER_S

static const struct hash_key hash = {1, 2};
static const char value_bytes[VALUE_BYTES] = "v";
static const struct str value = {value_bytes, VALUE_BYTES};

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct str key_of(uint32_t i, char space[64])
{
    return (struct str){space, (size_t)snprintf(space, 64, "sip:user%08u@example.com", i)};
}

static void put(struct location *l, uint32_t i)
{
    char space[64];
    struct location_record was, made;
    struct str key = key_of(i, space);
    location_get(l, key, 0, &was);
    if (location_put(l, key, value, was.version, ENDS, 0, &made) != OK)
        exit(1);
}

static void look(struct location *l, uint32_t i)
{
    char space[64];
    struct location_record r;
    location_get(l, key_of(i, space), 0, &r);
    if (r.version == 0)
        exit(1);
}

static double each_ns(struct location *l, uint32_t n, void (*one)(struct location *, uint32_t))
{
    double from = now_ns();
    for (uint32_t i = 0; i < ASKED; i++)
        one(l, (uint32_t)((uint64_t)i * SCATTER % n));
    return (now_ns() - from) / ASKED;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void sweep_all(struct location *l)
{
    size_t n = 0, passes = location_count(l) / LOOKS * 2 + 100;
    double *took = calloc(passes, sizeof *took);
    if (!took)
        exit(1);
    while (location_count(l) > 0 && n < passes) {
        double from = now_ns();
        location_sweep(l, 2 * ENDS, LOOKS);
        took[n++] = now_ns() - from;
    }
    qsort(took, n, sizeof *took, by_size);
    printf("%zu passes over at most %d that ended: p50 %.0f us, p99 %.0f us, max %.0f us\n", n,
           LOOKS, took[n / 2] / 1e3, took[n * 99 / 100] / 1e3, took[n - 1] / 1e3);
    free(took);
}

int main(int argc, char **argv)
{
    uint32_t most = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : MOST, n = 0;
    _Atomic uint64_t version = 0;
    struct slab slab;
    slab_init(&slab, &mem_libc);
    struct location *l = location_new(&slab.mem, &hash, MOST_OF_ALL, &version);
    if (!l || most > MOST_OF_ALL)
        return 1;
    for (uint32_t size = FEW; size <= most; size *= 10) {
        double from = now_ns();
        uint32_t before = n;
        for (; n < size; n++)
            put(l, n);
        double added = (now_ns() - from) / (n - before);
        printf("%8u records: looked up %5.0f ns, written anew %5.0f ns, added %5.0f ns\n", n,
               each_ns(l, n, look), each_ns(l, n, put), added);
    }
    sweep_all(l);
    location_free(l);
    slab_fini(&slab);
    return 0;
}
