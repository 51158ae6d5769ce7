/* The E-model (ITU-T G.107) as far as packets have a part in it. */
#include "media/quality.h"

/* G.107 with all default values. */
#define BEST 93.2
/* G.113 Appendix I: of G.711 with its concealment; for codecs that it does not list, too. */
#define BPL_USUAL 25.1
/* R. G. Cole, J. H. Rosenbluth, "Voice over IP performance monitoring" (2001): G.107's figure of
 * delay as two lines. */
#define DELAY_SLOPE 0.024
#define DELAY_STEEPER 0.11
#define DELAY_KNEE 177.3

static double of_delay(double ms)
{
    return DELAY_SLOPE * ms + (ms > DELAY_KNEE ? DELAY_STEEPER * (ms - DELAY_KNEE) : 0);
}

/* G.107 7.3: the effective equipment impairment, of losses at random. */
static double of_equipment(const struct quality *q)
{
    double bpl = q->bpl > 0 ? q->bpl : BPL_USUAL;
    return q->ie + (95 - q->ie) * q->loss_percent / (q->loss_percent + bpl);
}

double quality_rating(const struct quality *q)
{
    double r = BEST - of_delay(q->delay_ms) - of_equipment(q);
    return r > 0 ? r : 0;
}

double quality_mos(double r)
{
    double mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
    return mos < 1 ? 1 : mos > 4.5 ? 4.5 : mos;
}
