/* Files by libsndfile: its channels mixed, its rate changed. */
#include "source_file.h"

#include <math.h>
#include <string.h>

#include <sndfile.h>

#include "base/err.h"
#include "resample.h"

#define FRAMES 1024 /* that are read at a time */
#define CHANNELS_MOST 8
#define RATE_LEAST 4000
#define RATE_MOST 192000
/* What FRAMES become where the file's rate is the least and ours the highest. */
#define READY (FRAMES * 12 + 2)

struct source_file {
    struct mem *mem;
    SNDFILE *file;
    int channels;
    bool again;
    struct resample resample;
    int16_t ready[READY];
    size_t at, n;
};

static const char *fault_of(const SF_INFO *info)
{
    if (info->channels > CHANNELS_MOST)
        return "it has more than 8 channels";
    if (info->samplerate < RATE_LEAST || info->samplerate > RATE_MOST)
        return "its rate is not of 4 to 192 kHz";
    return info->frames == 0 ? "it is empty" : NULL;
}

static int open(struct source_file *f, unsigned rate, const char *path, const char **why)
{
    SF_INFO info = {0};
    f->file = sf_open(path, SFM_READ, &info);
    if (!f->file) {
        *why = "no file of sound that can be read";
        return ERR_INVALID;
    }
    *why = fault_of(&info);
    if (*why)
        return ERR_INVALID;
    f->channels = info.channels;
    return resample_begin(&f->resample, (unsigned)info.samplerate, rate) ? OK : ERR_NOMEM;
}

int source_file_open(struct mem *mem, unsigned rate, const char *path, bool again,
                     struct source_file **out, const char **why)
{
    struct source_file *f = mem_alloc_zero(mem, sizeof *f);
    if (!f)
        return ERR_NOMEM;
    f->mem = mem;
    f->again = again;
    int error = open(f, rate, path, why);
    if (error != OK) {
        source_file_close(f);
        return error;
    }
    *out = f;
    return OK;
}

void source_file_close(struct source_file *f)
{
    if (!f)
        return;
    if (f->file)
        sf_close(f->file);
    resample_end(&f->resample);
    mem_free(f->mem, f, sizeof *f);
}

static int16_t mixed(const float *frame, int channels)
{
    double sum = 0;
    for (int i = 0; i < channels; i++)
        sum += (double)frame[i];
    double sample = sum * 32768 / channels;
    return (int16_t)lrint(sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample);
}

/* The file's next frames; from the beginning where it is to go on. */
static sf_count_t read(struct source_file *f, float *frames)
{
    sf_count_t n = sf_readf_float(f->file, frames, FRAMES);
    if (n > 0 || !f->again || sf_seek(f->file, 0, SEEK_SET) < 0)
        return n;
    return sf_readf_float(f->file, frames, FRAMES);
}

static bool fill(struct source_file *f)
{
    float frames[FRAMES * CHANNELS_MOST];
    int16_t pcm[FRAMES];
    sf_count_t n = read(f, frames);
    if (n <= 0)
        return false;
    for (sf_count_t i = 0; i < n; i++)
        pcm[i] = mixed(frames + i * f->channels, f->channels);
    f->at = 0;
    f->n = resample_run(&f->resample, pcm, (size_t)n, f->ready);
    return true;
}

size_t source_file_take(struct source_file *f, int16_t *pcm, size_t n)
{
    size_t taken = 0;
    while (taken < n) {
        if (f->at == f->n && !fill(f))
            break;
        size_t here = f->n - f->at < n - taken ? f->n - f->at : n - taken;
        memcpy(pcm + taken, f->ready + f->at, here * sizeof *pcm);
        f->at += here;
        taken += here;
    }
    return taken;
}
