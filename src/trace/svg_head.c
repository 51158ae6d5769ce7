/* The head of a picture: its title, a sentence for each call, and the legend. */
#include "trace/brief.h"
#include "trace/svg.h"

#define LEFT 20
#define TITLE_Y 30
#define SUBTITLE_Y 50
#define LINE 20
#define CHIP 12
#define KEYS 12 /* the most dialogs that the legend names */

/* Where the next thing goes. `k` NULL: nothing is drawn. */
struct place {
    struct trace_sink *k;
    unsigned x, y, width;
};

static void put_title(struct place *p, const struct trace_ladder *l)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_ladder_title(&b, l);
    if (p->k)
        svg_text(p->k, STR("title"), LEFT, TITLE_Y, buf_str(&b));
    buf_init(&b, text, sizeof text);
    if (l->n_rungs > 0)
        brief_put_time(&b, l->rungs[0].at);
    brief_put(&b, STR("; times are seconds since then, and since the arrow before"));
    if (p->k)
        svg_text(p->k, STR("told dim"), LEFT, SUBTITLE_Y, buf_str(&b));
    p->y = SUBTITLE_Y + LINE + 4;
}

static void put_call(struct place *p, const struct trace_ladder *l, unsigned call)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_call_tell(&b, l, call);
    brief_put(&b, STR(" (Call-ID "));
    brief_put(&b, str_slice(l->calls[call]->call_id, 0, 64));
    brief_put(&b, STR(")"));
    if (p->k) {
        svg_rect(p->k, STR("chip"), call * 3 % TRACE_COLOURS, LEFT, p->y - 10, CHIP, CHIP);
        svg_text(p->k, STR("told"), LEFT + CHIP + 8, p->y, buf_str(&b));
    }
    p->y += LINE;
}

/* --- legend --- */

/* One entry behind the other, in as many lines as it takes. */
static void put_key(struct place *p, struct str sample, unsigned colour, struct str text)
{
    unsigned width = CHIP + 8 + (unsigned)text.len * 13 / 2 + 14; /* letters are about so wide */
    if (p->x > LEFT && p->x + width > p->width) {
        p->x = LEFT;
        p->y += LINE;
    }
    if (p->k) {
        svg_rect(p->k, sample, colour, p->x, p->y - 10, CHIP, CHIP);
        svg_text(p->k, STR("key"), p->x + CHIP + 8, p->y, text);
    }
    p->x += width;
}

/* Is this rung the first of its dialog that is drawn? */
static bool is_first_of_dialog(const struct trace_ladder *l, unsigned rung)
{
    const struct trace_rung *r = &l->rungs[rung];
    for (unsigned i = 0; i < rung; i++)
        if (l->rungs[i].kind == TRACE_RUNG_MESSAGE && l->rungs[i].call == r->call &&
            l->rungs[i].item->dialog == r->item->dialog)
            return false;
    return true;
}

/* A dialog is told by who has made it: whoever answered. */
static void put_dialog(struct place *p, const struct trace_ladder *l, const struct trace_rung *r)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put(&b, STR("dialog with "));
    trace_side_tell(&b, l, r->item->status ? r->from : r->to);
    put_key(p, STR("chip"), r->colour, str_slice(buf_str(&b), 0, 80));
}

static void put_legend(struct place *p, const struct trace_ladder *l)
{
    bool has_media = false, has_failures = false;
    unsigned keys = 0;
    p->x = LEFT;
    for (unsigned i = 0; i < l->n_rungs; i++) {
        const struct trace_rung *r = &l->rungs[i];
        has_media |= r->kind == TRACE_RUNG_STREAM;
        has_failures |= r->kind == TRACE_RUNG_MESSAGE && r->item->status >= 400;
        if (r->kind == TRACE_RUNG_MESSAGE && r->item->dialog && keys < KEYS &&
            is_first_of_dialog(l, i)) {
            put_dialog(p, l, r);
            keys++;
        }
    }
    if (has_failures)
        put_key(p, STR("chip bad"), 0, STR("refused"));
    if (has_media)
        put_key(p, STR("sample"), 0, STR("media, as long as it goes on"));
    p->y += LINE;
}

unsigned svg_head(struct trace_sink *k, const struct trace_ladder *l, unsigned width)
{
    struct place p = {.k = k, .width = width};
    put_title(&p, l);
    for (unsigned i = 0; i < l->n_calls; i++)
        put_call(&p, l, i);
    p.y += 4;
    put_legend(&p, l);
    return p.y;
}
