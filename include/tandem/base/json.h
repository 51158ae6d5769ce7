/* JSON values on a stream. */
#ifndef TANDEM_BASE_JSON_H
#define TANDEM_BASE_JSON_H

#include <stdio.h>

#include "base/str.h"

/* A string with its quotes, escaped. Bytes that are not UTF-8 come out as U+FFFD, one each. */
void json_string(FILE *f, struct str s);

#endif
