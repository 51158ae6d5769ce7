/* A ladder as SVG: lifelines, arrows, streams as bands. Its looks are page/ladder.css. */
#include "ladder_css.h"
#include "trace/brief.h"
#include "trace/sink.h"

#define GUTTER 130
#define COLUMN 250
#define HEAD 76
#define STEP 34
#define MEDIA 14
#define LINE 20

struct picture {
    const struct trace_ladder *l;
    struct trace_sink *k;
    unsigned y;
};

static unsigned x_of(unsigned side)
{
    return GUTTER + COLUMN / 2 + side * COLUMN;
}

static unsigned height_of(const struct trace_rung *r)
{
    return STEP + (r->media.len > 0 ? MEDIA : 0);
}

static unsigned width_of(const struct trace_ladder *l)
{
    unsigned n = l->n_sides < 3 ? 3 : l->n_sides; /* sentences want room */
    return GUTTER + n * COLUMN + 20;
}

static unsigned end_of(const struct trace_ladder *l)
{
    unsigned y = HEAD + STEP;
    for (unsigned i = 0; i < l->n_rungs; i++)
        y += height_of(&l->rungs[i]);
    return y;
}

/* ` name="number"` */
static void put_attribute(struct picture *p, struct str name, unsigned n)
{
    sink_put_lit(p->k, " ");
    sink_put(p->k, name);
    sink_put_lit(p->k, "=\"");
    sink_put_u64(p->k, n);
    sink_put_lit(p->k, "\"");
}

static void put_text(struct picture *p, struct str class, unsigned x, unsigned y, struct str text)
{
    sink_put_lit(p->k, "<text class=\"");
    sink_put(p->k, class);
    sink_put_lit(p->k, "\"");
    put_attribute(p, STR("x"), x);
    put_attribute(p, STR("y"), y);
    sink_put_lit(p->k, ">");
    sink_put_xml(p->k, text);
    sink_put_lit(p->k, "</text>\n");
}

static void put_line(struct picture *p, struct str class, unsigned x1, unsigned y1, unsigned x2,
                     unsigned y2)
{
    sink_put_lit(p->k, "<line class=\"");
    sink_put(p->k, class);
    sink_put_lit(p->k, "\"");
    put_attribute(p, STR("x1"), x1);
    put_attribute(p, STR("y1"), y1);
    put_attribute(p, STR("x2"), x2);
    put_attribute(p, STR("y2"), y2);
    sink_put_lit(p->k, "/>\n");
}

static void put_rect(struct picture *p, unsigned x, unsigned y, unsigned width, unsigned height)
{
    put_attribute(p, STR("x"), x);
    put_attribute(p, STR("y"), y);
    put_attribute(p, STR("width"), width);
    put_attribute(p, STR("height"), height);
    sink_put_lit(p->k, "/>\n");
}

static void put_side(struct picture *p, unsigned side, unsigned end)
{
    char text[TRACE_WORDS];
    struct buf b;
    const struct trace_side *s = &p->l->sides[side];
    unsigned x = x_of(side);
    put_line(p, STR("life"), x, HEAD, x, end);
    sink_put_lit(p->k, "<rect class=\"box\" rx=\"6\"");
    put_rect(p, x - COLUMN / 2 + 12, 10, COLUMN - 24, HEAD - 16);
    buf_init(&b, text, sizeof text);
    trace_side_name(&b, p->l, side);
    put_text(p, STR("name"), x, 29, str_slice(buf_str(&b), 0, 26));
    buf_init(&b, text, sizeof text);
    brief_put_addr(&b, &s->addr);
    put_text(p, STR("place"), x, 45, buf_str(&b));
    buf_init(&b, text, 34);
    brief_put(&b, s->passes_on ? STR("passes requests on") : s->agent);
    put_text(p, STR("agent"), x, 60, buf_str(&b));
}

static void put_times(struct picture *p, const struct trace_rung *r)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put_seconds(&b, r->since_start, 3);
    put_text(p, STR("time"), 62, p->y, buf_str(&b));
    buf_init(&b, text, sizeof text);
    brief_put(&b, r->since_last < 0 ? STR("") : STR("+"));
    brief_put_seconds(&b, r->since_last, 3);
    put_text(p, STR("since"), 122, p->y, buf_str(&b));
}

static void put_class(struct picture *p, const struct trace_rung *r)
{
    bool bad = r->kind == TRACE_RUNG_MESSAGE && r->item->status >= 400;
    sink_put(p->k, r->kind == TRACE_RUNG_STREAM ? STR("rung rtp k") : STR("rung k"));
    sink_put_u64(p->k, r->colour);
    sink_put(p->k, bad ? STR(" bad") : STR(""));
}

static void put_arrow(struct picture *p, const struct trace_rung *r)
{
    unsigned a = x_of(r->from), b = x_of(r->to), y = p->y;
    bool right = b > a;
    put_line(p, STR("way"), a, y, right ? b - 8 : b + 8, y);
    sink_put_lit(p->k, "<path d=\"M");
    sink_put_u64(p->k, b);
    sink_put_lit(p->k, " ");
    sink_put_u64(p->k, y);
    sink_put(p->k, right ? STR("l-10 -5v10z\"/>\n") : STR("l10 -5v10z\"/>\n"));
}

static void put_itself(struct picture *p, const struct trace_rung *r)
{
    sink_put_lit(p->k, "<path d=\"M");
    sink_put_u64(p->k, x_of(r->from));
    sink_put_lit(p->k, " ");
    sink_put_u64(p->k, p->y);
    sink_put_lit(p->k, "l10 -5v10z\"/>\n");
}

static void put_crossing(struct picture *p, const struct trace_rung *r, unsigned n,
                         struct str label)
{
    unsigned middle = (x_of(r->from) + x_of(r->to)) / 2;
    sink_put_lit(p->k, "<g class=\"");
    put_class(p, r);
    sink_put_lit(p->k, "\"");
    if (r->item) {
        put_attribute(p, STR("data-m"), n);
        sink_put_lit(p->k, " tabindex=\"0\" role=\"button\"");
    }
    sink_put_lit(p->k, ">\n");
    if (r->from == r->to)
        put_itself(p, r);
    else
        put_arrow(p, r);
    put_text(p, STR("label"), middle, p->y - 6, label);
    if (r->media.len > 0)
        put_text(p, STR("media"), middle, p->y + 14, r->media);
    sink_put_lit(p->k, "</g>\n");
}

static void put_rung(struct picture *p, unsigned n)
{
    const struct trace_rung *r = &p->l->rungs[n];
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_rung_label(&b, p->l, r);
    put_times(p, r);
    if (r->kind == TRACE_RUNG_MESSAGE || r->kind == TRACE_RUNG_STREAM)
        put_crossing(p, r, n, buf_str(&b));
    else
        put_text(p, r->kind == TRACE_RUNG_NOTE ? STR("note") : STR("join"), GUTTER + 12, p->y,
                 buf_str(&b));
    p->y += height_of(r);
}

/* Behind everything: from a stream's first packet to the rung before its last. */
static void put_band(struct picture *p, const struct trace_rung *r, unsigned y)
{
    unsigned a = x_of(r->from), b = x_of(r->to), height = 0;
    for (const struct trace_rung *o = r; o <= &p->l->rungs[r->until]; o++)
        height += height_of(o);
    sink_put_lit(p->k, "<rect class=\"band k");
    sink_put_u64(p->k, r->colour);
    sink_put_lit(p->k, "\"");
    put_rect(p, a < b ? a : b, y, a < b ? b - a : a - b, height);
}

static void put_bands(struct picture *p)
{
    unsigned y = HEAD + STEP;
    for (unsigned i = 0; i < p->l->n_rungs; i++) {
        if (p->l->rungs[i].kind == TRACE_RUNG_STREAM)
            put_band(p, &p->l->rungs[i], y);
        y += height_of(&p->l->rungs[i]);
    }
}

static void put_foot(struct picture *p)
{
    char text[TRACE_WORDS];
    struct buf b;
    for (unsigned i = 0; i < p->l->n_calls; i++) {
        sink_put_lit(p->k, "<rect rx=\"3\" class=\"chip k");
        sink_put_u64(p->k, i * 3 % TRACE_COLOURS);
        sink_put_lit(p->k, "\"");
        put_rect(p, 20, p->y - 10, 12, 12);
        buf_init(&b, text, sizeof text);
        brief_put(&b, str_slice(p->l->calls[i]->call_id, 0, 64));
        brief_put(&b, STR(": "));
        trace_call_tell(&b, p->l, i);
        put_text(p, STR("told"), 40, p->y, buf_str(&b));
        p->y += LINE;
    }
}

static void put_head(struct picture *p, unsigned width, unsigned height)
{
    sink_put_lit(p->k, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ladder\"");
    put_attribute(p, STR("width"), width);
    put_attribute(p, STR("height"), height);
    sink_put_lit(p->k, ">\n<style>\n");
    sink_put(p->k, (struct str){ladder_css, sizeof ladder_css - 1});
    sink_put_lit(p->k, "</style>\n<rect class=\"paper\"");
    put_rect(p, 0, 0, width, height);
}

void trace_draw_svg(const struct trace_ladder *l, struct trace_sink *k)
{
    struct picture p = {l, k, HEAD + STEP};
    unsigned end = end_of(l);
    put_head(&p, width_of(l), end + LINE * (l->n_calls + 2));
    put_bands(&p);
    for (unsigned i = 0; i < l->n_sides; i++)
        put_side(&p, i, end);
    for (unsigned i = 0; i < l->n_rungs; i++)
        put_rung(&p, i);
    p.y = end + LINE + 10;
    put_foot(&p);
    sink_put_lit(k, "</svg>\n");
}
