/* Runs flows with faults; what is wrong it says with the flow, the fault and its place. */
#include "sweep/sweep.h"

#include <inttypes.h>
#include <string.h>

#define TEXT 4096

/* What is being played, for the line under a ladder. */
static struct {
    const struct script *flow;
    const struct harm *harm;
    uint64_t nth;
} now_playing;

static void tell_and_fail(const struct world *w, const char *what, const char *file, int line)
{
    const struct harm *h = now_playing.harm;
    if (w)
        ladder_print(w);
    fprintf(stderr, "%s:%d: not so: %s\nsweep %s %s", file, line, what, h ? h->name : "clean",
            now_playing.flow->name);
    if (h)
        fprintf(stderr, " %" PRIu64, now_playing.nth);
    fprintf(stderr, "\n");
    check_fail_test(w, what, file, line);
}

static void open_scene(struct scene *s, const struct script *f, uint64_t seed, time_ns ahead)
{
    check_on_violation = tell_and_fail;
    *s = (struct scene){0};
    world_init(&s->w, seed);
    s->ahead = ahead;
    f->open(s, f);
    s->first = s->w.ladder.n;
}

/* --- judgement --- */

static bool is_one_of(const struct script *f, const char *outcome)
{
    bool found = strcmp(outcome, f->outcome) == 0;
    for (size_t i = 0; f->others[i] && !found; i++)
        found = strcmp(outcome, f->others[i]) == 0;
    return found;
}

static void expect_outcome(const struct scene *s, const struct script *f)
{
    char outcome[TEXT];
    scene_outcome(s, false, outcome, sizeof(outcome));
    bool outcome_is_the_flows = is_one_of(f, outcome);
    if (!outcome_is_the_flows)
        fprintf(stderr, "came to: %s\n", outcome);
    EXPECT(&s->w, outcome_is_the_flows);
}

/* The part of an outcome that tells of what was asked for: without the callee's calls. */
static void strip_answers(char *outcome)
{
    char *in;
    while ((in = strstr(outcome, "; bob: in ")) != NULL) {
        char *end = strstr(in + 2, "; ");
        memmove(in, end ? end : in + strlen(in), strlen(end ? end : "") + 1);
    }
}

static void expect_callers(const struct scene *s, const struct script *f)
{
    char outcome[TEXT], wanted[TEXT];
    bool found = false;
    scene_outcome(s, true, outcome, sizeof(outcome));
    for (const char *const *want = f->others; !found; want++) {
        bool last = !*want;
        snprintf(wanted, sizeof(wanted), "%s", last ? f->outcome : *want);
        strip_answers(wanted);
        found = strcmp(outcome, wanted) == 0;
        if (last)
            break;
    }
    if (!found)
        fprintf(stderr, "came to: %s\n", outcome);
    EXPECT(&s->w, found);
}

/* Calls have their answers by check_and_end. */
static void expect_answered(const struct scene *s, const struct script *f)
{
    EXPECT(&s->w, !strstr(f->outcome, "asked") || s->alice->request_status);
    EXPECT(&s->w, !strstr(f->outcome, "bob: registered") || s->bob->register_status);
}

static void expect_served(const struct scene *s, const struct script *f)
{
    char asked[TEXT], all[TEXT];
    expect_answered(s, f);
    scene_outcome(s, true, asked, sizeof(asked));
    scene_outcome(s, false, all, sizeof(all));
    bool gave_up = strstr(asked, "408") && !strstr(f->outcome, "408") && !is_one_of(f, all);
    if (gave_up)
        fprintf(stderr, "came to: %s\n", all);
    EXPECT(&s->w, !gave_up);
}

static void judge(const struct scene *s, const struct script *f, enum judgement j)
{
    EXPECT(&s->w, !f->never || ladder_count(&s->w, NULL, f->never) == 0);
    switch (j) {
    case JUDGE_OUTCOME:
        expect_outcome(s, f);
        return;
    case JUDGE_CALLERS:
        expect_callers(s, f);
        return;
    case JUDGE_ANSWERED:
        expect_answered(s, f);
        return;
    case JUDGE_SERVED:
        expect_served(s, f);
        return;
    }
}

/* --- runs --- */

static void play(struct scene *s, const struct script *f)
{
    f->play(s);
    world_run(&s->w, 300 * NS_PER_S);
}

static void expect_ladder(const struct scene *s, const struct script *f)
{
    char ladder[TEXT];
    scene_ladder(s, ladder, sizeof(ladder));
    bool ladder_is_the_flows = !f->ladder || strcmp(ladder, f->ladder) == 0;
    if (!ladder_is_the_flows)
        fprintf(stderr, "sent was:\n%s", ladder);
    EXPECT(&s->w, ladder_is_the_flows);
}

void sweep_clean(const struct script *f, uint64_t seed, time_ns ahead)
{
    struct scene s;
    now_playing.flow = f;
    now_playing.harm = NULL;
    open_scene(&s, f, seed, ahead);
    play(&s, f);
    char outcome[TEXT];
    scene_outcome(&s, false, outcome, sizeof(outcome));
    bool outcome_is_the_flows = strcmp(outcome, f->outcome) == 0;
    if (!outcome_is_the_flows)
        fprintf(stderr, "came to: %s\n", outcome);
    EXPECT(&s.w, outcome_is_the_flows);
    expect_ladder(&s, f);
    judge(&s, f, JUDGE_OUTCOME);
    check_and_end(&s.w);
}

uint64_t sweep_one(const struct script *f, const struct harm *h, uint64_t nth)
{
    struct scene s;
    now_playing.flow = f;
    now_playing.harm = h;
    now_playing.nth = nth;
    open_scene(&s, f, 1, 0);
    s.w.fault = (struct fault){
        .kind = h->kind, .nth = nth, .count = h->count, .every = h->every, .delay = h->delay};
    if (nth != FAULT_NEVER && h->judgement != JUDGE_OUTCOME)
        s.w.temper = TEMPER_ROUGH;
    play(&s, f);
    uint64_t places = s.w.fault.seen[h->kind];
    judge(&s, f, nth == FAULT_NEVER ? JUDGE_OUTCOME : h->judgement);
    check_and_end(&s.w);
    return places;
}

struct sweep_count sweep_flow(const struct script *f, const struct harm *h)
{
    struct sweep_count n = {.places = sweep_one(f, h, FAULT_NEVER)};
    uint64_t runs = h->every ? h->every : h->count == FAULT_NEVER ? 1 : n.places;
    for (; n.runs < runs && n.runs < n.places; n.runs++)
        sweep_one(f, h, n.runs);
    return n;
}
