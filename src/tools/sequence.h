/* Messages that are judged by each other: held until the last file is read. */
#ifndef TANDEM_TOOLS_SEQUENCE_H
#define TANDEM_TOOLS_SEQUENCE_H

#include "base/attr.h"
#include "tools/input.h"
#include "tools/report.h"

struct sequence_files {
    struct input *inputs;
    size_t n_inputs;
    struct report **reports; /* a message each, in their order */
    size_t n_reports;
};

/* Takes the file over and adds its messages. False: no memory; the file is freed. */
MUST_USE bool sequence_add(struct sequence_files *, const char *path, struct input *);
/* Judges all of them and tells what was found. Returns the program's exit status. */
int sequence_judge(struct sequence_files *, struct reporter *);
void sequence_free(struct sequence_files *);

#endif
