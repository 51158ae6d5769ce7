/* Owns the loop of a load: when sessions begin, when it is over. */
#include "tools/load_run.h"

#include <stdio.h>

#include "load/schedule.h"
#include "net/entropy.h"
#include "tools/stop.h"

#define START_AT_ONCE 64 /* sessions, then what has come is looked at */

static struct tally *tally_of(const struct load_run *r)
{
    return load_tally(r->plan->load);
}

/* --- one turn --- */

static time_ns deadline(const struct load_run *r)
{
    time_ns until = load_deadline(r->plan->load);
    if (r->plan->called)
        until = time_min(until, load_deadline(r->plan->called));
    return time_min(until, r->told + r->plan->options->every);
}

static void expire(struct load_run *r)
{
    struct load_net *n = &r->plan->net;
    load_expire(r->plan->load, n->now);
    load_net_drain(n);
    if (r->plan->called)
        load_expire(r->plan->called, n->now);
    load_net_drain(n);
}

static void tell(struct load_run *r)
{
    time_ns now = r->plan->net.now, span = now - r->told;
    const struct tally *t = tally_of(r);
    if (span < r->plan->options->every)
        return;
    if (r->tell)
        r->tell(r, span);
    tally_of(r)->recent = (struct histogram){0};
    r->told = now;
    r->told_started = t->started;
    r->told_succeeded = t->succeeded;
    r->told_failed = t->failed;
}

static void repeat_said(struct load_run *r, struct load *l)
{
    struct block *said[LIMIT_LOAD_SAID];
    unsigned n = l ? load_said(l, said) : 0;
    for (unsigned i = 0; i < n; i++) {
        if (r->say)
            r->say(r, block_str(said[i]));
        block_unref(&r->plan->net.blocks, said[i]);
    }
}

static void turn(struct load_run *r, time_ns until)
{
    struct load_net *n = &r->plan->net;
    load_net_flush(n);
    load_net_wait(n, time_min(until, deadline(r)));
    expire(r);
    repeat_said(r, r->plan->load);
    repeat_said(r, r->plan->called);
    tell(r);
}

/* --- before --- */

static int say_no_connection(struct load_run *r)
{
    char what[160];
    snprintf(what, sizeof what, "no connection can be made: %s", load_net_why(&r->plan->net));
    return load_complain(r->plan->options->uri_text, what, LOAD_SILENCE);
}

static int wait_for_connections(struct load_run *r)
{
    struct load_net *n = &r->plan->net;
    time_ns until = n->now + LIMIT_TCP_CONNECT_S * NS_PER_S;
    while (!load_net_is_up(n, LOAD_CALLER) || !load_net_is_up(n, LOAD_CALLEE)) {
        if (n->refused || n->now >= until || stop_asked())
            return say_no_connection(r);
        load_net_flush(n);
        load_net_wait(n, until);
    }
    return LOAD_DONE;
}

/* All users, at most ENROL_AT_ONCE at once. */
#define ENROL_AT_ONCE 100

static void enrol_all(struct load_run *r, struct load *enrolment)
{
    struct load_net *n = &r->plan->net;
    struct tally *t = load_tally(enrolment);
    while ((t->started < r->plan->options->users || t->running > 0) && !stop_asked()) {
        while (t->started < r->plan->options->users && t->running < ENROL_AT_ONCE) {
            load_start(enrolment, n->now, n->now);
            load_net_drain(n);
        }
        load_net_flush(n);
        load_net_wait(n, load_deadline(enrolment));
        load_expire(enrolment, n->now);
        load_net_drain(n);
    }
}

static int enrol(struct load_run *r)
{
    struct load_net *n = &r->plan->net;
    struct load *enrolment = load_plan_enrolment(r->plan);
    char what[80];
    if (!enrolment || !load_net_hand_over(n, LOAD_CALLEE, enrolment)) {
        load_free(enrolment);
        return load_complain("--register", "no memory", LOAD_OUR_FAULT);
    }
    enrol_all(r, enrolment);
    struct tally *t = load_tally(enrolment);
    snprintf(what, sizeof what, "%llu of %u users could not be registered",
             (unsigned long long)t->failed, r->plan->options->users);
    uint64_t failed = t->failed;
    n->ends[LOAD_CALLEE].load = r->plan->called;
    load_free(enrolment);
    return failed ? load_complain("--register", what, LOAD_FAILED) : LOAD_DONE;
}

int load_run_prepare(struct load_run *r)
{
    int status;
    stop_watch();
    r->told = r->plan->net.now;
    status = wait_for_connections(r);
    return status || !r->plan->enrol ? status : enrol(r);
}

/* --- a phase --- */

static bool may_start(const struct load_run *r, uint64_t started)
{
    const struct load_phase *p = &r->phase;
    time_ns now = r->plan->net.now;
    if (stop_asked() || (p->count > 0 && started >= p->count) ||
        (p->duration > 0 && p->count == 0 && now >= r->began + p->duration))
        return false;
    return p->concurrent == 0 || tally_of(r)->running < p->concurrent;
}

static bool is_done(const struct load_run *r, uint64_t started)
{
    const struct load_phase *p = &r->phase;
    return stop_asked() || (p->count > 0 && started >= p->count) ||
           (p->duration > 0 && p->count == 0 && r->plan->net.now >= r->began + p->duration);
}

/* Those that are due, with the time at which they were meant to begin. */
static void start_due(struct load_run *r, struct schedule *s, uint64_t before)
{
    struct load_net *n = &r->plan->net;
    struct tally *t = tally_of(r);
    for (unsigned i = 0; i < START_AT_ONCE && may_start(r, t->started - before); i++) {
        time_ns meant = r->phase.rate > 0 ? schedule_next(s) : n->now;
        if (meant > n->now)
            return;
        if (r->phase.rate > 0)
            schedule_take(s);
        r->result.late = n->now - meant;
        load_start(r->plan->load, meant, n->now);
        load_net_drain(n);
    }
}

static void finish(struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    time_ns until = r->plan->net.now + o->timeout + o->hold + o->ring + NS_PER_S;
    while (tally_of(r)->running > 0 && r->plan->net.now < until && !stop_asked())
        turn(r, until);
    load_stop(r->plan->load, r->plan->net.now);
    load_net_drain(&r->plan->net);
    load_net_flush(&r->plan->net);
}

void load_run_phase(struct load_run *r, const struct load_phase *p)
{
    struct schedule s;
    struct rand_seed seed;
    struct load_net *n = &r->plan->net;
    struct tally *t = tally_of(r),
                 before = {.started = t->started, .succeeded = t->succeeded, .failed = t->failed};
    r->phase = *p;
    r->result = (struct load_result){0};
    r->rate = p->rate;
    n->now = net_clock_now(&n->clock);
    r->began = n->now;
    if (!entropy_seed(&seed))
        seed = rand_seed_from(n->now);
    schedule_init(&s, n->now, p->rate > 0 ? p->rate : 1, r->plan->options->poisson, &seed);
    while (!is_done(r, t->started - before.started)) {
        start_due(r, &s, before.started);
        bool waits_for_room = p->concurrent > 0 && t->running >= p->concurrent;
        time_ns next = p->rate > 0 && !waits_for_room ? schedule_next(&s)
                       : waits_for_room               ? TIME_NEVER
                                                      : n->now;
        turn(r, p->duration > 0 ? time_min(next, r->began + p->duration) : next);
    }
    r->result.offered_for = n->now - r->began;
    r->result.started = t->started - before.started;
    finish(r);
    r->result.succeeded = t->succeeded - before.succeeded;
    r->result.failed = t->failed - before.failed;
    r->result.stopped = stop_asked();
    r->result.offered =
        r->result.offered_for ? (double)r->result.started * 1e9 / (double)r->result.offered_for : 0;
}

#define LATE_NS (100 * NS_PER_MS)

bool load_run_lagged(const struct load_run *r)
{
    const struct load_result *e = &r->result;
    return r->phase.rate > 0 && r->phase.concurrent == 0 && e->late > LATE_NS &&
           e->late > e->offered_for / 50;
}

void load_run_serve(struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    struct tally *t = tally_of(r);
    time_ns until = o->duration && !o->has_count ? r->plan->net.now + o->duration : TIME_NEVER;
    r->began = r->plan->net.now;
    while (!stop_asked() && r->plan->net.now < until &&
           (!o->has_count || t->succeeded + t->failed < o->count))
        turn(r, until);
    load_net_flush(&r->plan->net);
    r->result = (struct load_result){.started = t->started,
                                     .succeeded = t->succeeded,
                                     .failed = t->failed,
                                     .stopped = stop_asked()};
}
