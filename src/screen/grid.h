/* A grid of characters, and writing into rectangles of it: nothing leaves its rectangle, and no
 * control character gets in. */
#ifndef TANDEM_SRC_SCREEN_GRID_H
#define TANDEM_SRC_SCREEN_GRID_H

#include "base/attr.h"
#include "base/str.h"
#include "screen/screen.h"

struct grid {
    struct screen_cell *cells;
    int rows, cols;
    bool is_ascii;
};

struct look {
    uint8_t colour, how;
};

/* A rectangle of a grid. It may be empty. */
struct pane {
    struct grid *grid;
    int row, col, rows, cols;
};

enum glyph { GLYPH_ACROSS, GLYPH_DOWN, GLYPH_DOUBLE_ACROSS, GLYPH_DOUBLE_DOWN };

struct pane grid_all(struct grid *);
/* The part that lies within the pane. */
struct pane pane_part(struct pane, int row, int col, int rows, int cols);

/* Writes what fits; returns the column behind it. A negative column cuts the beginning off. */
int pane_put(struct pane, int row, int col, struct look, struct str text);
/* The same, at most 255 bytes. */
int pane_print(struct pane, int row, int col, struct look, const char *format, ...)
    PRINTF_LIKE(5, 6);
void pane_line(struct pane, int row, int col, int n, struct look, enum glyph);
/* All of a row looks like this, too. */
void pane_mark(struct pane, int row, struct look);

/* The character that is shown for what `rest` begins with, which is taken from it. *width: its
 * columns, 0 (it is not shown) to 2. */
uint32_t text_next(struct str *rest, bool is_ascii, int *width);
/* The columns that it takes. */
int text_cols(struct str text, bool is_ascii);
/* The bytes of the longest beginning that fits into `cols`, at least one character. */
size_t text_fit(struct str text, int cols, bool is_ascii);
/* In any case of ASCII. */
bool text_contains(struct str text, struct str part);

#endif
