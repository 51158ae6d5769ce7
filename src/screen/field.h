/* A line that is typed. */
#ifndef TANDEM_SRC_SCREEN_FIELD_H
#define TANDEM_SRC_SCREEN_FIELD_H

#include "screen/grid.h"

#define FIELD_BYTES 256

struct field {
    char at[FIELD_BYTES]; /* ended by NUL */
    size_t len;
};

static inline struct str field_text(const struct field *f)
{
    return (struct str){f->at, f->len};
}

void field_set(struct field *, struct str text); /* cut to what fits */
/* Characters, Backspace, and Ctrl-U, which empties it. False: the key is none of these. */
bool field_key(struct field *, uint32_t key);
/* Its end, where it is longer than the pane. */
void field_draw(const struct field *, struct pane, int row, int col, int cols, bool is_active);

#endif
