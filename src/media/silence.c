/* Silence, by level against what is always there. */
#include "silence.h"

#include <math.h>

#include "media/level.h"

#define NEVER_VOICE (-65.0)   /* dBov: too quiet for any */
#define NEVER_SILENCE (-40.0) /* too loud */
#define ABOVE_FLOOR 6.0       /* dB that voice stands out by */
#define FLOOR_RISES 0.002     /* dB a ms */
#define HANGOVER_MS 200       /* that a voice may pause */
#define TELL_MS 1000
#define TELL_DB 3.0

static void follow_floor(struct silence *s, double level, unsigned ms)
{
    double risen = s->floor + FLOOR_RISES * ms;
    s->floor = s->floor < 0 && risen < level ? risen : level;
}

enum silence_verdict silence_take(struct silence *s, const int16_t *pcm, size_t n, unsigned ms)
{
    double level = level_of(pcm, n);
    follow_floor(s, level, ms);
    if (level > NEVER_SILENCE || (level > NEVER_VOICE && level > s->floor + ABOVE_FLOOR)) {
        s->quiet_ms = 0;
        return SILENCE_NOT;
    }
    s->quiet_ms += ms;
    s->told_ms_ago += ms;
    if (s->quiet_ms < HANGOVER_MS)
        return SILENCE_NOT;
    bool begins = s->quiet_ms - ms < HANGOVER_MS;
    if (!begins && s->told_ms_ago < TELL_MS && fabs(level - s->told) < TELL_DB)
        return SILENCE_GOES_ON;
    s->told = level;
    s->told_ms_ago = 0;
    return SILENCE_TELLS;
}
