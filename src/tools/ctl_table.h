/* Rows for people: a table that fits, or one thing with its properties below each other. */
#ifndef TANDEM_TOOLS_CTL_TABLE_H
#define TANDEM_TOOLS_CTL_TABLE_H

#include <stdio.h>

#include "tools/ctl_row.h"

#define CTL_COLUMNS 10
#define CTL_WIDTH_LEAST 80
#define CTL_WIDTH_MOST 120

struct ctl_column {
    const char *key, *title; /* key NULL: the columns end */
    bool right;
};

/* Rows are kept until their widths are known; then they are printed as they come. */
struct ctl_table {
    FILE *out;
    const struct ctl_column *columns;
    unsigned n_columns;
    unsigned width; /* of a line; 0: as wide as it takes */
    unsigned widths[CTL_COLUMNS];
    struct str *cells; /* n_kept rows of n_columns, each its own memory */
    unsigned n_kept;
    bool begun; /* the titles are printed */
};

/* `columns` ends with a NULL key; at most CTL_COLUMNS. False: no memory. */
MUST_USE bool ctl_table_begin(struct ctl_table *, FILE *, const struct ctl_column *columns,
                              unsigned width);
/* False: no memory. */
MUST_USE bool ctl_table_add(struct ctl_table *, const struct ctl_row *);
/* Prints what is left and frees. Nothing at all is printed where there was no row. */
void ctl_table_end(struct ctl_table *);

/* "key  value" lines, with numbers of seconds and bytes as people say them. */
void ctl_print_one(FILE *, const struct ctl_row *);

/* The width that a table on `out` shall have: a terminal's, or what $COLUMNS says, between
 * CTL_WIDTH_LEAST and CTL_WIDTH_MOST; 0 elsewhere. */
unsigned ctl_width(FILE *out);

#endif
