/* ALSA, both ways, without waiting. */
#include "media/card.h"

#include <alsa/asoundlib.h>

#include "base/err.h"

/* What the loudspeaker has before it: as much as a late frame of its user's costs nothing. */
#define LATENCY_US 60000

struct card {
    struct mem *mem;
    snd_pcm_t *microphone, *loudspeaker;
};

static snd_pcm_t *open_stream(const char *device, snd_pcm_stream_t way, unsigned rate)
{
    snd_pcm_t *pcm;
    if (snd_pcm_open(&pcm, device, way, SND_PCM_NONBLOCK) < 0)
        return NULL;
    if (snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED, 1, rate, 1,
                           LATENCY_US) < 0) {
        snd_pcm_close(pcm);
        return NULL;
    }
    return pcm;
}

/* Whether there is a card is for us to say, not for the library. */
static void say_nothing(const char *file, int line, const char *function, int error,
                        const char *format, ...)
{
    (void)file, (void)line, (void)function, (void)error, (void)format;
}

int card_new(struct mem *mem, const char *device, unsigned rate, struct card **out,
             const char **why)
{
    struct card *c = mem_alloc_zero(mem, sizeof *c);
    if (!c)
        return ERR_NOMEM;
    c->mem = mem;
    snd_lib_error_set_handler(say_nothing);
    c->microphone = open_stream(device, SND_PCM_STREAM_CAPTURE, rate);
    c->loudspeaker = open_stream(device, SND_PCM_STREAM_PLAYBACK, rate);
    if (!c->microphone || !c->loudspeaker) {
        *why = "no sound card of that name, or not for 16 bits at this rate";
        card_free(c);
        return ERR_INVALID;
    }
    snd_pcm_start(c->microphone);
    *out = c;
    return OK;
}

void card_free(struct card *c)
{
    if (!c)
        return;
    if (c->microphone)
        snd_pcm_close(c->microphone);
    if (c->loudspeaker)
        snd_pcm_close(c->loudspeaker);
    mem_free(c->mem, c, sizeof *c);
}

size_t card_take(struct card *c, int16_t *pcm, size_t n)
{
    snd_pcm_sframes_t got = snd_pcm_readi(c->microphone, pcm, n);
    if (got < 0 && got != -EAGAIN && snd_pcm_recover(c->microphone, (int)got, 1) == 0)
        snd_pcm_start(c->microphone);
    return got > 0 ? (size_t)got : 0;
}

void card_give(struct card *c, const int16_t *pcm, size_t n)
{
    snd_pcm_sframes_t given = snd_pcm_writei(c->loudspeaker, pcm, n);
    if (given < 0 && given != -EAGAIN && snd_pcm_recover(c->loudspeaker, (int)given, 1) == 0)
        (void)snd_pcm_writei(c->loudspeaker, pcm, n);
}
