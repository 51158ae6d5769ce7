/* The pieces of an SVG drawing. Private to trace/. */
#ifndef TANDEM_SRC_TRACE_SVG_H
#define TANDEM_SRC_TRACE_SVG_H

#include "trace/sink.h"

/* ` name="number"` */
void svg_attribute(struct trace_sink *, struct str name, unsigned n);
void svg_text(struct trace_sink *, struct str class, unsigned x, unsigned y, struct str text);
void svg_line(struct trace_sink *, struct str class, unsigned x1, unsigned y1, unsigned x2,
              unsigned y2);
/* `classes` and a colour, below TRACE_COLOURS. */
void svg_rect(struct trace_sink *, struct str classes, unsigned colour, unsigned x, unsigned y,
              unsigned width, unsigned height);

/* What stands above the ladder: what it is about, how each call ended, what its colours mean.
 * Returns the height that it takes; `k` NULL: draws nothing. */
unsigned svg_head(struct trace_sink *k, const struct trace_ladder *, unsigned width);

#endif
