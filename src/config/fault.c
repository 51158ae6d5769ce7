/* Makes sentences of faults and tells them; finds none itself. */
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "config/reader.h"

static void make_printable(char *z)
{
    for (; *z; z++)
        if ((unsigned char)*z < ' ' || *z == 0x7f)
            *z = '?';
}

bool fault_is_enough(const struct reader *r)
{
    return r->faults >= LIMIT_CONFIG_FAULTS;
}

static void PRINTF_LIKE(3, 0)
    tell(struct reader *r, struct config_fault *f, const char *fmt, va_list args)
{
    if (fault_is_enough(r))
        return;
    r->faults++;
    (void)vsnprintf(f->what, sizeof f->what, fmt, args);
    make_printable(f->what);
    make_printable(f->key);
    r->tell(r->arg, f);
}

void fault(struct reader *r, unsigned line, struct str key, const char *fmt, ...)
{
    struct config_fault f = {.file = r->source->file, .line = line};
    struct str shown = str_slice(key, 0, sizeof f.key - 1);
    va_list args;

    if (shown.len > 0)
        memcpy(f.key, shown.at, shown.len);
    va_start(args, fmt);
    tell(r, &f, fmt, args);
    va_end(args);
}

void fault_of_option(struct reader *r, const char *option, const char *fmt, ...)
{
    struct config_fault f = {0};
    va_list args;

    (void)snprintf(f.key, sizeof f.key, "%s", option);
    va_start(args, fmt);
    tell(r, &f, fmt, args);
    va_end(args);
}
