/* Makes groups of the configuration's entries, or says which of them is wrong and why; finds them.
 */
#include "element/groups.h"

#include <stdio.h>

#include "base/shelf.h"
#include "element/forwards.h"
#include "msg/uri.h"

struct groups {
    struct mem *mem;
    struct shelf *shelf;
    unsigned n;
    struct group list[];
};

struct making {
    struct groups *groups;
    const struct config_group *from;
    struct group *group;
    struct str domain;
    struct group_fault *fault;
    bool failed;
};

static void fail(struct making *m, const char *key, struct str text, const char *what)
{
    if (m->failed)
        return;
    m->failed = true;
    m->fault->group = (unsigned)(m->group - m->groups->list);
    m->fault->key = key;
    (void)snprintf(m->fault->what, sizeof m->fault->what, "\"%.*s\": %s",
                   (int)str_slice(text, 0, 60).len, text.at, what);
}

static void no_memory(struct group_fault *fault, unsigned n)
{
    *fault = (struct group_fault){.group = n, .key = ""};
    (void)snprintf(fault->what, sizeof fault->what, "there is no memory for it");
}

static struct str keep(struct making *m, struct str text)
{
    struct str kept = STR_NONE;
    if (!m->failed && text.len > 0 && !shelf_keep(m->groups->shelf, text, &kept)) {
        no_memory(m->fault, m->groups->n);
        m->failed = true;
    }
    return kept;
}

static void *take(struct making *m, size_t size)
{
    void *at = m->failed || size == 0 ? NULL : shelf_take(m->groups->shelf, size);
    if (!at && size > 0 && !m->failed) {
        no_memory(m->fault, m->groups->n);
        m->failed = true;
    }
    return at;
}

/* "alice", "alice@example.com" or a URI, as a URI. */
static void put_uri(struct buf *b, struct str text, struct str domain)
{
    bool has_host = str_find(text, '@') < text.len;
    if (str_find(text, ':') < str_find(text, '@') && str_find(text, ':') < text.len) {
        buf_put(b, text);
        return;
    }
    buf_put_lit(b, "sip:");
    buf_put(b, text);
    if (!has_host) {
        buf_put_char(b, '@');
        buf_put(b, domain);
    }
}

/* Its URI, and the key of that. */
static void read_address(struct making *m, const char *what, struct str text, struct str *uri,
                         struct str *key)
{
    char space[2][LIMIT_FORWARD_URI + LIMIT_AOR_BYTES];
    struct buf b, k;
    struct uri parsed;
    struct msg_error err;
    buf_init(&b, space[0], sizeof space[0]);
    put_uri(&b, text, m->domain);
    if (b.over || !forward_is_uri(buf_str(&b)) || !uri_parse(buf_str(&b), &parsed, &err) ||
        parsed.user.len == 0) {
        fail(m, what, text, "expected a user such as alice or alice@example.com, or a URI of one");
        return;
    }
    buf_init(&k, space[1], LIMIT_AOR_BYTES);
    uri_print_aor(&k, &parsed);
    if (k.over)
        fail(m, what, text, "is too long");
    if (uri)
        *uri = keep(m, buf_str(&b));
    *key = keep(m, buf_str(&k));
}

static void read_members(struct making *m)
{
    const struct config_agent_list *from = &m->from->members;
    struct group *g = m->group;
    g->members = take(m, from->n * sizeof *g->members);
    for (unsigned i = 0; i < from->n && !m->failed; i++) {
        const struct config_agent *a = &from->list[i];
        struct group_member *to = &g->members[i];
        read_address(m, "members", a->user, &to->uri, &to->key);
        to->ring_time = (a->ring_time_s ? a->ring_time_s : m->from->ring_time_s) * NS_PER_S;
        to->delay = a->delay_s * NS_PER_S;
        if (!m->failed && group_member_of(g, to->key) < g->n)
            fail(m, "members", a->user, "is a member already: leave it out");
        g->n++;
    }
}

static void read_numbers(struct making *m)
{
    const struct str_list *from = &m->from->numbers;
    m->group->numbers.list = take(m, from->n * sizeof *from->list);
    for (unsigned i = 0; i < from->n && !m->failed; i++)
        read_address(m, "numbers", from->list[i], NULL,
                     &m->group->numbers.list[m->group->numbers.n++]);
}

static bool has_key(const struct group *g, struct str key)
{
    if (str_equal(g->key, key))
        return true;
    for (unsigned i = 0; i < g->numbers.n; i++)
        if (str_equal(g->numbers.list[i], key))
            return true;
    return false;
}

/* Two groups that are called alike. */
static void check_keys(struct making *m)
{
    const struct groups *all = m->groups;
    for (unsigned i = 0; &all->list[i] < m->group; i++) {
        if (has_key(&all->list[i], m->group->key))
            fail(m, "name", m->from->name, "another group is called so");
        for (unsigned k = 0; k < m->group->numbers.n; k++)
            if (has_key(&all->list[i], m->group->numbers.list[k]))
                fail(m, "numbers", m->from->numbers.list[k], "another group is called so");
    }
}

static void make_group(struct making *m, struct str domain)
{
    const struct config_group *from = m->from;
    struct group *g = m->group;
    m->domain = from->domain.len > 0 ? from->domain : domain;
    g->name = keep(m, from->name);
    read_address(m, "name", from->name, NULL, &g->key);
    read_numbers(m);
    read_members(m);
    check_keys(m);
    g->order = from->order;
    g->login = from->login;
    g->skip_busy = from->skip_busy;
    g->wrap_up = from->wrap_up_s * NS_PER_S;
    g->queue = from->queue;
    g->queue_time = from->queue_time_s * NS_PER_S;
    g->reply = from->reply;
    g->forward = keep(m, from->forward);
    if (from->forward.len > 0 && !forward_is_uri(from->forward))
        fail(m, "forward", from->forward, "expected a sip, sips or tel URI");
}

struct groups *groups_new(struct mem *mem, const struct config_group_list *from, struct str domain,
                          struct group_fault *fault)
{
    struct groups *g = mem_alloc_zero(mem, sizeof *g + from->n * sizeof *g->list);
    struct making m = {.groups = g, .fault = fault};
    if (g)
        *g = (struct groups){.mem = mem, .n = from->n, .shelf = shelf_new(mem)};
    if (!g || !g->shelf) {
        no_memory(fault, from->n);
        groups_free(g);
        return NULL;
    }
    for (unsigned i = 0; i < from->n && !m.failed; i++) {
        m.from = &from->list[i];
        m.group = &g->list[i];
        make_group(&m, domain);
    }
    if (!m.failed)
        return g;
    groups_free(g);
    return NULL;
}

void groups_free(struct groups *g)
{
    if (!g)
        return;
    shelf_free(g->shelf);
    mem_free(g->mem, g, sizeof *g + g->n * sizeof *g->list);
}

const struct group *groups_at(const struct groups *g, unsigned i)
{
    return g && i < g->n ? &g->list[i] : NULL;
}

const struct group *groups_find(const struct groups *g, struct str key)
{
    for (unsigned i = 0; g && i < g->n; i++)
        if (has_key(&g->list[i], key))
            return &g->list[i];
    return NULL;
}

const struct group *groups_named(const struct groups *g, struct str name)
{
    for (unsigned i = 0; g && i < g->n; i++)
        if (str_equal_nocase(g->list[i].name, name))
            return &g->list[i];
    return NULL;
}

unsigned group_member_of(const struct group *g, struct str key)
{
    unsigned i = 0;
    while (i < g->n && !str_equal(g->members[i].key, key))
        i++;
    return i;
}

bool groups_have(const struct groups *g, struct str key)
{
    for (unsigned i = 0; g && i < g->n; i++)
        if (group_member_of(&g->list[i], key) < g->list[i].n)
            return true;
    return false;
}
