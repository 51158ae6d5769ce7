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

static unsigned slot_of(size_t i, uint32_t factor)
{
    return hdr_hash(headers[i].name, strlen(headers[i].name), factor);
}

static bool is_perfect(uint32_t factor)
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

/* Marsaglia's xorshift32. */
static uint32_t next_factor(uint32_t x)
{
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

/* A letter's 0x40 tells where the bit of case is free to differ: a name is letters and '-' alone.
 */
static uint64_t telling(uint64_t word, size_t len)
{
    uint64_t whole = len < 8 ? (UINT64_C(1) << 8 * len) - 1 : UINT64_MAX;
    return whole & ~((word & UINT64_C(0x4040404040404040)) >> 1);
}

static void print_key(FILE *out, const char *id, const char *name)
{
    char padded[HDR_KEY_BYTES] = {0};
    size_t len = strlen(name), second_len = len > 8 ? len - 8 : 0;
    memcpy(padded, name, len < sizeof padded ? len : sizeof padded);
    uint64_t first = hdr_load8(padded), second = hdr_load8(padded + 8);
    fprintf(out,
            "    [HDR_%s] = {UINT64_C(%" PRIu64 "), UINT64_C(%" PRIu64 "), UINT64_C(%" PRIu64
            "), UINT64_C(%" PRIu64 ")}, \\\n",
            id, first, telling(first, len), second, telling(second, second_len));
}

static void print_table(FILE *out, uint32_t factor)
{
    fprintf(out, "#define HDR_HASH_FACTOR UINT32_C(%" PRIu32 ")\n\n#define HDR_SLOTS \\\n", factor);
    for (size_t i = 0; i < N; i++)
        fprintf(out, "    [%u] = {HDR_%s, %zu}, \\\n", slot_of(i, factor), headers[i].id,
                strlen(headers[i].name));
    fprintf(out, "\n#define HDR_KEYS \\\n");
    for (size_t i = 0; i < N; i++)
        print_key(out, headers[i].id, headers[i].name);
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
    uint32_t factor = UINT32_C(0x9E3779B9);
    for (unsigned i = 0; i < TRIALS && !is_perfect(factor | 1); i++)
        factor = next_factor(factor);
    if (!is_perfect(factor | 1))
        return 1;
    print_table(out, factor | 1);
    return fclose(out) == 0 ? 0 : 1;
}
