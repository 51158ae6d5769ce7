/* A page: the picture, and the messages behind its arrows. Its looks and its script are page/. */
#include "page_css.h"
#include "page_js.h"
#include "trace/brief.h"
#include "trace/sink.h"

#define POLICY                                                                          \
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" PAGE_JS_SHA256 \
    "'; base-uri 'none'; form-action 'none'"

static void put_head(const struct trace_ladder *l, struct trace_sink *k)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    sink_put_lit(k, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    trace_ladder_title(&b, l);
    sink_put_xml(k, buf_str(&b));
    sink_put_lit(k, "</title>\n<style>\n");
    sink_put(k, (struct str){page_css, sizeof page_css - 1});
    sink_put_lit(
        k, "</style>\n</head>\n<body>\n<p class=\"hint\">A click on an arrow opens its message, "
           "the keys Up and Down the ones before and behind it; a click with Shift on "
           "another arrow compares the two; Esc closes.</p>\n");
}

/* Readable without any script, too. */
static void put_message(const struct trace_ladder *l, unsigned n, struct trace_sink *k)
{
    const struct trace_rung *r = &l->rungs[n];
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put_seconds(&b, r->since_start, 3);
    brief_put(&b, STR("  "));
    trace_rung_label(&b, l, r);
    brief_put(&b, STR("  ("));
    brief_put_addr(&b, &r->item->from);
    brief_put(&b, STR(" to "));
    brief_put_addr(&b, &r->item->to);
    brief_put(&b, STR(")"));
    sink_put_lit(k, "<details><summary>");
    sink_put_xml(k, buf_str(&b));
    sink_put_lit(k, "</summary><pre id=\"m");
    sink_put_u64(k, n);
    /* of a line end behind <pre> HTML takes no notice: one of the message's own would be lost */
    sink_put_lit(k, "\">\n");
    sink_put_xml(k, r->item->text);
    sink_put_lit(k, "</pre></details>\n");
}

void trace_draw_html(const struct trace_ladder *l, struct trace_sink *k)
{
    put_head(l, k);
    sink_put_lit(k, "<main>\n<div>\n");
    trace_draw_svg(l, k);
    sink_put_lit(k, "</div>\n<aside id=\"message\" hidden></aside>\n</main>\n<h2>Messages</h2>\n");
    for (unsigned i = 0; i < l->n_rungs; i++)
        if (l->rungs[i].kind == TRACE_RUNG_MESSAGE)
            put_message(l, i, k);
    sink_put_lit(k, "<script>");
    sink_put(k, (struct str){page_js, sizeof page_js - 1});
    sink_put_lit(k, "</script>\n</body>\n</html>\n");
}
