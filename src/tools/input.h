/* A file read whole. */
#ifndef TANDEM_TOOLS_INPUT_H
#define TANDEM_TOOLS_INPUT_H

#include "base/attr.h"
#include "base/str.h"

struct input {
    char *at;
    size_t len, cap;
};

/* Reads the file, or standard input for "-", at most `most` bytes. 0, or an errno value (EFBIG:
 * more than `most`) and nothing to free. */
MUST_USE int input_read(struct input *in, const char *path, size_t most);
void input_free(struct input *in);

#endif
