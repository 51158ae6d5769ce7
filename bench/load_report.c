/* What the load generator tells at its end: counts, percentiles, its own CPU time, as one JSON
 * object. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "load.h"

static const char *const case_names[] = {
    [CASE_CALL] = "call", [CASE_OPTIONS] = "options", [CASE_REGISTER] = "register",
    [CASE_ASK] = "ask",   [CASE_HELD] = "held",       [CASE_INSIDE] = "inside"};

double own_cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static uint32_t setup_of(const struct item *item)
{
    return item->setup_us;
}

static uint32_t total_of(const struct item *item)
{
    return item->total_us;
}

static void print_latency(const struct load *l, const char *name,
                          uint32_t (*of)(const struct item *))
{
    uint32_t *sorted = calloc((size_t)l->n_done + 1, sizeof *sorted), n = 0;
    if (!sorted)
        return;
    for (uint32_t i = 0; i < l->n_begun; i++)
        if (l->items[i].done)
            sorted[n++] = of(&l->items[i]);
    qsort(sorted, n, sizeof *sorted, by_size);
    uint32_t last = n ? n - 1 : 0;
    printf(",\"%s\":{\"p50\":%u,\"p90\":%u,\"p99\":%u,\"max\":%u}", name, sorted[last / 2],
           sorted[(uint64_t)last * 9 / 10], sorted[(uint64_t)last * 99 / 100], sorted[last]);
    free(sorted);
}

void load_report(const struct load *l)
{
    double seconds = (double)(l->end_ns - l->from_ns) / 1e9;
    printf("{\"case\":\"%s\",\"rate\":%.0f,\"count\":%u,\"done\":%u,\"lost\":%u,\"bad\":%u,"
           "\"bad_status\":%u,\"repeated\":%u,\"record_routed\":%u,\"challenged\":%u",
           case_names[l->kind], l->rate, l->count, l->n_done, l->n_lost, l->n_bad, l->bad_status,
           l->n_repeated, l->n_recorded, l->n_challenged);
    printf(",\"sent\":%llu,\"received\":%llu,\"seconds\":%.3f,\"achieved\":%.0f,\"cpu_s\":%.6f",
           (unsigned long long)(l->caller.sent + l->callee.sent),
           (unsigned long long)(l->caller.received + l->callee.received), seconds,
           seconds > 0 ? l->n_done / seconds : 0, own_cpu_s() - l->cpu_from_s);
    if (l->kind == CASE_CALL)
        print_latency(l, "setup_us", setup_of);
    print_latency(l, "latency_us", total_of);
    printf("}\n");
    fflush(stdout);
}
