/* A message's text in lines of a pane, broken where they are too long. */
#ifndef TANDEM_SRC_SCREEN_MESSAGE_H
#define TANDEM_SRC_SCREEN_MESSAGE_H

#include "base/buf.h"
#include "screen/grid.h"
#include "trace/ladder.h"

enum message_part { MESSAGE_START, MESSAGE_HEADER, MESSAGE_BODY };

struct message_line {
    struct str text;
    enum message_part part;
    size_t name_len; /* of a header's name, colon included; 0: none, or goes on from above */
};

struct message_lines {
    struct str rest;
    enum message_part part;
    bool goes_on; /* in the middle of a line */
};

void message_lines_begin(struct message_lines *, struct str text);
/* The next piece of at most `cols` columns. False: that was all. */
bool message_lines_next(struct message_lines *, int cols, bool is_ascii, struct message_line *);
size_t message_lines_count(struct str text, int cols, bool is_ascii);

/* What stands behind a rung: a message or a note; else nothing. */
struct str rung_text(const struct trace_rung *);
/* "12:00:00.510  192.0.2.1:5060 -> 192.0.2.2:5060 UDP"; of what has no text, all that is known. At
 * most RUNG_TITLE bytes. */
#define RUNG_TITLE (TRACE_WORDS + 160)
void rung_print_title(struct buf *, const struct trace_ladder *, const struct trace_rung *);

#endif
