/* What the fuzz targets share: their entry, texts in memory of exactly their length, numbers drawn
 * from the input. Knows no grammar. */
#ifndef TANDEM_TESTS_FUZZ_H
#define TANDEM_TESTS_FUZZ_H

#include <assert.h>
#include <stdlib.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy in memory of its own and of exactly its length, so that a read behind it shows. */
static inline struct str exact_copy(struct str s)
{
    char *at = malloc(s.len ? s.len : 1);
    assert(at);
    if (s.len > 0)
        memcpy(at, s.at, s.len);
    return (struct str){at, s.len};
}

static inline void exact_free(struct str s)
{
    free((void *)(uintptr_t)s.at);
}

/* A view that is not STR_NONE lies inside the text. */
static inline void assert_inside(struct str whole, struct str part)
{
    if (part.at)
        assert(part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

/* The next byte of the input, which it loses; 0 once it is empty. */
static inline uint8_t draw_byte(struct str *input)
{
    if (input->len == 0)
        return 0;
    uint8_t byte = (uint8_t)input->at[0];
    *input = str_slice(*input, 1, input->len);
    return byte;
}

/* The same little-endian, of 1 to 8 bytes. */
static inline uint64_t draw_uint(struct str *input, unsigned bytes)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < bytes; i++)
        n |= (uint64_t)draw_byte(input) << (8 * i);
    return n;
}

/* The next text, led by its length in one byte and cut where the input ends. */
static inline struct str draw_text(struct str *input)
{
    size_t len = draw_byte(input);
    struct str text = str_slice(*input, 0, len);
    *input = str_slice(*input, text.len, input->len);
    return text;
}

#endif
