/* `group`: who is in which, and who has logged in; logs members in and out. */
#include "base/err.h"
#include "base/json.h"
#include "element/groups.h"
#include "server/control_client.h"

#define TRIES 8
#define LATE "the disk does not answer; the change may still take effect"

static time_ns now_of(const struct control_client *c)
{
    return net_clock_now(&c->control->shared->clock);
}

/* What holds now; the caller frees it. */
static struct groups *groups_now(struct control_client *c)
{
    struct current *current = &c->control->shared->current;
    const struct config *config = current_hold(current);
    struct group_fault fault;
    struct groups *all =
        groups_new(&mem_libc, &config->groups, config_domains(config).list[0], &fault);

    current_release(current);
    return all;
}

/* What is in memory is told at once. *value is the caller's. */
static struct store_answer look(struct control_client *c, enum store_space space, struct str key,
                                struct block **value)
{
    const struct store_ask get = {.op = STORE_GET, .space = space, .key = key};
    struct store_answer found = {.status = STORE_FAILED};
    struct locations_asker nobody = {0};

    if (!store_ask(c->control->shared->store, nobody, &get, now_of(c), &c->control->blocks, &found,
                   value))
        found.status = STORE_FAILED;
    return found;
}

static struct agent_state state_of(struct control_client *c, struct str member)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    struct block *value = NULL;

    buf_init(&key, space, sizeof(space));
    agent_state_key(&key, member);
    struct agent_state s = agent_state_read(look(c, STORE_MOMENTS, buf_str(&key), &value).value);

    block_unref(&c->control->blocks, value);
    return s;
}

static void tell_member(struct control_client *c, const struct group *g,
                        const struct group_member *m, bool in)
{
    struct agent_state s = state_of(c, m->key);
    FILE *f = control_row(c);

    fputs("{\"state\":\"", f);
    fputs(g->login && !in ? "out" : s.calls > 0 ? "busy" : "in", f);
    putc('"', f);
    control_put_text(f, "group", g->name);
    control_put_text(f, "member", m->uri);
    fprintf(f, ",\"calls\":%u}", s.calls);
    control_tell(c);
}

static void tell_group(struct control_client *c, const struct group *g)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    struct block *value = NULL;

    buf_init(&key, space, sizeof(space));
    group_record_key(&key, g);
    group_set in = group_record_read(look(c, STORE_LOCATIONS, buf_str(&key), &value).value, g);

    block_unref(&c->control->blocks, value);
    for (unsigned i = 0; i < g->n; i++)
        tell_member(c, g, &g->members[i], in >> i & 1);
}

/* A group a step: their rows have room. */
static enum control_step show(struct control_client *c, const struct groups *all)
{
    const struct group *g;

    if (c->line.n > 1) {
        g = groups_named(all, c->line.list[1]);
        if (!g)
            return control_end(c, 1, "there is no such group");
        tell_group(c, g);
        return CONTROL_DONE;
    }
    g = groups_at(all, c->progress.worker++);
    if (!g)
        return CONTROL_DONE;
    tell_group(c, g);
    return CONTROL_AGAIN;
}

static enum control_step answered(struct control_client *c, enum store_status status)
{
    if (status == STORE_CONFLICT && c->progress.write.tries < TRIES)
        return CONTROL_AGAIN;
    return status == STORE_OK ? CONTROL_DONE : control_end(c, 1, "the store could not write");
}

/* A call that it is in, and that is gone without a BYE, is forgotten. */
static void forget_state(struct control_client *c, struct str member)
{
    char space[LIMIT_AOR_BYTES + 16];
    struct buf key;
    struct block *value = NULL, *copy = NULL;
    struct store_answer done = {.status = STORE_FAILED};
    struct locations_asker nobody = {0};

    buf_init(&key, space, sizeof(space));
    agent_state_key(&key, member);
    const struct store_ask put = {.op = STORE_PUT,
                                  .space = STORE_MOMENTS,
                                  .key = buf_str(&key),
                                  .version = look(c, STORE_MOMENTS, buf_str(&key), &value).version};

    if (put.version && !store_ask(c->control->shared->store, nobody, &put, now_of(c),
                                  &c->control->blocks, &done, &copy))
        copy = NULL;
    block_unref(&c->control->blocks, value);
    block_unref(&c->control->blocks, copy);
}

static enum control_step write_back(struct control_client *c, const struct group *g,
                                    struct str member, bool in)
{
    char space[LIMIT_AOR_BYTES + 16], text[GROUP_RECORD_BYTES];
    struct buf key, record;
    struct block *value = NULL, *copy = NULL;
    struct store_answer written;

    buf_init(&key, space, sizeof(space));
    buf_init(&record, text, sizeof(text));
    group_record_key(&key, g);
    struct store_answer found = look(c, STORE_LOCATIONS, buf_str(&key), &value);

    if (found.status != STORE_OK)
        return control_end(c, 1, "the store has no answer");
    group_record_change(&record, found.value, member, in);
    block_unref(&c->control->blocks, value);
    if (record.len == 0 && found.version == 0)
        return CONTROL_DONE;
    const struct store_ask put = {.op = STORE_PUT,
                                  .key = buf_str(&key),
                                  .value = buf_str(&record),
                                  .version = found.version,
                                  .expires = TIME_NEVER};
    bool told = control_write(c, &put, &written, &copy);

    block_unref(&c->control->blocks, copy);
    c->progress.write.query = told ? 0 : c->progress.write.query;
    return told ? answered(c, written.status) : CONTROL_WAIT;
}

/* "bob", "bob@example.com": whichever member it is. */
static const struct group_member *find_member(const struct group *g, struct str word)
{
    char space[LIMIT_AOR_BYTES];
    struct buf key;

    for (unsigned i = 0; i < g->n; i++) {
        struct str uri = g->members[i].key;
        size_t from = str_find(uri, ':') + 1, at = str_find(uri, '@');

        if (from < at && str_equal(word, str_slice(uri, from, at - from)))
            return &g->members[i];
    }
    buf_init(&key, space, sizeof(space));
    if (!control_read_key(&key, word))
        return NULL;
    unsigned i = group_member_of(g, buf_str(&key));

    return i < g->n ? &g->members[i] : NULL;
}

static enum control_step change(struct control_client *c, const struct groups *all)
{
    bool in = str_equal(c->line.list[2], STR("login"));
    const struct group *g = groups_named(all, c->line.list[1]);

    if (c->line.n != 4 || (!in && !str_equal(c->line.list[2], STR("logout"))))
        return control_end(c, 2, "expected login or logout, and a member");
    if (!g)
        return control_end(c, 1, "there is no such group");
    if (!g->login)
        return control_end(c, 1, "members of this group need not log in (login: true)");
    const struct group_member *m = find_member(g, c->line.list[3]);

    if (!m)
        return control_end(c, 1, "is no member of this group");
    if (in)
        forget_state(c, m->key);
    return write_back(c, g, m->key, in);
}

enum control_step control_group(struct control_client *c)
{
    enum control_step step;

    if (c->progress.write.query)
        return control_write_waits(c, LATE, &step) ? step : answered(c, c->progress.write.status);
    struct groups *all = groups_now(c);

    if (!all)
        return control_end(c, 1, "there is no memory");
    step = c->line.n > 2 ? change(c, all) : show(c, all);
    groups_free(all);
    return step;
}
