/* Characters into cells: their widths, their stand-ins where a terminal must not see them, and the
 * borders of panes. Knows no view. */
#include "screen/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

#include "base/utf8.h"

#define STAND_IN '?'
#define CONTROL_STAND_IN '.'

static uint32_t decode(const char *at, size_t len)
{
    uint32_t c = (uint8_t)at[0];
    if (len > 1)
        c &= 0xFFU >> (len + 1);
    for (size_t i = 1; i < len; i++)
        c = c << 6 | ((uint8_t)at[i] & 0x3F);
    return c;
}

uint32_t text_next(struct str *rest, bool is_ascii, int *width)
{
    size_t len = utf8_character(*rest);
    bool is_control = len > 0 && utf8_is_control(*rest);
    uint32_t c = len > 0 ? decode(rest->at, len) : STAND_IN;
    *rest = str_slice(*rest, len > 0 ? len : 1, rest->len);
    *width = 1;
    if (is_control)
        return c == '\t' ? ' ' : CONTROL_STAND_IN;
    if (c < 127)
        return c;
    if (is_ascii)
        return STAND_IN;
    *width = wcwidth((wchar_t)c);
    if (*width >= 0)
        return c;
    *width = 1;
    return STAND_IN;
}

int text_cols(struct str text, bool is_ascii)
{
    int cols = 0;
    while (text.len > 0) {
        int width;
        (void)text_next(&text, is_ascii, &width);
        cols += width;
    }
    return cols;
}

size_t text_fit(struct str text, int cols, bool is_ascii)
{
    struct str rest = text;
    size_t fits = 0;
    int used = 0;
    while (rest.len > 0) {
        int width;
        (void)text_next(&rest, is_ascii, &width);
        used += width;
        if (used > cols && fits > 0)
            break;
        fits = text.len - rest.len;
    }
    return fits;
}

bool text_contains(struct str text, struct str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (str_equal_nocase(str_slice(text, i, part.len), part))
            return true;
    return false;
}

struct pane grid_all(struct grid *g)
{
    return (struct pane){g, 0, 0, g->rows, g->cols};
}

static void clip(int *at, int *n, int most)
{
    if (*at < 0) {
        *n += *at;
        *at = 0;
    }
    if (*n > most - *at)
        *n = most - *at;
    if (*n < 0)
        *n = 0;
}

struct pane pane_part(struct pane p, int row, int col, int rows, int cols)
{
    clip(&row, &rows, p.rows);
    clip(&col, &cols, p.cols);
    return (struct pane){p.grid, p.row + row, p.col + col, rows, cols};
}

/* NULL: outside. */
static struct screen_cell *cell(struct pane p, int row, int col)
{
    if (row < 0 || row >= p.rows || col < 0 || col >= p.cols)
        return NULL;
    return &p.grid->cells[(p.row + row) * p.grid->cols + p.col + col];
}

static void set(struct pane p, int row, int col, struct look l, uint32_t character)
{
    struct screen_cell *c = cell(p, row, col);
    if (c)
        *c = (struct screen_cell){character, l.colour, l.how};
}

/* Half a wide character is a blank. */
static void set_wide(struct pane p, int row, int col, struct look l, uint32_t character)
{
    bool fits = col >= 0 && col + 1 < p.cols;
    set(p, row, col, l, fits ? character : ' ');
    set(p, row, col + 1, l, fits ? 0 : ' ');
}

int pane_put(struct pane p, int row, int col, struct look l, struct str text)
{
    while (text.len > 0 && col < p.cols) {
        int width;
        uint32_t c = text_next(&text, p.grid->is_ascii, &width);
        if (width == 2)
            set_wide(p, row, col, l, c);
        else if (width == 1)
            set(p, row, col, l, c);
        col += width;
    }
    return col;
}

int pane_print(struct pane p, int row, int col, struct look l, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0)
        n = 0;
    return pane_put(p, row, col, l,
                    (struct str){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}

void pane_line(struct pane p, int row, int col, int n, struct look l, enum glyph glyph)
{
    static const uint32_t drawn[] = {0x2500, 0x2502, 0x2550, 0x2551};
    static const uint32_t plain[] = {'-', '|', '=', 'H'};
    for (int i = 0; i < n; i++)
        set(p, row, col + i, l, (p.grid->is_ascii ? plain : drawn)[glyph]);
}

void pane_mark(struct pane p, int row, struct look l)
{
    for (int col = 0; col < p.cols; col++) {
        struct screen_cell *c = cell(p, row, col);
        if (!c)
            return;
        c->how |= l.how;
        if (l.colour)
            c->colour = l.colour;
    }
}
