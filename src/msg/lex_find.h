/* The search for line ends and colons, inline for the parser: sixteen bytes at a time where the
 * machine has SSE2, one at a time elsewhere. Knows no grammar. */
#ifndef TANDEM_SRC_MSG_LEX_FIND_H
#define TANDEM_SRC_MSG_LEX_FIND_H

#include "lex.h"

#if defined(__SSE2__)

#include <emmintrin.h>

static inline __m128i find_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline __m128i find_line_ends(__m128i bytes)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
}

/* A bit for each of sixteen bytes that is one of those looked for. */
static inline unsigned find_eol_hits(const char *at)
{
    return (unsigned)_mm_movemask_epi8(find_line_ends(find_load(at)));
}

static inline unsigned find_colon_hits(const char *at)
{
    __m128i bytes = find_load(at);
    __m128i colons = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(':'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(colons, find_line_ends(bytes)));
}

/* Two at once: most lines end within 32 bytes, and one branch tells. */
static inline const char *find_eol(const char *at, const char *end)
{
    for (; end - at >= 32; at += 32) {
        unsigned hits = find_eol_hits(at) | find_eol_hits(at + 16) << 16;
        if (hits)
            return at + __builtin_ctz(hits);
    }
    if (end - at >= 16) {
        unsigned hits = find_eol_hits(at);
        if (hits)
            return at + __builtin_ctz(hits);
        at += 16;
    }
    return lex_find_eol_portable(at, end);
}

static inline const char *find_colon(const char *at, const char *end)
{
    for (; end - at >= 16; at += 16) {
        unsigned hits = find_colon_hits(at);
        if (hits)
            return at + __builtin_ctz(hits);
    }
    return lex_find_colon_portable(at, end);
}

#else

static inline const char *find_eol(const char *at, const char *end)
{
    return lex_find_eol_portable(at, end);
}

static inline const char *find_colon(const char *at, const char *end)
{
    return lex_find_colon_portable(at, end);
}

#endif

#endif
