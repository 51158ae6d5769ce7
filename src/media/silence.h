/* Inside of media/: when nobody speaks, and what is told of it instead (RFC 3389 4). */
#ifndef TANDEM_MEDIA_SILENCE_H
#define TANDEM_MEDIA_SILENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum silence_verdict {
    SILENCE_NOT,   /* somebody speaks, or did just now */
    SILENCE_TELLS, /* nobody does, and the other side is to hear what that sounds like */
    SILENCE_GOES_ON
};

struct silence {
    double floor; /* dBov of what is always there; 0: not known yet */
    double told;  /* the level that was told last */
    unsigned quiet_ms, told_ms_ago;
};

enum silence_verdict silence_take(struct silence *, const int16_t *pcm, size_t n, unsigned ms);

#endif
