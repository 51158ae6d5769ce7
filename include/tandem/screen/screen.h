/* A full-screen view of a table of calls (trace/calls.h), as a machine: keys go in, a grid of
 * characters comes out. No terminal, no file, no clock: whoever runs it has those. Nothing that a
 * message holds reaches the grid as a control character.
 *
 *   screen_resize(s, rows, cols);
 *   screen_update(s);                   after every turn in which the table took events
 *   draw screen_cell(s, row, col) …     after screen_draw(s)
 *   switch (screen_key(s, key)) …
 *
 * Times are UTC. */
#ifndef TANDEM_SCREEN_SCREEN_H
#define TANDEM_SCREEN_SCREEN_H

#include "base/attr.h"
#include "base/mem.h"
#include "trace/calls.h"
#include "trace/filter.h"

/* Keys are characters (Unicode) or one of these. Enter is '\r', Escape 27, Backspace 127. */
enum screen_key {
    SCREEN_UP = 0x110000,
    SCREEN_DOWN,
    SCREEN_LEFT,
    SCREEN_RIGHT,
    SCREEN_PAGE_UP,
    SCREEN_PAGE_DOWN,
    SCREEN_HOME,
    SCREEN_END,
    SCREEN_F0 = 0x110100 /* + 1 to 12 */
};

enum screen_colour {
    SCREEN_PLAIN,
    SCREEN_RED,
    SCREEN_GREEN,
    SCREEN_YELLOW,
    SCREEN_BLUE,
    SCREEN_MAGENTA,
    SCREEN_CYAN,
    SCREEN_N_COLOURS
};

enum { SCREEN_BOLD = 1, SCREEN_REVERSE = 2 };

struct screen_cell {
    uint32_t character; /* 0: the right half of the wide one before it */
    uint8_t colour;     /* enum screen_colour */
    uint8_t how;        /* SCREEN_BOLD, SCREEN_REVERSE */
};

enum screen_act { SCREEN_GOES_ON, SCREEN_LEAVES, SCREEN_SAVES };

struct screen_options {
    const char *source;         /* where the events come from: "calls.pcap", "eth0" */
    const char *const *formats; /* what can be saved as, ends with NULL; none: saving is refused */
    const struct trace_filter *filter; /* calls that do not fit are as if not there; NULL: none */
    bool is_live;                      /* leaving asks first: what was seen would be lost */
    bool is_ascii;                     /* the terminal knows no UTF-8 */
};

/* What SCREEN_SAVES wants: a file of these calls. */
struct screen_saving {
    const char *path;
    unsigned format;                       /* index into the options' formats */
    const struct trace_call *const *calls; /* borrowed until the next key or update */
    size_t n_calls;
};

struct screen;

/* Options are copied, strings and table are borrowed for its life. The size is 24 by 80 until
 * screen_resize. NULL: no memory. */
MUST_USE struct screen *screen_new(struct mem *, const struct trace_calls *,
                                   const struct screen_options *);
void screen_free(struct screen *); /* NULL is legal */

/* 1 to 1000 each; others are cut to that. ERR_NOMEM: the size stays what it was. */
MUST_USE int screen_resize(struct screen *, int rows, int cols);

/* The table has taken events: to be called before any other function. What there is no memory for
 * is not shown, and that is said. */
void screen_update(struct screen *);

/* False while the user wants everything to stay as it is: the table is to be left alone. */
bool screen_wants_events(const struct screen *);

/* SCREEN_SAVES: screen_saving says what; screen_saved says how it went, before the next key. */
enum screen_act screen_key(struct screen *, uint32_t key);
struct screen_saving screen_saving(const struct screen *);
/* `error`: NULL, or what is wrong, to be shown; it is copied. */
void screen_saved(struct screen *, const char *error);

void screen_draw(struct screen *);
int screen_rows(const struct screen *);
int screen_cols(const struct screen *);
struct screen_cell screen_cell(const struct screen *, int row, int col);

#endif
