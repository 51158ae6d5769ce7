/* Every limit as LIMIT_NAME. The values and their reasons stand in data/limits.def. */
#ifndef TANDEM_BASE_LIMITS_H
#define TANDEM_BASE_LIMITS_H

enum limit {
#define LIMIT(name, value, sentence) LIMIT_##name = (value),
#include "limits.def"
#undef LIMIT
};

#endif
