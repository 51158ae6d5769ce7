/* Judges how often and how long a request travels; looks at the wire only. */
#include "sim/check.h"
#include "sim/groups.h"
#include "sim/wire.h"

#define HOPS_MAX 71       /* RFC 3261 8.1.1.6: Max-Forwards starts at 70 */
#define COPIES_MAX 200    /* of one request by one server: forks to all users of all domains */
#define BYTES_PER_HOP 640 /* a Via and a Record-Route with its flow */

static unsigned hops_of(const struct rung *r)
{
    unsigned n = 0;
    for (const char *at = strstr(r->text, "\r\nVia:"); at; at = strstr(at + 2, "\r\nVia:"))
        n++;
    return n;
}

/* Where it began: the sent-by of the Via below all others, whatever the transport. */
static struct str author(const struct rung *r)
{
    unsigned hops = hops_of(r);
    struct str via = hops > 0 ? wire_via(r, hops - 1) : STR_NONE;
    via = str_slice(via, str_find(via, ' '), via.len);
    return str_slice(via, 0, str_find(via, ';'));
}

/* One request by its sender: what all its copies have in common (RFC 3261 8.2.2.2). Of an ACK To,
 * too: those to the failures of a fork are others than that to its 2xx. Of a BYE where it began:
 * servers that end a call speak for both sides, by the CSeq that they would use next. */
static uint64_t request_key(const struct rung *r)
{
    struct hash_key key = {0, 0};
    if (!r->from->engine || !wire_is_request(r))
        return 0;
    key.k0 = siphash13(&key, rung_header(r, "Call-ID"));
    key.k1 = siphash13(&key, rung_header(r, "From"));
    if (str_starts(wire_start(r), STR("ACK ")))
        key.k1 = siphash13(&key, rung_header(r, "To"));
    if (str_starts(wire_start(r), STR("BYE ")))
        key.k1 = siphash13(&key, author(r));
    return siphash13(&key, rung_header(r, "CSeq")) | 1;
}

/* Is it the same message as one that this node has sent before? */
static bool is_again(const struct world *w, const struct groups *g, size_t first, size_t at)
{
    const struct rung *rungs = w->ladder.rungs;
    for (size_t i = first; i != at; i = g->next[i])
        if (rungs[i].from == rungs[at].from && rungs[i].len == rungs[at].len &&
            memcmp(rungs[i].text, rungs[at].text, rungs[at].len) == 0)
            return true;
    return false;
}

static void check_travels(const struct world *w, const struct groups *g, size_t first)
{
    const struct rung *rungs = w->ladder.rungs;
    size_t size = groups_size(g, first), copies = 0;
    for (size_t i = first; i != GROUP_END; i = g->next[i]) {
        unsigned hops = hops_of(&rungs[i]);
        EXPECT(w, hops <= HOPS_MAX);
        EXPECT(w, rungs[i].len <= rungs[first].len + hops * BYTES_PER_HOP);
        if (size > COPIES_MAX)
            copies += !is_again(w, g, first, i);
    }
    /* without state each retransmission goes round once more, until its hops are used up */
    EXPECT(w, copies <= COPIES_MAX || check_has_stateless(w));
}

void check_growth(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, request_key);
    for (size_t i = 0; i < w->ladder.n; i++)
        if (g.is_first[i])
            check_travels(w, &g, i);
    groups_fini(&g);
}
