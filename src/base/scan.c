/* The portable twins of scan.h, and the look at what is left of a text. */
#include "base/scan.h"

#include <stdbool.h>
#include <string.h>

static bool is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

unsigned scan_byte_portable(const char *at, char byte)
{
    unsigned i = 0;
    while (i < SCAN_STEP && at[i] != byte)
        i++;
    return i;
}

unsigned scan_line_end_portable(const char *at)
{
    unsigned i = 0;
    while (i < SCAN_STEP && !is_line_end(at[i]))
        i++;
    return i;
}

uint64_t scan_line_ends_portable(const char *at)
{
    uint64_t hits = 0;
    for (unsigned i = 0; i < SCAN_WINDOW; i++)
        hits |= (uint64_t)is_line_end(at[i]) << i;
    return hits;
}

uint64_t scan_line_ends_tail(const char *at, size_t len)
{
    char padded[SCAN_WINDOW] = {0};
    memcpy(padded, at, len);
    return scan_line_ends(padded);
}
