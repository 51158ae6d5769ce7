/* How a stream does. */
#include "audio.h"
#include "media/quality.h"

static double in_ms(uint64_t ticks, unsigned clock)
{
    return clock > 0 ? (double)ticks * 1000 / clock : 0;
}

static double percent(double part, double whole)
{
    double p = whole > 0 ? part * 100 / whole : 0;
    return p < 0 ? 0 : p > 100 ? 100 : p;
}

static void report_loss(const struct audio_stream *a, struct audio_report *r)
{
    double expected = (double)a->past.expected;
    r->lost = a->past.lost;
    if (a->has_source) {
        r->lost += rtp_source_lost(&a->source);
        expected += rtp_source_expected(&a->source);
        r->jitter_ms = in_ms(rtp_source_jitter(&a->source), a->session.heard_clock);
    }
    /* a duplicate is no packet that came for another one */
    double missing = (double)r->lost + (double)(r->duplicates + r->late);
    r->lost_percent = percent(missing, expected);
    r->concealed_percent = percent((double)a->playout.concealed, (double)a->playout.played);
}

static void report_them(const struct audio_stream *a, struct audio_report *r)
{
    const struct rtp_echo *echo = &a->session.echo;
    r->told = echo->told;
    r->their_lost_percent = echo->lost_of_256 * 100 / 256.0;
    r->their_jitter_ms = in_ms(echo->jitter, a->session.settings.clock);
    r->round_trip_ms = echo->round_trip > 0 ? (double)echo->round_trip / 1e6 : -1;
}

static void rate_it(struct audio_report *r)
{
    double trip = r->round_trip_ms > 0 ? r->round_trip_ms : 0;
    struct quality q = {.delay_ms = trip / 2 + r->delay_ms + r->ptime,
                        .loss_percent = r->lost_percent,
                        .ie = r->hears ? r->hears->ie : 0,
                        .bpl = r->hears ? r->hears->bpl : 0};
    r->r = quality_rating(&q);
    r->mos = quality_mos(r->r);
}

void audio_stream_report(const struct audio_stream *a, struct audio_report *r)
{
    *r = (struct audio_report){.sends = a->sender.terms.codec,
                               .hears = a->hears,
                               .ptime = a->sender.terms.ptime,
                               .sent = a->sent,
                               .sent_bytes = a->sent_bytes,
                               .received = a->received,
                               .received_bytes = a->received_bytes,
                               .late = a->playout.late,
                               .duplicates = a->playout.duplicates,
                               .strangers = a->strangers,
                               .unknown = a->unknown,
                               .delay_ms = (double)a->playout.lag / 1e6,
                               .level_sent = level_now(&a->level_sent),
                               .level_heard = level_now(&a->level_heard)};
    report_loss(a, r);
    report_them(a, r);
    rate_it(r);
}
