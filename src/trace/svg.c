/* Writes elements of SVG. Knows no ladder. */
#include "trace/svg.h"

void svg_attribute(struct trace_sink *k, struct str name, unsigned n)
{
    sink_put_lit(k, " ");
    sink_put(k, name);
    sink_put_lit(k, "=\"");
    sink_put_u64(k, n);
    sink_put_lit(k, "\"");
}

void svg_text(struct trace_sink *k, struct str class, unsigned x, unsigned y, struct str text)
{
    sink_put_lit(k, "<text class=\"");
    sink_put(k, class);
    sink_put_lit(k, "\"");
    svg_attribute(k, STR("x"), x);
    svg_attribute(k, STR("y"), y);
    sink_put_lit(k, ">");
    sink_put_xml(k, text);
    sink_put_lit(k, "</text>\n");
}

void svg_line(struct trace_sink *k, struct str class, unsigned x1, unsigned y1, unsigned x2,
              unsigned y2)
{
    sink_put_lit(k, "<line class=\"");
    sink_put(k, class);
    sink_put_lit(k, "\"");
    svg_attribute(k, STR("x1"), x1);
    svg_attribute(k, STR("y1"), y1);
    svg_attribute(k, STR("x2"), x2);
    svg_attribute(k, STR("y2"), y2);
    sink_put_lit(k, "/>\n");
}

void svg_rect(struct trace_sink *k, struct str classes, unsigned colour, unsigned x, unsigned y,
              unsigned width, unsigned height)
{
    sink_put_lit(k, "<rect rx=\"3\" class=\"");
    sink_put(k, classes);
    sink_put_lit(k, " k");
    sink_put_u64(k, colour);
    sink_put_lit(k, "\"");
    svg_attribute(k, STR("x"), x);
    svg_attribute(k, STR("y"), y);
    svg_attribute(k, STR("width"), width);
    svg_attribute(k, STR("height"), height);
    sink_put_lit(k, "/>\n");
}
