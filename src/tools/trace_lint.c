/* Brings calls before the judges of `tandem parse`, one call after the other. */
#include "tools/trace_lint.h"

#include <stdlib.h>
#include <unistd.h>

#include "tools/report.h"
#include "tools/trace_tell.h"
#include "tools/trace_time.h"

/* One message: its report, and the texts of where it was seen. */
struct judged {
    struct report report;
    struct report_origin origin;
    char time[40], from[64], to[64];
};

struct sum {
    unsigned calls, messages, invalid;
    unsigned found[LINT_ERROR + 1];
    bool no_memory;
};

static struct str address(char *room, size_t size, const struct addr *a)
{
    struct buf b;

    buf_init(&b, room, size);
    addr_print(&b, a);
    return buf_str(&b);
}

static void tell_origin(struct judged *j, const struct trace_call *c, const struct trace_item *i,
                        unsigned number)
{
    struct buf b;

    buf_init(&b, j->time, sizeof j->time);
    trace_time_put(&b, i->at);
    j->origin = (struct report_origin){.call_id = c->call_id,
                                       .number = number,
                                       .time = buf_str(&b),
                                       .from = address(j->from, sizeof j->from, &i->from),
                                       .to = address(j->to, sizeof j->to, &i->to)};
    j->report.origin = &j->origin;
}

/* How many could be opened. */
static unsigned open_all(struct judged *all, const char *source, const struct trace_call *c)
{
    unsigned n = 0;

    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));) {
        if (i->kind != TRACE_MESSAGE)
            continue;
        if (!report_open(&all[n].report, source, i->text, i->text))
            break;
        tell_origin(&all[n], c, i, n + 1);
        n++;
    }
    return n;
}

/* A call whose beginning is not there is judged by its messages alone: what they answer to, and
 * what was agreed, is not known. */
static bool judge_together(struct judged *all, unsigned n, const struct trace_call *c)
{
    struct lint_step *steps = calloc(n + 1, sizeof *steps);
    bool good = steps != NULL;

    for (unsigned i = 0; good && i < n; i++)
        steps[i] = (struct lint_step){&all[i].report.msg, &all[i].report.found};
    if (good && trace_call_end(c).outcome != TRACE_FRAGMENT && c->left_out == 0)
        good = lint_sequence(steps, n, &mem_libc) == 0;
    free(steps);
    return good;
}

static void add(struct sum *sum, const struct report *r)
{
    sum->messages++;
    sum->invalid += r->msg.n_errors > 0;
    for (unsigned i = 0; i < r->found.n; i++)
        sum->found[lint_severity(r->found.at[i].code)]++;
}

static void judge(struct reporter *to, struct sum *sum, const char *source,
                  const struct trace_call *c)
{
    struct judged *all = calloc(c->n_items + 1, sizeof *all);
    unsigned n = all ? open_all(all, source, c) : 0;

    sum->calls++;
    sum->no_memory |= !all || !judge_together(all, n, c);
    for (unsigned i = 0; i < n; i++) {
        reporter_tell(to, &all[i].report);
        add(sum, &all[i].report);
        report_close(&all[i].report);
    }
    free(all);
}

static const char *source_of(const struct trace_options *o)
{
    return o->interface       ? o->interface
           : o->n_files == 1  ? o->files[0]
           : o->n_files == 0  ? "trace"
                              : "several files";
}

int trace_lint(const struct trace_options *o, const struct trace_pick *pick)
{
    struct reporter to = {.out = stdout, .options = &o->lint};
    const struct trace_call *c = NULL;
    struct sum sum = {0};

    to.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    reporter_begin(&to);
    while ((c = trace_pick_next(pick, c)))
        judge(&to, &sum, source_of(o), c);
    reporter_end(&to);
    if (o->lint.form == PARSE_TEXT)
        printf("%u calls, %u messages: %u invalid, %u errors, %u warnings, %u hints\n", sum.calls,
               sum.messages, sum.invalid, sum.found[LINT_ERROR], sum.found[LINT_WARNING],
               sum.found[LINT_HINT]);
    if (sum.no_memory)
        return trace_complain("--lint", "no memory for all of it", TRACE_EXIT_OUR_FAULT);
    return sum.invalid ? TRACE_EXIT_BAD_INPUT : TRACE_EXIT_DONE;
}
