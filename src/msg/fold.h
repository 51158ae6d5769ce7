/* Writing a value that may be folded over several lines. */
#ifndef TANDEM_SRC_MSG_FOLD_H
#define TANDEM_SRC_MSG_FOLD_H

#include "base/buf.h"

/* RFC 3261 7.3.1: each folding, with the white space around it, becomes one SP. */
void fold_undo(struct buf *b, struct str value);

/* "Name: value" and a line end, the value without foldings. */
void fold_print_line(struct buf *b, struct str name, struct str value);

#endif
