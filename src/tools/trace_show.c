/* Brings drawings of calls to where they are wanted. Draws nothing itself. */
#include "tools/trace_show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/file_sink.h"
#include "tools/trace_lint.h"
#include "tools/trace_list.h"
#include "tools/trace_streams.h"
#include "tools/trace_tell.h"

#define WIDTH 100

/* --- on standard output --- */

static void list(const struct trace_options *o, const struct trace_pick *pick)
{
    struct file_sink out;

    file_sink_init(&out, stdout);
    const struct trace_call *c = NULL;

    if (!o->json)
        trace_list_head(stdout);
    while ((c = trace_pick_next(pick, c))) {
        if (o->json)
            trace_draw_row(c, &out.sink);
        else
            trace_list_text(stdout, c);
    }
}

static unsigned width(void)
{
    const char *columns = getenv("COLUMNS");
    uint64_t n;

    return columns && str_to_u64(str_from(columns), 1000, &n) && n > 0 ? (unsigned)n : WIDTH;
}

/* With `joined` all that it is joined with, too. */
static int draw(const struct trace_options *o, const struct trace_call *c, bool joined)
{
    struct trace_text_style style = {.width = width(),
                                     .ascii = o->form == TRACE_FORM_ASCII,
                                     .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};
    struct file_sink out;

    file_sink_init(&out, stdout);
    struct trace_ladder ladder;

    if (trace_ladder_init(&ladder, &mem_libc, c, joined))
        return trace_complain("drawing", "no memory", TRACE_EXIT_OUR_FAULT);
    if (o->json)
        trace_draw_json(&ladder, &out.sink);
    else
        trace_draw_text(&ladder, &style, &out.sink);
    trace_ladder_fini(&ladder);
    return TRACE_EXIT_DONE;
}

/* --- why --- */

static void say(const char *before, struct str text)
{
    fputs(before, stdout);
    for (size_t i = 0; i < text.len; i++)
        putchar((unsigned char)text.at[i] < ' ' ? '?' : text.at[i]);
    putchar('\n');
}

/* Its end as a sentence, and what whoever knows more of it says. */
static int explain(const struct trace_call *c)
{
    char words[TRACE_WORDS];
    struct trace_ladder ladder;
    struct buf b;

    if (trace_ladder_init(&ladder, &mem_libc, c, false))
        return trace_complain("drawing", "no memory", TRACE_EXIT_OUR_FAULT);
    buf_init(&b, words, sizeof(words));
    trace_call_tell(&b, &ladder, 0);
    trace_ladder_fini(&ladder);
    say("", c->call_id);
    say("  ", buf_str(&b));
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        if (i->kind == TRACE_NOTE)
            say("  - ", i->text);
    return TRACE_EXIT_DONE;
}

int trace_show(const struct trace_options *o, const struct trace_pick *pick)
{
    const struct trace_call *c = NULL;
    int status = TRACE_EXIT_DONE;

    if (o->form == TRACE_FORM_LIST) {
        list(o, pick);
        return status;
    }
    if (o->form == TRACE_FORM_STREAMS) {
        trace_streams(o, pick);
        return status;
    }
    if (o->form == TRACE_FORM_LINT)
        return trace_lint(o, pick);
    if (o->form == TRACE_FORM_EXPLAIN) {
        while (status == TRACE_EXIT_DONE && (c = trace_pick_next(pick, c)))
            status = explain(c);
        return status;
    }
    if (pick->one)
        return draw(o, pick->one, true);
    while (status == TRACE_EXIT_DONE && (c = trace_pick_next(pick, c)))
        status = draw(o, c, false);
    return status;
}

/* --- in files --- */

static int picture(const char *path, const struct trace_ladder *ladder,
                   void (*draw_it)(const struct trace_ladder *, struct trace_sink *))
{
    FILE *f = fopen(path, "wb");

    if (!f)
        return trace_complain(path, strerror(errno), TRACE_EXIT_BAD_USAGE);
    struct file_sink out;

    file_sink_init(&out, f);

    draw_it(ladder, &out.sink);
    bool is_written = !ferror(f);

    if (fclose(f) != 0 || !is_written)
        return trace_complain(path, "cannot be written", TRACE_EXIT_OUR_FAULT);
    return TRACE_EXIT_DONE;
}

int trace_show_pictures(const struct trace_options *o, const struct trace_pick *pick)
{
    const struct trace_call *c = pick->one ? pick->one : trace_pick_next(pick, NULL);
    struct trace_ladder ladder;
    int status = TRACE_EXIT_DONE;

    if (!c || (!pick->one && trace_pick_next(pick, c)))
        return trace_complain("--call",
                              c ? "several calls are there: name one" : "no such call is there",
                              c ? TRACE_EXIT_BAD_USAGE : TRACE_EXIT_BAD_INPUT);
    if (trace_ladder_init(&ladder, &mem_libc, c, true))
        return trace_complain("drawing", "no memory", TRACE_EXIT_OUR_FAULT);
    if (o->svg)
        status = picture(o->svg, &ladder, trace_draw_svg);
    if (o->html && status == TRACE_EXIT_DONE)
        status = picture(o->html, &ladder, trace_draw_html);
    trace_ladder_fini(&ladder);
    return status;
}
