/* A place in rows of which a pane shows some. */
#ifndef TANDEM_SRC_SCREEN_CURSOR_H
#define TANDEM_SRC_SCREEN_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
    size_t at, top; /* the row it is on, and the first that is shown */
    size_t page;    /* rows that are shown, as of the last drawing */
};

/* Up, down, pages and halves of them, ends, and the letters that stand for them. False: the key is
 * none of these. */
bool cursor_key(struct cursor *, uint32_t key, size_t n);
/* The same without a cursor: what moves is what is shown. */
bool cursor_scroll(struct cursor *, uint32_t key, size_t n);
/* Before a drawing: keeps the cursor within n rows, and on the page. */
void cursor_fit(struct cursor *, size_t n, int page);

#endif
