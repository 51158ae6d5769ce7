/* WAV files, written by libsndfile. */
#include "media/recording.h"

#include <sndfile.h>

#include "base/err.h"

#define FRAMES 256 /* that are written at a time */

struct recording {
    struct mem *mem;
    SNDFILE *file;
    bool stereo, failed;
};

int recording_new(struct mem *mem, const char *path, unsigned rate, unsigned channels,
                  struct recording **out, const char **why)
{
    SF_INFO info = {.samplerate = (int)rate,
                    .channels = (int)channels,
                    .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    if (channels < 1 || channels > 2) {
        *why = "one channel or two";
        return ERR_INVALID;
    }
    struct recording *r = mem_alloc_zero(mem, sizeof *r);
    if (!r)
        return ERR_NOMEM;
    r->mem = mem;
    r->stereo = channels == 2;
    r->file = sf_open(path, SFM_WRITE, &info);
    if (!r->file) {
        *why = "the file cannot be made";
        mem_free(mem, r, sizeof *r);
        return ERR_INVALID;
    }
    *out = r;
    return OK;
}

static bool put_both(struct recording *r, const int16_t *left, const int16_t *right, size_t n)
{
    int16_t frames[2 * FRAMES];
    for (size_t done = 0; done < n;) {
        size_t here = n - done < FRAMES ? n - done : FRAMES;
        for (size_t i = 0; i < here; i++) {
            frames[2 * i] = left[done + i];
            frames[2 * i + 1] = right[done + i];
        }
        if (sf_writef_short(r->file, frames, (sf_count_t)here) != (sf_count_t)here)
            return false;
        done += here;
    }
    return true;
}

bool recording_put(struct recording *r, const int16_t *left, const int16_t *right, size_t n)
{
    if (r->failed)
        return false;
    if (r->stereo)
        r->failed = !put_both(r, left, right, n);
    else
        r->failed = sf_writef_short(r->file, left, (sf_count_t)n) != (sf_count_t)n;
    return !r->failed;
}

void recording_free(struct recording *r)
{
    if (!r)
        return;
    sf_close(r->file);
    mem_free(r->mem, r, sizeof *r);
}
