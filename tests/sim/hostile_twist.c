/* Messages seen on the wire, changed as no one should change them. */
#include <assert.h>

#include "sim/hostile.h"

/* --- bytes --- */

static void flip(struct world *w, struct buf *b)
{
    for (unsigned n = 1 + (unsigned)world_below(w, 8); n > 0; n--)
        b->at[world_below(w, b->len)] ^= (char)(1u << world_below(w, 8));
}

static void cut(struct world *w, struct buf *b)
{
    b->len = 1 + (size_t)world_below(w, b->len);
}

static void insert(struct buf *b, size_t at, const char *from, size_t len)
{
    if (len > b->cap - b->len)
        return;
    memmove(b->at + at + len, b->at + at, b->len - at);
    memcpy(b->at + at, from, len);
    b->len += len;
}

/* A piece of it comes twice. */
static void repeat(struct world *w, struct buf *b)
{
    char piece[512];
    size_t at = (size_t)world_below(w, b->len);
    size_t len = 1 + (size_t)world_below(w, b->len - at);
    len = len < sizeof(piece) ? len : sizeof(piece);
    memcpy(piece, b->at + at, len);
    insert(b, at, piece, len);
}

/* --- lines --- */

struct line {
    size_t at, len; /* with its LF */
};

/* A random one of the lines behind the first. False: there is none. */
static bool any_line(struct world *w, const struct buf *b, struct line *l)
{
    struct str s = buf_str(b);
    size_t at = str_find(s, '\n') + 1;
    for (unsigned skip = (unsigned)world_below(w, 12); at < s.len; skip--) {
        size_t len = str_find(str_slice(s, at, s.len), '\n') + 1;
        len = len < s.len - at ? len : s.len - at;
        *l = (struct line){at, len};
        if (skip == 0)
            return true;
        at += len;
    }
    return false;
}

static void drop_line(struct world *w, struct buf *b)
{
    struct line l;
    if (!any_line(w, b, &l) || l.len == b->len)
        return;
    memmove(b->at + l.at, b->at + l.at + l.len, b->len - l.at - l.len);
    b->len -= l.len;
}

/* A line once more, elsewhere. */
static void double_line(struct world *w, struct buf *b)
{
    char copy[1024];
    struct line l, to;
    if (!any_line(w, b, &l) || !any_line(w, b, &to) || l.len > sizeof(copy))
        return;
    memcpy(copy, b->at + l.at, l.len);
    insert(b, to.at, copy, l.len);
}

static void swap_lines(struct world *w, struct buf *b)
{
    char copy[1024];
    struct line l;
    if (!any_line(w, b, &l) || l.len > sizeof(copy) || l.len == b->len)
        return;
    memcpy(copy, b->at + l.at, l.len);
    memmove(b->at + l.at, b->at + l.at + l.len, b->len - l.at - l.len);
    b->len -= l.len;
    struct line to;
    if (any_line(w, b, &to))
        insert(b, to.at, copy, l.len);
}

/* --- the start line --- */

static void replace_start(struct buf *b, struct str old, struct str new)
{
    memmove(b->at, b->at + old.len, b->len - old.len);
    b->len -= old.len;
    insert(b, 0, new.at, new.len);
}

static void change_start(struct world *w, struct buf *b)
{
    static const char *const methods[] = {"INVITE", "ACK",    "BYE",   "CANCEL", "REGISTER",
                                          "UPDATE", "invite", "PRACK", ""};
    static const char *const statuses[] = {"SIP/2.0 100", "SIP/2.0 180", "SIP/2.0 200",
                                           "SIP/2.0 302", "SIP/2.0 487", "SIP/2.0 699",
                                           "SIP/2.0 099", "SIP/3.0 200"};
    struct str s = buf_str(b);
    if (str_starts(s, STR("SIP/2.0 ")) && s.len > 11)
        replace_start(b, str_slice(s, 0, 11), str_from(statuses[world_below(w, 8)]));
    else
        replace_start(b, str_slice(s, 0, str_find(s, ' ')), str_from(methods[world_below(w, 9)]));
}

void hostile_twist(struct world *w, struct buf *text)
{
    static void (*const changes[])(struct world *, struct buf *) = {
        flip, cut, repeat, drop_line, double_line, swap_lines, change_start};
    for (unsigned n = 1 + (unsigned)world_below(w, 3); n > 0 && text->len > 0; n--)
        changes[world_below(w, sizeof changes / sizeof *changes)](w, text);
}

void hostile_replay(struct hostile *h)
{
    static char at[HOSTILE_TEXT];
    struct world *w = h->node.w;
    const struct rung *r = hostile_rung(h);
    struct buf b;
    if (!r || r->len == 0 || r->len > sizeof(at))
        return;
    buf_init(&b, at, sizeof(at));
    buf_put(&b, (struct str){r->text, r->len});
    if (world_chance(w, 850))
        hostile_twist(w, &b);
    const struct node *to = r->to && world_chance(w, 700) ? r->to : hostile_target(h);
    const struct node *from = world_chance(w, 500) ? r->from : &h->node;
    hostile_send(h, &from->addr, &to->addr, buf_str(&b));
}
