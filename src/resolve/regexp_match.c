/* Moves all ways through a regular expression over a text at once, each with the places of its
 * groups: as many turns as the text has bytes, each of as many steps as there are. */
#include <assert.h>
#include <string.h>

#include "resolve/regexp.h"

#define PLACES (2 * REGEXP_GROUPS)
#define PENDING (2 * LIMIT_REGEXP_STEPS + 2)

/* The ways that wait for the next byte, the preferred first. */
struct ways {
    unsigned n;
    uint16_t step[LIMIT_REGEXP_STEPS];
    uint8_t places[LIMIT_REGEXP_STEPS][PLACES];
};

/* A step to be taken, or (step < 0) a place to be restored. */
struct pending {
    int16_t step;
    uint8_t place, value;
};

struct run {
    const struct regexp *re;
    size_t len, at;
    uint16_t seen[LIMIT_REGEXP_STEPS]; /* at + 1 of the last time */
    uint8_t places[PLACES];
    struct ways ways[2];
    unsigned n_pending;
    struct pending pending[PENDING];
};

static void push(struct run *r, struct pending p)
{
    assert(r->n_pending < PENDING);
    r->pending[r->n_pending++] = p;
}

static void push_step(struct run *r, int step)
{
    push(r, (struct pending){.step = (int16_t)step});
}

static void save(struct run *r, unsigned step, uint8_t place)
{
    push(r, (struct pending){-1, place, r->places[place]});
    push_step(r, (int)step + 1);
    r->places[place] = (uint8_t)r->at;
}

static void keep(struct run *r, struct ways *w, unsigned step)
{
    w->step[w->n] = (uint16_t)step;
    memcpy(w->places[w->n++], r->places, PLACES);
}

static void take(struct run *r, struct ways *w, unsigned step)
{
    const struct regexp_step *s = &r->re->steps[step];
    if (r->seen[step] == r->at + 1)
        return;
    r->seen[step] = (uint16_t)(r->at + 1);
    if (s->op == REGEXP_SPLIT)
        push_step(r, (int)step + s->other);
    if (s->op == REGEXP_SPLIT || s->op == REGEXP_JUMP)
        push_step(r, (int)step + s->to);
    else if (s->op == REGEXP_SAVE)
        save(r, step, s->of);
    else if (s->op == REGEXP_BEGIN ? r->at == 0 : s->op == REGEXP_END && r->at == r->len)
        push_step(r, (int)step + 1);
    else if (s->op != REGEXP_BEGIN && s->op != REGEXP_END)
        keep(r, w, step);
}

/* All that can be reached from `step` without a byte. */
static void reach(struct run *r, struct ways *w, unsigned step)
{
    push_step(r, (int)step);
    while (r->n_pending > 0) {
        struct pending p = r->pending[--r->n_pending];
        if (p.step < 0)
            r->places[p.place] = p.value;
        else
            take(r, w, (unsigned)p.step);
    }
}

static bool takes(const struct regexp *re, const struct regexp_step *s, uint8_t c)
{
    if (s->op == REGEXP_CLASS)
        return re->classes[s->of][c / 64] >> c % 64 & 1;
    return s->op == REGEXP_ANY || (s->op == REGEXP_CHAR && s->of == c);
}

static bool is_better(const uint8_t *best, const uint8_t *places, size_t end)
{
    return best[0] == REGEXP_UNSET || places[0] < best[0] ||
           (places[0] == best[0] && end > best[1]);
}

/* The ways that came here in full; whether any goes on. */
static void look(const struct run *r, const struct ways *w, uint8_t best[PLACES])
{
    for (unsigned i = 0; i < w->n; i++)
        if (r->re->steps[w->step[i]].op == REGEXP_MATCH && is_better(best, w->places[i], r->at)) {
            memcpy(best, w->places[i], PLACES);
            best[1] = (uint8_t)r->at;
        }
}

static void begin_here(struct run *r, struct ways *w)
{
    memset(r->places, REGEXP_UNSET, PLACES);
    r->places[0] = (uint8_t)r->at;
    reach(r, w, 0);
}

bool regexp_match(const struct regexp *re, struct str text, uint8_t best[PLACES])
{
    struct run r = {.re = re, .len = text.len};
    struct ways *now = &r.ways[0], *next = &r.ways[1];
    memset(best, REGEXP_UNSET, PLACES);
    if (text.len > REGEXP_TEXT)
        return false;
    for (;; r.at++) {
        if (best[0] == REGEXP_UNSET)
            begin_here(&r, now);
        look(&r, now, best);
        if (r.at == text.len)
            break;
        next->n = 0;
        uint8_t c = (uint8_t)text.at[r.at++];
        for (unsigned i = 0; i < now->n; i++)
            if (takes(re, &re->steps[now->step[i]], c)) {
                memcpy(r.places, now->places[i], PLACES);
                reach(&r, next, now->step[i] + 1u);
            }
        r.at--;
        struct ways *spent = now;
        now = next;
        next = spent;
    }
    return best[0] != REGEXP_UNSET;
}
