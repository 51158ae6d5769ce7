/* Makes and frees configurations: defaults, then the file's text, then what stands beside it. */
#include "config/config.h"

#include "base/limits.h"
#include "config/reader.h"

static struct config *make(struct mem *mem)
{
    struct config *c = mem_alloc_zero(mem, sizeof *c);

    if (!c)
        return NULL;
    c->mem = mem;
    c->shelf = shelf_new(mem);
    if (c->shelf)
        return c;
    config_free(c);
    return NULL;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    shelf_free(c->shelf);
    mem_free(c->mem, c, sizeof *c);
}

static void apply_override(struct reader *r, const struct config_override *o)
{
    const struct key *k = key_find(&root_table, str_from(o->key));
    char text[256];
    struct buf expected;

    buf_init(&expected, text, sizeof text);
    if (!k) {
        fault_of_option(r, o->option, "there is no key %s", o->key);
        return;
    }
    if (!r->beside[k - keys])
        value_clear(k, r->config);
    r->beside[k - keys] = true;
    if (value_add(k, r->config, r->config->shelf, o->value, &expected))
        return;
    r->bad[k - keys] = true;
    fault_of_option(r, o->option, "\"%.*s\": %.*s", (int)str_slice(o->value, 0, 60).len,
                    o->value.at, (int)expected.len, expected.at);
}

static bool preset_all(struct reader *r)
{
    for (size_t i = 0; i < N_KEYS; i++)
        if (!value_preset(&keys[i], r->config, r->config->shelf))
            return false;
    return true;
}

/* They stand with the rest. */
static void keep_lines(struct reader *r)
{
    unsigned *lines = shelf_take(r->config->shelf, sizeof r->lines);

    if (lines)
        memcpy(lines, r->lines, sizeof r->lines);
    else
        fault(r, 0, STR_NONE, "there is no memory for it");
    r->config->lines = lines;
}

static void read_all(struct reader *r)
{
    if (!preset_all(r)) {
        fault(r, 0, STR_NONE, "there is no memory for it");
        return;
    }
    if (r->source->text.len > LIMIT_CONFIG_BYTES)
        fault(r, 0, STR_NONE, "the file is too long: at most %u bytes", LIMIT_CONFIG_BYTES);
    else
        read_text(r);
    for (size_t i = 0; i < r->source->n_overrides; i++)
        apply_override(r, &r->source->overrides[i]);
    find_clashes(r);
    keep_lines(r);
}

struct config *config_parse(struct mem *mem, const struct config_source *s, config_tell *tell,
                            void *arg)
{
    struct reader r = {.source = s, .tell = tell, .arg = arg};

    r.config = make(mem);
    if (!r.config) {
        fault(&r, 0, STR_NONE, "there is no memory for it");
        return NULL;
    }
    read_all(&r);
    if (r.faults == 0)
        return r.config;
    config_free(r.config);
    return NULL;
}

struct str_list config_domains(const struct config *c)
{
    static struct str fallback = STR_INIT("localhost");

    return c->domains.n > 0 ? c->domains : (struct str_list){.list = &fallback, .n = 1};
}

bool config_has_domain(const struct config *c, struct str name)
{
    const struct str_list domains = config_domains(c);

    for (unsigned i = 0; i < domains.n; i++)
        if (str_equal_nocase(domains.list[i], name))
            return true;
    return false;
}

const struct config_row *config_row(size_t i)
{
    return i < N_KEYS ? &keys[i].row : NULL;
}

unsigned config_line(const struct config *c, const char *key)
{
    const struct key *k = key_find(&root_table, str_from(key));

    return k ? c->lines[k - keys] : 0;
}

const struct config_row *config_entry_row(const char *table, unsigned i)
{
    const struct key_table *t = table_named(table);

    return t && i < t->n ? &t->keys[i].row : NULL;
}

unsigned config_entry_line(const char *table, const struct config_entry *e, const char *key)
{
    const struct key_table *t = table_named(table);
    const struct key *k = t ? key_find(t, str_from(key)) : NULL;

    return k && e->lines[k - t->keys] > 0 ? e->lines[k - t->keys] : e->line;
}

bool config_same(const struct config *a, const struct config *b, size_t row)
{
    return value_same(&keys[row], a, b);
}
