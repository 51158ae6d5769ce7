/* Somebody who has seen a flow token tries one of his own making (RFC 5626 5.3). */
#include "sim/forge.h"

#include <stdio.h>
#include <string.h>

/* The last Path that the proxy put into a REGISTER. */
static struct str path_of(const struct world *w, const struct node *proxy)
{
    for (size_t i = w->ladder.n; i-- > 0;) {
        const struct rung *r = &w->ladder.rungs[i];
        if (r->from->workers[0] == proxy && strncmp(r->text, "REGISTER ", 9) == 0)
            return rung_header(r, "Path");
    }
    return STR_NONE;
}

void forge_token(struct agent *a, const struct agent *to, uint32_t which)
{
    char route[256];
    struct str path = to->n_flows ? path_of(a->node.w, to->flows[0].proxy) : STR_NONE;
    size_t from = str_find(path, ':') + 1, end = str_find(path, '@');
    if (path.len == 0 || path.len >= sizeof route || end <= from)
        return;
    snprintf(route, sizeof route, "%.*s", STR_ARG(path));
    char *c = &route[from + which % (end - from)];
    *c = *c == '7' ? '8' : '7';
    agent_request_by(a, "MESSAGE", to->contact, "X-Forged: yes\r\n", route);
}
