/* Owns how a fault's sentence is made. */
#include "store/fault.h"

#include <stdarg.h>
#include <stdio.h>

bool fault_say(struct store_fault *fault, const char *fmt, ...)
{
    va_list args;

    if (!fault)
        return false;
    va_start(args, fmt);
    (void)vsnprintf(fault->what, sizeof(fault->what), fmt, args);
    va_end(args);
    return false;
}
