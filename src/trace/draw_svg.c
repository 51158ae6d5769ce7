/* A ladder as SVG: lifelines, arrows, streams as bands. Its looks are page/ladder.css. */
#include "base/time.h"
#include "ladder_css.h"
#include "trace/brief.h"
#include "trace/svg.h"

#define GUTTER 130
#define COLUMN_MOST 250
#define COLUMN_LEAST 205
#define COLUMNS_LEAST 3 /* the head wants room */
#define BOX 74
#define STEP 32
#define MEDIA 14
#define GAP 24
#define GAP_NS (NS_PER_S / 2) /* from which on a pause is seen as one */

struct picture {
    const struct trace_ladder *l;
    struct trace_sink *k;
    unsigned column;
    unsigned head; /* height of what is above the ladder */
    unsigned y;
};

static unsigned x_of(const struct picture *p, unsigned side)
{
    return GUTTER + p->column / 2 + side * p->column;
}

static unsigned gap_of(const struct trace_rung *r)
{
    return r->since_last >= (int64_t)GAP_NS ? GAP : 0;
}

/* Without the gap before it. */
static unsigned height_of(const struct trace_rung *r)
{
    return STEP + (r->media.len > 0 ? MEDIA : 0);
}

static unsigned width_of(const struct picture *p)
{
    unsigned n = p->l->n_sides < COLUMNS_LEAST ? COLUMNS_LEAST : p->l->n_sides;
    return GUTTER + n * p->column + 20;
}

static unsigned begin_of(const struct picture *p)
{
    return p->head + BOX + STEP;
}

static unsigned end_of(const struct picture *p)
{
    unsigned y = begin_of(p);
    for (unsigned i = 0; i < p->l->n_rungs; i++)
        y += gap_of(&p->l->rungs[i]) + height_of(&p->l->rungs[i]);
    return y;
}

/* --- sides --- */

static void put_side(const struct picture *p, unsigned side, unsigned end)
{
    char name[TRACE_WORDS], text[TRACE_WORDS];
    struct buf n, b;
    const struct trace_side *s = &p->l->sides[side];
    unsigned x = x_of(p, side), y = p->head;
    struct str role = trace_side_role(p->l, side);
    svg_line(p->k, STR("life"), x, y + BOX, x, end);
    svg_rect(p->k, STR("box"), 0, x - p->column / 2 + 8, y + 4, p->column - 16, BOX - 4);
    buf_init(&n, name, sizeof name);
    trace_side_name(&n, p->l, side);
    svg_text(p->k, STR("name"), x, y + 24, str_slice(buf_str(&n), 0, 26));
    svg_text(p->k, STR("name"), x, end + 16, str_slice(buf_str(&n), 0, 26));
    buf_init(&b, text, sizeof text);
    brief_put_addr(&b, &s->addr);
    svg_text(p->k, STR("place"), x, y + 42, buf_str(&b));
    buf_init(&b, text, 36);
    brief_put(&b, role);
    if (role.len > 0 && s->agent.len > 0 && !str_equal(s->agent, buf_str(&n)))
        brief_put(&b, STR(" \u00b7 "));
    if (!str_equal(s->agent, buf_str(&n)))
        brief_put(&b, s->agent);
    svg_text(p->k, STR("agent"), x, y + 59, buf_str(&b));
}

/* --- rungs --- */

static void put_times(const struct picture *p, const struct trace_rung *r)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put_seconds(&b, r->since_start, 3);
    svg_text(p->k, STR("time"), 62, p->y, buf_str(&b));
    buf_init(&b, text, sizeof text);
    brief_put(&b, r->since_last < 0 ? STR("") : STR("+"));
    brief_put_seconds(&b, r->since_last, 3);
    svg_text(p->k, gap_of(r) ? STR("since long") : STR("since"), 122, p->y, buf_str(&b));
}

/* Lifelines are dotted where nothing passes for long. */
static void put_gap(const struct picture *p, const struct trace_rung *r)
{
    for (unsigned i = 0; gap_of(r) && i < p->l->n_sides; i++)
        svg_line(p->k, STR("gap"), x_of(p, i), p->y - STEP + 10, x_of(p, i), p->y + GAP - 16);
}

static void put_class(const struct picture *p, const struct trace_rung *r)
{
    bool bad = r->kind == TRACE_RUNG_MESSAGE && r->item->status >= 400;
    sink_put(p->k, r->kind == TRACE_RUNG_STREAM ? STR("rung rtp k") : STR("rung k"));
    sink_put_u64(p->k, r->colour);
    sink_put(p->k, bad ? STR(" bad") : STR(""));
}

static void put_head_of_arrow(const struct picture *p, unsigned x, bool right)
{
    sink_put_lit(p->k, "<path d=\"M");
    sink_put_u64(p->k, x);
    sink_put_lit(p->k, " ");
    sink_put_u64(p->k, p->y);
    sink_put(p->k, right ? STR("l-10 -5v10z\"/>\n") : STR("l10 -5v10z\"/>\n"));
}

static void put_arrow(const struct picture *p, const struct trace_rung *r)
{
    unsigned a = x_of(p, r->from), b = x_of(p, r->to);
    bool right = b > a;
    if (a != b)
        svg_line(p->k, STR("way"), a, p->y, right ? b - 8 : b + 8, p->y);
    put_head_of_arrow(p, b, right);
}

/* What a pointer over the arrow is told. */
static void put_hint(const struct picture *p, const struct trace_rung *r)
{
    char text[TRACE_WORDS];
    struct buf b;
    struct str meaning = trace_rung_meaning(r);
    buf_init(&b, text, sizeof text);
    trace_side_tell(&b, p->l, r->from);
    brief_put(&b, STR(" \u2192 "));
    trace_side_tell(&b, p->l, r->to);
    brief_put(&b, meaning.len > 0 ? STR(": ") : STR(""));
    brief_put(&b, meaning);
    sink_put_lit(p->k, "<title>");
    sink_put_xml(p->k, buf_str(&b));
    sink_put_lit(p->k, "</title>\n");
}

static void put_crossing(const struct picture *p, const struct trace_rung *r, unsigned n,
                         struct str label)
{
    unsigned middle = (x_of(p, r->from) + x_of(p, r->to)) / 2;
    sink_put_lit(p->k, "<g class=\"");
    put_class(p, r);
    sink_put_lit(p->k, "\"");
    if (r->item) {
        svg_attribute(p->k, STR("data-m"), n);
        sink_put_lit(p->k, " tabindex=\"0\" role=\"button\"");
    }
    sink_put_lit(p->k, ">\n");
    put_hint(p, r);
    put_arrow(p, r);
    svg_text(p->k, STR("label"), middle, p->y - 6, label);
    if (r->media.len > 0)
        svg_text(p->k, STR("media"), middle, p->y + 14, r->media);
    sink_put_lit(p->k, "</g>\n");
}

/* From side to side: what is said of the call, not by anybody in it. */
static void put_sentence(const struct picture *p, const struct trace_rung *r, struct str label)
{
    bool begins = r->kind == TRACE_RUNG_CALL;
    svg_rect(p->k, begins ? STR("joined") : STR("said"), r->call * 3 % TRACE_COLOURS, GUTTER + 4,
             p->y - 16, width_of(p) - GUTTER - 20, 24);
    svg_text(p->k, begins ? STR("join") : STR("note"), GUTTER + 14, p->y, label);
}

static void put_rung(struct picture *p, unsigned n)
{
    const struct trace_rung *r = &p->l->rungs[n];
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_rung_label(&b, p->l, r);
    put_gap(p, r);
    p->y += gap_of(r);
    put_times(p, r);
    if (r->kind == TRACE_RUNG_MESSAGE || r->kind == TRACE_RUNG_STREAM)
        put_crossing(p, r, n, buf_str(&b));
    else
        put_sentence(p, r, buf_str(&b));
    p->y += height_of(r);
}

/* --- streams --- */

/* Of the gap behind a stream's last rung, what passes until its last packet. */
static unsigned part_of_gap(const struct trace_ladder *l, const struct trace_rung *r)
{
    const struct trace_rung *last = &l->rungs[r->until];
    if (r->until + 1 == l->n_rungs || gap_of(last + 1) == 0 || r->stream->last_at <= last->at)
        return 0;
    uint64_t passed = ((uint64_t)r->stream->last_at - (uint64_t)last->at) / NS_PER_MS;
    uint64_t all = (uint64_t)last[1].since_last / NS_PER_MS;
    return passed < all ? (unsigned)(passed * GAP / all) : GAP;
}

/* Behind everything: from a stream's first packet to its last. */
static void put_band(const struct picture *p, const struct trace_rung *r, unsigned y)
{
    unsigned a = x_of(p, r->from), b = x_of(p, r->to), height = height_of(r);
    for (const struct trace_rung *o = r + 1; o <= &p->l->rungs[r->until]; o++)
        height += gap_of(o) + height_of(o);
    svg_rect(p->k, STR("band"), r->colour, a < b ? a : b, y, a < b ? b - a : a - b,
             height + part_of_gap(p->l, r));
}

static void put_bands(const struct picture *p)
{
    unsigned y = begin_of(p);
    for (unsigned i = 0; i < p->l->n_rungs; i++) {
        y += gap_of(&p->l->rungs[i]);
        if (p->l->rungs[i].kind == TRACE_RUNG_STREAM)
            put_band(p, &p->l->rungs[i], y);
        y += height_of(&p->l->rungs[i]);
    }
}

/* --- the whole --- */

static void put_root(const struct picture *p, unsigned width, unsigned height)
{
    sink_put_lit(p->k, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ladder\" role=\"img\"");
    svg_attribute(p->k, STR("width"), width);
    svg_attribute(p->k, STR("height"), height);
    sink_put_lit(p->k, " viewBox=\"0 0 ");
    sink_put_u64(p->k, width);
    sink_put_lit(p->k, " ");
    sink_put_u64(p->k, height);
    sink_put_lit(p->k, "\">\n<style>\n");
    sink_put(p->k, (struct str){ladder_css, sizeof ladder_css - 1});
    sink_put_lit(p->k, "</style>\n");
    svg_rect(p->k, STR("paper"), 0, 0, 0, width, height);
}

void trace_draw_svg(const struct trace_ladder *l, struct trace_sink *k)
{
    struct picture p = {l, k, l->n_sides > 4 ? COLUMN_LEAST : COLUMN_MOST, 0, 0};
    unsigned width = width_of(&p);
    p.head = svg_head(NULL, l, width);
    unsigned end = end_of(&p);
    put_root(&p, width, end + 30);
    (void)svg_head(k, l, width);
    put_bands(&p);
    for (unsigned i = 0; i < l->n_sides; i++)
        put_side(&p, i, end);
    p.y = begin_of(&p);
    for (unsigned i = 0; i < l->n_rungs; i++)
        put_rung(&p, i);
    sink_put_lit(k, "</svg>\n");
}
