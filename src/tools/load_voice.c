/* Makes the payloads that the calls of a load send. Sends none. */
#include "tools/load_voice.h"

#include <string.h>

#include "codec/codec.h"
#include "load/rtp.h"
#include "media/source.h"

#define RATE 8000
#define TONE_HZ 400
#define TONE_DBM0 (-10.0)
#define TONE_FRAMES 50 /* whole periods */

struct samples {
    int16_t *pcm;
    size_t frames, room; /* of LOAD_RTP_FRAME samples */
};

static const char *open_source(struct mem *mem, const char *what, struct source **out,
                               struct samples *s)
{
    const char *why = "no memory";
    s->room = 1;
    if (strcmp(what, "silence") == 0)
        return source_silence(mem, out) == OK ? NULL : why;
    s->room = TONE_FRAMES;
    if (strcmp(what, "tone") == 0)
        return source_sine(mem, RATE, TONE_HZ, TONE_DBM0, out) == OK ? NULL : why;
    s->room = LIMIT_LOAD_VOICE_S * RATE / LOAD_RTP_FRAME;
    return source_file(mem, RATE, what, false, out, &why) == OK ? NULL : why;
}

static bool encode(struct mem *mem, struct str encoding, const struct samples *s, struct str *out)
{
    struct encoder *e = NULL;
    struct buf b;
    char *at = mem_alloc(mem, s->frames * LOAD_RTP_FRAME);
    bool good = at && encoder_new(mem, codec_named(encoding, RATE, 1), RATE, STR_NONE, &e) == OK;
    buf_init(&b, at, s->frames * LOAD_RTP_FRAME);
    for (size_t i = 0; good && i < s->frames; i++)
        good = encoder_encode(e, s->pcm + i * LOAD_RTP_FRAME, LOAD_RTP_FRAME, &b);
    encoder_free(e);
    *out = (struct str){at, at ? s->frames * LOAD_RTP_FRAME : 0};
    return good;
}

static const char *encode_both(struct load_voice *v, struct source *source, struct samples *s)
{
    s->pcm = mem_alloc(v->mem, s->room * LOAD_RTP_FRAME * sizeof *s->pcm);
    if (!s->pcm)
        return "no memory";
    while (s->frames < s->room &&
           source_take(source, s->pcm + s->frames * LOAD_RTP_FRAME, LOAD_RTP_FRAME))
        s->frames++;
    bool good = s->frames > 0 && encode(v->mem, STR("PCMU"), s, &v->pcmu) &&
                encode(v->mem, STR("PCMA"), s, &v->pcma);
    mem_free(v->mem, s->pcm, s->room * LOAD_RTP_FRAME * sizeof *s->pcm);
    return good ? NULL : s->frames > 0 ? "no memory" : "there are no 20 ms of sound in it";
}

const char *load_voice_init(struct load_voice *v, struct mem *mem, const char *what)
{
    struct source *source = NULL;
    struct samples s = {0};
    *v = (struct load_voice){.mem = mem};
    const char *why = open_source(mem, what, &source, &s);
    if (!why)
        why = encode_both(v, source, &s);
    source_free(source);
    return why;
}

static void free_text(struct mem *mem, struct str *s)
{
    if (s->at)
        mem_free(mem, (void *)(uintptr_t)s->at, s->len);
    *s = STR_NONE;
}

void load_voice_fini(struct load_voice *v)
{
    free_text(v->mem, &v->pcmu);
    free_text(v->mem, &v->pcma);
}
