/* The program `sim`: many seeds for a time, or one seed exactly, which is cut down where it fails.
 * Its last line counts seeds, messages and violations, and its status tells the truth. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "sim/batch.h"
#include "sim/heap.h"
#include "sim/shrink.h"
#include "sim/trial.h"
#include "sim/worlds.h"

#define CUT_DOWN_S 30 /* of a violation among many seeds */

struct choice {
    struct batch batch;
    bool one; /* this seed and no other */
    const char *plan;
    bool all_cells;
};

static int usage(void)
{
    fputs("usage: sim [--seconds S | --seeds N] [--from SEED] [--world W] [--jobs J] [--cells]\n"
          "       sim --seed N [--world W] [--seconds S]   one seed; a failing one is cut down\n"
          "       sim --plan FILE                          one plan as such a run prints it\n"
          "       sim --worlds                             what worlds there are\n",
          stderr);
    return 2;
}

static int list_worlds(void)
{
    for (size_t i = 0; i < n_world_kinds; i++)
        printf("%-10s %s\n", world_kinds[i].name, world_kinds[i].about);
    return 0;
}

static int tell(uint64_t seeds, uint64_t messages, unsigned violations)
{
    printf("%" PRIu64 " seeds, %" PRIu64 " messages, %u violations\n", seeds, messages, violations);
    return violations ? 1 : 0;
}

static bool fails_alike(void *why, const struct plan *p)
{
    uint64_t messages;
    struct verdict v = trial(p, TRIAL_QUIET, &messages);
    return strcmp(v.what, ((const struct verdict *)why)->what) == 0;
}

/* One plan, with its ladder where it fails. */
static int run_one(struct plan *p, unsigned seconds)
{
    uint64_t messages = 0;
    struct verdict v = trial(p, TRIAL_QUIET, &messages);
    if (!v.what[0])
        return tell(1, messages, 0);
    printf("%s\n", v.what);
    size_t before = p->n_acts;
    shrink(p, seconds, fails_alike, &v);
    (void)trial(p, TRIAL_LOUD, &messages);
    printf("cut down from %zu acts to %zu; as a plan:\n", before, p->n_acts);
    plan_print(p, stdout);
    return tell(1, messages, 1);
}

static int run_file(const char *path, unsigned seconds)
{
    struct plan p;
    unsigned line = 0;
    FILE *in = fopen(path, "r");
    if (!in) {
        perror(path);
        return 2;
    }
    bool understood = plan_read(&p, in, &line);
    fclose(in);
    if (understood)
        return run_one(&p, seconds);
    fprintf(stderr, "%s:%u: not understood\n", path, line);
    return 2;
}

static int run_seed(const struct batch *b)
{
    struct plan p;
    const struct world_kind *kind = batch_kind(b, b->first);
    printf("seed %" PRIu64 " of the world \"%s\": %s\n", b->first, kind->name, kind->about);
    plan_draw(&p, kind, b->first);
    return run_one(&p, b->seconds);
}

/* Of many that fail one is told whole; what a log's reader sees of it at least is its end. */
static void tell_violations(const struct batch *b, const struct batch_result *r)
{
    struct batch one = *b;
    fflush(NULL);
    (void)dup2(STDOUT_FILENO, STDERR_FILENO); /* a log with two parts would show but one's end */
    one.first = r->violations[0].seed;
    one.seconds = CUT_DOWN_S;
    (void)run_seed(&one);
    for (unsigned i = 0; i < r->n_violations; i++)
        batch_print_violation(b, &r->violations[i]);
}

static int run_many(const struct batch *b, bool all_cells)
{
    static struct batch_result r;
    printf("from seed %" PRIu64 " on\n", b->first);
    fflush(stdout);
    batch_run(b, &r);
    printf("%" PRIu64 " calls, %" PRIu64 " answered\n", r.calls, r.answered);
    coverage_print(&r.coverage, all_cells, stdout);
    if (r.n_violations > 0)
        tell_violations(b, &r);
    return tell(r.seeds, r.messages, r.n_violations);
}

static bool read_number(const char *text, uint64_t most, uint64_t *n)
{
    return str_to_u64(str_from(text), most, n);
}

static bool read_option(struct choice *c, int option)
{
    uint64_t n = 0;
    bool is_number = strchr("tnfsj", option) != NULL;
    if (is_number &&
        !read_number(optarg, option == 't' || option == 'j' ? 1000000 : UINT64_MAX, &n))
        return false;
    switch (option) {
    case 't':
        c->batch.seconds = (unsigned)n;
        return true;
    case 'n':
        c->batch.seeds = n;
        return true;
    case 's':
        c->one = true;
        c->batch.first = n;
        return true;
    case 'f':
        c->batch.first = n;
        return true;
    case 'j':
        c->batch.jobs = (unsigned)n;
        return n >= 1 && n <= BATCH_JOBS;
    case 'w':
        c->batch.kind = world_kind_named(optarg);
        return c->batch.kind != NULL;
    case 'p':
        c->plan = optarg;
        return true;
    case 'c':
        c->all_cells = true;
        return true;
    default:
        return false;
    }
}

/* A seed that nobody has run: short enough to be typed. */
static uint64_t fresh_seed(void)
{
    uint32_t n = 0;
    return getrandom(&n, sizeof n, 0) == sizeof n ? (uint64_t)n * 100000 : 1;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seconds", required_argument, NULL, 't'}, {"seeds", required_argument, NULL, 'n'},
        {"seed", required_argument, NULL, 's'},    {"from", required_argument, NULL, 'f'},
        {"world", required_argument, NULL, 'w'},   {"plan", required_argument, NULL, 'p'},
        {"jobs", required_argument, NULL, 'j'},    {"cells", no_argument, NULL, 'c'},
        {"worlds", no_argument, NULL, 'l'},        {0},
    };
    sim_heap_keep();
    struct choice c = {.batch = {.first = fresh_seed(), .jobs = batch_processors()}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'l')
            return list_worlds();
        if (!read_option(&c, option))
            return usage();
    }
    if (optind != argc)
        return usage();
    if (c.batch.seconds == 0 && c.batch.seeds == 0)
        c.batch.seconds = 60;
    if (c.plan)
        return run_file(c.plan, c.batch.seconds);
    return c.one ? run_seed(&c.batch) : run_many(&c.batch, c.all_cells);
}
