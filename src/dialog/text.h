/* Composes a dialog's texts on the stack and moves them into one allocation. Private to dialog/. */
#ifndef DIALOG_TEXT_H
#define DIALOG_TEXT_H

#include "base/limits.h"
#include "dialog/dialog.h"

struct dialog_text {
    struct dialog_id id;
    struct str local, remote, remote_target, contact, routes;
    struct buf buf;
    char bytes[LIMIT_DIALOG_BYTES];
};

void dialog_text_init(struct dialog_text *t);
/* Each writes one text and returns a view of it. */
struct str dialog_text_keep(struct dialog_text *t, struct str s);
struct str dialog_text_keep_nameaddr(struct dialog_text *t, const struct nameaddr *n);
/* A URI that stands bare gets angle brackets, so that a tag may follow. */
struct str dialog_text_keep_address(struct dialog_text *t, struct str s);

/* The dialog's texts become these; the old ones are freed. ERR_LIMIT, ERR_NOMEM: nothing changed.
 */
MUST_USE int dialog_text_commit(struct dialog_text *t, struct dialog *d);
/* Replaces remote target and route set, each where it differs. */
MUST_USE int dialog_text_replace(struct dialog *d, struct str remote_target, struct str routes);

#endif
