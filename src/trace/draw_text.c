/* A ladder for a terminal: a column for each side, time at the left, a line or two for each rung.
 */
#include "base/utf8.h"
#include "trace/brief.h"
#include "trace/sink.h"

#define GUTTER 20
#define COLUMN_LEAST 16
#define COLUMN_MOST 44
#define CELLS (GUTTER + COLUMN_MOST * LIMIT_TRACE_SIDES + TRACE_WORDS)

enum { PLAIN = 0, DIM = 9, RED = 10, BOLD = 11 }; /* 1 to TRACE_COLOURS: a dialog's */

struct cell {
    char at[4];
    uint8_t len; /* 0: a space */
    uint8_t ink;
};

struct page {
    const struct trace_ladder *l;
    const struct trace_text_style *style;
    struct trace_sink *sink;
    unsigned column;
    struct cell line[CELLS];
    unsigned used;
};

struct glyphs {
    struct str lifeline, dash, band, right, left;
};

static const struct glyphs *glyphs_of(const struct page *p)
{
    static const struct glyphs ascii = {STR_INIT("|"), STR_INIT("-"), STR_INIT("="), STR_INIT(">"),
                                        STR_INIT("<")};
    static const struct glyphs unicode = {STR_INIT("\u2502"), STR_INIT("\u2500"),
                                          STR_INIT("\u2550"), STR_INIT("\u25b6"),
                                          STR_INIT("\u25c0")};
    return p->style->ascii ? &ascii : &unicode;
}

static unsigned x_of(const struct page *p, unsigned side)
{
    return GUTTER + p->column / 2 + side * p->column;
}

static void cell_put(struct page *p, unsigned x, struct str c, uint8_t ink)
{
    if (x >= CELLS)
        return;
    for (; p->used <= x; p->used++)
        p->line[p->used] = (struct cell){.len = 0};
    p->line[x] = (struct cell){.len = (uint8_t)c.len, .ink = ink};
    memcpy(p->line[x].at, c.at, c.len);
}

/* The next character of *s as a terminal may have it. */
static struct str character(const struct page *p, struct str *s)
{
    size_t n = utf8_character(*s);
    struct str c = str_slice(*s, 0, n);
    bool shown = sink_is_shown(c) && !(p->style->ascii && n > 1);
    *s = str_slice(*s, n ? n : 1, s->len);
    return shown ? c : p->style->ascii ? STR("?") : STR("\ufffd");
}

static unsigned characters(struct str s)
{
    unsigned n = 0;
    for (size_t len; s.len > 0; s = str_slice(s, len ? len : 1, s.len), n++)
        len = utf8_character(s);
    return n;
}

static unsigned text_put(struct page *p, unsigned x, struct str s, unsigned most, uint8_t ink)
{
    for (; s.len > 0 && most > 0; most--)
        cell_put(p, x++, character(p, &s), ink);
    return x;
}

static void ink_put(struct page *p, uint8_t ink)
{
    static const struct str inks[] = {
        STR_INIT("\x1b[0m"),    STR_INIT("\x1b[0;36m"), STR_INIT("\x1b[0;32m"),
        STR_INIT("\x1b[0;33m"), STR_INIT("\x1b[0;35m"), STR_INIT("\x1b[0;34m"),
        STR_INIT("\x1b[0;37m"), STR_INIT("\x1b[0m"),    STR_INIT("\x1b[0m"),
        STR_INIT("\x1b[0;2m"),  STR_INIT("\x1b[0;31m"), STR_INIT("\x1b[0;1m")};
    if (p->style->colour)
        sink_put(p->sink, inks[ink]);
}

static void line_end(struct page *p)
{
    uint8_t ink = PLAIN;
    for (unsigned x = 0; x < p->used; x++) {
        const struct cell *c = &p->line[x];
        if (c->len > 0 && c->ink != ink)
            ink_put(p, ink = c->ink);
        sink_put(p->sink, c->len ? (struct str){c->at, c->len} : STR(" "));
    }
    if (ink != PLAIN)
        ink_put(p, PLAIN);
    sink_put_lit(p->sink, "\n");
    p->used = 0;
}

static void lifelines(struct page *p)
{
    for (unsigned i = 0; i < p->l->n_sides; i++)
        cell_put(p, x_of(p, i), glyphs_of(p)->lifeline, DIM);
}

static void centre(struct page *p, unsigned side, struct str s, uint8_t ink)
{
    unsigned most = p->column - 2, n = characters(s);
    n = n < most ? n : most;
    text_put(p, x_of(p, side) - n / 2, s, n, ink);
}

static void head(struct page *p)
{
    char text[TRACE_WORDS];
    struct buf b;
    for (unsigned i = 0; i < p->l->n_sides; i++) {
        buf_init(&b, text, sizeof text);
        trace_side_name(&b, p->l, i);
        centre(p, i, buf_str(&b), BOLD);
    }
    line_end(p);
    for (unsigned i = 0; i < p->l->n_sides; i++) {
        buf_init(&b, text, sizeof text);
        brief_put_addr(&b, &p->l->sides[i].addr);
        centre(p, i, buf_str(&b), DIM);
    }
    line_end(p);
}

static void right_aligned(struct page *p, unsigned end, struct str s, uint8_t ink)
{
    unsigned n = (unsigned)s.len;
    text_put(p, end > n ? end - n : 0, s, n, ink);
}

static void times(struct page *p, const struct trace_rung *r)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put_seconds(&b, r->since_start, 3);
    right_aligned(p, 9, buf_str(&b), PLAIN);
    buf_init(&b, text, sizeof text);
    brief_put(&b, r->since_last < 0 ? STR("") : STR("+"));
    brief_put_seconds(&b, r->since_last, 3);
    right_aligned(p, GUTTER - 1, buf_str(&b), DIM);
}

static uint8_t ink_of(const struct trace_rung *r)
{
    if (r->kind == TRACE_RUNG_MESSAGE && r->item->status >= 400)
        return RED;
    return (uint8_t)(1 + r->colour);
}

/* The arrow, with its label where there is room for it. */
static void arrow(struct page *p, const struct trace_rung *r, struct str label)
{
    const struct glyphs *g = glyphs_of(p);
    unsigned a = x_of(p, r->from), b = x_of(p, r->to), x;
    unsigned low = a < b ? a : b, high = a < b ? b : a;
    for (x = low + 1; x < high; x++)
        cell_put(p, x, r->kind == TRACE_RUNG_STREAM ? g->band : g->dash, ink_of(r));
    cell_put(p, a < b ? high - 1 : low + 1, a < b ? g->right : g->left, ink_of(r));
    unsigned n = characters(label), at = low + (high - low - n) / 2;
    if (n > 0) {
        cell_put(p, at - 1, STR(" "), ink_of(r));
        x = text_put(p, at, label, n, ink_of(r));
        cell_put(p, x, STR(" "), ink_of(r));
    }
}

static void beneath(struct page *p, unsigned x, struct str s, uint8_t ink)
{
    lifelines(p);
    text_put(p, x, s, TRACE_WORDS, ink);
    line_end(p);
}

static void crossing(struct page *p, const struct trace_rung *r, struct str label)
{
    unsigned a = x_of(p, r->from), b = x_of(p, r->to), low = a < b ? a : b;
    unsigned span = a < b ? b - a : a - b;
    bool fits = characters(label) + 8 <= span;
    times(p, r);
    lifelines(p);
    if (!fits) {
        text_put(p, low + 2, label, TRACE_WORDS, ink_of(r));
        line_end(p);
        lifelines(p);
    }
    if (a != b)
        arrow(p, r, fits ? label : STR_NONE);
    line_end(p);
    if (r->media.len > 0)
        beneath(p, low + 2, r->media, DIM);
}

/* Sentences stand over the lifelines, wherever they are. */
static void sentence(struct page *p, const struct trace_rung *r, struct str label)
{
    times(p, r);
    text_put(p, GUTTER + 2, p->style->ascii ? STR("* ") : STR("\u2022 "), 2, BOLD);
    text_put(p, GUTTER + 4, label, TRACE_WORDS, r->kind == TRACE_RUNG_CALL ? BOLD : DIM);
    line_end(p);
}

static void rung(struct page *p, const struct trace_rung *r)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_rung_label(&b, p->l, r);
    if (r->kind == TRACE_RUNG_MESSAGE || r->kind == TRACE_RUNG_STREAM)
        crossing(p, r, buf_str(&b));
    else
        sentence(p, r, buf_str(&b));
}

static void foot(struct page *p)
{
    char text[TRACE_WORDS];
    struct buf b;
    for (unsigned i = 0; i < p->l->n_calls; i++) {
        unsigned x = text_put(p, 0, p->l->calls[i]->call_id, 64, BOLD);
        buf_init(&b, text, sizeof text);
        brief_put(&b, STR(": "));
        trace_call_tell(&b, p->l, i);
        text_put(p, x, buf_str(&b), TRACE_WORDS, PLAIN);
        line_end(p);
    }
}

static unsigned column_of(const struct trace_ladder *l, unsigned width)
{
    unsigned n = l->n_sides ? l->n_sides : 1;
    unsigned room = width > GUTTER ? (width - GUTTER) / n : 0;
    return room < COLUMN_LEAST ? COLUMN_LEAST : room > COLUMN_MOST ? COLUMN_MOST : room;
}

void trace_draw_text(const struct trace_ladder *l, const struct trace_text_style *style,
                     struct trace_sink *sink)
{
    struct page p = {.l = l, .style = style, .sink = sink, .column = column_of(l, style->width)};
    head(&p);
    for (unsigned i = 0; i < l->n_rungs; i++)
        rung(&p, &l->rungs[i]);
    line_end(&p);
    foot(&p);
}
