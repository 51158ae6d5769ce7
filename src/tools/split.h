/* A file with several messages, one after the other, as people write them down. */
#ifndef TANDEM_TOOLS_SPLIT_H
#define TANDEM_TOOLS_SPLIT_H

#include "base/str.h"

/* Takes the next message off *rest, with whatever stands between it and the one behind it. Where
 * Content-Length leads to the beginning of a message, or to the end, it is believed; else the
 * message goes on to the next line that looks like a start line. False: nothing but white space is
 * left. */
bool split_next(struct str *rest, struct str *message);

#endif
