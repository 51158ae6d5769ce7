/* Any lines as the arguments of `tandem serve`: refused with a word, or read into options and a
 * configuration whose listeners print as what they are. */
#include <stdio.h>

#include "fuzz.h"
#include "host/listen.h"
#include "server/options.h"

#define ARGUMENTS_MAX 64

struct arguments {
    int n;
    char *list[ARGUMENTS_MAX + 1];
};

/* Each line in memory of exactly its length. */
static void draw_arguments(struct arguments *a, struct str input)
{
    *a = (struct arguments){.n = 1, .list = {strdup("serve")}};
    while (input.len > 0 && a->n < ARGUMENTS_MAX) {
        size_t end = str_find(input, '\n');
        a->list[a->n++] = strndup(input.at, end);
        input = str_slice(input, end + 1, input.len);
    }
}

static void check_listener(const struct listen_at *at)
{
    char text[80];
    struct buf b;
    struct listen_list again = {0};
    buf_init(&b, text, sizeof text);
    listen_print(&b, at);
    assert(!b.over && !listen_parse(&again, buf_str(&b), true) && again.n == 1);
    assert(again.list[0].transport == at->transport);
    assert(at->addr.port == 0 ? again.list[0].addr.port == 5060
                              : addr_equal(&again.list[0].addr, &at->addr));
}

static void count(void *arg, const struct config_fault *f)
{
    unsigned *faults = arg;

    assert(!f->file && f->line == 0 && f->key[0] == '-' && f->what[0]);
    ++*faults;
}

static void check_listeners(const struct config *c)
{
    struct listen_list l;
    const char *wrong = listen_read(&l, &c->listen, true);

    assert(wrong || (l.n > 0 && l.n <= LIMIT_LISTENERS));
    for (unsigned i = 0; i < l.n && !wrong; i++)
        check_listener(&l.list[i]);
}

/* As `serve` does, but for the file. */
static void check_options(const struct server_options *o)
{
    struct config_source s = {.overrides = o->overrides, .n_overrides = o->n_overrides};
    unsigned faults = 0;
    struct config *c = config_parse(&mem_libc, &s, count, &faults);

    assert((c == NULL) == (faults > 0));
    if (c)
        check_listeners(c);
    config_free(c);
}

/* What is said about the fault goes to `said`. */
static int read_options(struct server_options *o, const struct arguments *a, char **said)
{
    size_t len = 0;
    char *list[ARGUMENTS_MAX + 1];
    FILE *terminal = stderr;
    memcpy(list, a->list, sizeof list); /* they are put into another order */
    stderr = open_memstream(said, &len);
    assert(stderr);
    int status = server_options_read(o, a->n, list);
    fclose(stderr);
    stderr = terminal;
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arguments a;
    static struct server_options o;
    char *said = NULL;
    draw_arguments(&a, (struct str){(const char *)data, size});
    int status = read_options(&o, &a, &said);
    assert(status == 0 || status == 2);
    assert((status == 2) == (strncmp(said, "tandem: serve: ", 15) == 0));
    if (status == 0 && !o.help)
        check_options(&o);
    free(said);
    for (int i = 0; i < a.n; i++)
        free(a.list[i]);
    return 0;
}
