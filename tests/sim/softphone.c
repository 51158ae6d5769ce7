/* A softphone's node: its face, its account, its events to its user. */
#include "sim/softphone.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define OWNER 3

static struct softphone *of(struct node *n)
{
    return (struct softphone *)n;
}

static void drain(struct node *n)
{
    struct softphone *p = of(n);
    struct engine_event ev;
    struct ua_event told;
    while (engine_event(n->engine, &ev)) {
        bool ours = ua_take(p->ua, &ev, node_now(n));
        assert(ours || ev.kind == EVENT_ACK || ev.kind == EVENT_STRAY_RESPONSE);
        (void)ours;
        while (ua_event(p->ua, &told))
            softphone_note(p, &told);
    }
    while (ua_event(p->ua, &told))
        softphone_note(p, &told);
}

void softphone_settle(struct softphone *p)
{
    drain(&p->node);
    node_settle(&p->node);
}

/* --- face --- */

static void on_datagram(struct node *n, const struct flow *f, struct str bytes)
{
    (void)engine_datagram(n->engine, f, bytes, node_now(n));
    drain(n);
}

static conn_id on_accepted(struct node *n, const struct flow *f)
{
    conn_id id = engine_accepted(n->engine, f, node_now(n));
    drain(n);
    return id;
}

static int on_connected(struct node *n, conn_id id, const struct addr *local)
{
    int err = engine_connected(n->engine, id, local, node_now(n));
    drain(n);
    return err;
}

static int on_stream(struct node *n, conn_id id, struct str bytes)
{
    int err = engine_stream(n->engine, id, bytes, node_now(n));
    drain(n);
    return err;
}

static int on_closed(struct node *n, conn_id id)
{
    int err = engine_closed(n->engine, id, node_now(n));
    drain(n);
    return err;
}

static int on_resolved(struct node *n, uint64_t query, struct str message)
{
    int err = engine_resolved(n->engine, query, message, node_now(n));
    drain(n);
    return err;
}

static int on_stored(struct node *n, const struct store_answer *a)
{
    (void)n;
    (void)a;
    assert(false && "a phone asks no store");
    return OK;
}

static void on_time(struct node *n)
{
    (void)engine_time(n->engine, node_now(n));
    drain(n);
    (void)ua_time(of(n)->ua, node_now(n));
    drain(n);
}

static time_ns deadline(const struct node *n)
{
    const struct softphone *p = (const struct softphone *)n;
    return time_min(engine_deadline(n->engine), ua_deadline(p->ua));
}

static bool output(struct node *n, struct engine_output *o)
{
    drain(n);
    return engine_output(n->engine, o);
}

static bool is_idle(const struct node *n)
{
    return ua_is_quiet(((const struct softphone *)n)->ua);
}

static void free_phone(struct node *n)
{
    ua_free(of(n)->ua);
    engine_free(n->engine);
    free(n);
}

static const struct node_face face = {
    .datagram = on_datagram,
    .accepted = on_accepted,
    .connected = on_connected,
    .stream = on_stream,
    .closed = on_closed,
    .resolved = on_resolved,
    .stored = on_stored,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .is_idle = is_idle,
    .free = free_phone,
};

struct softphone *softphone_of(struct node *n)
{
    return n->face == &face ? of(n) : NULL;
}

static void add_account(struct softphone *p, const struct softphone_traits *t)
{
    char address[112], route[112];
    const char *suffix = t->by_stream ? ";transport=tcp" : "";
    snprintf(address, sizeof address, "<%s>", p->aor);
    if (t->by_name)
        snprintf(route, sizeof route, "<sip:%s%s;lr>", p->home->name, suffix);
    else
        snprintf(route, sizeof route, "<sip:10.0.0.%d:5060%s;lr>", p->home->addr.ip[3], suffix);
    const struct ua_account_config config = {.address = str_from(address),
                                             .routes = str_from(route),
                                             .user = str_from(t->user),
                                             .password = str_from(t->password)};
    int err = ua_account_add(p->ua, &config, &p->account);
    assert(!err);
    (void)err;
}

struct softphone *softphone_join(struct world *w, struct node *home,
                                 const struct softphone_traits *t)
{
    struct softphone *p = calloc(1, sizeof *p);
    assert(p);
    node_join(&p->node, w, t->user, &face);
    p->home = home;
    p->by_stream = t->by_stream;
    p->instance = t->outbound ? p->node.index + 1 : 0;
    p->habits = softphone_habits(0);
    snprintf(p->aor, sizeof p->aor, "sip:%s@%s", t->user, home->name);
    const struct engine_config engine = node_engine_config(&p->node);
    p->node.engine = engine_new(&engine);
    assert(p->node.engine);
    node_listen(&p->node, STR_NONE);
    const struct ua_config config = {.engine = p->node.engine,
                                     .owner = OWNER,
                                     .software = STR("softphone"),
                                     .timers = tx_timers_default(),
                                     .session_s = t->session_s};
    p->ua = ua_new(&config);
    assert(p->ua);
    add_account(p, t);
    return p;
}
