/* A resolver in virtual time over a zone's text: what it asks is answered from there. */
#ifndef TANDEM_TESTS_RESOLVE_RIG_H
#define TANDEM_TESTS_RESOLVE_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "../../sim/zone.h"
#include "../base/mem_counting.h"
#include "resolve/resolve.h"

struct rig {
    struct mem_counting mem;
    struct block_pool blocks;
    struct hosts *zone;
    struct resolver *r;
    time_ns now;
    uint32_t ttl_s;
    bool dead;          /* the name server: every question fails */
    unsigned questions; /* asked */
    char asked[2048];   /* "NAPTR example.com\n…" */
    unsigned n;
    struct resolve_target targets[LIMIT_RESOLVE_TARGETS];
};

/* UDP, TCP by IPv4; `text`: the zone. */
void rig_new(struct rig *, const char *text);
/* Frees and checks that no memory is left. */
void rig_end(struct rig *);
/* Finds the host's targets, answering all questions; the targets are printed as
 * "udp 192.0.2.1:5060\n…". Borrowed until the next call. */
const char *rig_find(struct rig *, struct resolve_request);
/* The same of "example.com" with neither port nor transport. */
const char *rig_domain(struct rig *);
struct addr rig_addr(const char *);
/* Answers one open question. False: none is. */
bool rig_answer(struct rig *);

#endif
