/* Makes and frees configurations: defaults, then the file's text, then what stands beside it. */
#include "config/config.h"

#include "base/limits.h"
#include "config/reader.h"

/* Texts end with a NUL each, and YAML's escapes may triple a byte. */
static size_t shelf_size(const struct config_source *s)
{
    size_t size = value_lists_size() + N_KEYS * sizeof(unsigned) + 4096 + 4 * s->text.len;

    for (size_t i = 0; i < s->n_overrides; i++)
        size += s->overrides[i].value.len + 1;
    return size;
}

static struct config *make(struct mem *mem, const struct config_source *s)
{
    struct config *c = mem_alloc_zero(mem, sizeof *c);

    if (!c)
        return NULL;
    c->mem = mem;
    c->texts_size = shelf_size(s);
    c->texts = mem_alloc_zero(mem, c->texts_size);
    if (c->texts)
        return c;
    config_free(c);
    return NULL;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    if (c->texts)
        mem_free(c->mem, c->texts, c->texts_size);
    mem_free(c->mem, c, sizeof *c);
}

static void apply_override(struct reader *r, const struct config_override *o)
{
    const struct key *k = key_find(str_from(o->key));
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
    if (value_add(k, r->config, &r->shelf, o->value, &expected))
        return;
    r->bad[k - keys] = true;
    fault_of_option(r, o->option, "\"%.*s\": %.*s", (int)str_slice(o->value, 0, 60).len,
                    o->value.at, (int)expected.len, expected.at);
}

static void read_all(struct reader *r)
{
    for (size_t i = 0; i < N_KEYS; i++)
        value_preset(&keys[i], r->config, &r->shelf);
    if (r->source->text.len > LIMIT_CONFIG_BYTES)
        fault(r, 0, STR_NONE, "the file is too long: at most %u bytes", LIMIT_CONFIG_BYTES);
    else
        read_text(r);
    for (size_t i = 0; i < r->source->n_overrides; i++)
        apply_override(r, &r->source->overrides[i]);
    find_clashes(r);
}

struct config *config_parse(struct mem *mem, const struct config_source *s, config_tell *tell,
                            void *arg)
{
    struct reader r = {.source = s, .tell = tell, .arg = arg};

    r.config = make(mem, s);
    if (!r.config) {
        fault(&r, 0, STR_NONE, "there is no memory for it");
        return NULL;
    }
    r.shelf = (struct shelf){r.config->texts, sizeof r.lines, r.config->texts_size};
    read_all(&r);
    memcpy(r.config->texts, r.lines, sizeof r.lines);
    r.config->lines = r.config->texts;
    if (r.faults == 0)
        return r.config;
    config_free(r.config);
    return NULL;
}

const struct config_row *config_row(size_t i)
{
    return i < N_KEYS ? &keys[i].row : NULL;
}

unsigned config_line(const struct config *c, const char *key)
{
    const struct key *k = key_find(str_from(key));

    return k ? c->lines[k - keys] : 0;
}

bool config_same(const struct config *a, const struct config *b, size_t row)
{
    return value_same(&keys[row], a, b);
}
