/* Formats a line and hands it to the program's sink, within a place's allowance; opens and owns no
 * file. */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

static bool is_wanted(const struct log *l, enum log_level level)
{
    return l && l->write && level <= l->level;
}

static void emit(const struct log *l, enum log_level level, char *line)
{
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    }
    l->write(l->arg, level, line);
}

void log_line(const struct log *l, enum log_level level, const char *fmt, ...)
{
    if (!is_wanted(l, level))
        return;
    char line[LOG_LINE_MAX];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (n >= 0)
        emit(l, level, line);
}

static bool passes(struct log_gate *g, time_ns now)
{
    unsigned allowance = g->per_second > 0 ? g->per_second : LOG_PER_SECOND;
    if (now - g->window >= NS_PER_S) {
        g->window = now;
        g->used = 0;
    }
    if (g->used >= allowance) {
        g->skipped++;
        return false;
    }
    g->used++;
    return true;
}

void log_gated(const struct log *l, struct log_gate *g, time_ns now, enum log_level level,
               const char *fmt, ...)
{
    if (!is_wanted(l, level) || !passes(g, now))
        return;
    char line[LOG_LINE_MAX];
    size_t room = sizeof line;
    char *at = line;
    if (g->skipped > 0) {
        int told = snprintf(line, sizeof line, "(%u like this not shown) ", g->skipped);
        at += told;
        room -= (size_t)told;
        g->skipped = 0;
    }
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(at, room, fmt, args);
    va_end(args);
    if (n >= 0)
        emit(l, level, line);
}
