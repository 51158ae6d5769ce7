/* A set of calls, by serials in order. */
#include "screen/inside.h"

/* The first place whose serial is not below. */
static size_t place(const struct marks *m, uint64_t serial)
{
    size_t from = 0, to = m->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (m->at[middle] < serial)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

bool marks_have(const struct marks *m, uint64_t serial)
{
    size_t i = place(m, serial);
    return i < m->n && m->at[i] == serial;
}

static bool grow(struct screen *s, struct marks *m)
{
    size_t room = m->room ? 2 * m->room : 16;
    uint64_t *at = mem_alloc(s->mem, room * sizeof *at);
    if (!at)
        return false;
    for (size_t i = 0; i < m->n; i++)
        at[i] = m->at[i];
    mem_free(s->mem, m->at, m->room * sizeof *at);
    m->at = at;
    m->room = room;
    return true;
}

void marks_toggle(struct screen *s, struct marks *m, uint64_t serial)
{
    size_t i = place(m, serial);
    if (i < m->n && m->at[i] == serial) {
        m->n--;
        for (; i < m->n; i++)
            m->at[i] = m->at[i + 1];
        return;
    }
    if (m->n == m->room && !grow(s, m)) {
        s->lacks_memory = true;
        return;
    }
    for (size_t j = m->n++; j > i; j--)
        m->at[j] = m->at[j - 1];
    m->at[i] = serial;
}

void marks_clear(struct marks *m)
{
    m->n = 0;
}

void marks_free(struct screen *s, struct marks *m)
{
    mem_free(s->mem, m->at, m->room * sizeof *m->at);
}
