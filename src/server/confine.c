/* The order in which a server gives up rights, and what it says of it. */
#include "server/confine.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_pem.h"
#include "server/privileges.h"

static bool fail(const char *where, const char *what)
{
    fprintf(stderr, "tandem: serve: %s: %s\n", where, what);
    return false;
}

bool confine_take_user(const struct confinement *c)
{
    struct privileges p;

    if (!c->user)
        return true;
    const char *wrong = privileges_of(&p, c->user);

    if (!wrong && c->data && !privileges_give(&p, c->data))
        return fail(c->data, strerror(errno));
    if (!wrong)
        wrong = privileges_take(&p);
    return wrong ? fail(c->user, wrong) : true;
}

/* Of a file that need not exist. NULL: there is none, or its path is too long. */
static const char *folder_of(const char *file, char at[PATH_MAX])
{
    const char *slash = file ? strrchr(file, '/') : NULL;
    size_t len = slash > file ? (size_t)(slash - file) : 1;

    if (!file || len >= PATH_MAX)
        return NULL;
    memcpy(at, slash ? file : ".", len);
    at[len] = '\0';
    return at;
}

/* --- certificates, scripts and names: they are read again at a reload --- */

/* The file's folder, and that of the file that a link leads to. */
static void add_file(struct sandbox_folders *f, size_t *n, const char *file)
{
    char at[2][PATH_MAX], *real = realpath(file, NULL);
    const char *folders[] = {folder_of(file, at[0]), folder_of(real, at[1])};

    for (size_t i = 0; i < 2; i++)
        if (folders[i] && *n < SANDBOX_READABLE)
            f->readable[(*n)++] = strdup(folders[i]);
    free(real);
}

/* It may be a folder itself. */
static void add_files(struct sandbox_folders *f, size_t *n, struct str path)
{
    if (path.len == 0)
        return;
    add_file(f, n, path.at);
    if (*n < SANDBOX_READABLE)
        f->readable[(*n)++] = strdup(path.at);
}

static void add_scripts(struct sandbox_folders *f, size_t *n, const struct config *c)
{
    for (unsigned i = 0; i < c->lua.scripts.n; i++)
        add_file(f, n, c->lua.scripts.list[i].at);
}

static void add_certificates(struct sandbox_folders *f, size_t *n, const struct config *c)
{
    char chain[TLS_PATH_MOST], key[TLS_PATH_MOST];

    for (unsigned i = 0; i < c->tls.certificates.n; i++)
        if (tls_pem_files(c->tls.certificates.list[i], chain, key)) {
            add_file(f, n, chain);
            if (strcmp(chain, key) != 0)
                add_file(f, n, key);
        }
    add_files(f, n, c->tls.ca);
    add_files(f, n, c->tls.crl);
}

static void enter(const struct confinement *c, struct sandbox *out)
{
    char config[PATH_MAX], control[PATH_MAX];
    struct sandbox_folders f = {.readable = {folder_of(c->config, config)},
                                .writable = {c->data, folder_of(c->control, control)}};
    size_t n = 1;

    if (c->read_again) {
        add_certificates(&f, &n, c->read_again);
        add_scripts(&f, &n, c->read_again);
        if (c->read_again->dns.hosts.len > 0)
            add_file(&f, &n, c->read_again->dns.hosts.at);
    }
    sandbox_enter(out, &f);
    while (n > 1)
        free((char *)(uintptr_t)f.readable[--n]);
}

void confine_enter(const struct confinement *c, struct sandbox *out)
{
    *out = (struct sandbox){.why = ""};
    if (c->wants_sandbox)
        enter(c, out);
}

void confine_tell(const struct log *log, const struct confinement *c, const struct sandbox *s)
{
    if (geteuid() == 0)
        log_event(log, EV_AS_ROOT, LOG_NUMBER("uid", 0));
    if (!c->wants_sandbox || (s->files && s->calls))
        return;
    log_event(log, EV_SANDBOX_LESS, LOG_NUMBER("files", s->files), LOG_NUMBER("calls", s->calls),
              LOG_TEXT("why", str_from(s->why)));
}
