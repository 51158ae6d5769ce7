/* Children, what they share, and how they ended. */
#include "sim/trial.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/check.h"

static struct shared *report;
static enum trial_voice voice;

struct shared *shared_new(void)
{
    void *at = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                    -1, 0);
    assert(at != MAP_FAILED);
    return at;
}

void shared_free(struct shared *s)
{
    munmap(s, sizeof *s);
}

void trial_fail(const struct world *w, const char *what, const char *file, int line)
{
    const char *name = strrchr(file, '/');
    if (voice == TRIAL_LOUD && w)
        ladder_print(w);
    snprintf(report->verdict.what, sizeof report->verdict.what, "%s:%d: not so: %s",
             name ? name + 1 : file, line, what);
    _exit(1);
}

void trial_report_to(struct shared *s, enum trial_voice v)
{
    report = s;
    voice = v;
    check_on_violation = trial_fail;
}

void trial_limit(void)
{
    struct itimerval limit = {.it_value.tv_sec = TRIAL_CPU_S};
    setitimer(ITIMER_PROF, &limit, NULL);
}

void trial_judge(struct shared *s, int wait_status)
{
    if (s->verdict.what[0])
        return;
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGPROF)
        snprintf(s->verdict.what, sizeof s->verdict.what, "no end after %d s", TRIAL_CPU_S);
    else if (WIFSIGNALED(wait_status))
        snprintf(s->verdict.what, sizeof s->verdict.what, "ended by signal %d",
                 WTERMSIG(wait_status));
    else if (WEXITSTATUS(wait_status) != 0)
        snprintf(s->verdict.what, sizeof s->verdict.what, "ended with status %d",
                 WEXITSTATUS(wait_status));
}

static void play(const struct plan *p, struct shared *s, enum trial_voice v)
{
    trial_report_to(s, v);
    trial_limit();
    struct run_result r = run_plan(p);
    s->messages = r.messages;
    _exit(0);
}

struct verdict trial(const struct plan *p, enum trial_voice v, uint64_t *messages)
{
    struct shared *s = shared_new();
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        if (v == TRIAL_QUIET && !freopen("/dev/null", "w", stderr))
            _exit(2);
        play(p, s, v);
    }
    waitpid(child, &status, 0);
    trial_judge(s, status);
    struct verdict how = s->verdict;
    *messages = s->messages;
    shared_free(s);
    return how;
}
