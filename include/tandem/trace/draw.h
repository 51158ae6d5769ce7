/* Drawings of a ladder, and the rows of a list. Each is streamed to a sink, is of bounded size (a
 * constant for each rung and side, and eight times the messages' bytes where they are contained),
 * and makes harmless what messages contain: no byte of theirs moves a cursor, ends a string or
 * becomes markup. */
#ifndef TANDEM_TRACE_DRAW_H
#define TANDEM_TRACE_DRAW_H

#include "trace/ladder.h"

/* Takes a drawing piece by piece. A sink that fails remembers so by itself, and takes the rest. */
struct trace_sink {
    void (*put)(struct trace_sink *, struct str);
};

/* A sink that is a buf; look at buf.over at the end. */
struct trace_buf_sink {
    struct trace_sink sink;
    struct buf buf;
};
void trace_buf_sink_init(struct trace_buf_sink *, char *at, size_t cap);

struct trace_text_style {
    unsigned width; /* columns of the terminal; lines are longer where the participants need it */
    bool ascii;     /* lines of '|', '-' and '>'; what is not ASCII in texts becomes '?' */
    bool colour;    /* by ANSI sequences */
};
void trace_draw_text(const struct trace_ladder *, const struct trace_text_style *,
                     struct trace_sink *);

/* A picture for itself, light or dark as its reader likes it. */
void trace_draw_svg(const struct trace_ladder *, struct trace_sink *);

/* One page without any load from elsewhere: the picture, the messages behind its arrows, and two of
 * them compared. Its policy (CSP) lets no script run but its own. */
void trace_draw_html(const struct trace_ladder *, struct trace_sink *);

/* One JSON object on one line: `calls`, `participants`, `rungs`, the messages' texts included. */
void trace_draw_json(const struct trace_ladder *, struct trace_sink *);

/* One JSON object on one line: `call_id`, `method`, `from`, `to`, `status` (the last final answer
 * that its caller got, or null), `messages`, `start` (UTC), `seconds`. */
void trace_draw_row(const struct trace_call *, struct trace_sink *);

/* The same of an RTP stream: `call_id` (null: of no call), `start`, `seconds`, and what a ladder
 * says of one. */
void trace_draw_stream(const struct trace_call *, const struct trace_stream *, struct trace_sink *);

#endif
