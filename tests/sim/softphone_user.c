/* Whoever holds a softphone: what he does, and what he is told. */
#include <assert.h>
#include <stdio.h>

#include "sim/check.h"
#include "sim/softphone.h"
#include "ua/request.h"

/* --- habits --- */

struct softphone_habits softphone_habits(uint32_t chance)
{
    static const unsigned statuses[] = {200, 200, 200, 200, 200, 486, 603, 302};
    static const unsigned rings[] = {180, 180, 183, 0};
    struct rand_seed seed = rand_seed_from(chance);
    struct rand any;
    struct softphone_habits h = {.ring = 180,
                                 .answer_after = 2 * NS_PER_S,
                                 .status = 200,
                                 .hang_up_after = TIME_NEVER,
                                 .change_after = TIME_NEVER,
                                 .transfers = true};
    if (!chance)
        return h;
    rand_init(&any, &seed);
    h.ring = rings[rand_below(&any, 4)];
    h.rings_with_media = rand_below(&any, 2);
    h.rings_reliably = rand_below(&any, 2);
    h.answer_after = rand_below(&any, 7) == 0 ? TIME_NEVER : rand_below(&any, 8000) * NS_PER_MS;
    h.status = statuses[rand_below(&any, 8)];
    h.hang_up_after = rand_below(&any, 2) ? TIME_NEVER : rand_below(&any, 40000) * NS_PER_MS;
    h.change_after = rand_below(&any, 2) ? TIME_NEVER : rand_below(&any, 5000) * NS_PER_MS;
    h.offers_later = rand_below(&any, 4) == 0;
    h.reliability = (enum call_reliability)rand_below(&any, CALL_RELIABLE_NEVER + 1);
    h.transfers = rand_below(&any, 4) > 0;
    return h;
}

/* --- media --- */

/* Any two neighbours, or one of the first three, are what somebody can do. */
static const struct sdp_codec codecs[] = {{STR_INIT("PCMU"), 8000, 1, 0, {NULL, 0}},
                                          {STR_INIT("PCMA"), 8000, 1, 8, {NULL, 0}},
                                          {STR_INIT("PCMU"), 8000, 1, 0, {NULL, 0}},
                                          {STR_INIT("opus"), 48000, 2, 96, {NULL, 0}}};
static const struct sdp_codec picture[] = {{STR_INIT("H264"), 90000, 1, 97, {NULL, 0}}};

/* Streams keep their places. */
static void choose_media(struct softphone_call *c)
{
    struct world *w = c->phone->node.w;
    uint16_t port = (uint16_t)(4000 + 4 * (c - c->phone->calls));
    unsigned before = c->media.n_streams;
    c->streams[0] = (struct sdp_stream){
        .kind = STR("audio"),
        .proto = STR("RTP/AVP"),
        .port = port,
        .direction = world_below(w, 2) ? SDP_SENDRECV : (enum sdp_direction)world_below(w, 4),
        .codecs = &codecs[world_below(w, 3)],
        .n_codecs = world_below(w, 4) ? 2 : 1};
    c->streams[1] = (struct sdp_stream){.kind = STR("video"),
                                        .proto = STR("RTP/AVP"),
                                        .port = world_below(w, 2) ? port + 2 : 0,
                                        .direction = (enum sdp_direction)world_below(w, 4),
                                        .codecs = picture,
                                        .n_codecs = 1};
    c->media =
        (struct sdp_local){.addr = c->phone->node.addr,
                           .streams = c->streams,
                           .n_streams = before > 1 ? before : 1 + (unsigned)world_below(w, 2)};
}

/* --- calls --- */

static struct softphone_call *new_call(struct softphone *p)
{
    assert(p->n_calls < SOFTPHONE_CALLS);
    struct softphone_call *c = &p->calls[p->n_calls++];
    *c = (struct softphone_call){.phone = p};
    choose_media(c);
    return c;
}

static void keep_call_id(struct softphone_call *c)
{
    struct call_view v;
    int err = call_look(c->phone->ua, c->id, &v);
    EXPECT(c->phone->node.w, err == OK && v.call_id.len > 0);
    snprintf(c->call_id, sizeof c->call_id, "%.*s", STR_ARG(v.call_id));
}

static void begin_outgoing(struct softphone_call *c, ua_call id)
{
    c->is_outgoing = true;
    c->id = id;
    keep_call_id(c);
}

struct softphone_call *softphone_call(struct softphone *p, const char *uri)
{
    struct softphone_call *c = new_call(p);
    const struct call_start start = {.account = p->account,
                                     .target = str_from(uri),
                                     .media = &c->media,
                                     .offer_later = p->habits.offers_later,
                                     .reliability = p->habits.reliability};
    ua_call id = 0;
    if (call_start(p->ua, &start, node_now(&p->node), &id)) {
        p->n_calls--;
        return NULL;
    }
    begin_outgoing(c, id);
    softphone_settle(p);
    return c;
}

static bool is_live(const struct softphone_call *c)
{
    return c->id && !c->is_told;
}

void softphone_hang_up(void *call)
{
    struct softphone_call *c = call;
    struct softphone *p = c->phone;
    if (!is_live(c))
        return;
    (void)call_end(p->ua, c->id, STR_NONE, node_now(&p->node));
    softphone_settle(p);
}

void softphone_give_up(void *call)
{
    struct softphone_call *c = call;
    if (!c->is_confirmed)
        softphone_hang_up(c);
}

void softphone_change(void *call)
{
    struct softphone_call *c = call;
    struct softphone *p = c->phone;
    if (!is_live(c))
        return;
    choose_media(c);
    if (call_change(p->ua, c->id, &c->media, node_now(&p->node)) == OK)
        c->is_changing = true;
    softphone_settle(p);
}

void softphone_info(struct softphone_call *c)
{
    struct softphone *p = c->phone;
    if (!is_live(c))
        return;
    (void)!call_info(p->ua, c->id, STR("application/dtmf-relay"), STR_NONE,
                     STR("Signal=5\r\nDuration=160\r\n"), node_now(&p->node));
    softphone_settle(p);
}

void softphone_transfer(struct softphone_call *c, const char *uri,
                        const struct softphone_call *consulted)
{
    struct softphone *p = c->phone;
    const struct transfer_start start = {.call = c->id,
                                         .account = p->account,
                                         .target = consulted ? STR_NONE : str_from(uri),
                                         .consulted = consulted ? consulted->id : 0};
    ua_transfer id;
    if (!is_live(c))
        return;
    (void)!transfer_start(p->ua, &start, node_now(&p->node), &id);
    softphone_settle(p);
}

static bool is_same_dialog(const struct call_view *a, const struct call_view *b)
{
    return str_equal(a->call_id, b->call_id) && str_equal(a->local_tag, b->remote_tag) &&
           str_equal(a->remote_tag, b->local_tag);
}

struct softphone_call *softphone_other_end(const struct softphone_call *c)
{
    struct world *w = c->phone->node.w;
    struct call_view mine, theirs;
    if (!is_live(c) || call_look(c->phone->ua, c->id, &mine))
        return NULL;
    for (size_t i = 0; i < w->n_nodes; i++) {
        struct softphone *p = softphone_of(w->nodes[i]);
        for (unsigned k = 0; p && k < p->n_calls; k++)
            if (&p->calls[k] != c && is_live(&p->calls[k]) &&
                !call_look(p->ua, p->calls[k].id, &theirs) && is_same_dialog(&mine, &theirs))
                return &p->calls[k];
    }
    return NULL;
}

/* --- calls that come --- */

static void answer(void *call)
{
    struct softphone_call *c = call;
    struct softphone *p = c->phone;
    time_ns now = node_now(&p->node);
    unsigned status = p->habits.status;
    const struct str other = str_from("sip:nobody@nowhere.example");
    if (!is_live(c) || c->is_answered)
        return;
    unsigned misfit = call_would_refuse(p->ua, c->id, &c->media);
    if (misfit)
        status = misfit;
    int err = status == 200   ? call_answer(p->ua, c->id, &c->media, now)
              : status == 302 ? call_redirect(p->ua, c->id, 302, &other, 1, now)
                              : call_refuse(p->ua, c->id, status, STR_NONE, now);
    c->is_answered = !err;
    if (err == ERR_NOMEM) /* he presses the key again */
        world_do(p->node.w, NS_PER_S, answer, c);
    softphone_settle(p);
}

static void ring(struct softphone_call *c)
{
    struct softphone *p = c->phone;
    const struct softphone_habits *h = &p->habits;
    struct call_ring r = {.status = h->ring,
                          .media = h->rings_with_media ? &c->media : NULL,
                          .reliably = h->rings_reliably};
    if (!h->ring)
        return;
    if (call_ring(p->ua, c->id, &r, node_now(&p->node)) == ERR_INVALID) {
        r.reliably = false;
        r.media = NULL;
        (void)!call_ring(p->ua, c->id, &r, node_now(&p->node));
    }
}

static void note_incoming(struct softphone *p, const struct ua_event *ev)
{
    struct softphone_call *c = new_call(p);
    c->id = ev->call;
    keep_call_id(c);
    if (ev->replaced) {
        answer(c);
        return;
    }
    ring(c);
    if (p->habits.answer_after != TIME_NEVER)
        world_do(p->node.w, p->habits.answer_after, answer, c);
}

/* --- what is told --- */

static struct softphone_call *find(struct softphone *p, ua_call id)
{
    for (unsigned i = p->n_calls; i-- > 0;)
        if (p->calls[i].id == id)
            return &p->calls[i];
    return NULL;
}

static void note_standing(struct softphone_call *c)
{
    const struct softphone_habits *h = &c->phone->habits;
    EXPECT(c->phone->node.w, !c->is_confirmed);
    c->is_confirmed = true;
    if (h->hang_up_after != TIME_NEVER)
        world_do(c->phone->node.w, h->hang_up_after, softphone_hang_up, c);
    if (h->change_after != TIME_NEVER)
        world_do(c->phone->node.w, h->change_after, softphone_change, c);
}

/* Nothing is told of a call that nobody began, nor of one that is over. */
static struct softphone_call *told_of(struct softphone *p, const struct ua_event *ev)
{
    struct softphone_call *c = find(p, ev->call);
    EXPECT(p->node.w, c != NULL);
    EXPECT(p->node.w, !c->is_told);
    return c;
}

static void note_answered(struct softphone *p, const struct ua_event *ev)
{
    struct softphone_call *c = told_of(p, ev);
    EXPECT(p->node.w, c->is_outgoing);
    c->is_answered = true;
    note_standing(c);
}

static void note_confirmed(struct softphone *p, const struct ua_event *ev)
{
    struct softphone_call *c = told_of(p, ev);
    EXPECT(p->node.w, !c->is_outgoing && c->is_answered);
    note_standing(c);
}

static void note_media(struct softphone *p, const struct ua_event *ev)
{
    EXPECT(p->node.w, ev->n_agreed > 0);
    told_of(p, ev)->is_changing = false;
}

static void note_change_failed(struct softphone *p, const struct ua_event *ev)
{
    told_of(p, ev)->is_changing = false;
}

static void note_progress(struct softphone *p, const struct ua_event *ev)
{
    (void)told_of(p, ev);
}

static void note_ended(struct softphone *p, const struct ua_event *ev)
{
    struct softphone_call *c = told_of(p, ev);
    c->is_told = true;
    c->end = ev->end;
    c->status = ev->status;
}

static void note_referred(struct softphone *p, const struct ua_event *ev)
{
    time_ns now = node_now(&p->node);
    ua_call id = 0;
    if (!p->habits.transfers) {
        (void)!referral_refuse(p->ua, ev->referral, 603, now);
        return;
    }
    struct softphone_call *c = new_call(p);
    if (referral_accept(p->ua, ev->referral, &c->media, now, &id)) {
        p->n_calls--;
        (void)!referral_refuse(p->ua, ev->referral, 403, now);
        return;
    }
    begin_outgoing(c, id);
}

static void note_request(struct softphone *p, const struct ua_event *ev)
{
    static const struct reply fine = {.status = 200};
    (void)ua_reply(p->ua, ev->tx, &fine, node_now(&p->node));
}

static void note_answer(struct softphone *p, const struct ua_event *ev)
{
    EXPECT(p->node.w, ev->status >= 200);
    p->answered++;
}

static void note_registered(struct softphone *p, const struct ua_event *ev)
{
    struct registration_view v;
    int err = registration_look(p->ua, ev->registration, &v);
    EXPECT(p->node.w, err == OK && v.contact.len < sizeof p->contact);
    snprintf(p->contact, sizeof p->contact, "%.*s", STR_ARG(v.contact));
    p->left_with = 0;
}

static void note_unregistered(struct softphone *p, const struct ua_event *ev)
{
    p->unregistered++;
    p->left_with = ev->status;
    if (ev->registration == p->registration)
        p->registration = 0;
}

static void (*const notes[])(struct softphone *, const struct ua_event *) = {
    [UA_CALL_INCOMING] = note_incoming,    [UA_CALL_PROGRESS] = note_progress,
    [UA_CALL_MEDIA] = note_media,          [UA_CALL_ANSWERED] = note_answered,
    [UA_CALL_CONFIRMED] = note_confirmed,  [UA_CALL_CHANGE_FAILED] = note_change_failed,
    [UA_CALL_INFO] = note_progress,        [UA_CALL_ENDED] = note_ended,
    [UA_REFERRED] = note_referred,         [UA_REQUEST] = note_request,
    [UA_ANSWERED] = note_answer,           [UA_REGISTERED] = note_registered,
    [UA_UNREGISTERED] = note_unregistered,
};

void softphone_note(struct softphone *p, const struct ua_event *ev)
{
    if (notes[ev->kind])
        notes[ev->kind](p, ev);
}

/* --- outside of calls --- */

void softphone_register(struct softphone *p, unsigned expires_s)
{
    char instance[64] = "";
    if (p->instance)
        snprintf(instance, sizeof instance, "urn:uuid:00000000-0000-1000-8000-%012u", p->instance);
    const struct registration_start start = {.account = p->account,
                                             .expires_s = expires_s,
                                             .instance = str_from(instance),
                                             .reg_id = p->instance ? 1 : 0};
    ua_registration id;
    time_ns now = node_now(&p->node);
    if (!expires_s && p->registration)
        (void)registration_end(p->ua, p->registration, now);
    else if (p->registration)
        (void)registration_refresh(p->ua, p->registration, now);
    else if (expires_s && registration_start(p->ua, &start, now, &id) == OK) {
        p->registration = id;
        p->started++;
    }
    softphone_settle(p);
}

void softphone_request(struct softphone *p, const char *method, const char *uri)
{
    const struct request_start start = {
        .account = p->account, .method = str_from(method), .target = str_from(uri)};
    ua_request id;
    if (request_send(p->ua, &start, node_now(&p->node), &id) == OK)
        p->asked++;
    softphone_settle(p);
}
