/* The table of codecs, and encoders and decoders over what each is made of. */
#include "conceal.h"
#include "operations.h"

#include <string.h>

/* RFC 7587 4: the longest packet that every codec can make. */
#define PTIME_MOST 120
#define PTIME_USUAL 20
/* What fits into one packet of an Ethernet, by UDP and IPv6. */
#define PACKET_BYTES 1440

#define CODEC(encoding, kind, clock, channels, rate, unit, bytes, operations, ie, bpl) \
    {STR_INIT(encoding), CODEC_##kind, clock, channels, rate, unit, bytes, ie, bpl,    \
     &codec_##operations},
static const struct codec table[] = {
#include "codecs.def"
};
#undef CODEC

#define N (sizeof table / sizeof table[0])

const struct codec *codec_at(unsigned i)
{
    return i < N ? &table[i] : NULL;
}

const struct codec *codec_named(struct str encoding, unsigned clock, unsigned channels)
{
    for (size_t i = 0; i < N; i++)
        if (str_equal_nocase(table[i].encoding, encoding) && table[i].clock == clock &&
            table[i].channels == (channels > 0 ? channels : 1))
            return &table[i];
    return NULL;
}

bool codec_encodes(const struct codec *c)
{
    return c->operations->encoder_bytes;
}

bool codec_decodes(const struct codec *c)
{
    return c->operations->decoder_bytes;
}

unsigned codec_rate(const struct codec *c, unsigned wanted)
{
    static const unsigned several[] = {8000, 12000, 16000, 24000, CODEC_RATE_MOST};
    size_t i = 0;
    if (c->rate > 0)
        return c->rate;
    while (several[i] < wanted && several[i] < CODEC_RATE_MOST)
        i++;
    return several[i];
}

unsigned codec_ptime(const struct codec *c, unsigned wanted)
{
    unsigned ms = wanted > 0 ? wanted : PTIME_USUAL;
    if (c->bytes_per_s > 0 && ms > PACKET_BYTES * 1000 / c->bytes_per_s)
        ms = PACKET_BYTES * 1000 / c->bytes_per_s;
    ms = (ms < PTIME_MOST ? ms : PTIME_MOST) / c->unit_ms * c->unit_ms;
    return ms > 0 ? ms : c->unit_ms;
}

void codec_put_fmtp(const struct codec *c, struct buf *b)
{
    if (c->operations->put_fmtp)
        c->operations->put_fmtp(b);
}

/* --- encoding --- */

struct encoder {
    struct mem *mem;
    const struct codec_operations *operations;
    size_t bytes; /* of all of it */
    max_align_t state[];
};

int encoder_new(struct mem *mem, const struct codec *c, unsigned rate, struct str fmtp,
                struct encoder **out)
{
    const struct codec_operations *o = c->operations;
    if (!codec_encodes(c))
        return ERR_INVALID;
    size_t bytes = sizeof(struct encoder) + o->encoder_bytes();
    struct encoder *e = mem_alloc_zero(mem, bytes);
    if (!e)
        return ERR_NOMEM;
    e->mem = mem;
    e->operations = o;
    e->bytes = bytes;
    if (o->encoder_begin && !o->encoder_begin(e->state, rate, fmtp)) {
        mem_free(mem, e, bytes);
        return ERR_NOMEM;
    }
    *out = e;
    return OK;
}

void encoder_free(struct encoder *e)
{
    if (!e)
        return;
    if (e->operations->encoder_end)
        e->operations->encoder_end(e->state);
    mem_free(e->mem, e, e->bytes);
}

bool encoder_encode(struct encoder *e, const int16_t *pcm, size_t n, struct buf *out)
{
    uint8_t bytes[LIMIT_CODEC_PAYLOAD];
    size_t len = e->operations->encode(e->state, pcm, n, bytes, sizeof bytes);
    if (len == 0 || len > sizeof bytes)
        return false;
    buf_put(out, (struct str){(const char *)bytes, len});
    return !out->over;
}

void encoder_expect_loss(struct encoder *e, unsigned percent)
{
    if (e->operations->expect_loss)
        e->operations->expect_loss(e->state, percent);
}

/* --- decoding --- */

struct decoder {
    struct mem *mem;
    const struct codec_operations *operations;
    size_t bytes, samples_most;
    struct conceal *conceal; /* NULL: the codec does it itself */
    max_align_t state[];
};

static struct decoder *decoder_make(struct mem *mem, const struct codec_operations *o,
                                    unsigned rate)
{
    size_t bytes = sizeof(struct decoder) + o->decoder_bytes();
    struct decoder *d = mem_alloc_zero(mem, bytes);
    if (!d)
        return NULL;
    d->mem = mem;
    d->operations = o;
    d->bytes = bytes;
    d->samples_most = LIMIT_CODEC_PACKET_MS * (size_t)rate / 1000;
    if (o->conceal)
        return d;
    d->conceal = mem_alloc_zero(mem, sizeof *d->conceal);
    if (!d->conceal) {
        mem_free(mem, d, bytes);
        return NULL;
    }
    conceal_begin(d->conceal, rate);
    return d;
}

static void decoder_unmake(struct decoder *d)
{
    mem_free(d->mem, d->conceal, sizeof *d->conceal);
    mem_free(d->mem, d, d->bytes);
}

int decoder_new(struct mem *mem, const struct codec *c, unsigned rate, struct decoder **out)
{
    if (!codec_decodes(c))
        return ERR_INVALID;
    struct decoder *d = decoder_make(mem, c->operations, rate);
    if (!d)
        return ERR_NOMEM;
    if (c->operations->decoder_begin && !c->operations->decoder_begin(d->state, rate)) {
        decoder_unmake(d);
        return ERR_NOMEM;
    }
    *out = d;
    return OK;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    if (d->operations->decoder_end)
        d->operations->decoder_end(d->state);
    decoder_unmake(d);
}

size_t decoder_samples(const struct decoder *d, struct str payload)
{
    size_t n = payload.len > 0 ? d->operations->samples(d->state, payload) : 0;
    return n <= d->samples_most ? n : 0;
}

size_t decoder_decode(struct decoder *d, struct str payload, int16_t *pcm)
{
    size_t n = decoder_samples(d, payload);
    if (n == 0 || !d->operations->decode(d->state, payload, pcm, n))
        return 0;
    if (d->conceal)
        conceal_learn(d->conceal, pcm, n);
    return n;
}

void decoder_recover(struct decoder *d, struct str next, int16_t *pcm, size_t n)
{
    if (d->conceal)
        conceal_make(d->conceal, pcm, n);
    else
        d->operations->conceal(d->state, next, pcm, n);
}

void decoder_conceal(struct decoder *d, int16_t *pcm, size_t n)
{
    decoder_recover(d, STR_NONE, pcm, n);
}
