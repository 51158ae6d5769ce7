/* A load's life and its sessions' beginnings and ends. What a session does is run.c's, what comes
 * receive.c's. */
#include <assert.h>
#include <stdio.h>

#include "sdp/sdp.h"
#include "session.h"

#define DYING_NS (8 * NS_PER_S)

/* --- the load --- */

static size_t session_size(const struct scenario *s)
{
    return sizeof(struct session) + s->n_dialogs * sizeof(struct leg);
}

static int no_variables(void *arg, struct str name)
{
    (void)arg;
    (void)name;
    return -1;
}

static bool read_uris(struct load *l, char *what, size_t size)
{
    static const struct template_names names = {.variable = no_variables};
    l->caller = template_text(l->mem, l->config.caller, &names, what, size);
    if (l->caller)
        l->callee = template_text(l->mem, l->config.callee, &names, what, size);
    return l->callee != NULL;
}

static bool make_parts(struct load *l)
{
    l->space_size = msg_space(LIMIT_MSG_BYTES);
    l->space = mem_alloc(l->mem, l->space_size);
    l->old_space = mem_alloc(l->mem, l->space_size);
    l->challenge_space = mem_alloc(l->mem, l->space_size);
    l->body = mem_alloc(l->mem, LIMIT_MSG_BYTES);
    l->digester = digester_new(l->mem);
    l->tally = tally_new(l->mem, l->scenario);
    if (l->config.rtp) {
        l->sdp_space_size = sdp_space(LIMIT_MSG_BYTES);
        l->sdp_space = mem_alloc(l->mem, l->sdp_space_size);
    }
    return (l->sdp_space || !l->config.rtp) && l->space && l->old_space && l->challenge_space &&
           l->body && l->digester && l->tally;
}

struct load *load_new(const struct load_config *c, char *what, size_t size)
{
    struct load *l = mem_alloc_zero(c->mem, sizeof *l);
    snprintf(what, size, "no memory");
    if (!l)
        return NULL;
    l->config = *c;
    l->mem = c->mem;
    l->scenario = c->scenario;
    rand_init(&l->rand, &c->seed);
    rand_bytes(&l->rand, &l->key, sizeof l->key);
    l->run = rand_u64(&l->rand);
    l->blocks = c->blocks;
    pool_init(&l->sessions, l->mem, session_size(l->scenario), c->most);
    wheel_init(&l->wheel, 0);
    bool good = map_init(&l->legs, l->mem, 1024) == OK;
    if (good && make_parts(l) && read_uris(l, what, size))
        return l;
    load_free(l);
    return NULL;
}

static void close_all(struct load *l)
{
    uint32_t cursor = 0;
    pool_id id;
    struct session *s;
    while ((s = pool_each(&l->sessions, &cursor, &id)))
        session_close(l, s);
}

static void free_parts(struct load *l)
{
    template_free(l->caller);
    template_free(l->callee);
    digester_free(l->digester);
    tally_free(l->mem, l->tally, l->scenario);
    if (l->space)
        mem_free(l->mem, l->space, l->space_size);
    if (l->old_space)
        mem_free(l->mem, l->old_space, l->space_size);
    if (l->challenge_space)
        mem_free(l->mem, l->challenge_space, l->space_size);
    if (l->body)
        mem_free(l->mem, l->body, LIMIT_MSG_BYTES);
    if (l->sdp_space)
        mem_free(l->mem, l->sdp_space, l->sdp_space_size);
    if (l->links)
        mem_free(l->mem, l->links, l->links_room * sizeof *l->links);
}

void load_free(struct load *l)
{
    struct load_output o;
    if (!l)
        return;
    close_all(l);
    while (load_output(l, &o))
        block_unref(l->blocks, o.bytes);
    while (l->n_said > 0)
        block_unref(l->blocks, l->said[--l->n_said]);
    free_parts(l);
    if (l->legs.mem)
        map_fini(&l->legs);
    pool_fini(&l->sessions);
    mem_free(l->mem, l, sizeof *l);
}

struct tally *load_tally(struct load *l)
{
    return l->tally;
}

/* --- links --- */

int load_link(struct load *l, const struct flow *flow)
{
    if (l->n_links == LIMIT_LOAD_LINKS)
        return ERR_LIMIT;
    if (l->n_links == l->links_room) {
        unsigned room = l->links_room ? l->links_room * 2 : 4;
        struct link *links = mem_alloc(l->mem, room * sizeof *links);
        if (!links)
            return ERR_NOMEM;
        if (l->links) {
            memcpy(links, l->links, l->n_links * sizeof *links);
            mem_free(l->mem, l->links, l->links_room * sizeof *links);
        }
        l->links = links;
        l->links_room = room;
    }
    l->links[l->n_links] = (struct link){.flow = *flow};
    return (int)l->n_links++;
}

void load_link_up(struct load *l, unsigned link, const struct flow *flow)
{
    l->links[link] = (struct link){.flow = *flow};
}

static void fail_where(struct load *l, bool (*meant)(const struct session *, const void *),
                       const void *arg, time_ns now)
{
    uint32_t cursor = 0;
    pool_id id;
    struct session *s;
    while ((s = pool_each(&l->sessions, &cursor, &id)))
        if (!s->dying && !s->over && meant(s, arg))
            session_fail(l, s, CAUSE_TRANSPORT, NULL, now);
}

static bool is_by_link(const struct session *s, const void *link)
{
    return s->link == *(const unsigned *)link;
}

void load_link_down(struct load *l, unsigned link, time_ns now)
{
    l->links[link].down = true;
    fail_where(l, is_by_link, &link, now);
}

static bool is_with(const struct session *s, const void *remote)
{
    return addr_equal(&s->remote, remote);
}

void load_unreachable(struct load *l, const struct addr *remote, time_ns now)
{
    fail_where(l, is_with, remote, now);
}

/* --- outputs --- */

void load_push(struct load *l, unsigned link, uint32_t order, const struct addr *remote,
               struct block *b)
{
    if (l->n_outputs == LIMIT_LOAD_OUTPUTS || l->links[link].down) {
        block_unref(l->blocks, b);
        return;
    }
    l->outputs[(l->first_output + l->n_outputs) % LIMIT_LOAD_OUTPUTS] =
        (struct load_output){b, link, order, *remote};
    l->n_outputs++;
    l->tally->sent++;
}

void load_say(struct load *l, struct str text)
{
    struct block *b = l->n_said < LIMIT_LOAD_SAID ? block_new(l->blocks, text.len + 1) : NULL;
    if (!b) {
        l->tally->unsaid++;
        return;
    }
    if (text.len > 0)
        memcpy(b->bytes, text.at, text.len);
    b->len = (uint32_t)text.len;
    l->said[l->n_said++] = b;
}

unsigned load_said(struct load *l, struct block *out[LIMIT_LOAD_SAID])
{
    unsigned n = l->n_said;
    memcpy(out, l->said, n * sizeof *out);
    l->n_said = 0;
    return n;
}

bool load_output(struct load *l, struct load_output *o)
{
    if (l->n_outputs == 0)
        return false;
    *o = l->outputs[l->first_output];
    l->first_output = (l->first_output + 1) % LIMIT_LOAD_OUTPUTS;
    l->n_outputs--;
    return true;
}

/* --- legs --- */

static uint64_t hash_of(const struct load *l, struct str call_id)
{
    return siphash13(&l->key, call_id);
}

uint64_t load_tag(const struct load *l, struct str call_id)
{
    return hash_of(l, call_id) * UINT64_C(0x9e3779b97f4a7c15) ^ l->run;
}

void load_enter_leg(struct load *l, struct leg *leg)
{
    leg->tag = load_tag(l, leg->call_id);
    map_insert(&l->legs, &leg->node, hash_of(l, leg->call_id));
}

struct leg *load_find_leg(struct load *l, struct str call_id)
{
    struct map_node *node = map_find(&l->legs, hash_of(l, call_id));
    while (node) {
        struct leg *leg = CONTAINER_OF(node, struct leg, node);
        if (str_equal(leg->call_id, call_id))
            return leg;
        node = map_find_next(node);
    }
    return NULL;
}

static void close_leg(struct load *l, struct leg *leg)
{
    talk_end(l, leg);
    if (leg->call_id.len > 0)
        map_remove(&l->legs, &leg->node);
    wheel_stop(&l->wheel, &leg->again.timer);
    block_unref(l->blocks, leg->their_call_id);
    block_unref(l->blocks, leg->peer);
    block_unref(l->blocks, leg->invite);
    block_unref(l->blocks, leg->invited);
    block_unref(l->blocks, leg->pending);
    for (unsigned i = 0; i < ECHOES; i++)
        block_unref(l->blocks, leg->echoes[i].reply);
}

/* --- sessions --- */

static bool set_initials(struct load *l, struct session *s)
{
    const struct scenario *sc = l->scenario;
    for (unsigned i = 0; sc->has_initials && i < sc->n_variables; i++)
        if (sc->initials[i].at && !variable_set(l, s, (int)i, sc->initials[i]))
            return false;
    return true;
}

static void free_variables(struct load *l, struct session *s)
{
    unsigned n = s->variables ? l->scenario->n_variables : 0;
    for (unsigned i = 0; i < n; i++)
        block_unref(l->blocks, s->variables[i].text);
    if (n > 0)
        mem_free(l->mem, s->variables, n * sizeof *s->variables);
}

static bool make_variables(struct load *l, struct session *s)
{
    unsigned n = l->scenario->n_variables;
    if (n > 0)
        s->variables = mem_alloc_zero(l->mem, n * sizeof *s->variables);
    return n == 0 || (s->variables && set_initials(l, s));
}

static uint32_t choose_user(struct load *l, uint32_t number)
{
    const struct users *u = l->config.users;
    if (!u)
        return (number - 1 - l->before) % l->config.n_users;
    return users_are_random(u) ? (uint32_t)rand_below(&l->rand, users_count(u))
                               : (number - 1) % users_count(u);
}

static void begin(struct load *l, struct session *s)
{
    s->number = ++l->number;
    s->user = choose_user(l, s->number);
    timer_init(&s->alarm.timer);
    s->alarm.session = s;
    for (unsigned i = 0; i < l->scenario->n_dialogs; i++) {
        timer_init(&s->legs[i].again.timer);
        s->legs[i].again.session = s->legs[i].session = s;
        s->legs[i].again.leg = &s->legs[i];
    }
}

void load_take_users(struct load *l, unsigned first, unsigned n)
{
    l->config.first_user = first;
    l->config.n_users = n;
    l->before = l->number;
}

struct session *session_open(struct load *l, unsigned link, const struct addr *remote,
                             time_ns meant, time_ns now)
{
    pool_id id;
    struct tally *t = l->tally;
    struct session *s = pool_alloc(&l->sessions, &id);
    t->started++;
    if (!s || !make_variables(l, s)) {
        tally_failure(t, &(struct failure){.cause = s ? CAUSE_MEMORY : CAUSE_LIMIT});
        if (s) {
            free_variables(l, s);
            pool_free(&l->sessions, id);
        }
        return NULL;
    }
    s->id = id;
    s->link = link;
    s->remote = *remote;
    s->meant = s->due = meant;
    if (l->began == 0)
        l->began = now;
    begin(l, s);
    t->running++;
    if (t->running > t->most_running)
        t->most_running = t->running;
    return s;
}

void session_close(struct load *l, struct session *s)
{
    for (unsigned i = 0; i < l->scenario->n_dialogs; i++)
        close_leg(l, &s->legs[i]);
    wheel_stop(&l->wheel, &s->alarm.timer);
    block_unref(l->blocks, s->last);
    free_variables(l, s);
    credentials_free(l, s);
    pool_free(&l->sessions, s->id);
}

static void note_failure(struct load *l, const struct session *s, enum cause cause, struct msg *m)
{
    struct failure f = {.cause = (uint8_t)cause, .step = (uint16_t)s->at};
    if (m) {
        const struct cseq *c = msg_cseq(m);
        struct str name = m->is_request ? m->method_name : c ? c->method_name : STR_NONE;
        f.status = m->is_request ? 0 : m->status;
        snprintf(f.method, sizeof f.method, "%.*s", (int)(name.len % sizeof f.method), name.at);
    }
    tally_failure(l->tally, &f);
    l->tally->running--;
}

static void count_success(struct load *l, struct session *s, time_ns now)
{
    struct tally *t = l->tally;
    time_ns latency = now > s->meant ? now - s->meant : 0;
    t->succeeded++;
    t->running--;
    histogram_add(&t->session, latency);
    histogram_add(&t->recent, latency);
}

/* What its messages did was right; its media have their say, too. */
static void conclude(struct load *l, struct session *s, time_ns now)
{
    for (unsigned i = 0; i < l->scenario->n_dialogs; i++)
        talk_end(l, &s->legs[i]);
    if (s->is_mute)
        note_failure(l, s, CAUSE_MEDIA, NULL);
    else
        count_success(l, s, now);
    s->over = true;
}

void session_succeed(struct load *l, struct session *s, time_ns now)
{
    const struct step *step = s->at < (int)l->scenario->n_steps ? &l->scenario->steps[s->at] : NULL;
    if (!s->over)
        conclude(l, s, now);
    if (!step)
        session_close(l, s);
}

/* What was begun is ended, so that the far end does not go on with it. True: an answer is owed. */
static bool end_leg(struct load *l, struct session *s, struct leg *leg, enum cause cause,
                    time_ns now)
{
    load_settle(l, leg);
    if (leg->is_confirmed)
        plain_bye(l, s, leg);
    else if (leg->is_inviting)
        plain_cancel(l, s, leg);
    else if (leg->invited)
        plain_decline(l, leg, cause == CAUSE_CANCELLED ? 487 : 480, now);
    return leg->is_inviting || leg->is_declining;
}

void session_fail(struct load *l, struct session *s, enum cause cause, struct msg *m, time_ns now)
{
    bool owed = false;
    assert(!s->dying);
    if (s->over) { /* what comes after its success changes nothing */
        session_close(l, s);
        return;
    }
    note_failure(l, s, cause, m);
    s->dying = true;
    for (unsigned i = 0; i < l->scenario->n_dialogs && cause != CAUSE_TRANSPORT; i++)
        owed |= end_leg(l, s, &s->legs[i], cause, now);
    if (!owed) {
        session_close(l, s);
        return;
    }
    wheel_set(&l->wheel, &s->alarm.timer, time_add(now, DYING_NS));
}

/* --- time --- */

/* Links take turns; those that are down are passed over. */
static unsigned choose_link(const struct load *l, uint32_t number)
{
    unsigned at = number % l->n_links;
    for (unsigned i = 0; i < l->n_links && l->links[at].down; i++)
        at = (at + 1) % l->n_links;
    return at;
}

bool load_start(struct load *l, time_ns meant, time_ns now)
{
    unsigned link = choose_link(l, l->number);
    struct session *s = session_open(l, link, &l->links[link].flow.remote, meant, now);
    if (!s)
        return false;
    if (l->links[link].down) {
        session_fail(l, s, CAUSE_TRANSPORT, NULL, now);
        return false;
    }
    session_run(l, s, meant, now);
    return true;
}

time_ns load_deadline(const struct load *l)
{
    return wheel_deadline(&l->wheel);
}

void load_expire(struct load *l, time_ns now)
{
    struct timer *t;
    while (!load_is_full(l) && (t = wheel_pop(&l->wheel, now))) {
        struct alarm *a = CONTAINER_OF(t, struct alarm, timer);
        if (a->leg)
            load_send_again(l, a->leg, now);
        else
            session_alarm(l, a->session, a->session->due, now);
    }
}

void load_stop(struct load *l, time_ns now)
{
    uint32_t cursor = 0;
    pool_id id;
    struct session *s;
    while ((s = pool_each(&l->sessions, &cursor, &id)))
        if (!s->dying && !s->over)
            session_fail(l, s, CAUSE_STOPPED, NULL, now);
}
