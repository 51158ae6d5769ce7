/* The proxy as its owner sees it: its life, its events, its time. */
#include "proxy/joints.h"

#define JOINT_BUCKETS 16
#define TIMER_C_DEFAULT (181 * NS_PER_S) /* RFC 3261 16.6 step 11 */

/* What is copied of a configuration: the blocks, the views of domains, and their texts. */
static size_t lists_size(const struct proxy_config *config)
{
    size_t size =
        config->n_trusted * sizeof(struct addr_block) + config->n_domains * sizeof(struct str);
    for (size_t i = 0; i < config->n_domains; i++)
        size += config->domains[i].len;
    return size;
}

static void drop_lists(struct proxy *p)
{
    if (p->lists_size > 0)
        mem_free(p->mem, p->lists, p->lists_size);
    p->lists = NULL;
    p->lists_size = 0;
}

/* Views of texts come first: nothing in them may be misaligned. */
static char *copy_blocks(struct proxy *p, const struct proxy_config *from)
{
    struct str *views = p->lists;
    struct addr_block *blocks = (struct addr_block *)(void *)(views + from->n_domains);
    for (size_t i = 0; i < from->n_trusted; i++)
        blocks[i] = from->trusted[i];
    p->config.trusted = blocks;
    p->config.n_trusted = from->n_trusted;
    return (char *)(blocks + from->n_trusted);
}

static void copy_domains(struct proxy *p, const struct proxy_config *from, char *text)
{
    struct str *views = p->lists;
    for (size_t i = 0; i < from->n_domains; i++) {
        size_t len = from->domains[i].len;
        if (len > 0)
            memcpy(text, from->domains[i].at, len);
        views[i] = (struct str){text, len};
        text += len;
    }
    p->config.domains = views;
    p->config.n_domains = from->n_domains;
}

static bool copy_lists(struct proxy *p, const struct proxy_config *from)
{
    size_t size = lists_size(from);
    void *lists = size > 0 ? mem_alloc(p->mem, size) : NULL;
    if (size > 0 && !lists)
        return false;
    drop_lists(p);
    p->lists = lists;
    p->lists_size = size;
    copy_domains(p, from, copy_blocks(p, from));
    return true;
}

static time_ns timer_c_of(const struct proxy_config *config)
{
    return config->timer_c > 0 ? config->timer_c : TIMER_C_DEFAULT;
}

struct proxy *proxy_new(struct engine *engine, const struct proxy_config *config)
{
    struct mem *mem = engine_mem(engine);
    struct proxy *p = mem_alloc_zero(mem, sizeof *p);
    if (!p)
        return NULL;
    p->engine = engine;
    p->mem = mem;
    p->config = *config;
    p->config.timer_c = timer_c_of(config);
    p->calls = follow_table_new(mem, &config->key, config->quota);
    if (!p->calls || !copy_lists(p, config)) {
        follow_table_free(p->calls);
        mem_free(mem, p, sizeof *p);
        return NULL;
    }
    if (map_init(&p->who, mem, JOINT_BUCKETS) != OK) {
        follow_table_free(p->calls);
        drop_lists(p);
        mem_free(mem, p, sizeof *p);
        return NULL;
    }
    follow_table_rule(p->calls, &config->calls);
    pool_init(&p->contexts, mem, sizeof(struct context), LIMIT_PROXY_CONTEXTS);
    pool_init(&p->branches, mem, sizeof(struct branch), LIMIT_PROXY_BRANCHES);
    wheel_init(&p->wheel, 0);
    wheel_init(&p->nexts, 0);
    list_init(&p->wishes);
    list_init(&p->wanted);
    pool_init(&p->joints, mem, sizeof(struct joint), LIMIT_PROXY_JOINTS);
    return p;
}

void proxy_free(struct proxy *p)
{
    if (!p)
        return;
    uint32_t cursor = 0;
    pool_id id;
    for (struct context *c; (c = pool_each(&p->contexts, &cursor, &id));)
        context_free(p, c);
    pool_fini(&p->contexts);
    pool_fini(&p->branches);
    pool_fini(&p->joints);
    map_fini(&p->who);
    follow_table_free(p->calls);
    drop_lists(p);
    mem_free(p->mem, p, sizeof *p);
}

int proxy_reconfigure(struct proxy *p, const struct proxy_config *config)
{
    if (!copy_lists(p, config))
        return ERR_NOMEM;
    p->config.takes_credentials = config->takes_credentials;
    p->config.record_route = config->record_route;
    p->config.timer_c = timer_c_of(config);
    p->config.session_s = config->session_s;
    p->config.min_session_s = config->min_session_s;
    follow_table_rule(p->calls, &config->calls);
    p->plan_of = NULL;
    return OK;
}

static int branch_failed(struct proxy *p, struct context *c, tx_id tx, unsigned status, time_ns now)
{
    struct branch *b = context_branch(c, tx);
    if (!b || b->status)
        return OK;
    if (status == 408)
        track_heard(p, c, NULL, now);
    if (status == 408 || !branch_retry(p, b, now))
        branch_end(p, b, status, NULL);
    return context_settle(p, c, now);
}

static int server_ended(struct proxy *p, struct context *c, tx_id tx, time_ns now)
{
    if (c->server != tx)
        return OK;
    c->server = 0;
    return context_settle(p, c, now);
}

static int cancel(struct proxy *p, const struct engine_event *ev, time_ns now)
{
    struct context *c = pool_get(&p->contexts, ev->other_user);
    if (!c || ev->other_owner != p->config.owner || c->server != ev->other)
        return OK;
    context_cancelled(p, c, ev->msg, now);
    return context_settle(p, c, now);
}

int proxy_event(struct proxy *p, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_CANCEL)
        return cancel(p, ev, now);
    struct context *c = pool_get(&p->contexts, ev->user);
    if (!c)
        return OK;
    switch (ev->kind) {
    case EVENT_RESPONSE:
        return context_response(p, c, ev, now);
    case EVENT_TIMEOUT:
        return branch_failed(p, c, ev->tx, 408, now);
    case EVENT_TRANSPORT_ERROR:
        return branch_failed(p, c, ev->tx, 503, now);
    case EVENT_SERVER_END:
        return server_ended(p, c, ev->tx, now);
    case EVENT_SERVER_TIMEOUT: /* RFC 3261 16.9: no branch is given up for it; the end follows */
    case EVENT_REQUEST:
    case EVENT_ACK:
    case EVENT_CANCEL:
    case EVENT_STRAY_RESPONSE:
    case EVENT_PASSING_RESPONSE:
    case EVENT_STORE:
    case EVENT_NUMBER:
        break;
    }
    return OK;
}

static int next_fired(struct proxy *p, struct timer *t, time_ns now)
{
    struct context *c = CONTAINER_OF(t, struct context, next);
    c->owed = false;
    return context_settle(p, c, now);
}

int proxy_time(struct proxy *p, time_ns now)
{
    int first = OK, err = OK;
    for (struct timer *t; (t = wheel_pop(&p->wheel, now)); first = first ? first : err)
        err = timer_c_fired(p, CONTAINER_OF(t, struct branch, timer_c), now);
    for (struct timer *t; (t = wheel_pop(&p->nexts, now)); first = first ? first : err)
        err = next_fired(p, t, now);
    follow_time(p->calls, now);
    track_hang_up(p, now);
    return first;
}

time_ns proxy_deadline(const struct proxy *p)
{
    return time_min(time_min(wheel_deadline(&p->wheel), wheel_deadline(&p->nexts)),
                    follow_deadline(p->calls));
}

size_t proxy_contexts(const struct proxy *p)
{
    return p->contexts.live;
}

uint32_t proxy_take_load(struct proxy *p, const struct engine_event *ev)
{
    struct context *c = pool_get(&p->contexts, ev->user);
    struct branch *b = c ? context_branch(c, ev->tx) : NULL;
    uint32_t load = b ? b->load : 0;
    if (b)
        b->load = 0;
    return load;
}
