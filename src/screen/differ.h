/* What two texts have in common, line by line. */
#ifndef TANDEM_SRC_SCREEN_DIFFER_H
#define TANDEM_SRC_SCREEN_DIFFER_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

/* Lines of each text; what is behind them is not compared. */
#define DIFFER_LINES LIMIT_SCREEN_COMPARED_LINES

struct differ_text {
    size_t n;
    struct str lines[DIFFER_LINES]; /* without their ends */
    bool is_cut;
};

/* A line of the left, of the right, or of both. */
struct differ_pair {
    uint16_t left, right; /* DIFFER_NONE: there is none */
};
#define DIFFER_NONE UINT16_MAX

struct differ {
    struct differ_text left, right;
    size_t n;
    struct differ_pair pairs[2 * DIFFER_LINES];
};

/* NULL: no memory. To be freed by differ_free. Views are into the texts. */
MUST_USE struct differ *differ_new(struct mem *, struct str left, struct str right);
void differ_free(struct mem *, struct differ *); /* NULL is legal */

#endif
