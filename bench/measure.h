/* What the parser measurements share: the messages, the clock, the count of allocations, the line
 * that is printed. Knows no parser. */
#ifndef TANDEM_BENCH_MEASURE_H
#define TANDEM_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads one message; false: it was not understood, and the measurement says so. The bytes may not
 * change. */
typedef bool measure_parse(const char *bytes, size_t len);

/* A parser: who ("tandem", "libosip2 5.3.0") and what it does with each message. */
struct measured {
    const char *who, *what;
    measure_parse *parse;
};

/* Measures each parser with each message of the folder bench/ of the test data (TANDEM_TESTDATA,
 * else ../shared/testdata): CPU time of the process, the median of five runs, allocations by one
 * message, as JSON Lines. Returns the exit status: 0; 1: a message was not
 * understood; 2: no messages. */
int measure_main(const struct measured *parsers, size_t n);

#endif
