/* A message's text in lines of a pane, broken where they are too long. */
#ifndef TANDEM_SRC_SCREEN_MESSAGE_H
#define TANDEM_SRC_SCREEN_MESSAGE_H

#include "base/buf.h"
#include "screen/flow_rows.h"
#include "screen/grid.h"

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

/* The same of a row of the ladder: an item's text; a stream has none. */
struct str row_text(const struct flow_row *);
/* "12:00:00.510  192.0.2.1:5060 -> 192.0.2.2:5060 UDP"; of a stream with its figures. */
void row_print_title(struct buf *, const struct flow_row *);
/* "INVITE (SDP)", "180 Ringing x3", "RTP PCMU 1500 packets" */
void row_print_label(struct buf *, const struct flow_row *);

#endif
