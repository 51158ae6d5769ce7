/* How good a call is heard, by ITU-T G.107's E-model with its default values: what remains of it is
 * delay, the codec, and loss. Its scale is that of narrow band: a codec of a wider band is rated by
 * what it loses, not by what it has more. */
#ifndef TANDEM_MEDIA_QUALITY_H
#define TANDEM_MEDIA_QUALITY_H

struct quality {
    double delay_ms;     /* from mouth to ear */
    double loss_percent; /* of packets, what came too late included */
    double ie, bpl;      /* of the codec (codec/codec.h); bpl 0: it has none, and G.711's counts */
};

/* R, 0 to 93.2. */
double quality_rating(const struct quality *);
/* What listeners would say of it, 1 to 4.5 (G.107 Annex B). */
double quality_mos(double r);

#endif
