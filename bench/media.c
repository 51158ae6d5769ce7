/* What a stream of voice costs: calls between two streams, in virtual time, on a network of 30 ms
 * and a few of jitter. CPU time of the process for a second of one stream, both ways: the median of
 * five runs, as JSON Lines; with ENCODING CLOCK CHANNELS SECONDS it plays that call
 * once, for callgrind to count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../tests/unit/media/call.h"

#define RUNS 5
#define SECONDS 30

static struct call call;

static time_ns network(struct call *c, unsigned to, bool rtcp)
{
    (void)to, (void)rtcp;
    return (30 + rand_below(&c->rand, 8)) * NS_PER_MS;
}

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void play(const char *encoding, unsigned clock, unsigned channels, unsigned rate,
                 unsigned seconds)
{
    call_begin(&call, rate);
    call.delay = network;
    call_agree_on(&call, encoding, clock, channels);
    call_run(&call, seconds * 1000);
    call_end(&call);
}

/* One stream's second; what the test's own tone and network cost is taken away by a call that is on
 * hold. */
static double cost(const char *encoding, unsigned clock, unsigned channels, unsigned rate)
{
    double runs[RUNS];
    for (unsigned i = 0; i < RUNS; i++) {
        double before = cpu_us();
        play(encoding, clock, channels, rate, SECONDS);
        runs[i] = (cpu_us() - before) / (2 * SECONDS);
    }
    qsort(runs, RUNS, sizeof runs[0], by_value);
    return runs[RUNS / 2];
}

/* The tone and the loop of the measurement alone. */
static double own_cost(unsigned rate)
{
    int16_t pcm[960];
    double before = cpu_us();
    size_t n = rate / 50;
    for (unsigned i = 0; i < SECONDS * 50; i++)
        tone_make(pcm, n, i * n, 440, 8000, rate);
    return (cpu_us() - before) / SECONDS;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *encoding;
        unsigned clock, channels, rate;
    } calls[] = {{"PCMU", 8000, 1, 8000},  {"PCMA", 8000, 1, 8000},    {"PCMU", 8000, 1, 16000},
                 {"G722", 8000, 1, 16000}, {"G726-32", 8000, 1, 8000}, {"GSM", 8000, 1, 8000},
                 {"opus", 48000, 2, 8000}, {"opus", 48000, 2, 16000},  {"opus", 48000, 2, 48000}};
    if (argc == 5) {
        play(argv[1], (unsigned)strtoul(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10),
             8000, (unsigned)strtoul(argv[4], NULL, 10));
        return 0;
    }
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        double us = cost(calls[i].encoding, calls[i].clock, calls[i].channels, calls[i].rate) -
                    own_cost(calls[i].rate);
        printf("{\"bench\":\"media\",\"who\":\"tandem\",\"what\":\"a second of %s at %u Hz\","
               "\"value\":%.0f,\"unit\":\"us\",\"streams\":%.0f}\n",
               calls[i].encoding, calls[i].rate, us, 1e6 / us);
    }
    return 0;
}
