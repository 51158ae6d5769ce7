/* Owns what a server's guard sees and does in the simulated world, as a worker of the program does
 * it. Judges nobody: guard/ does. */
#include "sim/watch.h"

#include <assert.h>

#include "base/err.h"

#define SOURCES 256 /* more than there are nodes */
#define PACKETS_PER_S 20000
#define STRIKES 20
#define FEW 2 /* for bans to be met in runs as short as these */
#define BAN (60 * NS_PER_S)

struct meaning {
    int fact; /* enum guard_fact; -1: none */
    bool answers;
};

static const struct meaning meanings[N_ELEMENT_NOTES] = {
    [NOTE_BAD_MESSAGE] = {GUARD_BAD_MESSAGE, false},   [NOTE_CUT_SHORT] = {GUARD_CUT_SHORT, false},
    [NOTE_CHALLENGED] = {GUARD_CHALLENGED, false},     [NOTE_AUTH_OK] = {GUARD_GOOD, true},
    [NOTE_AUTH_FAILED] = {GUARD_AUTH_FAILED, true},    [NOTE_FORBIDDEN] = {GUARD_FORBIDDEN, false},
    [NOTE_UNKNOWN_USER] = {GUARD_UNKNOWN_USER, false}, [NOTE_REGISTERED] = {-1, false},
};

static struct guard_config config_of(struct world *w, const struct addr_block *trusted, size_t n)
{
    return (struct guard_config){.mem = &w->elements_heap.mem,
                                 .key = {w->seed, 0x6775617264},
                                 .sources = SOURCES,
                                 .packets_per_s = PACKETS_PER_S,
                                 .strikes = w->temper == TEMPER_HOSTILE ? FEW : STRIKES,
                                 .ban = BAN,
                                 .trusted = trusted,
                                 .n_trusted = n};
}

struct guard *watch_begin(struct world *w, const struct addr_block *trusted, size_t n)
{
    const struct guard_config c = config_of(w, trusted, n);
    struct guard *g = guard_new(&c);
    assert(g);
    return g;
}

void watch_anew(struct guard *g, struct world *w, const struct addr_block *trusted, size_t n,
                time_ns now)
{
    const struct guard_config c = config_of(w, trusted, n);
    int err = guard_reconfigure(g, &c, now);
    (void)err; /* without memory the old one stays */
}

bool watch_note(struct guard *g, const struct element_note *n, time_ns now, struct guard_ban *ban)
{
    const struct meaning *m = &meanings[n->kind];
    bool proven = m->answers || transport_is_reliable(n->flow.transport);
    return m->fact >= 0 && guard_tell(g, &n->flow.remote, (enum guard_fact)m->fact,
                                      proven ? GUARD_PROVEN : GUARD_FORGEABLE, now, ban);
}
