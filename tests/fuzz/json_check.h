/* A judge of JSON texts that shares nothing with what writes them (RFC 8259, RFC 3629). */
#ifndef TANDEM_TESTS_FUZZ_JSON_CHECK_H
#define TANDEM_TESTS_FUZZ_JSON_CHECK_H

#include "base/str.h"

/* Is all of it one value, with white space nowhere but at its end? Nesting is at most 64 deep. */
bool json_is_valid(struct str text);

#endif
