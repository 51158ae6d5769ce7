/* Chooses among configuration, data folder and custom. Makes no socket. */
#include "server/control_where.h"

#include <errno.h>
#include <stdio.h>

#include "host/control_place.h"

void control_where(struct control_where *w, const struct config *c)
{
    *w = (struct control_where){.was_told = c->control.len > 0 || c->data.len > 0, .error = ENOENT};
    if (w->was_told) {
        (void)snprintf(w->path, sizeof(w->path), "%s%s",
                       c->control.len > 0 ? c->control.at : c->data.at,
                       c->control.len > 0 ? "" : "/control");
        w->error = 0;
    }
    for (unsigned n = 0; w->error && control_place(n, w->path); n++)
        if (w->path[0])
            w->error = control_place_make(w->path);
}
