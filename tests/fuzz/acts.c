/* Reads acts; every byte string is a list of them. */
#include "acts.h"

void acts_init(struct acts *a, const uint8_t *data, size_t size)
{
    *a = (struct acts){data, data + size};
}

static void pass_blanks(struct acts *a)
{
    bool comment = false;
    for (; a->at < a->end; a->at++) {
        uint8_t c = *a->at;
        if (c == '#')
            comment = true;
        else if (c == '\n')
            comment = false;
        else if (!comment && c != ' ')
            return;
    }
}

bool acts_next(struct acts *a, char *letter)
{
    pass_blanks(a);
    if (a->at == a->end)
        return false;
    *letter = (char)('a' + (*a->at++ + 31) % 32 % 26);
    return true;
}

unsigned acts_digit(struct acts *a, unsigned n)
{
    pass_blanks(a);
    if (a->at == a->end)
        return 0;
    uint8_t c = *a->at++;
    return (uint8_t)(c >= 'a' ? c - 'a' + 10 : c - '0') % n;
}

struct str acts_text(struct acts *a)
{
    const uint8_t *from = a->at;
    while (a->at < a->end && *a->at != '^')
        a->at++;
    struct str s = {(const char *)from, (size_t)(a->at - from)};
    a->at += a->at < a->end;
    return s;
}
