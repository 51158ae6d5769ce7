/* Measures transactions in memory: a client engine and a server engine exchange requests and
 * responses through their inputs and outputs; each transaction is created, completed and freed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"

#define ROUNDS 20000 /* calls in one run */
#define BATCH 16     /* started before the answers are read */
#define RUNS 5

static struct engine *client, *server;
static struct flow to_server, to_client;
static time_ns now;
static uint64_t n_answered;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct addr addr_of(const char *text)
{
    struct addr a = {0};
    if (!addr_parse(str_from(text), &a))
        abort();
    return a;
}

static struct engine *new_engine(uint64_t seed, const struct addr *local)
{
    struct engine_config config = {.mem = &mem_libc,
                                   .seed = rand_seed_from(seed),
                                   .timers = tx_timers_default(),
                                   .n_workers = 1};
    struct engine *e = engine_new(&config);
    if (!e || engine_listen(e, TRANSPORT_UDP, local, STR_NONE) != 0)
        abort();
    return e;
}

/* What one engine sends is the other's input. */
static bool move(struct engine *from, struct engine *to, const struct flow *flow)
{
    struct engine_output out;
    bool moved = false;
    while (engine_output(from, &out)) {
        moved = true;
        if (engine_datagram(to, flow, block_str(out.bytes), now) != OK)
            abort();
        block_unref(engine_blocks(from), out.bytes);
    }
    return moved;
}

static void serve(unsigned status)
{
    struct engine_event ev;
    struct reply r = {.status = status};
    while (engine_event(server, &ev))
        if (ev.kind == EVENT_REQUEST && engine_reply(server, ev.tx, &r, now) != OK)
            abort();
}

static void collect(void)
{
    struct engine_event ev;
    while (engine_event(client, &ev))
        n_answered += ev.kind == EVENT_RESPONSE;
}

static void start(const char *method, unsigned n)
{
    char text[512];
    tx_id tx;
    int len = snprintf(text, sizeof text,
                       "%s sip:bob@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\n"
                       "From: \"Alice\" <sip:alice@example.com>;tag=9fxced76sl\r\n"
                       "To: <sip:bob@example.com>\r\nCall-ID: 38482%u76298220188511@192.0.2.1\r\n"
                       "CSeq: 314159 %s\r\nContact: <sip:alice@192.0.2.1>\r\n"
                       "Content-Length: 0\r\n\r\n",
                       method, n, method);
    struct outgoing o = {.text = {text, (size_t)len}, .flow = &to_server};
    if (engine_request(client, &o, now, &tx) != OK)
        abort();
}

/* Lets all transactions end by their timers. */
static void finish(void)
{
    now += 40 * NS_PER_S;
    engine_time(client, now);
    engine_time(server, now);
    collect();
    serve(200);
    if (engine_stats(client)->tx_client || engine_stats(server)->tx_server)
        abort();
}

static double run(const char *method, unsigned status)
{
    double began = cpu_seconds();
    for (unsigned n = 0; n < ROUNDS; n += BATCH) {
        for (unsigned i = 0; i < BATCH; i++)
            start(method, n + i);
        move(client, server, &to_client);
        serve(status);
        move(server, client, &to_server);
        collect();
        while (move(client, server, &to_client))
            serve(status);
        now += NS_PER_MS;
    }
    finish();
    return cpu_seconds() - began;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, double value, const char *unit)
{
    printf("{\"bench\":\"transactions\",\"who\":\"tandem\",\"what\":\"%s\",\"value\":%.0f,"
           "\"unit\":\"%s\"}\n",
           what, value, unit);
}

/* One client and one server transaction count as two. */
static void measure(const char *method, unsigned status, const char *what)
{
    double times[RUNS];
    run(method, status);
    for (unsigned i = 0; i < RUNS; i++)
        times[i] = run(method, status);
    qsort(times, RUNS, sizeof times[0], compare);
    report(what, 2.0 * ROUNDS / times[RUNS / 2], "1/cpu-s");
}

int main(void)
{
    struct addr a = addr_of("192.0.2.1:5060"), b = addr_of("192.0.2.2:5060");
    client = new_engine(1, &a);
    server = new_engine(2, &b);
    to_server = (struct flow){.transport = TRANSPORT_UDP, .local = a, .remote = b};
    to_client = (struct flow){.transport = TRANSPORT_UDP, .local = b, .remote = a};
    measure("OPTIONS", 200, "non-INVITE, 200, UDP");
    measure("INVITE", 486, "INVITE, 486 and ACK, UDP");
    measure("INVITE", 200, "INVITE, 200, UDP");
    bool whole = n_answered == (uint64_t)3 * (RUNS + 1) * ROUNDS;
    engine_free(client);
    engine_free(server);
    return whole ? 0 : 1;
}
