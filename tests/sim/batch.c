/* Children that each run every n-th seed, and their parent, who counts. */
#include "sim/batch.h"

#include <assert.h>
#include <inttypes.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REPLAY_EACH 64 /* of so many seeds one is run twice */

struct job {
    pid_t pid; /* 0: none is running */
    struct shared *shared;
    uint64_t next; /* seed */
};

struct team {
    const struct batch *batch;
    struct batch_result *result;
    struct job jobs[BATCH_JOBS];
    time_t end;
};

unsigned batch_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > BATCH_JOBS ? BATCH_JOBS : (unsigned)n;
}

const struct world_kind *batch_kind(const struct batch *b, uint64_t seed)
{
    return b->kind ? b->kind : &world_kinds[seed % n_world_kinds];
}

/* --- in a child --- */

/* DESIGN.md, "Sans-I/O": the same inputs and the same seed give the same bytes. */
static bool replays(const struct plan *p, const struct run_result *r)
{
    return run_plan(p).digest == r->digest;
}

static void run_seed(const struct batch *b, struct shared *s, uint64_t seed)
{
    static struct plan p;
    plan_draw(&p, batch_kind(b, seed), seed);
    s->seed = seed;
    coverage_plan(&s->coverage, &p);
    trial_limit();
    struct run_result r = run_plan(&p);
    if (seed % REPLAY_EACH == 0 && !replays(&p, &r))
        trial_fail(NULL, "the same seed gives the same bytes", __FILE__, __LINE__);
    s->seeds++;
    s->messages += r.messages;
    s->calls += r.calls;
    s->answered += r.answered;
}

static bool is_over(const struct team *t, uint64_t seed)
{
    bool enough = t->batch->seeds > 0 && seed - t->batch->first >= t->batch->seeds;
    return enough || (t->end > 0 && time(NULL) >= t->end);
}

static void work(const struct team *t, struct job *j)
{
    trial_report_to(j->shared, TRIAL_QUIET);
    coverage_into(&j->shared->coverage);
    for (; !is_over(t, j->next); j->next += t->batch->jobs)
        run_seed(t->batch, j->shared, j->next);
    _exit(0);
}

/* --- in the parent --- */

static void start(const struct team *t, struct job *j)
{
    fflush(NULL);
    j->pid = fork();
    assert(j->pid >= 0);
    if (j->pid == 0)
        work(t, j);
}

void batch_print_violation(const struct batch *b, const struct batch_violation *v)
{
    printf("violation: --seed %" PRIu64 " --world %s: %s\n", v->seed, batch_kind(b, v->seed)->name,
           v->verdict.what);
    fflush(stdout);
}

static void note_violation(struct team *t, const struct shared *s)
{
    struct batch_result *r = t->result;
    if (r->n_violations == BATCH_VIOLATIONS) /* of several jobs that end at once */
        return;
    r->violations[r->n_violations] = (struct batch_violation){s->seed, s->verdict};
    batch_print_violation(t->batch, &r->violations[r->n_violations++]);
    r->seeds++;
}

/* A child has ended: with all its seeds, or at one that fails; then another goes on behind it. */
static void reap(struct team *t, struct job *j, int status)
{
    j->pid = 0;
    trial_judge(j->shared, status);
    if (!j->shared->verdict.what[0])
        return;
    note_violation(t, j->shared);
    j->shared->verdict.what[0] = '\0';
    j->next = j->shared->seed + t->batch->jobs;
    if (t->result->n_violations < BATCH_VIOLATIONS && !is_over(t, j->next))
        start(t, j);
}

static void wait_for_all(struct team *t)
{
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, 0)) > 0;)
        for (unsigned i = 0; i < t->batch->jobs; i++)
            if (t->jobs[i].pid == pid)
                reap(t, &t->jobs[i], status);
}

static void sum_up(struct team *t)
{
    struct batch_result *r = t->result;
    for (unsigned i = 0; i < t->batch->jobs; i++) {
        struct shared *s = t->jobs[i].shared;
        r->seeds += s->seeds;
        r->messages += s->messages;
        r->calls += s->calls;
        r->answered += s->answered;
        coverage_add(&r->coverage, &s->coverage);
        shared_free(s);
    }
}

void batch_run(const struct batch *b, struct batch_result *r)
{
    struct team t = {.batch = b, .result = r};
    *r = (struct batch_result){0};
    t.end = b->seconds ? time(NULL) + (time_t)b->seconds : 0;
    for (unsigned i = 0; i < b->jobs; i++) {
        t.jobs[i] = (struct job){.shared = shared_new(), .next = b->first + i};
        start(&t, &t.jobs[i]);
    }
    wait_for_all(&t);
    sum_up(&t);
}
