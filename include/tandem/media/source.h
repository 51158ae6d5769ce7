/* Where samples come from that nobody speaks: silence, tones, files. */
#ifndef TANDEM_MEDIA_SOURCE_H
#define TANDEM_MEDIA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

/* Tones that the network used to make, as the E.180 supplement has them for most of Europe. */
enum source_tone { SOURCE_RINGBACK, SOURCE_BUSY, SOURCE_DIAL };

struct source;

/* `rate`: of the samples that it gives, Hz. All: ERR_NOMEM. */
MUST_USE int source_silence(struct mem *, struct source **);
/* A sine of `hz`, below rate / 2, at `dbm0` (0 is the reference level, 3.14 dB below full scale;
 * ITU-T G.711). ERR_INVALID: out of range. */
MUST_USE int source_sine(struct mem *, unsigned rate, double hz, double dbm0, struct source **);
MUST_USE int source_tone(struct mem *, unsigned rate, enum source_tone, struct source **);
/* A WAV file of any format and rate that libsndfile reads; its channels are mixed. `again`: from
 * the beginning when it is over. ERR_INVALID: it cannot be read, and *why says why: a static text.
 */
MUST_USE int source_file(struct mem *, unsigned rate, const char *path, bool again,
                         struct source **, const char **why);
void source_free(struct source *); /* NULL is legal */

/* The next `n` samples. False: it is over, and what was missing is silence. */
bool source_take(struct source *, int16_t *pcm, size_t n);

#endif
