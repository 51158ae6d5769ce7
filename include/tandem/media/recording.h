/* WAV files of what was said: mono, or one side on each channel. */
#ifndef TANDEM_MEDIA_RECORDING_H
#define TANDEM_MEDIA_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

struct recording;

/* Made anew, 16 bits. `channels` 1 or 2. ERR_NOMEM; ERR_INVALID: the file cannot be made, and *why
 * says why: a static text. */
MUST_USE int recording_new(struct mem *, const char *path, unsigned rate, unsigned channels,
                           struct recording **, const char **why);
/* `n` samples of each channel; `right` does not count with one channel. False: the disk is full or
 * failed, and what follows is not written either. */
bool recording_put(struct recording *, const int16_t *left, const int16_t *right, size_t n);
/* The file is whole afterwards. NULL is legal. */
void recording_free(struct recording *);

#endif
