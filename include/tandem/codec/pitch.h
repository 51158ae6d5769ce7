/* The period of a voice, by which a signal can be made longer or shorter without being heard to. */
#ifndef TANDEM_CODEC_PITCH_H
#define TANDEM_CODEC_PITCH_H

#include <stddef.h>
#include <stdint.h>

/* The longest period, of 66 Hz, in samples; the shortest is of 400 Hz. */
#define PITCH_MOST(rate) ((rate) / 66)
/* How many samples it takes to find one. */
#define PITCH_SPAN(rate) (2 * PITCH_MOST(rate))

/* The lag at which the last of PITCH_SPAN(rate) samples are most like those before them: from
 * rate / 400 to PITCH_MOST(rate). */
size_t pitch_find(const int16_t *pcm, unsigned rate);
/* How alike they are at that lag: 1 alike, 0 not at all, -1 the opposite. */
double pitch_likeness(const int16_t *pcm, unsigned rate, size_t lag);

#endif
