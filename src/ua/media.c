/* What is offered, answered and agreed in one session, made whole or not at all. */
#include "ua/media.h"

#include "base/rand.h"

#define DESCRIPTION_BYTES 16384 /* of ours */

void media_init(struct ua *ua, struct media *m)
{
    *m = (struct media){.id = rand_u64(engine_rand(ua->engine)) >> 2, .version = 1};
}

void media_copy(struct media *m, const struct media *from)
{
    *m = (struct media){.id = from->id, .version = from->version};
    m->said = from->said ? block_ref(from->said) : NULL;
    m->wish = plan_ref(from->wish);
    m->tried = plan_ref(from->tried);
    m->offered = plan_ref(from->offered);
}

static void drop_agreed(struct ua *ua, struct media *m)
{
    mem_free(ua->mem, m->agreed, m->n_agreed * sizeof *m->agreed);
    msg_unref(ua->blocks, m->theirs);
    m->agreed = NULL;
    m->n_agreed = 0;
    m->theirs = NULL;
}

void media_fini(struct ua *ua, struct media *m)
{
    drop_agreed(ua, m);
    block_unref(ua->blocks, m->said);
    plan_unref(ua, m->wish);
    plan_unref(ua, m->tried);
    plan_unref(ua, m->offered);
    plan_unref(ua, m->settled);
    plan_unref(ua, m->held);
    *m = (struct media){0};
}

void media_want(struct ua *ua, struct media *m, struct plan *plan)
{
    plan_unref(ua, m->wish);
    m->wish = plan;
}

void draft_drop(struct ua *ua, struct draft *d)
{
    block_unref(ua->blocks, d->text);
    plan_unref(ua, d->plan);
    mem_free(ua->mem, d->agreed, d->n_agreed * sizeof *d->agreed);
    msg_unref(ua->blocks, d->theirs);
    *d = (struct draft){0};
}

bool draft_is_live(const struct draft *d)
{
    for (unsigned i = 0; i < d->n_agreed; i++)
        if (d->agreed[i].live)
            return true;
    return d->n_agreed == 0;
}

enum sdp_readiness media_readiness(const struct media *m)
{
    enum sdp_readiness worst = SDP_MET;
    for (unsigned i = 0; i < m->n_agreed; i++) {
        enum sdp_readiness one = sdp_preconditions_met(&m->agreed[i].preconditions);
        worst = one > worst ? one : worst;
    }
    return worst;
}

bool media_owes_offer(const struct media *m)
{
    for (unsigned i = 0; i < m->n_agreed; i++)
        if (m->agreed[i].preconditions.owed)
            return true;
    return false;
}

bool plan_demands(const struct plan *plan)
{
    for (unsigned i = 0; plan && i < plan->n_streams; i++) {
        const struct sdp_stream *s = &plan->streams[i];
        if (s->port != 0 && s->demands_qos && s->qos == SDP_STRENGTH_MANDATORY)
            return true;
    }
    return false;
}

/* RFC 4032 4.1: a stream goes to another place than it does now. */
static bool moves(const struct media *m, const struct plan *plan)
{
    if (!m->held || !addr_equal_ip(&m->held->addr, &plan->addr))
        return true;
    for (unsigned i = 0; i < m->held->n_places && i < plan->n_streams; i++)
        if (m->held->streams[i].port != plan->streams[i].port)
            return true;
    return false;
}

static struct sdp_local local_of(const struct media *m, const struct plan *plan, unsigned n)
{
    bool stays = !moves(m, plan);
    return (struct sdp_local){.agreed = stays ? m->agreed : NULL,
                              .n_agreed = stays ? m->n_agreed : 0,
                              .id = m->id,
                              .version = m->version,
                              .addr = plan->addr,
                              .streams = plan->streams,
                              .n_streams = n};
}

/* RFC 3264 8: the version is one higher when the description differs. `print` writes one. */
struct print {
    const struct sdp *offer; /* answered; NULL: an offer is written */
    struct sdp_local local;
    struct sdp_agreed *agreed;
};

static unsigned print(struct buf *b, const struct print *p)
{
    if (p->offer)
        return sdp_answer(b, p->offer, &p->local, p->agreed);
    sdp_offer(b, &p->local);
    return p->local.n_streams;
}

static int write_text(struct ua *ua, const struct media *m, struct print *p, struct draft *d,
                      unsigned *live)
{
    struct buf b;
    char space[DESCRIPTION_BYTES];
    buf_init(&b, space, sizeof space);
    *live = print(&b, p);
    if (m->said && !str_equal(block_str(m->said), buf_str(&b))) {
        p->local.version++;
        buf_init(&b, space, sizeof space);
        *live = print(&b, p);
    }
    if (b.over)
        return ERR_LIMIT;
    d->version = p->local.version;
    d->text = text_block(ua, &b);
    return d->text ? OK : ERR_NOMEM;
}

int draft_offer(struct ua *ua, const struct media *m, bool again, struct draft *d)
{
    unsigned live;
    *d = (struct draft){.version = m->version};
    if (again) {
        d->text = block_ref(m->said);
        d->plan = plan_ref(m->held);
        return OK;
    }
    d->plan = plan_offer(ua, m->held, m->wish);
    if (!d->plan)
        return ERR_NOMEM;
    struct print p = {.local = local_of(m, d->plan, d->plan->n_places)};
    int err = write_text(ua, m, &p, d, &live);
    if (err)
        draft_drop(ua, d);
    return err;
}

int ua_describe(struct ua *ua, const struct sdp_local *local)
{
    struct sdp_stream streams[LIMIT_SDP_MEDIA];
    struct sdp_local bare = {.id = 1, .version = 1, .addr = local->addr, .streams = streams};
    char space[DESCRIPTION_BYTES];
    struct buf b;
    if (local->n_streams > LIMIT_SDP_MEDIA)
        return ERR_LIMIT;
    for (; bare.n_streams < local->n_streams; bare.n_streams++) {
        streams[bare.n_streams] = local->streams[bare.n_streams];
        streams[bare.n_streams].port = 0;
        streams[bare.n_streams].demands_qos = true;
    }
    buf_init(&b, space, sizeof space);
    sdp_offer(&b, &bare);
    if (b.over)
        return ERR_LIMIT;
    struct block *text = text_block(ua, &b);
    if (!text)
        return ERR_NOMEM;
    block_unref(ua->blocks, ua->described);
    ua->described = text;
    return OK;
}

/* Space for a description that is read, and for what it comes to. */
struct reading {
    struct sdp sdp;
    void *space;
    size_t size;
};

static int read_text(struct ua *ua, struct reading *r, struct str text)
{
    r->size = sdp_space(text.len);
    r->space = mem_alloc(ua->mem, r->size);
    if (!r->space)
        return ERR_NOMEM;
    sdp_parse(&r->sdp, text, r->space, r->size);
    return OK;
}

static void end_reading(struct ua *ua, struct reading *r)
{
    mem_free(ua->mem, r->space, r->size);
}

int media_weigh(struct ua *ua, struct str offer, enum sdp_readiness *readiness,
                struct block **failure)
{
    struct reading r;
    char space[DESCRIPTION_BYTES];
    struct buf b;
    *readiness = SDP_MET;
    *failure = NULL;
    if (read_text(ua, &r, offer))
        return ERR_NOMEM;
    if (!r.sdp.broken)
        *readiness = sdp_offer_readiness(&r.sdp);
    buf_init(&b, space, sizeof space);
    if (*readiness == SDP_IMPOSSIBLE)
        sdp_put_failure(&b, &r.sdp);
    end_reading(ua, &r);
    if (b.len == 0 || b.over)
        return OK;
    *failure = text_block(ua, &b);
    return *failure ? OK : ERR_NOMEM;
}

static bool room_for_agreed(struct ua *ua, struct draft *d, unsigned n)
{
    if (n == 0)
        return true;
    d->agreed = mem_alloc_zero(ua->mem, n * sizeof *d->agreed);
    d->n_agreed = d->agreed ? n : 0;
    return d->agreed != NULL;
}

/* What is agreed names the application's streams from now on. */
static void name_sources(struct draft *d, const struct plan *plan)
{
    for (unsigned i = 0; i < d->n_agreed; i++)
        if (d->agreed[i].live)
            d->agreed[i].stream = plan->source[d->agreed[i].stream];
}

static int answer(struct ua *ua, const struct media *m, const struct sdp *offer, bool whatever,
                  struct draft *d)
{
    unsigned live;
    if (offer->broken)
        return ERR_INVALID;
    struct plan *from = plan_offer(ua, m->held, m->wish);
    if (!from || !room_for_agreed(ua, d, offer->n_media)) {
        plan_unref(ua, from);
        return ERR_NOMEM;
    }
    struct print p = {offer, local_of(m, from, from->n_streams), d->agreed};
    int err = write_text(ua, m, &p, d, &live);
    if (!err && live == 0 && offer->n_media > 0 && !whatever)
        err = ERR_INVALID;
    if (!err && (d->plan = plan_answered(ua, from, offer, d->agreed)) == NULL)
        err = ERR_NOMEM;
    if (!err)
        name_sources(d, from);
    plan_unref(ua, from);
    return err;
}

int draft_answer(struct ua *ua, const struct media *m, struct msg *msg, struct str offer,
                 bool whatever, struct draft *d)
{
    struct reading r;
    *d = (struct draft){0};
    if (read_text(ua, &r, offer))
        return ERR_NOMEM;
    int err = answer(ua, m, &r.sdp, whatever, d);
    end_reading(ua, &r);
    if (err)
        draft_drop(ua, d);
    else
        d->theirs = msg_ref(msg);
    return err;
}

static int answered(struct ua *ua, const struct media *m, const struct sdp *theirs, struct draft *d)
{
    const struct sdp_local local = local_of(m, m->offered, m->offered->n_places);
    if (theirs->broken || theirs->n_media != local.n_streams)
        return ERR_INVALID;
    if (!room_for_agreed(ua, d, local.n_streams))
        return ERR_NOMEM;
    if (sdp_answered(theirs, &local, d->agreed) != SDP_AGREES)
        return ERR_INVALID;
    d->plan = plan_ref(m->offered);
    name_sources(d, d->plan);
    return OK;
}

int draft_answered(struct ua *ua, const struct media *m, struct msg *msg, struct str text,
                   struct draft *d)
{
    struct reading r;
    *d = (struct draft){0};
    if (read_text(ua, &r, text))
        return ERR_NOMEM;
    int err = answered(ua, m, &r.sdp, d);
    end_reading(ua, &r);
    if (err)
        draft_drop(ua, d);
    else
        d->theirs = msg_ref(msg);
    return err;
}

static void take_text(struct ua *ua, struct media *m, struct draft *d)
{
    if (!d->text)
        return;
    block_unref(ua->blocks, m->said);
    m->said = d->text;
    m->version = d->version;
    d->text = NULL;
}

static void replace(struct ua *ua, struct plan **at, struct plan *plan)
{
    plan_unref(ua, *at);
    *at = plan;
}

void media_offered(struct ua *ua, struct media *m, struct draft *d)
{
    take_text(ua, m, d);
    replace(ua, &m->offered, d->plan);
    replace(ua, &m->tried, plan_ref(m->wish));
    d->plan = NULL;
    draft_drop(ua, d);
}

void media_agreed(struct ua *ua, struct media *m, struct draft *d)
{
    take_text(ua, m, d);
    drop_agreed(ua, m);
    replace(ua, &m->settled, m->tried ? m->tried : plan_ref(m->wish));
    m->tried = NULL;
    replace(ua, &m->offered, NULL);
    replace(ua, &m->held, d->plan);
    m->agreed = d->agreed;
    m->n_agreed = d->n_agreed;
    m->theirs = d->theirs;
    *d = (struct draft){0};
}

void media_withdraw(struct ua *ua, struct media *m)
{
    replace(ua, &m->offered, NULL);
    replace(ua, &m->tried, NULL);
}

void media_failed(struct ua *ua, struct media *m)
{
    if (m->settled && m->wish == m->tried)
        media_want(ua, m, plan_ref(m->settled));
    media_withdraw(ua, m);
}
