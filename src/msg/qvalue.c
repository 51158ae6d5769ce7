/* q values: how much a contact or a feature is preferred (RFC 3261 25.1). */
#include "msg/types.h"

bool qvalue_parse(struct str s, uint16_t *q)
{
    if (s.len == 0 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1'))
        return false;
    if (s.len > 1 && s.at[1] != '.')
        return false;
    unsigned n = s.at[0] == '1' ? 1000 : 0, weight = 100;
    for (size_t i = 2; i < s.len; i++, weight /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        n += (unsigned)(s.at[i] - '0') * weight;
    }
    if (n > 1000)
        return false;
    *q = (uint16_t)n;
    return true;
}
