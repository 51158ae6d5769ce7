/* The columns of the list of calls. */
#ifndef TANDEM_SRC_SCREEN_LIST_COLUMNS_H
#define TANDEM_SRC_SCREEN_LIST_COLUMNS_H

#include "base/buf.h"
#include "trace/call.h"

struct list_column {
    const char *title;
    int least;   /* columns that it takes */
    bool grows;  /* takes of what is left over */
    unsigned at; /* place in the order in which columns get room, from 0 */
    bool is_usual;
    void (*print)(struct buf *, const struct trace_call *);
    int (*compare)(const struct trace_call *, const struct trace_call *);
};

#define N_LIST_COLUMNS 13
extern const struct list_column list_columns[N_LIST_COLUMNS];

/* Which columns are there, from left to right. */
struct list_choice {
    unsigned order[N_LIST_COLUMNS]; /* of all columns */
    bool shown[N_LIST_COLUMNS];     /* by column, not by place */
};
void list_choice_init(struct list_choice *); /* the usual ones */
/* The next column that is shown to the right (step 1) or to the left (-1), round and round. */
unsigned list_choice_beside(const struct list_choice *, unsigned column, int step);

/* widths[]: of each column, 0 where it is not shown, or there is no room for it. */
void list_columns_fit(const struct list_choice *, int cols, int widths[N_LIST_COLUMNS]);
/* "12:00:00.510" */
void print_time(struct buf *, unix_ns at);
/* "sip:alice@example.com" without its scheme. */
struct str short_uri(struct str uri);
/* "IN CALL", "REJECTED 486" */
void print_state(struct buf *, const struct trace_call *);

#endif
