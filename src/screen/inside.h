/* What the views share: the stack of those that are open, the calls that are shown, and the keys'
 * tables, which are the help and the bottom line, too. Private to screen/. */
#ifndef TANDEM_SRC_SCREEN_INSIDE_H
#define TANDEM_SRC_SCREEN_INSIDE_H

#include "base/list.h"
#include "screen/cursor.h"
#include "screen/field.h"
#include "screen/flow_key.h"
#include "screen/grid.h"
#include "screen/list_columns.h"
#include "trace/filter.h"

enum { KEY_ENTER = '\r', KEY_NEW_LINE = '\n', KEY_ESCAPE = 27, KEY_TAB = '\t' };
#define KEY_F(n) (SCREEN_F0 + (n))

struct screen;

/* Up to three keys for one thing. */
struct binding {
    uint32_t keys[3];
    const char *shown; /* "F2, s" */
    const char *label; /* for the bottom line; NULL: it is not there */
    const char *help;
    void (*act)(struct screen *);
};

struct view {
    const char *title;
    const struct binding *bindings; /* ends with one without `help` */
    /* Takes a key before the bindings do; NULL: none. False: they may have it. */
    bool (*type)(struct screen *, uint32_t key);
    void (*draw)(struct screen *, struct pane);
};

extern const struct view list_view, flow_view, raw_view, compare_view, statistics_view, filter_view,
    columns_view, save_view, help_view, leave_view;

/* A set of calls by their serials, which outlast the calls. */
struct marks {
    uint64_t *at; /* ascending */
    size_t n, room;
};

enum filter_field {
    FILTER_USER,
    FILTER_NUMBER,
    FILTER_METHOD,
    FILTER_ANSWER,
    FILTER_ADDRESS,
    FILTER_TEXT,
    N_FILTER_FIELDS
};

struct list_state {
    const struct trace_call **rows;
    size_t n_rows, room, n_calls; /* n_calls: those that are not cleared */
    struct cursor cursor;
    uint64_t current; /* serial of the call under the cursor; 0: none */
    uint64_t cleared; /* calls up to this serial are not shown any more */
    struct marks marks;
    struct list_choice choice;
    unsigned column; /* it is sorted by */
    bool descends, follows;
    struct field search;
    bool is_searching;
};

enum flow_colours {
    FLOW_BY_KIND,
    FLOW_BY_DIALOG,
    FLOW_BY_CALL,
    FLOW_BY_TRANSACTION,
    N_FLOW_COLOURS
};

struct flow_state {
    struct trace_ladder ladder; /* n_calls 0: there is none */
    struct cursor cursor;
    struct flow_key current, marked; /* marked.call 0: nothing is */
    struct marks calls;              /* that were chosen */
    bool is_extended, hides_message, follows;
    bool has_descriptions;  /* what is offered and answered stands beneath the arrows */
    bool counts_from_start; /* seconds since the first rung, not times of the day */
    struct trace_ladder_options options;
    enum flow_colours colours;
    int message_cols; /* 0: as wide as it comes */
    int shift;        /* columns that are left of the pane */
};

struct filter_state {
    struct field fields[N_FILTER_FIELDS], used[N_FILTER_FIELDS];
    unsigned at;
    struct trace_filter filter; /* views into `used` */
    const char *wrong;          /* what is, in a field; NULL: nothing */
};

enum save_which { SAVE_THIS, SAVE_MARKED, SAVE_SHOWN, SAVE_ALL, N_SAVE_WHICH };

struct save_state {
    struct field path;
    unsigned format;
    enum save_which which;
    bool is_on_format;
    const struct trace_call **calls;
    size_t n_calls, room;
    char result[160];
};

#define VIEWS_OPEN 8

struct screen {
    struct mem *mem;
    const struct trace_calls *calls;
    struct screen_options options;
    struct grid grid;
    const struct view *open[VIEWS_OPEN];
    unsigned n_open;
    enum screen_act act;
    bool is_paused, is_plain, lacks_memory; /* plain: without colours */
    struct list_state list;
    struct flow_state flow;
    struct filter_state filter;
    struct save_state save;
    struct cursor raw, compare, help, columns;
    int compare_shift;
    bool raw_is_one;             /* of one message, not of all */
    struct flow_key compared[2]; /* the messages */
};

/* screen.c */
void screen_open(struct screen *, const struct view *);
void screen_close(struct screen *); /* the view on top; the last one: leaves */
/* Room for n elements in *at; what was there is lost where it had to grow. False: no memory. */
bool screen_room(struct screen *, void *at, size_t *room, size_t n, size_t size);
struct look screen_look(const struct screen *, uint8_t colour, uint8_t how);

/* marks.c */
bool marks_have(const struct marks *, uint64_t serial);
void marks_toggle(struct screen *, struct marks *, uint64_t serial);
void marks_clear(struct marks *);
void marks_free(struct screen *, struct marks *);

/* list.c: is it there, as far as this screen is concerned? */
bool list_has(const struct screen *, const struct trace_call *);
void list_update(struct screen *);
/* flow.c: shows these calls. */
void flow_open(struct screen *, bool is_extended);
void flow_update(struct screen *);
void flow_free(struct screen *);
/* NULL: the ladder is empty. */
const struct trace_rung *flow_current(const struct screen *);
/* raw.c */
void raw_open(struct screen *, bool is_one);
/* filter.c: is there one? */
bool filter_is_set(const struct screen *);
/* save.c */
void save_open(struct screen *);

#endif
