/* Descriptions for tests. */
#include "given.h"

#include <stdio.h>
#include <stdlib.h>

void given_parse(struct given *g, struct str text)
{
    if (sdp_space(text.len) > sizeof g->space)
        abort();
    sdp_parse(&g->s, text, g->space, sizeof g->space);
}

void given_media(struct given *g, const char *lines)
{
    static const char session[] =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    static char text[2][4096]; /* two descriptions may be compared */
    static unsigned turn;
    char *at = text[turn++ % 2];
    snprintf(at, sizeof text[0], "%s%s", session, lines);
    given_parse(g, str_from(at));
}

bool has_fault(const struct sdp *s, enum sdp_fault_code code, uint32_t line)
{
    for (uint32_t i = 0; i < s->n_faults; i++)
        if (s->faults[i].code == code && s->faults[i].line == line)
            return true;
    return false;
}

bool is_clean(const struct sdp *s)
{
    for (uint32_t i = 0; i < s->n_faults; i++)
        printf("line %u: %s\n", s->faults[i].line, sdp_fault_what(s->faults[i].code));
    return s->n_faults == 0;
}
