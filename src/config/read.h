/* How the text of one value is read, by its kind. Each returns false and says what is expected
 * where the text is not that. */
#ifndef TANDEM_SRC_CONFIG_READ_H
#define TANDEM_SRC_CONFIG_READ_H

#include "config/table.h"

bool read_number(const struct key *, struct str text, unsigned *out, struct buf *expected);
/* "250ms", "30s", "5m", "2h", "7d" into units of `unit_ms` milliseconds. */
bool read_duration(const struct key *, struct str text, unsigned unit_ms, unsigned *out,
                   struct buf *expected);
bool read_bool(struct str text, bool *out, struct buf *expected);
/* The index of the word, in any case, among `n`. */
bool read_word(const char *const *words, unsigned n, struct str text, unsigned *out,
               struct buf *expected);
/* These say whether the text is one; it is its own value. */
bool read_name(struct str text, struct buf *expected);
bool read_host(struct str text, struct buf *expected);
bool read_path(const struct key *, struct str text, struct buf *expected);
bool read_user(const struct key *, struct str text, struct buf *expected);
/* Any text of a list, not empty. */
bool read_item(struct str text, struct buf *expected);
/* A status, or FROM-TO. */
bool read_statuses(struct str text, struct buf *expected);
bool read_line(const struct key *, struct str text, struct buf *expected);
/* Letters, digits, - . _ */
bool read_label(const struct key *, struct str text, struct buf *expected);
/* What is dialled: digits, letters, * and #. */
bool read_code(const struct key *, struct str text, struct buf *expected);
bool read_address(struct str text, struct buf *expected);
/* ADDRESS or ADDRESS:PORT, of a server that is asked. */
bool read_server(struct str text, struct buf *expected);
bool read_listener(struct str text, struct buf *expected);
bool read_origin(struct str text, struct buf *expected);
bool read_url_path(const struct key *, struct str text, struct buf *expected);
bool read_block(struct str text, struct addr_block *out, struct buf *expected);

#endif
