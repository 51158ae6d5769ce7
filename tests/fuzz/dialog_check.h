/* What must be true of a dialog after each act. */
#ifndef FUZZ_DIALOG_CHECK_H
#define FUZZ_DIALOG_CHECK_H

#include "dialog/early.h"

/* Its texts keep their limit and lie in its own memory. */
void dialog_check_bounds(const struct dialog *);
/* RFC 3261 12.2.2: the answer to a request, and the number that it left. */
void dialog_check_received(const struct dialog *before, const struct dialog *after, struct msg *,
                           unsigned status);
/* An error changed nothing. */
void dialog_check_kept(const struct dialog *before, const struct dialog *after, int err);
/* Prints a request into memory of `cap` bytes and holds it against RFC 3261 12.2.1.1. */
void dialog_check_print(struct dialog *, const struct dialog_request *, size_t cap);
/* The newest of the set; NULL: it is empty. */
const struct dialog *dialog_check_last(const struct early *);

#endif
