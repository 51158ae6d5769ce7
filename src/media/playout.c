/* How packets are put in order and what their delay is; playing them is in play.c. */
#include "playout.h"

#include <stdlib.h>

#include "play.h"

/* Timestamps that leave the pace of time by so much have begun anew. */
#define LEAP (2 * NS_PER_S)

int playout_begin(struct playout *p, struct mem *mem, unsigned rate)
{
    size_t room = PLAY_ROOM(rate), before = PITCH_MOST(rate);
    int16_t *samples = mem_alloc_zero(mem, (before + room) * sizeof *samples);
    if (!samples)
        return ERR_NOMEM;
    *p = (struct playout){
        .mem = mem, .rate = rate, .ready = samples + before, .room = room, .noise.random = 1};
    jitter_begin(&p->jitter, mem);
    delay_begin(&p->delay);
    return OK;
}

void playout_end(struct playout *p)
{
    jitter_clear(&p->jitter);
    decoder_free(p->decoder);
    resample_end(&p->resample);
    size_t before = PITCH_MOST(p->rate);
    mem_free(p->mem, p->ready - before, (before + p->room) * sizeof *p->ready);
}

void playout_restart(struct playout *p)
{
    jitter_clear(&p->jitter);
    delay_begin(&p->delay);
    p->playing = p->noisy = false;
    p->last.codec = NULL;
}

/* Has the sender's time gone otherwise than ours since the last packet, or by another clock? */
static bool has_leapt(const struct playout *p, const struct jitter_packet *packet)
{
    const struct jitter_packet *last = &p->last;
    if (!last->codec)
        return false;
    int64_t sent = play_span(packet->codec, packet->timestamp - last->timestamp);
    int64_t passed = (int64_t)(packet->arrival - last->arrival);
    return last->codec->clock != packet->codec->clock || llabs(passed - sent) > (int64_t)LEAP;
}

/* How long after the fastest packet this one's time comes, as things are. */
static void measure(struct playout *p, const struct jitter_packet *packet)
{
    int64_t ahead = play_span(packet->codec, packet->timestamp - p->at);
    int64_t lag = ahead + (int64_t)packet->late + (int64_t)(p->n_ready * NS_PER_S / p->rate);
    int64_t smooth = (int64_t)p->lag + (lag - (int64_t)p->lag) / 8;
    p->lag = smooth > 0 ? (time_ns)smooth : 0;
}

static bool is_late(const struct playout *p, const struct jitter_packet *packet)
{
    return p->playing && packet->timestamp < p->at && packet->sequence <= p->sequence;
}

void playout_put(struct playout *p, const struct rtp_packet *rtp, const struct codec *codec,
                 time_ns now)
{
    struct jitter_packet packet = {.codec = codec, .arrival = now, .payload = rtp->payload};
    if (rtp->payload.len == 0)
        return;
    if (!jitter_see(&p->jitter, rtp->sequence, &packet.sequence)) {
        p->duplicates++;
        return;
    }
    packet.timestamp = jitter_extend(&p->jitter, rtp->timestamp);
    if (has_leapt(p, &packet)) {
        playout_restart(p);
        (void)jitter_see(&p->jitter, rtp->sequence, &packet.sequence);
    }
    p->last = packet;
    p->last.payload = STR_NONE;
    if (is_late(p, &packet)) {
        p->late++;
        return;
    }
    packet.late = delay_take(&p->delay, now, play_span(codec, packet.timestamp));
    if (p->playing)
        measure(p, &packet);
    if (jitter_put(&p->jitter, &packet) != OK)
        p->broken++;
}

void playout_skip(struct playout *p, const struct rtp_packet *rtp)
{
    uint32_t sequence;
    if (!jitter_see(&p->jitter, rtp->sequence, &sequence))
        p->duplicates++;
}
