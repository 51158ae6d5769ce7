/* Brings a file's bytes to the configuration's reader; knows no key. */
#include "server/config_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/shelf.h"
#include "element/groups.h"
#include "hook/hook.h"
#include "route/route.h"

#define READ_MOST \
    (LIMIT_CONFIG_BYTES > LIMIT_SCRIPT_BYTES ? LIMIT_CONFIG_BYTES : LIMIT_SCRIPT_BYTES)

/* One byte more than is allowed, so that what is too long shows. */
static char *read_all(FILE *f, size_t *len)
{
    char *text = malloc(READ_MOST + 1);

    if (!text)
        return NULL;
    *len = fread(text, 1, READ_MOST + 1, f);
    if (!ferror(f))
        return text;
    free(text);
    return NULL;
}

static char *read_file(const char *name, size_t *len)
{
    FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    int error;
    char *text;

    if (!f)
        return NULL;
    text = read_all(f, len);
    error = errno;
    if (f != stdin)
        (void)fclose(f);
    errno = error;
    return text;
}

/* What the texts of rules mean is known where they are compiled. False: a fault was told. */
static bool check_routes(const struct config *c, const char *file, config_tell *tell, void *arg)
{
    struct route_fault wrong;
    struct routes *r = routes_new(c->mem, &c->routes, &c->sets, &c->lua, &wrong);

    if (!r) {
        struct config_fault f = {.file = file};

        if (wrong.rule < c->routes.n)
            f.line = config_entry_line("route", &c->routes.list[wrong.rule].entry, wrong.key);
        (void)snprintf(f.key, sizeof(f.key), "routes[%u].%s", wrong.rule + 1, wrong.key);
        (void)snprintf(f.what, sizeof(f.what), "%s", wrong.what);
        tell(arg, &f);
    }
    routes_unref(r);
    return r;
}

/* --- scripts --- */

/* Their texts become part of the configuration. */
static bool read_script(struct config *c, const char *name, config_tell *tell, void *arg)
{
    struct config_script *s = &c->lua.texts.list[c->lua.texts.n];
    size_t len;
    char *text = read_file(name, &len);
    bool good = text && len <= LIMIT_SCRIPT_BYTES;

    if (!text)
        config_fault_tell(tell, arg, name, "lua.scripts", "cannot be read: %s", strerror(errno));
    else if (!good)
        config_fault_tell(tell, arg, name, "lua.scripts", "is larger than %d bytes",
                          LIMIT_SCRIPT_BYTES);
    else
        good = shelf_keep(c->shelf, str_from(name), &s->name) &&
               shelf_keep(c->shelf, (struct str){text, len}, &s->text);
    free(text);
    c->lua.texts.n += good;
    return good;
}

/* False: a fault was told. */
static bool check_scripts(const struct config *c, config_tell *tell, void *arg)
{
    struct hook_fault wrong;
    struct hook *h = hook_new(c->mem, &c->lua, &wrong);

    if (!h) {
        struct config_fault f = {.line = wrong.line};

        f.file = wrong.script < c->lua.texts.n ? c->lua.texts.list[wrong.script].name.at : NULL;
        (void)snprintf(f.what, sizeof(f.what), "%s", wrong.what);
        tell(arg, &f);
    }
    hook_free(h);
    return h;
}

static bool read_scripts(struct config *c, config_tell *tell, void *arg)
{
    const struct str_list *files = &c->lua.scripts;
    bool good = true;

    if (files->n == 0)
        return true;
    c->lua.texts.list = shelf_take(c->shelf, files->n * sizeof *c->lua.texts.list);
    for (unsigned i = 0; c->lua.texts.list && i < files->n; i++)
        good &= read_script(c, files->list[i].at, tell, arg);
    return good && c->lua.texts.list && check_scripts(c, tell, arg);
}

/* What the texts of groups mean, likewise. */
static bool check_groups(const struct config *c, const char *file, config_tell *tell, void *arg)
{
    struct group_fault wrong;
    struct groups *g = groups_new(c->mem, &c->groups, config_domains(c).list[0], &wrong);

    if (!g) {
        struct config_fault f = {.file = file};

        if (wrong.group < c->groups.n)
            f.line = config_entry_line("group", &c->groups.list[wrong.group].entry, wrong.key);
        (void)snprintf(f.key, sizeof(f.key), "groups[%u].%s", wrong.group + 1, wrong.key);
        (void)snprintf(f.what, sizeof(f.what), "%s", wrong.what);
        tell(arg, &f);
    }
    groups_free(g);
    return g;
}

struct config *config_file_read(struct mem *mem, const struct config_source *source,
                                config_tell *tell, void *arg)
{
    struct config_source s = *source;
    char *text = NULL;
    size_t len = 0;

    if (s.file && !(text = read_file(s.file, &len))) {
        config_fault_tell(tell, arg, s.file, "", "cannot be read: %s", strerror(errno));
        return NULL;
    }
    if (s.file)
        s.text = (struct str){text, len};
    struct config *c = config_parse(mem, &s, tell, arg);

    free(text);
    if (!c || (read_scripts(c, tell, arg) && check_routes(c, s.file, tell, arg) &&
               check_groups(c, s.file, tell, arg)))
        return c;
    config_free(c);
    return NULL;
}

void config_fault_print(void *arg, const struct config_fault *f)
{
    FILE *out = arg;

    fprintf(out, "tandem: %s", f->file ? f->file : "serve");
    if (f->line > 0)
        fprintf(out, ":%u", f->line);
    if (f->key[0])
        fprintf(out, "%s%s", f->file ? ":" : ": ", f->key);
    fprintf(out, ": %s%s\n", f->warning ? "warning: " : "", f->what);
}

void config_fault_tell(config_tell *tell, void *arg, const char *file, const char *key,
                       const char *fmt, ...)
{
    struct config_fault f = {.file = file};
    va_list args;

    (void)snprintf(f.key, sizeof(f.key), "%s", key);
    va_start(args, fmt);
    (void)vsnprintf(f.what, sizeof(f.what), fmt, args);
    va_end(args);
    tell(arg, &f);
}
