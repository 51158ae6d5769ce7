/* A row of an answer: a JSON object whose values are plain, or lists of plain ones. */
#ifndef TANDEM_TOOLS_CTL_ROW_H
#define TANDEM_TOOLS_CTL_ROW_H

#include "base/attr.h"
#include "base/str.h"

#define CTL_FIELDS 48

struct ctl_field {
    struct str key, value; /* without quotes and escapes; a list's values stand behind each other,
                              with ", " between */
};

struct ctl_row {
    unsigned n;
    struct ctl_field fields[CTL_FIELDS];
    char *text; /* what the fields are views into */
};

/* Reads one object. False: it is none, has objects in it or more than CTL_FIELDS fields, or there
 * is no memory; nothing is held. */
MUST_USE bool ctl_row_read(struct ctl_row *, struct str json);
void ctl_row_free(struct ctl_row *);
/* Empty where it is absent. */
struct str ctl_row_get(const struct ctl_row *, const char *key);

#endif
