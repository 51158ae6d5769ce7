/* Sets up worlds, and words what came of them; judges nothing. */
#include "sweep/scene.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "sweep/script.h"

/* A UAC that has heard a 1xx waits without end (RFC 3261 17.1.1.2): its user does not. */
#define PATIENCE (250 * NS_PER_S)

static enum transport speaks(enum transport t)
{
    return t == TRANSPORT_NONE ? TRANSPORT_UDP : t;
}

static struct node *add_server(struct scene *s, const struct script *f, const char *domain)
{
    struct node *n = element_join_workers(&s->w, domain, f->workers ? f->workers : 1);
    node_set_clock(n, 0, s->ahead);
    return n;
}

static void add_phone(struct scene *s, const char *user, struct node *server, enum transport t)
{
    assert(s->n_phones < SCENE_PHONES);
    struct agent *a = agent_join(&s->w, user, server, speaks(t));
    node_set_clock(&a->node, 0, s->ahead);
    s->phones[s->n_phones++] = a;
    s->alice = s->phones[0];
    s->bob = s->phones[1];
}

/* One after the other, so that the order of the bindings is known. */
static void register_all(struct scene *s)
{
    for (size_t i = 0; i < s->n_phones; i++) {
        agent_register(s->phones[i], 3600);
        world_run(&s->w, NS_PER_S);
        EXPECT(&s->w, s->phones[i]->register_status == 200);
        s->phones[i]->register_status = 0;
    }
}

void open_direct(struct scene *s, const struct script *f)
{
    add_phone(s, "alice", NULL, f->caller);
    add_phone(s, "bob", NULL, f->callee);
}

void open_strangers(struct scene *s, const struct script *f)
{
    s->proxy = add_server(s, f, "office.example");
    add_phone(s, "alice", s->proxy, f->caller);
    add_phone(s, "bob", s->proxy, f->callee);
}

void open_office(struct scene *s, const struct script *f)
{
    open_strangers(s, f);
    register_all(s);
}

void open_trapezoid(struct scene *s, const struct script *f)
{
    s->proxy = add_server(s, f, "atlanta.example");
    s->far = add_server(s, f, "biloxi.example");
    add_phone(s, "alice", s->proxy, f->caller);
    add_phone(s, "bob", s->far, f->callee);
    register_all(s);
}

void open_family(struct scene *s, const struct script *f)
{
    bool tcp = speaks(f->callee) == TRANSPORT_TCP;
    s->proxy = add_server(s, f, "office.example");
    add_phone(s, "alice", s->proxy, f->caller);
    add_phone(s, "bob", s->proxy, f->callee);
    add_phone(s, "bob", s->proxy, tcp ? TRANSPORT_UDP : TRANSPORT_TCP);
    add_phone(s, "bob", s->proxy, f->callee);
    register_all(s);
}

/* --- commands --- */

/* A user whose phone cannot even begin has asked for nothing. */
static enum fault_kind hold_fault(struct scene *s)
{
    enum fault_kind kind = s->w.fault.kind;
    if (kind == FAULT_AGENT_ALLOC)
        s->w.fault.kind = FAULT_NONE;
    return kind;
}

struct call *scene_call(struct scene *s, const char *uri)
{
    enum fault_kind kind = hold_fault(s);
    struct call *c = agent_call(s->alice, uri);
    assert(c);
    world_do(&s->w, PATIENCE, call_cancel, c);
    s->w.fault.kind = kind;
    return c;
}

void scene_register(struct scene *s, struct agent *a, unsigned expires_s)
{
    enum fault_kind kind = hold_fault(s);
    agent_register(a, expires_s);
    s->w.fault.kind = kind;
}

void scene_request(struct scene *s, const char *method, const char *uri)
{
    enum fault_kind kind = hold_fault(s);
    agent_request(s->alice, method, uri, "");
    s->w.fault.kind = kind;
}

/* --- the network --- */

struct weather {
    struct world *w;
    const struct node *from, *to;
    struct link link;
};

static void change(void *arg)
{
    struct weather *x = arg;
    world_link(x->w, x->from, x->to, x->link);
    free(x);
}

static void forecast(struct scene *s, const struct node *from, const struct node *to, time_ns at,
                     struct link link)
{
    struct weather *x = malloc(sizeof(*x));
    assert(x);
    *x = (struct weather){&s->w, from, to, link};
    world_do(&s->w, at, change, x);
}

void scene_mute(struct scene *s, const struct node *from, const struct node *to, time_ns at,
                time_ns span)
{
    forecast(s, from, to, at, (struct link){.loss = 1000});
    if (span != TIME_NEVER)
        forecast(s, from, to, at + span, link_perfect());
}

void scene_slow(struct scene *s, const struct node *from, const struct node *to, time_ns at,
                time_ns span, time_ns delay)
{
    forecast(s, from, to, at, (struct link){.delay_min = delay, .delay_max = delay});
    forecast(s, from, to, at + span, link_perfect());
}

/* --- the outcome --- */

static void put(struct buf *b, const char *text)
{
    buf_put(b, str_from(text));
}

static void put_status(struct buf *b, const char *what, unsigned status)
{
    put(b, what);
    buf_put_u64(b, status);
}

static void put_out(struct buf *b, const struct call *c)
{
    put_status(b, "out ", c->answers ? 200 : c->status);
    if (c->answers > 1)
        put_status(b, " x", c->answers);
}

static void put_in(struct buf *b, const struct call *c)
{
    put_status(b, "in ", c->final_status);
    if (c->gave_up)
        put(b, " gave up");
}

static void put_call(struct buf *b, const struct call *c)
{
    if (c->side == CALL_OUT)
        put_out(b, c);
    else
        put_in(b, c);
    if (c->reinvited)
        put(b, " changed");
    if (!c->ended)
        put(b, " stands");
}

static void put_phone(struct buf *b, const struct agent *a, bool callers_only)
{
    size_t begin = b->len;
    const char *between = ": ";
    put(b, b->len ? "; " : "");
    put(b, a->node.name);
    size_t named = b->len;
    if (a->register_status) {
        put(b, between);
        put_status(b, "registered ", a->register_status);
        between = ", ";
    }
    if (a->request_status) {
        put(b, between);
        put_status(b, "asked ", a->request_status);
        between = ", ";
    }
    for (size_t i = 0; i < AGENT_CALLS; i++) {
        if (a->calls[i].side == CALL_UNUSED || (callers_only && a->calls[i].side == CALL_IN))
            continue;
        put(b, between);
        put_call(b, &a->calls[i]);
        between = ", ";
    }
    if (b->len == named)
        b->len = begin;
}

void scene_outcome(const struct scene *s, bool callers_only, char *at, size_t size)
{
    struct buf b;
    buf_init(&b, at, size - 1);
    for (size_t i = 0; i < s->n_phones; i++)
        put_phone(&b, s->phones[i], callers_only);
    at[b.len] = '\0';
}

/* --- the ladder --- */

/* The host part of a node's name: "office" of office.example. */
static void put_name(struct buf *b, const struct node *n)
{
    struct str name = str_from(n ? n->name : "nobody");
    buf_put(b, str_slice(name, 0, str_find(name, '.')));
}

/* The method, or the status. */
static void put_kind(struct buf *b, const struct rung *r)
{
    struct str text = {r->text, r->len};
    if (str_starts(text, STR("SIP/2.0 ")))
        text = str_slice(text, 8, text.len);
    buf_put(b, str_slice(text, 0, str_find(text, ' ')));
}

void scene_ladder(const struct scene *s, char *at, size_t size)
{
    struct buf b;
    buf_init(&b, at, size - 1);
    for (size_t i = s->first; i < s->w.ladder.n; i++) {
        const struct rung *r = &s->w.ladder.rungs[i];
        put_name(&b, r->from);
        put(&b, " > ");
        put_name(&b, r->to);
        put(&b, " ");
        put_kind(&b, r);
        put(&b, "\n");
    }
    at[b.len] = '\0';
}
