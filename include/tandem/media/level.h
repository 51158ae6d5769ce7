/* How loud a signal is, in dBov: 0 is a square wave at full scale, a sine of full scale -3. */
#ifndef TANDEM_MEDIA_LEVEL_H
#define TANDEM_MEDIA_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#define LEVEL_SILENT (-127.0)

/* Of these samples; LEVEL_SILENT for none, and for zeros. */
double level_of(const int16_t *pcm, size_t n);

/* Over the last quarter of a second or so, for a meter. */
struct level {
    double power;
};
void level_take(struct level *, const int16_t *pcm, size_t n, unsigned rate);
double level_now(const struct level *);

#endif
