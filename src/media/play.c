/* What is played: packets in their time, and something in the place of those that are missing. */
#include "play.h"
#include "stretch.h"

#include <string.h>

/* What is made up is made in slices of so many ms. */
#define SLICE_MS 10
/* The lag may be so much longer than it has to be before the voice is made shorter, */
#define TOO_LONG (15 * NS_PER_MS)
/* and so much shorter. */
#define TOO_SHORT (5 * NS_PER_MS)
/* Packets that have waited for so much longer than they have to are not played any more. */
#define STALE (LIMIT_JITTER_MS * NS_PER_MS)

static size_t slice_of(unsigned rate)
{
    return (size_t)rate * SLICE_MS / 1000;
}

static int64_t ticks_of(const struct playout *p, size_t samples)
{
    return (int64_t)(samples * p->codec->clock / p->codec_rate);
}

static size_t samples_of(const struct playout *p, int64_t ticks)
{
    return (size_t)ticks * p->codec_rate / p->codec->clock;
}

/* n samples at the codec's rate are ready to be played. */
static void append(struct playout *p, const int16_t *pcm, size_t n)
{
    if (p->n_ready + resample_most(&p->resample, n) <= p->room)
        p->n_ready += resample_run(&p->resample, pcm, n, p->ready + p->n_ready);
}

static void append_silence(struct playout *p)
{
    size_t n = slice_of(p->rate);
    memset(p->ready + p->n_ready, 0, n * sizeof *p->ready);
    p->n_ready += n;
}

/* The decoder for what comes next. False: there is no memory; the last one stays. */
static bool decode_with(struct playout *p, const struct codec *c)
{
    struct decoder *decoder;
    struct resample resample;
    unsigned rate = codec_rate(c, p->rate);
    if (c == p->codec)
        return true;
    if (decoder_new(p->mem, c, rate, &decoder) != OK)
        return false;
    if (!resample_begin(&resample, rate, p->rate)) {
        decoder_free(decoder);
        return false;
    }
    decoder_free(p->decoder);
    resample_end(&p->resample);
    p->codec = c;
    p->decoder = decoder;
    p->codec_rate = rate;
    p->resample = resample;
    p->frame = 0;
    return true;
}

static void count_made_up(struct playout *p, size_t n)
{
    p->concealed += n * p->rate / p->codec_rate;
}

/* --- waiting --- */

static void fill(struct playout *p)
{
    int16_t pcm[CODEC_SAMPLES];
    if (!p->decoder) {
        append_silence(p);
        return;
    }
    size_t n = slice_of(p->codec_rate);
    if (p->noisy)
        noise_make(&p->noise, pcm, n);
    else if (p->starved * 1000 < (size_t)LIMIT_CODEC_FADE_MS * p->codec_rate)
        decoder_conceal(p->decoder, pcm, n);
    else
        memset(pcm, 0, n * sizeof *pcm);
    p->starved += n;
    append(p, pcm, n);
}

/* When the first packet is to be played so that all have the delay that they need. */
static time_ns begins_at(const struct playout *p, const struct jitter_packet *first)
{
    time_ns target = delay_target(&p->delay);
    return first->arrival + (target > first->late ? target - first->late : 0);
}

static void drop_stale(struct playout *p)
{
    const struct jitter_packet *first = jitter_first(&p->jitter), *last = jitter_last(&p->jitter);
    time_ns most = delay_target(&p->delay) + STALE;
    while (first != last &&
           play_span(last->codec, last->timestamp - first->timestamp) > (int64_t)most) {
        jitter_drop(&p->jitter);
        p->late++;
        p->playing = false;
        first = jitter_first(&p->jitter);
        last = jitter_last(&p->jitter);
    }
}

static bool may_begin(struct playout *p, time_ns now)
{
    const struct jitter_packet *first = jitter_first(&p->jitter);
    if (!first || now < begins_at(p, first))
        return false;
    p->playing = true;
    p->at = first->timestamp;
    p->sequence = first->sequence - 1;
    p->starved = 0;
    p->lag = delay_target(&p->delay);
    if (first->late > p->lag)
        p->lag = first->late;
    return true;
}

/* --- playing --- */

/* The buffer is empty: what is heard goes on and the time of the stream stands still, for a while.
 */
static void starve(struct playout *p)
{
    count_made_up(p, slice_of(p->codec_rate));
    fill(p);
    if (p->starved * 1000 >= (size_t)LIMIT_CODEC_FADE_MS * p->codec_rate)
        p->playing = false;
}

/* Packets before `first` are lost. */
static void bridge(struct playout *p, const struct jitter_packet *first, int64_t gap)
{
    int16_t pcm[CODEC_SAMPLES];
    size_t missing = samples_of(p, gap), frame = p->frame > 0 ? p->frame : slice_of(p->codec_rate);
    size_t n = missing < frame ? missing : frame;
    if (missing <= frame && first->codec == p->codec)
        decoder_recover(p->decoder, first->payload, pcm, n);
    else
        decoder_conceal(p->decoder, pcm, n);
    append(p, pcm, n);
    count_made_up(p, n);
    p->at += ticks_of(p, n);
    if (missing <= frame) {
        p->at = first->timestamp;
        p->sequence = first->sequence - 1;
    }
}

static void play_noise(struct playout *p, const struct jitter_packet *packet)
{
    p->noisy = noise_take(&p->noise, packet->payload);
    p->playing = false;
    p->starved = 0;
}

/* As if it had been lost. How many samples that is. */
static size_t play_broken(struct playout *p, int16_t *pcm)
{
    p->broken++;
    if (!p->decoder || p->frame == 0)
        return 0;
    decoder_conceal(p->decoder, pcm, p->frame);
    count_made_up(p, p->frame);
    return p->frame;
}

static void play_voice(struct playout *p, const struct jitter_packet *packet)
{
    int16_t pcm[CODEC_SAMPLES];
    p->noisy = false;
    size_t n = decode_with(p, packet->codec) ? decoder_decode(p->decoder, packet->payload, pcm) : 0;
    if (n > 0)
        p->frame = n;
    else
        n = play_broken(p, pcm);
    if (n == 0) { /* there is nothing yet to play with */
        p->playing = false;
        return;
    }
    append(p, pcm, n);
    p->at = packet->timestamp + ticks_of(p, n);
}

static void play_first(struct playout *p)
{
    const struct jitter_packet *first = jitter_first(&p->jitter);
    p->at = first->timestamp;
    p->sequence = first->sequence;
    if (first->codec->kind == CODEC_NOISE)
        play_noise(p, first);
    else
        play_voice(p, first);
    jitter_drop(&p->jitter);
}

/* How far the first packet is ahead of what was played, less what was made up meanwhile. */
static int64_t gap_to(struct playout *p, const struct jitter_packet *first)
{
    int64_t gap = first->timestamp - p->at;
    if (gap > 0 && p->starved > 0) {
        int64_t made = ticks_of(p, p->starved);
        p->at += made < gap ? made : gap;
        gap = first->timestamp - p->at;
    }
    p->starved = 0;
    return gap;
}

static void play_on(struct playout *p)
{
    const struct jitter_packet *first = jitter_first(&p->jitter);
    if (!first) {
        starve(p);
        return;
    }
    int64_t gap = gap_to(p, first);
    if (gap <= 0)
        play_first(p);
    else if (p->decoder && jitter_misses(&p->jitter, p->sequence, first->sequence))
        bridge(p, first, gap);
    else
        p->playing = false; /* nothing was sent: a pause, after which the delay is set anew */
}

/* --- the delay --- */

static time_ns time_of(const struct playout *p, size_t n)
{
    return n * NS_PER_S / p->rate;
}

/* Towards the delay that is needed, a period at a time; not while something is being made up. */
static void adjust(struct playout *p)
{
    time_ns target = delay_target(&p->delay);
    size_t n = p->n_ready, before = PITCH_MOST(p->rate);
    if (!p->playing || p->starved > 0)
        return;
    if (p->lag > target + TOO_LONG)
        p->n_ready = stretch_shorten(p->ready, n, p->rate);
    else if (p->lag + TOO_SHORT < target)
        p->n_ready = stretch_lengthen(p->ready - before, before + n, p->rate) - before;
    p->lag = p->lag + time_of(p, p->n_ready) - time_of(p, n);
}

/* To be made shorter it takes more than one frame has. */
static bool wants_more(const struct playout *p)
{
    return p->playing && p->lag > delay_target(&p->delay) + TOO_LONG &&
           p->n_ready < PITCH_SPAN(p->rate) && p->jitter.n > 0;
}

static void go_on(struct playout *p, time_ns now)
{
    if (p->playing || may_begin(p, now))
        play_on(p);
    else
        fill(p);
}

void playout_take(struct playout *p, int16_t *pcm, size_t n, time_ns now)
{
    drop_stale(p);
    while (p->n_ready < n || wants_more(p))
        go_on(p, now);
    adjust(p);
    while (p->n_ready < n) /* it was made shorter */
        go_on(p, now);
    memcpy(pcm, p->ready, n * sizeof *pcm);
    size_t before = PITCH_MOST(p->rate);
    p->n_ready -= n;
    memmove(p->ready - before, p->ready - before + n, (before + p->n_ready) * sizeof *pcm);
    p->played += n;
}
