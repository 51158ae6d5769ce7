/* Moves all ways through a regular expression over a text at once, each with the places of its
 * groups: as many turns as the text has bytes, each of as many steps as there are. */
#include <assert.h>
#include <string.h>

#include "base/regexp.h"

#define PLACES (2 * REGEXP_GROUPS)
#define PENDING (2 * LIMIT_REGEXP_STEPS + 2)

/* The ways that wait for the next byte, the preferred first. */
struct ways {
    unsigned n;
    uint16_t step[LIMIT_REGEXP_STEPS];
    uint16_t places[LIMIT_REGEXP_STEPS][PLACES];
};

/* A step to be taken, or (step < 0) a place to be restored. */
struct pending {
    int16_t step;
    uint16_t place, value;
};

struct run {
    const struct regexp *re;
    size_t len, at;
    uint16_t seen[LIMIT_REGEXP_STEPS]; /* at + 1 of the last time */
    uint16_t places[PLACES];
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

static void save(struct run *r, unsigned step, uint16_t place)
{
    push(r, (struct pending){-1, place, r->places[place]});
    push_step(r, (int)step + 1);
    r->places[place] = (uint16_t)r->at;
}

static void keep(struct run *r, struct ways *w, unsigned step)
{
    w->step[w->n] = (uint16_t)step;
    memcpy(w->places[w->n++], r->places, sizeof r->places);
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

static bool is_better(const uint16_t *best, const uint16_t *places, size_t end)
{
    return best[0] == REGEXP_UNSET || places[0] < best[0] ||
           (places[0] == best[0] && end > best[1]);
}

/* The ways that came here in full. */
static void look(const struct run *r, const struct ways *w, uint16_t best[PLACES])
{
    for (unsigned i = 0; i < w->n; i++)
        if (r->re->steps[w->step[i]].op == REGEXP_MATCH && is_better(best, w->places[i], r->at)) {
            memcpy(best, w->places[i], sizeof w->places[i]);
            best[1] = (uint16_t)r->at;
        }
}

static void set_all(uint16_t places[PLACES], uint16_t value)
{
    for (unsigned i = 0; i < PLACES; i++)
        places[i] = value;
}

static void begin_here(struct run *r, struct ways *w)
{
    set_all(r->places, REGEXP_UNSET);
    r->places[0] = (uint16_t)r->at;
    reach(r, w, 0);
}

/* Over one byte, to the place behind it. */
static void advance(struct run *r, const struct ways *now, uint8_t c, struct ways *next)
{
    r->at++;
    next->n = 0;
    for (unsigned i = 0; i < now->n; i++)
        if (takes(r->re, &r->re->steps[now->step[i]], c)) {
            memcpy(r->places, now->places[i], sizeof r->places);
            reach(r, next, now->step[i] + 1u);
        }
}

/* The text is looked at from its beginning on, and from `starts` places at most. */
static void run(const struct regexp *re, struct str text, size_t starts, uint16_t best[PLACES])
{
    struct run r;
    struct ways *now = &r.ways[0], *next = &r.ways[1];
    r.re = re;
    r.len = text.len;
    r.n_pending = now->n = 0;
    memset(r.seen, 0, re->n * sizeof r.seen[0]);
    set_all(best, REGEXP_UNSET);
    for (r.at = 0;;) {
        bool begins = r.at < starts && best[0] == REGEXP_UNSET;
        if (begins)
            begin_here(&r, now);
        look(&r, now, best);
        if (r.at == text.len || (now->n == 0 && !begins))
            return;
        advance(&r, now, (uint8_t)text.at[r.at], next);
        struct ways *spent = now;
        now = next;
        next = spent;
    }
}

bool regexp_match(const struct regexp *re, struct str text, uint16_t best[PLACES])
{
    if (text.len > REGEXP_TEXT)
        return false;
    run(re, text, text.len + 1, best);
    return best[0] != REGEXP_UNSET;
}

bool regexp_match_all(const struct regexp *re, struct str text)
{
    uint16_t best[PLACES];
    if (text.len > REGEXP_TEXT)
        return false;
    run(re, text, 1, best);
    return best[0] == 0 && best[1] == text.len;
}
