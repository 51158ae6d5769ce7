/* Digits in their time. */
#include "dial.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

static const char names[] = "0123456789*#ABCD";

#define MS_LEAST 40 /* ITU-T Q.24: what a receiver has to notice */
#define MS_MOST 5000
#define DURATION_MOST 0xffffU
#define END 0x80
#define VOLUME 10 /* -dBm0, of each of the two tones */
#define ENDS 3    /* RFC 4733 2.5.1.4 */

int dial_event(char digit)
{
    char upper = digit >= 'a' && digit <= 'd' ? (char)(digit - 'a' + 'A') : digit;
    const char *at = digit ? strchr(names, upper) : NULL;
    return at ? (int)(at - names) : -1;
}

char dial_key(unsigned event)
{
    return names[event];
}

/* "7" or "0-15"; the keys among them are added. False: it is neither. */
static bool add_range(struct str range, uint16_t *keys)
{
    size_t dash = str_find(range, '-');
    uint64_t first, last;
    if (!str_to_u64(str_slice(range, 0, dash), UINT8_MAX, &first))
        return false;
    last = first;
    if (dash < range.len && !str_to_u64(str_slice(range, dash + 1, range.len), UINT8_MAX, &last))
        return false;
    for (uint64_t i = first; i <= last && i < 16; i++)
        *keys |= (uint16_t)(1U << i);
    return true;
}

uint16_t dial_listed(struct str events)
{
    uint16_t keys = 0;
    if (events.len == 0)
        return DIAL_ALL;
    while (events.len > 0) {
        size_t end = str_find(events, ',');
        if (!add_range(str_trim(str_slice(events, 0, end)), &keys))
            return DIAL_ALL;
        events = str_slice(events, end + 1, events.len);
    }
    return keys;
}

static bool is_among(int event, uint16_t keys)
{
    return event >= 0 && (keys >> event & 1);
}

void dial_keep(struct dial *d, uint16_t keys)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < d->n; i++) {
        if (is_among(d->waiting[i].event, keys))
            d->waiting[kept++] = d->waiting[i];
        else if (i == 0)
            d->begun = false;
    }
    d->n = kept;
}

int dial_put(struct dial *d, struct str digits, uint16_t keys, unsigned ms, unsigned gap_ms)
{
    if (ms < MS_LEAST || ms > MS_MOST || gap_ms < MS_LEAST || gap_ms > MS_MOST)
        return ERR_INVALID;
    for (size_t i = 0; i < digits.len; i++)
        if (!is_among(dial_event(digits.at[i]), keys))
            return ERR_INVALID;
    if (digits.len > LIMIT_AUDIO_DIGITS - d->n)
        return ERR_LIMIT;
    for (size_t i = 0; i < digits.len; i++)
        d->waiting[d->n++] =
            (struct dial_digit){(uint8_t)dial_event(digits.at[i]), (uint16_t)ms, (uint16_t)gap_ms};
    return OK;
}

bool dial_is_idle(const struct dial *d)
{
    return d->n == 0;
}

static void next_digit(struct dial *d)
{
    d->n--;
    memmove(d->waiting, d->waiting + 1, d->n * sizeof d->waiting[0]);
    d->begun = false;
}

static void begin_digit(struct dial *d, uint32_t start)
{
    d->begun = true;
    d->start = start;
    d->passed = d->reported = 0;
    d->ends = 0;
}

static void print(struct dial_packet *out, const struct dial_digit *digit, bool end,
                  uint32_t duration)
{
    out->payload[0] = digit->event;
    out->payload[1] = (uint8_t)((end ? END : 0) | VOLUME);
    out->payload[2] = (uint8_t)(duration >> 8);
    out->payload[3] = (uint8_t)duration;
}

/* RFC 4733 2.5.1.3: what is longer than a duration can say goes in segments, each of which begins
 * where the last one ended. */
static void report(struct dial *d, uint32_t lasts, struct dial_packet *out)
{
    uint32_t so_far = d->passed < lasts ? d->passed : lasts, duration = so_far - d->reported;
    bool full = duration > DURATION_MOST, end = !full && so_far == lasts;
    out->timestamp = d->start + d->reported;
    if (full) {
        duration = DURATION_MOST;
        d->reported += DURATION_MOST;
    }
    d->ends += end;
    print(out, &d->waiting[0], end, duration);
}

bool dial_event_due(struct dial *d, unsigned clock, uint32_t now, uint32_t ticks,
                    struct dial_packet *out)
{
    if (d->n == 0)
        return false;
    out->marker = !d->begun;
    if (!d->begun)
        begin_digit(d, now - ticks);
    d->passed += ticks;
    const struct dial_digit *digit = &d->waiting[0];
    if (d->ends < ENDS) {
        report(d, digit->ms * clock / 1000, out);
        return true;
    }
    if (d->passed >= (digit->ms + digit->gap_ms) * clock / 1000)
        next_digit(d);
    return false;
}

/* ITU-T Q.23: a row and a column of the keys. */
static void frequencies(unsigned event, double *low, double *high)
{
    static const double rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
    static const char places[] = "123A456B789C*0#D";
    size_t at = (size_t)(strchr(places, dial_key(event)) - places);
    *low = rows[at / 4];
    *high = columns[at % 4];
}

static int16_t tone_at(double low, double high, uint32_t at, unsigned rate)
{
    /* 0 dBm0 is a sine 3.14 dB below full scale */
    static const double amplitude = 32767 * 0.6966 * 0.3162;
    double angle = 2 * M_PI * (double)at / rate;
    return (int16_t)(amplitude * (sin(low * angle) + sin(high * angle)));
}

bool dial_tone(struct dial *d, unsigned rate, int16_t *pcm, size_t n)
{
    if (d->n == 0)
        return false;
    if (!d->begun)
        begin_digit(d, 0);
    const struct dial_digit *digit = &d->waiting[0];
    uint32_t lasts = digit->ms * rate / 1000;
    double low, high;
    frequencies(digit->event, &low, &high);
    for (size_t i = 0; i < n; i++, d->passed++)
        pcm[i] = d->passed < lasts ? tone_at(low, high, d->passed, rate) : 0;
    if (d->passed >= lasts + digit->gap_ms * rate / 1000)
        next_digit(d);
    return true;
}
