/* What must hold of session timers on their way through servers (RFC 4028 5, 8): looks at the wire.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/check.h"
#include "sim/element_node.h"
#include "sim/groups.h"
#include "sim/wire.h"

#define LEAST 90

static unsigned seconds_of(const struct rung *r, const char *header)
{
    struct str value = rung_header(r, header);
    return value.len > 0 ? (unsigned)strtoul(value.at, NULL, 10) : 0;
}

static struct str refresher_of(const struct rung *r)
{
    struct str value = rung_header(r, "Session-Expires");
    const char *at = value.len > 0 ? memmem(value.at, value.len, ";refresher=", 11) : NULL;
    return at ? str_slice(str_from(at), 11, 3) : STR_NONE;
}

static bool is_servers(const struct node *n)
{
    return n && n->location;
}

/* RFC 4028 8.1: never below anyone's Min-SE, the server's own among them. */
static void check_request(const struct world *w, const struct rung *r)
{
    const struct element_node *e = (const struct element_node *)r->from;
    unsigned seconds = seconds_of(r, "Session-Expires"), min = seconds_of(r, "Min-SE");
    if (seconds == 0 || element_keeps_nothing(r->from))
        return;
    EXPECT(w, seconds >= LEAST && seconds >= min);
    EXPECT(w, seconds >= e->calls.min_session_s);
}

/* As it came in and as it went out, by the branch that it came with. */
static uint64_t by_way(const struct rung *r)
{
    bool goes = is_servers(r->from) && wire_is_request(r);
    const struct node *server = goes ? r->from : r->to;
    struct str branch = wire_branch(r, goes ? 1 : 0);
    struct hash_key key = {0, 0x73657373};
    if (!str_equal(wire_method(r), STR("INVITE")) || !wire_is_request(r) || !is_servers(server) ||
        (is_servers(r->from) && is_servers(r->to)) || branch.len == 0)
        return 0;
    key.k0 = server->addr.ip[3];
    return siphash13(&key, branch) | 1;
}

/* Min-SE only grows, and a refresher that was named stays. */
static void check_passed_on(const struct world *w, const struct rung *in, const struct rung *out)
{
    if (is_servers(in->from) || !is_servers(out->from))
        return;
    EXPECT(w, seconds_of(out, "Min-SE") >= seconds_of(in, "Min-SE"));
    if (refresher_of(in).len > 0)
        EXPECT(w, str_equal(refresher_of(in), refresher_of(out)));
}

/* RFC 4028 6, 8.2: who refuses says why; nobody agrees to less than the least. */
static void check_response(const struct world *w, const struct rung *r)
{
    unsigned seconds = seconds_of(r, "Session-Expires");
    if (wire_status(r) == 422)
        EXPECT(w, seconds_of(r, "Min-SE") >= LEAST);
    if (wire_status(r) / 100 == 2 && seconds > 0) {
        EXPECT(w, seconds >= LEAST);
        EXPECT(w, refresher_of(r).len > 0);
    }
}

bool check_has_timers(const struct world *w)
{
    for (size_t i = 0; i < w->ladder.n; i++)
        if (wire_status(&w->ladder.rungs[i]) / 100 == 2 &&
            seconds_of(&w->ladder.rungs[i], "Session-Expires") > 0)
            return true;
    return false;
}

void check_sessions(const struct world *w)
{
    struct groups g;
    if (w->temper == TEMPER_HOSTILE)
        return;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (is_servers(r->from) && wire_is_request(r))
            check_request(w, r);
        else if (is_servers(r->from))
            check_response(w, r);
    }
    groups_init(&g, &w->ladder, by_way);
    for (size_t i = 0; i < w->ladder.n; i++)
        for (size_t k = g.is_first[i] ? g.next[i] : GROUP_END; k != GROUP_END; k = g.next[k])
            check_passed_on(w, &w->ladder.rungs[i], &w->ladder.rungs[k]);
    groups_fini(&g);
}
