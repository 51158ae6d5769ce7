/* Writes families from data/metrics.def; knows what none of them means. */
#include "server/metrics_text.h"

#include <string.h>

enum metric_type { COUNTER, GAUGE, HISTOGRAM, INFO };

static const char *const type_names[] = {"counter", "gauge", "histogram", "info"};

static bool ends(const char *name, const char *suffix)
{
    return str_ends_nocase(str_from(name), str_from(suffix));
}

static void head(FILE *f, const char *name, enum metric_type type, const char *sentence)
{
    fprintf(f, "# TYPE %s %s\n", name, type_names[type]);
    if (ends(name, "_seconds"))
        fprintf(f, "# UNIT %s seconds\n", name);
    else if (ends(name, "_bytes"))
        fprintf(f, "# UNIT %s bytes\n", name);
    fprintf(f, "# HELP %s ", name);
    for (; *sentence; sentence++) {
        if (*sentence == '"' || *sentence == '\\')
            putc('\\', f);
        putc(*sentence, f);
    }
    putc('\n', f);
}

static void sample(FILE *f, const char *name, enum metric_type type, unsigned worker,
                   uint64_t value)
{
    fprintf(f, "%s%s{worker=\"%u\"} %llu\n", name, type == COUNTER ? "_total" : "", worker,
            (unsigned long long)value);
}

void metrics_print(FILE *out, const struct metrics_sample *s)
{
#define FIGURE(name, type, expression, sentence)           \
    head(out, #name, type, sentence);                      \
    for (unsigned i = 0; i < s->n_workers; i++) {          \
        const struct worker_figures *f = &s->workers[i];   \
                                                           \
        sample(out, #name, type, i, (uint64_t)expression); \
    }
#define FAMILY(name, type, function, labels, sentence) \
    head(out, #name, type, sentence);                  \
    metrics_##function(out, #name, s);
#include "metrics.def"
#undef FIGURE
#undef FAMILY
    fputs("# EOF\n", out);
}
