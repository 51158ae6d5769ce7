/* Owns the search for the highest rate: which is tried next, and whether one holds. */
#include "tools/load_search.h"

#include <stdio.h>

#include "base/limits.h"
#include "msg/print.h"
#include "tools/load_report.h"

/* All of a step's sessions, as its latency is looked at. */
static void begin_step(struct load_run *r)
{
    load_tally(r->plan->load)->session = (struct histogram){0};
}

static bool holds(const struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    const struct load_result *e = &r->result;
    const struct tally *t = load_tally(r->plan->load);
    if (e->stopped || (double)e->failed > o->max_fail * (double)e->started)
        return false;
    if (load_run_lagged(r))
        return false;
    return o->max_latency == 0 ||
           (time_ns)histogram_at(&t->session, 0.99) * 1000 <= o->max_latency + o->hold + o->ring;
}

static bool try(struct load_run *r, double rate, uint64_t count)
{
    struct load_phase phase = {.rate = rate, .count = count};
    begin_step(r);
    load_run_phase(r, &phase);
    bool held = holds(r);
    load_report_step(r, held);
    return held;
}

static uint64_t sessions_of(const struct load_run *r, double rate)
{
    double n = rate * (double)r->plan->options->step / 1e9;
    return n < 1 ? 1 : (uint64_t)n;
}

int load_search_ramp(struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    double best = 0;
    for (double rate = o->rate; rate <= 1e6 && try(r, rate, sessions_of(r, rate)); rate *= o->ramp)
        best = rate;
    int status = best > 0 ? LOAD_DONE : LOAD_FAILED;
    load_report_end(r, status);
    load_report_found(r, o->kind_name, best);
    return status;
}

/* --- RFC 7502 --- */

#define PROOF 50000 /* its N */
#define LEAST_WEIGHT 0.10
#define STEPS_MOST 100

/* RFC 7502 4.10: the rate grows by the weight w as long as it holds; where it does not it shrinks
 * by d, and both weights are halved, down to a tenth. Found is the rate from which w leads to one
 * that does not hold. */
static double largest(struct load_run *r, double rate)
{
    double w = 1.0, d = 0.5, best = 0, worst = 0;
    for (unsigned i = 0; i < STEPS_MOST && rate >= 1 && !r->result.stopped; i++) {
        if (try(r, rate, sessions_of(r, rate))) {
            best = rate;
            rate += w * rate;
        } else {
            worst = rate;
            rate -= d * rate;
            w = w / 2 > LEAST_WEIGHT ? w / 2 : LEAST_WEIGHT;
            d = w / 2 > LEAST_WEIGHT ? w / 2 : LEAST_WEIGHT;
        }
        bool near = best > 0 && worst > 0 && worst <= best * (1 + LEAST_WEIGHT + 0.001);
        if (near)
            return best;
        if (worst > 0 && best > 0 && rate >= worst)
            rate = (best + worst) / 2;
        if (best > 0 && rate <= best)
            rate = (best + worst) / 2;
    }
    return best;
}

/* In the RFC's words. */
static const char *protocol_of(const struct load_options *o)
{
    return o->transport == TRANSPORT_WS    ? "websockets"
           : o->transport == TRANSPORT_WSS ? "websockets over TLS"
                                           : transport_name((enum transport)o->transport);
}

static void print_setup(const struct load_run *r, uint64_t proof)
{
    const struct load_options *o = r->plan->options;
    bool calls = r->plan->scenario->has_calls;
    printf("\nSIP Transport Protocol = %s\n", protocol_of(o));
    if (o->transport != TRANSPORT_UDP)
        printf("Connection management model = %u persistent connections\n", o->ports);
    printf("Session Attempt Rate = %.0f\n", o->rate);
    printf("Session Duration = %.3f\n", (double)o->hold / 1e9);
    printf("Total Sessions Attempted = %llu\n", (unsigned long long)proof);
    printf("Media Streams per Session = %d\n", o->rtp ? 2 : 0); /* one each way */
    printf("Associated Media Protocol = %s\n", o->rtp ? "RTP" : "none");
    printf("Codec = %s\n", o->rtp  ? "PCMU or PCMA, as agreed"
                           : calls ? "none sent; PCMU and PCMA offered"
                                   : "none");
    printf("Media Packet Size (audio only) = %d\n", o->rtp ? LOAD_RTP_FRAME : 0);
    printf("Establishment Threshold Time = %.0f\n", (double)o->timeout / 1e9);
}

struct benchmark {
    double rate,
        again; /* `again`: of registrations of who is registered; below 0: not looked for */
};

static void print_benchmark(const struct load_run *r, const struct benchmark *b)
{
    if (r->plan->options->kind != LOAD_REGISTER) {
        printf("Session Establishment Rate, \"R\" = %.0f\n", b->rate);
        return;
    }
    printf("Registration Rate = %.0f\n", b->rate);
    if (b->again >= 0)
        printf("Re-registration Rate = %.0f\n", b->again);
    else
        printf("Notes = the users are given: they registered again and again\n");
}

/* The largest rate, and from there down to one by which so many sessions go well. 0: none. */
static double prove(struct load_run *r, uint64_t proof)
{
    double rate = largest(r, r->plan->options->rate);
    while (rate >= 1 && !r->result.stopped && !try(r, rate, proof))
        rate -= LEAST_WEIGHT * rate;
    return r->result.stopped || rate < 1 ? 0 : rate;
}

/* RFC 7502 6.7, 6.8: each registration is of an address that has none; then those of the proof
 * register again. */
static struct benchmark measure(struct load_run *r, uint64_t proof)
{
    const struct load_options *o = r->plan->options;
    struct load *l = r->plan->load;
    bool fresh = o->kind == LOAD_REGISTER && o->users == 1 && !o->table;
    struct benchmark b = {.again = -1};
    if (fresh)
        load_take_users(l, o->first, LIMIT_LOAD_USERS);
    b.rate = prove(r, proof);
    if (!fresh || b.rate == 0)
        return b;
    load_take_users(l, o->first + (unsigned)(load_tally(l)->started - proof), (unsigned)proof);
    b.again = prove(r, proof);
    return b;
}

int load_search_rfc7502(struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    uint64_t proof = o->has_count ? o->count : PROOF;
    struct benchmark b = measure(r, proof);
    int status = b.rate > 0 && b.again != 0 ? LOAD_DONE : LOAD_FAILED;
    load_report_end(r, status);
    load_report_found(r, o->kind_name, b.rate);
    if (b.again >= 0)
        load_report_found(r, "register again", b.again);
    if (!o->json) {
        print_setup(r, proof);
        print_benchmark(r, &b);
    }
    return status;
}
