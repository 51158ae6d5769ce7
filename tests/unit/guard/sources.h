/* What the tests of the guard share: addresses, a guard of a given size, facts by the dozen. */
#ifndef TANDEM_TESTS_GUARD_SOURCES_H
#define TANDEM_TESTS_GUARD_SOURCES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "base/err.h"
#include "base/limits.h"
#include "guard/guard.h"

#define T0 (1000 * NS_PER_S)
#define STRIKES 20
#define GUESSES 22 /* wrong answers that weigh as much: each with its challenge a strike */
#define BAN (60 * NS_PER_S)
#define DAY (24 * 3600 * NS_PER_S)

static inline struct addr addr_of(const char *text)
{
    struct addr a;

    assert_true(addr_parse_ip(str_from(text), &a));
    a.port = 5060;
    return a;
}

/* 10.0.0.0 and what follows. */
static inline struct addr addr_nth(unsigned n)
{
    struct addr a = {.family = ADDR_IP4, .port = 5060};

    a.ip[0] = 10;
    a.ip[1] = (uint8_t)(n >> 16);
    a.ip[2] = (uint8_t)(n >> 8);
    a.ip[3] = (uint8_t)n;
    return a;
}

static inline struct guard_config config_of(struct mem *mem)
{
    return (struct guard_config){
        .mem = mem, .key = {1, 2}, .sources = 64, .strikes = STRIKES, .ban = BAN};
}

/* Tells `fact` up to `most` times at one moment; how often until a ban, 0: none came. */
static inline unsigned tell_until_ban(struct guard *g, const struct addr *a, enum guard_fact fact,
                                      enum guard_proof proof, unsigned most, time_ns now,
                                      struct guard_ban *ban)
{
    for (unsigned i = 1; i <= most; i++)
        if (guard_tell(g, a, fact, proof, now, ban))
            return i;
    return 0;
}

#endif
