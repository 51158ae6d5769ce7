/* A byte string read as a list of acts, so that a seed is a text that one can read and any bytes
 * are some list. An act is a letter and its digits; white space is passed over, and so is a line
 * from '#' to its end. Knows no act. */
#ifndef FUZZ_ACTS_H
#define FUZZ_ACTS_H

#include "base/str.h"

struct acts {
    const uint8_t *at, *end;
};

void acts_init(struct acts *, const uint8_t *data, size_t size);
/* False: there is no further act. *letter is 'a' to 'z': any byte is one of them. */
bool acts_next(struct acts *, char *letter);
/* A choice below `n` (1 to 256): '0' to '9', then 'a' for 10 and so on; any byte is one. 0 at the
 * end. */
unsigned acts_digit(struct acts *, unsigned n);
/* All bytes up to the next '^' or the end; a view of the input. */
struct str acts_text(struct acts *);

#endif
