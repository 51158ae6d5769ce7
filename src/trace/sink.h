/* What drawings are written with: each escape makes what messages contain harmless in its language.
 * Private to trace/. */
#ifndef TANDEM_SRC_TRACE_SINK_H
#define TANDEM_SRC_TRACE_SINK_H

#include "trace/draw.h"

static inline void sink_put(struct trace_sink *k, struct str s)
{
    k->put(k, s);
}
#define sink_put_lit(k, literal) sink_put((k), STR(literal))
void sink_put_u64(struct trace_sink *, uint64_t);
void sink_put_seconds(struct trace_sink *, int64_t ns, unsigned decimals);
/* Is the whole character at the start one that is shown, and turns no text around (U+202A to
 * U+202E, U+2066 to U+2069: what follows would seem to stand elsewhere)? */
bool sink_is_shown(struct str character);
/* For text and for attributes in double quotes, of XML and HTML. What is no character there, or a
 * control other than tab, LF and CR, becomes U+FFFD. */
void sink_put_xml(struct trace_sink *, struct str);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD, one each; what is
 * not shown is escaped. Without '<', '>'
 * and '&', so that it is harmless in a page, too. */
void sink_put_json(struct trace_sink *, struct str);

#endif
