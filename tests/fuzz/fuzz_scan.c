/* Any bytes, looked at many at once: what the portable twins find in them, wherever the look
 * begins. */
#include "fuzz.h"

#include "base/scan.h"

static void check_steps(struct str text)
{
    for (size_t at = 0; at + SCAN_STEP <= text.len; at++) {
        const char *from = text.at + at;
        char sought = text.at[(at * 7) % text.len];
        assert(scan_byte(from, sought) == scan_byte_portable(from, sought));
        assert(scan_line_end(from) == scan_line_end_portable(from));
    }
}

static void check_windows(struct str text)
{
    for (size_t at = 0; at + SCAN_WINDOW <= text.len; at++)
        assert(scan_line_ends(text.at + at) == scan_line_ends_portable(text.at + at));
}

/* The beginning of a window is what the window has of it. */
static void check_tails(struct str text)
{
    if (text.len < SCAN_WINDOW)
        return;
    uint64_t whole = scan_line_ends_portable(text.at);
    for (size_t len = 0; len < SCAN_WINDOW; len++)
        assert(scan_line_ends_tail(text.at, len) == (whole & ((UINT64_C(1) << len) - 1)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    struct str text = exact_copy((struct str){(const char *)data, size});
    check_steps(text);
    check_windows(text);
    check_tails(text);
    exact_free(text);
    return 0;
}
