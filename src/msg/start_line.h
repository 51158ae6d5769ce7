/* The start line and the number of Content-Length: what the parser and the stream framing read
 * themselves. */
#ifndef TANDEM_SRC_MSG_START_LINE_H
#define TANDEM_SRC_MSG_START_LINE_H

#include "msg/msg.h"

/* Reads the first line of m->bytes, `line` without its end, into m and notes its faults. */
void start_line_parse(struct msg *m, struct str line);

/* RFC 3261 20.14: digits, nothing else. A number beyond 2^32 saturates. */
bool content_length_of(struct str value, uint64_t *len);

#endif
