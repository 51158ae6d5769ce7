/* Owns the form of the records of who has logged in to a group, and of what its members do. */
#include "element/groups.h"

static struct str take(struct str *rest, char end)
{
    size_t at = str_find(*rest, end);
    struct str taken = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at < rest->len ? at + 1 : at, rest->len);
    return taken;
}

void group_record_key(struct buf *b, const struct group *g)
{
    buf_put_lit(b, "group ");
    buf_put(b, g->key);
}

group_set group_record_read(struct str record, const struct group *g)
{
    group_set in = 0;
    while (record.len > 0) {
        unsigned i = group_member_of(g, take(&record, '\n'));
        in |= i < g->n ? UINT32_C(1) << i : 0;
    }
    return in;
}

static void put_line(struct buf *b, struct str line)
{
    if (line.len == 0 || b->len + line.len + 1 > b->cap)
        return;
    buf_put(b, line);
    buf_put_char(b, '\n');
}

void group_record_change(struct buf *b, struct str record, struct str member, bool in)
{
    if (in)
        put_line(b, member);
    while (record.len > 0) {
        struct str line = take(&record, '\n');
        if (!str_equal(line, member))
            put_line(b, line);
    }
}

void agent_state_key(struct buf *b, struct str member)
{
    buf_put_lit(b, "agent ");
    buf_put(b, member);
}

struct agent_state agent_state_read(struct str record)
{
    struct agent_state s = {0};
    uint64_t calls;
    if (!str_to_u64(take(&record, ' '), LIMIT_AGENT_CALLS, &calls) ||
        !str_to_u64(take(&record, ' '), UINT64_MAX, &s.ended) ||
        !str_to_u64(record, UINT64_MAX, &s.offered))
        return (struct agent_state){0};
    s.calls = (unsigned)calls;
    return s;
}

void agent_state_write(struct buf *b, const struct agent_state *s)
{
    buf_put_u64(b, s->calls);
    buf_put_char(b, ' ');
    buf_put_u64(b, s->ended);
    buf_put_char(b, ' ');
    buf_put_u64(b, s->offered);
}

void group_turn_key(struct buf *b, const struct group *g)
{
    buf_put_lit(b, "turn ");
    buf_put(b, g->key);
}
