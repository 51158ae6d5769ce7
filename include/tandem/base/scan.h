/* Text looked at many bytes at once: where its lines end, where a byte is. By SSE2 where the
 * machine has it; the portable twins give the same anywhere. Knows no grammar. */
#ifndef TANDEM_BASE_SCAN_H
#define TANDEM_BASE_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* So many bytes are read by one look, whatever is found in them. */
#define SCAN_STEP 16
#define SCAN_WINDOW 64

/* The offset of the first `byte`, or of the first CR or LF, among SCAN_STEP bytes; SCAN_STEP: there
 * is none. */
static inline unsigned scan_byte(const char *at, char byte);
static inline unsigned scan_line_end(const char *at);

/* Bit i: at[i] is CR or LF, for each of SCAN_WINDOW bytes. */
static inline uint64_t scan_line_ends(const char *at);
/* The same of `len` bytes, fewer than SCAN_WINDOW; the other bits are 0. */
uint64_t scan_line_ends_tail(const char *at, size_t len);

/* The twins. */
unsigned scan_byte_portable(const char *at, char byte);
unsigned scan_line_end_portable(const char *at);
uint64_t scan_line_ends_portable(const char *at);

#if defined(__SSE2__)

#include <emmintrin.h>

static inline __m128i scan_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* A bit for each byte that is `byte`; for each that ends a line. */
static inline unsigned scan_byte_hits(const char *at, char byte)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(scan_load(at), _mm_set1_epi8(byte)));
}

static inline unsigned scan_line_hits(const char *at)
{
    __m128i bytes = scan_load(at);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))));
}

static inline unsigned scan_first(unsigned hits)
{
    return (unsigned)__builtin_ctz(hits | 1u << SCAN_STEP);
}

static inline unsigned scan_byte(const char *at, char byte)
{
    return scan_first(scan_byte_hits(at, byte));
}

static inline unsigned scan_line_end(const char *at)
{
    return scan_first(scan_line_hits(at));
}

static inline uint64_t scan_line_ends(const char *at)
{
    return (uint64_t)scan_line_hits(at) | (uint64_t)scan_line_hits(at + 16) << 16 |
           (uint64_t)scan_line_hits(at + 32) << 32 | (uint64_t)scan_line_hits(at + 48) << 48;
}

#else

static inline unsigned scan_byte(const char *at, char byte)
{
    return scan_byte_portable(at, byte);
}

static inline unsigned scan_line_end(const char *at)
{
    return scan_line_end_portable(at);
}

static inline uint64_t scan_line_ends(const char *at)
{
    return scan_line_ends_portable(at);
}

#endif

#endif
