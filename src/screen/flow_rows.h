/* The ladder's contents: what happened in some calls, by time, and between which columns. */
#ifndef TANDEM_SRC_SCREEN_FLOW_ROWS_H
#define TANDEM_SRC_SCREEN_FLOW_ROWS_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "trace/call.h"

#define FLOW_NOWHERE LIMIT_SCREEN_COLUMNS

struct flow_options {
    bool is_compressed; /* a column for all ports of an address */
    bool has_media;
    bool has_sdp_only;
};

/* What a row is about, outlasting the row: the n-th of its call at this time. */
struct flow_key {
    uint64_t call;
    unix_ns at;
    uint32_t nth;
    bool is_stream;
};

bool flow_key_equal(const struct flow_key *, const struct flow_key *);

struct flow_row {
    struct flow_key key;
    const struct trace_call *call;
    const struct trace_item *item;     /* NULL: a stream */
    const struct trace_stream *stream; /* NULL: an item */
    unsigned from, to;                 /* columns, or FLOW_NOWHERE */
};

struct flow_rows {
    struct flow_row *at;
    size_t n, room;
    unsigned n_columns;
    struct addr columns[LIMIT_SCREEN_COLUMNS];
};

void flow_rows_free(struct mem *, struct flow_rows *);
/* Without rows, to be filled by flow_rows_add; flow_rows_end puts them in order. */
void flow_rows_begin(struct flow_rows *);
/* False: no memory, the call is left out. */
MUST_USE bool flow_rows_add(struct mem *, struct flow_rows *, const struct trace_call *,
                            const struct flow_options *);
void flow_rows_end(struct flow_rows *, const struct flow_options *);
/* NULL: there is none (any more). */
const struct flow_row *flow_rows_find(const struct flow_rows *, const struct flow_key *);

#endif
