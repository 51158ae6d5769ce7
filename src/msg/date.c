/* Decodes Date (RFC 3261 20.17): "Sat, 13 Nov 2010 23:29:00 GMT". Reads no clock. */
#include "msg/decode.h"

struct parts {
    unsigned year, month, day, hour, minute, second; /* month 0-11 */
};

/* The index of the three letters at the cursor in `names`; -1: none of them. */
static int name_scan(struct cursor *c, const char *names)
{
    if (c->end - c->at < 3)
        return -1;
    for (int i = 0; names[i * 3]; i++) {
        if (!name_is((struct str){c->at, 3}, names + (size_t)i * 3, 3))
            continue;
        c->at += 3;
        return i;
    }
    return -1;
}

static bool digits_scan(struct cursor *c, unsigned n, unsigned *out)
{
    unsigned value = 0;
    for (; n > 0; n--, c->at++) {
        if (!lex_is(cursor_peek(c), LEX_DIGIT))
            return false;
        value = value * 10 + (unsigned)(*c->at - '0');
    }
    *out = value;
    return true;
}

/* SP of the grammar; LWS may stand for it (RFC 3261 25.1). */
static bool space_scan(struct cursor *c)
{
    const char *from = c->at;
    cursor_skip_lws(c);
    return c->at > from;
}

static bool day_scan(struct cursor *c, struct parts *p)
{
    if (name_scan(c, "montuewedthufrisatsun") < 0 || !cursor_take(c, ',') || !space_scan(c) ||
        !digits_scan(c, 2, &p->day) || !space_scan(c))
        return false;
    int month = name_scan(c, "janfebmaraprmayjunjulaugsepoctnovdec");
    p->month = (unsigned)month;
    return month >= 0 && space_scan(c) && digits_scan(c, 4, &p->year) && space_scan(c);
}

static bool time_scan(struct cursor *c, struct parts *p)
{
    return digits_scan(c, 2, &p->hour) && cursor_take(c, ':') && digits_scan(c, 2, &p->minute) &&
           cursor_take(c, ':') && digits_scan(c, 2, &p->second) && space_scan(c);
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* A leap second is legal. */
static bool is_real(const struct parts *p)
{
    static const uint8_t lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned length = lengths[p->month] + (p->month == 1 && is_leap(p->year) ? 1U : 0U);
    return p->day >= 1 && p->day <= length && p->hour < 24 && p->minute < 60 && p->second <= 60;
}

/* Days since 1970-01-01 in the Gregorian calendar, years counted from March. */
static int64_t days_of(const struct parts *p)
{
    int64_t year = (int64_t)p->year - (p->month < 2);
    int64_t month = p->month < 2 ? p->month + 10 : p->month - 2;
    int64_t era_days = year * 365 + year / 4 - year / 100 + year / 400;
    return era_days + (month * 153 + 2) / 5 + p->day - 1 - 719468;
}

void *decode_date(struct decoder *d)
{
    struct date *v = decode_alloc(d, sizeof *v);
    struct parts p = {0};
    if (!v)
        return NULL;
    if (!day_scan(&d->c, &p) || !time_scan(&d->c, &p) || name_scan(&d->c, "gmt") < 0 ||
        !cursor_done(&d->c)) {
        decode_fail(d, d->c.at, MSG_E_BAD_DATE);
        return NULL;
    }
    if (!is_real(&p)) {
        decode_fail(d, d->c.at, MSG_E_BAD_DATE);
        return NULL;
    }
    v->unix_s = days_of(&p) * 86400 + p.hour * 3600 + p.minute * 60 + p.second;
    return v;
}
