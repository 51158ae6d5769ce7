/* `tandem parse --sequence`: the messages of all files, kept and judged together. */
#include "tools/sequence.h"

#include <stdlib.h>

#include "tools/parse_options.h"
#include "tools/split.h"

enum { VALID = 0, INVALID = 1, OUR_FAULT = 4 };

static bool keep_input(struct sequence_files *s, struct input *in)
{
    struct input *inputs = realloc(s->inputs, (s->n_inputs + 1) * sizeof(*inputs));

    if (!inputs) {
        input_free(in);
        return false;
    }
    s->inputs = inputs;
    s->inputs[s->n_inputs++] = *in;
    return true;
}

static bool keep_message(struct sequence_files *s, const char *path, struct str data,
                         struct str message)
{
    struct report **reports = realloc(s->reports, (s->n_reports + 1) * sizeof(struct report *));
    struct report *r = malloc(sizeof(*r));

    if (reports)
        s->reports = reports;
    if (!reports || !r || !report_open(r, path, data, message)) {
        free(r);
        return false;
    }
    s->reports[s->n_reports++] = r;
    return true;
}

bool sequence_add(struct sequence_files *s, const char *path, struct input *in)
{
    struct str data = {in->at, in->len}, rest = data, message;

    if (!keep_input(s, in))
        return false;
    while (split_next(&rest, &message))
        if (!keep_message(s, path, data, message))
            return false;
    return true;
}

int sequence_judge(struct sequence_files *s, struct reporter *to)
{
    struct lint_step *steps = malloc((s->n_reports + 1) * sizeof(*steps));
    int worst = VALID;

    for (size_t i = 0; steps && i < s->n_reports; i++)
        steps[i] = (struct lint_step){&s->reports[i]->msg, &s->reports[i]->found};
    if (!steps || lint_sequence(steps, s->n_reports, &mem_libc) != 0)
        worst = parse_complain("--sequence", "no memory", OUR_FAULT);
    for (size_t i = 0; i < s->n_reports; i++) {
        reporter_tell(to, s->reports[i]);
        if (s->reports[i]->msg.n_errors && worst < INVALID)
            worst = INVALID;
    }
    free(steps);
    return worst;
}

void sequence_free(struct sequence_files *s)
{
    for (size_t i = 0; i < s->n_reports; i++) {
        report_close(s->reports[i]);
        free(s->reports[i]);
    }
    for (size_t i = 0; i < s->n_inputs; i++)
        input_free(&s->inputs[i]);
    free(s->reports);
    free(s->inputs);
}
