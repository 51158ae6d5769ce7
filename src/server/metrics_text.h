/* Figures as OpenMetrics text (the specification's version 1.0.0). Asks nobody for them. */
#ifndef TANDEM_SERVER_METRICS_TEXT_H
#define TANDEM_SERVER_METRICS_TEXT_H

#include <stdio.h>

#include "server/inquiry.h"
#include "server/keeper.h"
#include "server/process.h"

struct metrics_sample {
    unsigned n_workers, n_answering;
    const struct worker_figures *workers;
    bool draining;
    uint64_t most_transactions; /* of one worker */
    size_t location_records;
    struct keeper_stats store;
    struct process_figures process;
};

/* The whole exposition with its end. */
void metrics_print(FILE *, const struct metrics_sample *);

/* --- metrics_families.c: the samples of each family of data/metrics.def --- */
#define FIGURE(name, type, expression, sentence)
#define FAMILY(name, type, function, labels, sentence) \
    void metrics_##function(FILE *, const char *name_, const struct metrics_sample *);
#include "metrics.def"
#undef FIGURE
#undef FAMILY

#endif
