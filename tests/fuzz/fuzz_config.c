/* Any bytes as a configuration file: refused with words that fit a terminal and a line that is
 * there, or read into values within their limits; the same each time, and every byte given back. */
#include "base/limits.h"
#include "config/config.h"
#include "config/listener.h"
#include "fuzz.h"
#include "heap.h"

struct told {
    unsigned n, lines;
};

static void check_text(const char *z, size_t size)
{
    size_t len = strnlen(z, size);

    assert(len < size);
    for (size_t i = 0; i < len; i++)
        assert((unsigned char)z[i] >= ' ' && z[i] != 0x7f);
}

static void tell(void *arg, const struct config_fault *f)
{
    struct told *t = arg;

    t->n++;
    assert(f->line <= t->lines && !f->warning && strcmp(f->file, "fuzz.yaml") == 0);
    assert(f->what[0] != '\0');
    check_text(f->key, sizeof f->key);
    check_text(f->what, sizeof f->what);
}

/* YAML knows more ends of lines than one. */
static unsigned count_lines(struct str s)
{
    unsigned n = 2;

    for (size_t i = 0; i < s.len; i++)
        n += s.at[i] == '\n' || s.at[i] == '\r' || (unsigned char)s.at[i] >= 0x80;
    return n;
}

static void check_texts(const struct config *c)
{
    const struct str texts[] = {c->advertise, c->data, c->user, c->metrics, c->control};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert(texts[i].len == 0 || strlen(texts[i].at) == texts[i].len);
}

static bool is_within(const struct str_list *l, unsigned most)
{
    for (unsigned i = 0; i < l->n; i++)
        if (l->list[i].len == 0 || l->list[i].len > LIMIT_CONFIG_TEXT ||
            strlen(l->list[i].at) != l->list[i].len)
            return false;
    return l->n <= most;
}

static void check_route(const struct config_route *r)
{
    assert(r->entry.line > 0);
    assert(is_within(&r->methods, LIMIT_ROUTE_LIST) && is_within(&r->days, 7));
    assert(is_within(&r->forward, LIMIT_ROUTE_TARGETS) && r->sources.n <= LIMIT_ROUTE_LIST);
    assert(r->strip <= 32 && r->redirect_status >= 300 && r->redirect_status <= 302);
    assert((r->reply.len > 0) + (r->serve != CONFIG_SERVE_NO) + (r->forward.n > 0) +
               (r->redirect.n > 0) <=
           1);
}

static void check_entries(const struct config *c)
{
    assert(c->routes.n <= LIMIT_ROUTES && c->sets.n <= LIMIT_SETS);
    for (unsigned i = 0; i < c->routes.n; i++)
        check_route(&c->routes.list[i]);
    for (unsigned i = 0; i < c->sets.n; i++) {
        const struct config_set *s = &c->sets.list[i];

        assert(s->name.len > 0 && s->members.n > 0 && s->members.n <= LIMIT_SET_MEMBERS);
        for (unsigned k = 0; k < s->members.n; k++)
            assert(s->members.list[k].uri.len > 0 && s->members.list[k].weight <= 1000);
    }
}

static void check_config(const struct config *c)
{
    struct config_listener l;

    assert(c->domains.n <= LIMIT_DOMAINS && c->listen.n <= LIMIT_LISTENERS);
    assert(c->peers.n <= LIMIT_PEERS && c->trusted.n <= LIMIT_TRUSTED);
    assert(c->workers <= LIMIT_WORKERS && c->limits.transactions <= LIMIT_TX);
    assert(c->registrar.max_contacts >= 1 && c->registrar.max_contacts <= LIMIT_BINDINGS);
    assert(c->registrar.min_expires_s <= c->registrar.default_expires_s);
    assert(c->registrar.default_expires_s <= c->registrar.max_expires_s);
    assert(c->timers.t1_ms > 0 && c->timers.t1_ms <= c->timers.t2_ms);
    assert(c->proxy.timer_c_s > 180);
    assert(c->accounts.algorithms > 0 && c->accounts.algorithms < 8);
    for (unsigned i = 0; i < c->listen.n; i++)
        assert(!config_listener_parse(c->listen.list[i], &l));
    check_texts(c);
    check_entries(c);
}

static void check_same(const struct config *a, const struct config *b)
{
    assert(!a == !b);
    for (size_t k = 0; a && config_row(k); k++)
        assert(config_same(a, b, k));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = exact_copy((struct str){(const char *)data, size});
    struct config_source s = {.text = text, .file = "fuzz.yaml"};
    struct told first = {0, count_lines(text)}, second = first;
    struct fuzz_heap heap;

    fuzz_heap_init(&heap);
    struct config *c = config_parse(&heap.mem, &s, tell, &first);
    struct config *again = config_parse(&heap.mem, &s, tell, &second);

    assert((c == NULL) == (first.n > 0) && first.n <= LIMIT_CONFIG_FAULTS);
    assert(first.n == second.n);
    if (c)
        check_config(c);
    check_same(c, again);
    config_free(c);
    config_free(again);
    fuzz_heap_check(&heap);
    exact_free(text);
    return 0;
}
