/* Times parsers on the messages of the test data and counts what they allocate. Knows no parser. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 5
#define RUN_S 0.05
#define MESSAGE_MAX 65536

/* The C library's own heap, behind the counting functions below. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *at, size_t size);
extern void __libc_free(void *at);

static unsigned long n_allocations;

void *malloc(size_t size)
{
    n_allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    n_allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *at, size_t size)
{
    n_allocations++;
    return __libc_realloc(at, size);
}

void free(void *at)
{
    __libc_free(at);
}

struct result {
    double median_us, min_us, max_us;
    double allocations;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double time_rounds(measure_parse *parse, const char *bytes, size_t len, unsigned long rounds)
{
    double from = now_s();
    for (unsigned long i = 0; i < rounds; i++)
        parse(bytes, len);
    return now_s() - from;
}

/* So many rounds that a run takes RUN_S. */
static unsigned long calibrate(measure_parse *parse, const char *bytes, size_t len)
{
    unsigned long rounds = 64;
    double taken;
    while ((taken = time_rounds(parse, bytes, len, rounds)) < RUN_S / 8)
        rounds *= 2;
    return (unsigned long)((double)rounds * RUN_S / taken) + 1;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static struct result measure(measure_parse *parse, const char *bytes, size_t len)
{
    double us[RUNS];
    unsigned long rounds = calibrate(parse, bytes, len), before = n_allocations;
    for (unsigned i = 0; i < RUNS; i++)
        us[i] = time_rounds(parse, bytes, len, rounds) / (double)rounds * 1e6;
    struct result r = {.allocations = (double)(n_allocations - before) / (double)rounds / RUNS};
    qsort(us, RUNS, sizeof *us, by_size);
    r.median_us = us[RUNS / 2];
    r.min_us = us[0];
    r.max_us = us[RUNS - 1];
    return r;
}

static void print_result(const struct measured *p, const char *name, size_t len,
                         const struct result *r)
{
    printf("{\"bench\":\"parse\",\"who\":\"%s\",\"what\":\"%s %s\",\"value\":%.3f,\"unit\":\"us\","
           "\"min\":%.3f,\"max\":%.3f,\"runs\":%d,\"clock\":\"process "
           "CPU\",\"bytes\":%zu,\"allocations\":%.1f,"
           "\"compiler\":\"%s\"}\n",
           p->who, p->what, name, r->median_us, r->min_us, r->max_us, RUNS, len, r->allocations,
           __VERSION__);
}

static size_t read_message(const char *name, char *bytes)
{
    const char *root = getenv("TANDEM_TESTDATA");
    char path[512];
    snprintf(path, sizeof path, "%s/bench/%s", root ? root : "../shared/testdata", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    size_t len = fread(bytes, 1, MESSAGE_MAX, f);
    fclose(f);
    return len;
}

/* False: not understood. */
static bool measure_message(const struct measured *p, const char *name, const char *bytes,
                            size_t len)
{
    if (!p->parse(bytes, len)) {
        fprintf(stderr, "%s: %s: not understood\n", p->who, name);
        return false;
    }
    struct result r = measure(p->parse, bytes, len);
    print_result(p, name, len, &r);
    fflush(stdout);
    return true;
}

int measure_main(const struct measured *parsers, size_t n)
{
    static const char *const names[] = {"a_invite.sip", "b_register.sip", "c_200ok.sip",
                                        "d_ims.sip"};
    static char bytes[MESSAGE_MAX + 1];
    int status = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = read_message(names[i], bytes);
        if (len == 0) {
            fprintf(stderr, "%s: no such message; set TANDEM_TESTDATA\n", names[i]);
            return 2;
        }
        bytes[len] = '\0';
        for (size_t k = 0; k < n; k++)
            if (!measure_message(&parsers[k], names[i], bytes, len))
                status = 1;
    }
    return status;
}
