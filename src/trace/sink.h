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
/* For text and for attributes in double quotes, of XML and HTML. What is no character there, or a
 * control other than tab, LF and CR, becomes U+FFFD. */
void sink_put_xml(struct trace_sink *, struct str);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD, one each. Without '<', '>'
 * and '&', so that it is harmless in a page, too. */
void sink_put_json(struct trace_sink *, struct str);

#endif
