/* What servers that ask for passwords must hold: looks at the wire and at what agents were told. */
#include "sim/check.h"
#include "sim/groups.h"

#define MALLORY "<sip:mallory@"

static struct str text_of(const struct rung *r)
{
    return (struct str){r->text, r->len};
}

static bool is_response(const struct rung *r)
{
    return str_starts(text_of(r), STR("SIP/2.0 "));
}

/* RFC 3261 22.1: an ACK is not asked, and by itself does nothing. */
static bool is_asked(const struct rung *r)
{
    return !is_response(r) && !str_starts(text_of(r), STR("ACK ")) &&
           !str_starts(text_of(r), STR("CANCEL "));
}

/* Nobody without a password gets anything passed on under his name. */
static void check_passed_on(const struct world *w, const struct rung *r)
{
    if (is_asked(r))
        EXPECT(w, !str_starts_nocase(rung_header(r, "From"), STR(MALLORY)));
}

/* … nor any binding: a 200 would list it. */
static void check_bound(const struct world *w, const struct rung *r)
{
    if (str_starts(text_of(r), STR("SIP/2.0 200")) &&
        str_ends_nocase(rung_header(r, "CSeq"), STR(" REGISTER")))
        EXPECT(w, !str_starts_nocase(rung_header(r, "Contact"), STR(MALLORY)));
}

/* RFC 7616 5.5: of one answer to a challenge, in all its copies, one request takes effect: one
 * rspauth, one branch. */
static uint64_t by_proof(const struct rung *r)
{
    struct hash_key key = {r->from->addr.ip[3], 0x70726f6f};
    struct str info = rung_header(r, "Authentication-Info");
    if (!element_asks_passwords(r->from) || !is_response(r) || info.len == 0)
        return 0;
    return siphash13(&key, info) | 1;
}

static void check_once(const struct world *w)
{
    struct groups g;
    groups_init(&g, &w->ladder, by_proof);
    for (size_t i = 0; i < w->ladder.n; i++)
        for (size_t k = g.is_first[i] ? g.next[i] : GROUP_END; k != GROUP_END; k = g.next[k])
            EXPECT(w, str_equal(rung_header(&w->ladder.rungs[i], "Via"),
                                rung_header(&w->ladder.rungs[k], "Via")));
    groups_fini(&g);
}

/* Who has the password is never told that it is wrong. What was cut short may have lost it. */
static void check_refused(const struct world *w)
{
    bool cut = w->temper == TEMPER_HOSTILE;
    for (size_t i = 0; i < w->ladder.n; i++)
        cut = cut || w->ladder.rungs[i].fate == FATE_CUT;
    for (size_t i = 0; !cut && i < w->n_nodes; i++) {
        const struct agent *a = agent_of(w->nodes[i]);
        EXPECT(w, !a || !a->home || !element_asks_passwords(a->home) || a->auth.refused == 0);
    }
}

/* Whoever keeps the rules is listened to, whatever the network does to what he sends. */
static void check_banned(const struct world *w)
{
    if (w->temper == TEMPER_HOSTILE)
        return;
    for (size_t i = 0; i < w->n_nodes; i++)
        EXPECT(w, element_forms(w->nodes[i]) & (FORM_ASKING | FORM_STRANGER) ||
                      element_bans(w->nodes[i]) == 0);
}

void check_auth(const struct world *w)
{
    check_banned(w);
    bool asked = false;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (!element_asks_passwords(r->from))
            continue;
        asked = true;
        check_passed_on(w, r);
        check_bound(w, r);
    }
    if (!asked)
        return;
    check_once(w);
    check_refused(w);
}
