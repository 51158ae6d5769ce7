/* A screen over a table of stories, and what can be read on it. */
#ifndef TANDEM_TESTS_SCREEN_SHOW_H
#define TANDEM_TESTS_SCREEN_SHOW_H

#include "../trace/rig.h"
#include "screen/screen.h"

struct show {
    struct rig rig;
    struct screen *s;
};

void show_init(struct show *, const struct screen_options *); /* NULL: of a file, in UTF-8 */
void show_fini(struct show *);

/* Each character is a key; the last act. */
enum screen_act show_type(struct show *, const char *keys);
enum screen_act show_key(struct show *, uint32_t key);

/* The first row that has the text, or -1; wide lines are '-' '|' '=' in it. Draws. */
int show_find(struct show *, const char *text);
bool show_has(struct show *, const char *text);
/* Of the row where the text is, is it under the cursor? */
bool show_is_current(struct show *, const char *text);

/* A call of one INVITE that is answered by `status`. */
void tell_short_call(struct show *, unsigned ms, const char *id, const char *caller,
                     const char *status);

#endif
