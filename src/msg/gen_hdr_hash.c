/* Runs while Tandem is built: finds a factor under which no two names of data/headers.def share a
 * slot, and prints the table. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hdr_key.h"

static const struct {
    const char *id, *name, *compact;
} headers[] = {
#define HEADER(id, name, compact, family, flags) {#id, name, compact},
#include "headers.def"
#undef HEADER
};

#define N (sizeof(headers) / sizeof(headers[0]))
#define SLOTS (1u << HDR_HASH_BITS)
#define TRIALS 10000000u

static unsigned slot_of(size_t i, uint64_t factor)
{
    size_t len = strlen(headers[i].name);
    return hdr_slot(hdr_ends_of(headers[i].name, len), len, factor);
}

static bool is_perfect(uint64_t factor)
{
    bool taken[SLOTS] = {false};
    for (size_t i = 0; i < N; i++) {
        unsigned slot = slot_of(i, factor);
        if (taken[slot])
            return false;
        taken[slot] = true;
    }
    return true;
}

/* Marsaglia's xorshift64. */
static uint64_t next_factor(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

static void print_table(FILE *out, uint64_t factor)
{
    fprintf(out, "#define HDR_HASH_FACTOR UINT64_C(%" PRIu64 ")\n\n#define HDR_SLOTS \\\n",
            factor | 1);
    for (size_t i = 0; i < N; i++)
        fprintf(out, "    [%u] = HDR_%s, \\\n", slot_of(i, factor | 1), headers[i].id);
    fprintf(out, "\n#define HDR_ENDS \\\n");
    for (size_t i = 0; i < N; i++) {
        struct hdr_ends ends = hdr_ends_of(headers[i].name, strlen(headers[i].name));
        fprintf(out, "    [HDR_%s] = {UINT64_C(%" PRIu64 "), UINT64_C(%" PRIu64 ")}, \\\n",
                headers[i].id, ends.first, ends.last);
    }
    fprintf(out, "\n#define HDR_COMPACT \\\n");
    for (size_t i = 0; i < N; i++)
        if (headers[i].compact[0])
            fprintf(out, "    ['%c' - 'a'] = HDR_%s, \\\n", headers[i].compact[0], headers[i].id);
    fprintf(out, "\n");
}

int main(int argc, char **argv)
{
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!out)
        return 2;
    uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    for (unsigned i = 0; i < TRIALS && !is_perfect(factor | 1); i++)
        factor = next_factor(factor);
    if (!is_perfect(factor | 1))
        return 1;
    print_table(out, factor);
    return fclose(out) == 0 ? 0 : 1;
}
