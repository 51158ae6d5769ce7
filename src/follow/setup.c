/* The INVITE that makes dialogs: whether it may begin, and what becomes of them when it is done. */
#include "follow/table.h"

static uint64_t hash_invite(const struct follow_table *t, struct msg *invite)
{
    const struct nameaddr *from = msg_from(invite);
    const struct cseq *cseq = msg_cseq(invite);
    uint64_t h = follow_hash(t, msg_call_id(invite), from ? from->tag : STR_NONE, STR_NONE);
    return h * 31 + (cseq ? cseq->number : 0);
}

static enum follow_refusal refuse(struct follow_table *t, enum follow_refusal why)
{
    t->stats.refused[why]++;
    return why;
}

static uint64_t hash_account(const struct follow_table *t, struct str account)
{
    uint64_t h = account.len > 0 ? siphash13_nocase(&t->key, account) : 0;
    return account.len > 0 && h == 0 ? 1 : h;
}

enum follow_refusal follow_begin(struct follow_table *t, struct msg *invite, struct str account,
                                 setup_ref *setup)
{
    bool counted;
    uint64_t hash = hash_invite(t, invite), who = hash_account(t, account);
    *setup = 0;
    /* RFC 5393: it spirals. */
    if (map_find(&t->by_invite, hash))
        return FOLLOW_MAY_BEGIN;
    if (t->calls.live + t->expected >= LIMIT_CALL_DIALOGS)
        return refuse(t, FOLLOW_NO_ROOM);
    enum quota_verdict v =
        follow_quota_take(t->quota, who, t->rules.calls, t->rules.calls_per_user, &counted);
    if (v != QUOTA_OK)
        return refuse(t, v == QUOTA_ALL ? FOLLOW_TOO_MANY : FOLLOW_TOO_MANY_USER);
    struct setup *s = pool_alloc(&t->setups, setup);
    if (!s) {
        follow_quota_give(t->quota, counted ? who : 0);
        return refuse(t, FOLLOW_NO_ROOM);
    }
    s->id = *setup;
    s->account = counted ? who : 0;
    s->counts = true;
    t->expected++;
    map_insert(&t->by_invite, &s->by_invite, hash);
    t->stats.setups++;
    return FOLLOW_MAY_BEGIN;
}

void follow_setup_doom(struct follow_table *t, setup_ref id, enum follow_cause cause)
{
    struct setup *s = pool_get(&t->setups, id);
    if (!s)
        return;
    s->doomed = true;
    s->cause = cause;
}

/* RFC 3261 13.2.2.3, 13.2.2.4: what no 2xx has confirmed is over. */
static void leave(struct follow_table *t, struct followed *c)
{
    c->setup = NULL;
    c->next = NULL;
    if (c->state == FOLLOW_EARLY)
        follow_finish(t, c, FOLLOW_NOT_ANSWERED);
    else
        follow_leave(t, c);
}

void follow_setup_end(struct follow_table *t, setup_ref id)
{
    struct setup *s = pool_get(&t->setups, id);
    if (!s)
        return;
    t->expected -= s->calls == NULL;
    for (struct followed *c = s->calls, *next; c; c = next) {
        next = c->next;
        leave(t, c);
    }
    if (s->counts)
        follow_quota_give(t->quota, s->account);
    map_remove(&t->by_invite, &s->by_invite);
    pool_free(&t->setups, id);
    t->stats.setups--;
}
