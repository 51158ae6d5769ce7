/* Silence, tones and files as samples. */
#include "media/source.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "source_file.h"

/* ITU-T G.711: a sine of full scale is 3.14 dBm0. */
#define FULL_DBM0 3.14
#define QUIETEST_DBM0 (-90.0)
/* ITU-T E.180, Supplement 2: what most networks of Europe have. */
#define TONE_HZ 425
#define TONE_DBM0 (-13.0)

enum kind { SILENCE, SINE, FILE_OF };

struct source {
    struct mem *mem;
    enum kind kind;
    struct source_file *file;
    double turn, amplitude;  /* of a sine, radians a sample */
    uint64_t at, on, period; /* samples; `on` of each `period` are heard */
};

static struct source *source_new(struct mem *mem, enum kind kind)
{
    struct source *s = mem_alloc_zero(mem, sizeof *s);
    if (s) {
        s->mem = mem;
        s->kind = kind;
        s->on = s->period = 1;
    }
    return s;
}

int source_silence(struct mem *mem, struct source **out)
{
    struct source *s = source_new(mem, SILENCE);
    if (!s)
        return ERR_NOMEM;
    *out = s;
    return OK;
}

int source_sine(struct mem *mem, unsigned rate, double hz, double dbm0, struct source **out)
{
    if (!(hz > 0 && hz < rate / 2.0 && dbm0 >= QUIETEST_DBM0 && dbm0 <= FULL_DBM0))
        return ERR_INVALID;
    struct source *s = source_new(mem, SINE);
    if (!s)
        return ERR_NOMEM;
    s->turn = 2 * M_PI * hz / rate;
    s->amplitude = 32767 * pow(10, (dbm0 - FULL_DBM0) / 20);
    *out = s;
    return OK;
}

int source_tone(struct mem *mem, unsigned rate, enum source_tone tone, struct source **out)
{
    static const struct {
        unsigned on_ms, off_ms;
    } cadences[] = {
        [SOURCE_RINGBACK] = {1000, 4000}, [SOURCE_BUSY] = {500, 500}, [SOURCE_DIAL] = {1000, 0}};
    int error = source_sine(mem, rate, TONE_HZ, TONE_DBM0, out);
    if (error != OK)
        return error;
    (*out)->on = (uint64_t)cadences[tone].on_ms * rate / 1000;
    (*out)->period = (*out)->on + (uint64_t)cadences[tone].off_ms * rate / 1000;
    return OK;
}

int source_file(struct mem *mem, unsigned rate, const char *path, bool again, struct source **out,
                const char **why)
{
    struct source *s = source_new(mem, FILE_OF);
    if (!s)
        return ERR_NOMEM;
    int error = source_file_open(mem, rate, path, again, &s->file, why);
    if (error != OK) {
        source_free(s);
        return error;
    }
    *out = s;
    return OK;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    source_file_close(s->file);
    mem_free(s->mem, s, sizeof *s);
}

static void take_sine(struct source *s, int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++, s->at++) {
        bool heard = s->at % s->period < s->on;
        pcm[i] = heard ? (int16_t)lrint(s->amplitude * sin(s->turn * (double)s->at)) : 0;
    }
}

bool source_take(struct source *s, int16_t *pcm, size_t n)
{
    size_t taken = n;
    switch (s->kind) {
    case SILENCE:
        memset(pcm, 0, n * sizeof *pcm);
        break;
    case SINE:
        take_sine(s, pcm, n);
        break;
    case FILE_OF:
        taken = source_file_take(s->file, pcm, n);
        memset(pcm + taken, 0, (n - taken) * sizeof *pcm);
        break;
    }
    return taken == n;
}
