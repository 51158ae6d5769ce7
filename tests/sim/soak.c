/* Runs storms, seed after seed, for a given time: `soak SECONDS [FIRST_SEED [SCARCE]]`. It stops at
 * the first violation; the last line counts seeds, messages and violations, and the status tells
 * the truth. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/check.h"
#include "sim/storm.h"

static uint64_t seeds, messages;

static void tell(unsigned violations)
{
    printf("%" PRIu64 " seeds, %" PRIu64 " messages, %u violations\n", seeds, messages, violations);
}

static void stop_at_violation(const char *file, int line)
{
    (void)file;
    (void)line;
    tell(1);
    exit(1);
}

static uint64_t number(const char *text, uint64_t fallback)
{
    uint64_t n;
    return text && str_to_u64(str_from(text), UINT32_MAX, &n) ? n : fallback;
}

int main(int argc, char **argv)
{
    time_t end = time(NULL) + (time_t)number(argc > 1 ? argv[1] : NULL, 10);
    uint64_t seed = number(argc > 2 ? argv[2] : NULL, 1);
    unsigned scarce = (unsigned)number(argc > 3 ? argv[3] : NULL, 0);
    check_on_violation = stop_at_violation;
    do {
        seeds++;
        messages += storm_run(seed++, scarce).messages;
    } while (time(NULL) < end);
    tell(0);
    return 0;
}
