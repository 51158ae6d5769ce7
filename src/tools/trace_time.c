/* Times of captures in UTC, without the C library's calendars, which need the system's clock
 * headers. */
#include "tools/trace_time.h"

#include "base/time.h"

const char trace_time_form[] = "no time such as 2024-05-17T08:30:00 (UTC) or seconds since 1970";

#define DAY_S 86400
#define SECOND ((int64_t)NS_PER_S)

/* Days since 1970 of a date of the Gregorian calendar, by years that begin in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

/* `digits` digits with `before` in front of them; nothing where the text has ended: *out stays. */
static bool take(struct str *s, char before, size_t digits, uint64_t most, int64_t *out)
{
    uint64_t n;

    if (s->len == 0)
        return true;
    if (before && s->at[0] != before)
        return false;
    if (before)
        *s = str_slice(*s, 1, s->len);
    if (s->len < digits || !str_to_u64(str_slice(*s, 0, digits), most, &n))
        return false;
    *s = str_slice(*s, digits, s->len);
    *out = (int64_t)n;
    return true;
}

/* The digits behind a point as nanoseconds. */
static bool take_part(struct str s, int64_t *out)
{
    uint64_t n = 0;
    size_t len = s.len > 9 ? 9 : s.len;

    *out = 0;
    if (len == 0 || !str_to_u64(str_slice(s, 0, len), NS_PER_S, &n))
        return false;
    for (; len < 9; len++)
        n *= 10;
    *out = (int64_t)n;
    return true;
}

static bool read_seconds(struct str s, int64_t *out)
{
    size_t point = str_find(s, '.');
    uint64_t seconds;
    int64_t part = 0;

    if (!str_to_u64(str_slice(s, 0, point), 9000000000, &seconds))
        return false;
    if (point < s.len && !take_part(str_slice(s, point + 1, s.len), &part))
        return false;
    *out = (int64_t)seconds * SECOND + part;
    return true;
}

static bool read_date(struct str s, int64_t *out)
{
    int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, part = 0;

    if (s.len > 0 && s.at[s.len - 1] == 'Z')
        s.len--;
    if (s.len < 10 || !take(&s, 0, 4, 2200, &year) || !take(&s, '-', 2, 12, &month) ||
        !take(&s, '-', 2, 31, &day) || !take(&s, 'T', 2, 23, &hour) ||
        !take(&s, ':', 2, 59, &minute) || !take(&s, ':', 2, 60, &second))
        return false;
    if (s.len > 0 && (s.at[0] != '.' || !take_part(str_slice(s, 1, s.len), &part)))
        return false;
    if (year < 1970 || month == 0 || day == 0)
        return false;
    *out = (days_of(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second) * SECOND + part;
    return true;
}

bool trace_time_read(struct str s, int64_t *out)
{
    return read_seconds(s, out) || read_date(s, out);
}

static void put_digits(struct buf *b, int64_t n, unsigned digits)
{
    char at[20];

    for (unsigned i = digits; i > 0; i--) {
        at[i - 1] = (char)('0' + n % 10);
        n /= 10;
    }
    buf_put(b, (struct str){at, digits});
}

/* The inverse of days_of. */
static void put_date(struct buf *b, int64_t days)
{
    int64_t z = days + 719468, era = z / 146097, day_of_era = z % 146097;
    int64_t year =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * day_of_year + 2) / 153, month = m < 10 ? m + 3 : m - 9;

    put_digits(b, year + era * 400 + (month <= 2), 4);
    buf_put_char(b, '-');
    put_digits(b, month, 2);
    buf_put_char(b, '-');
    put_digits(b, day_of_year - (153 * m + 2) / 5 + 1, 2);
}

void trace_time_put(struct buf *b, int64_t at)
{
    int64_t second = at / SECOND, of_day = second % DAY_S;

    put_date(b, second / DAY_S);
    buf_put_char(b, 'T');
    put_digits(b, of_day / 3600, 2);
    buf_put_char(b, ':');
    put_digits(b, of_day / 60 % 60, 2);
    buf_put_char(b, ':');
    put_digits(b, of_day % 60, 2);
    buf_put_char(b, '.');
    put_digits(b, at % SECOND / 1000, 6);
    buf_put_char(b, 'Z');
}
