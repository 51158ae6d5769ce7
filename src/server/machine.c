/* Tries what a start would do, and undoes it; serves nobody. */
#include "server/machine.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/listen.h"
#include "host/names.h"
#include "net/socket.h"
#include "server/privileges.h"
#include "server/secure.h"
#include "server/strays.h"
#include "store/accounts.h"

struct machine {
    const struct config *config;
    const char *file;
    config_tell *tell;
    void *arg;
    unsigned faults;
};

static void PRINTF_LIKE(4, 5)
    tell(struct machine *m, const char *key, bool warning, const char *fmt, ...)
{
    struct config_fault f = {
        .file = m->file, .line = config_line(m->config, key), .warning = warning};
    va_list args;

    (void)snprintf(f.key, sizeof(f.key), "%s", key);
    va_start(args, fmt);
    (void)vsnprintf(f.what, sizeof(f.what), fmt, args);
    va_end(args);
    m->faults += !warning;
    m->tell(m->arg, &f);
}

/* --- ports and addresses --- */

static void tell_bind(struct machine *m, const char *key, const char *where, int error)
{
    if (error == EADDRINUSE)
        tell(m, key, false,
             "%s: another program has this port (or this server, if it runs): end it or take "
             "another port",
             where);
    else if (error == EADDRNOTAVAIL)
        tell(m, key, false, "%s: no interface of this machine has this address", where);
    else if (error == EACCES)
        tell(m, key, true, "%s: only root may take this port", where);
    else
        tell(m, key, false, "%s: %s", where, strerror(error));
}

static void check_listeners(struct machine *m)
{
    struct listen_list l;
    const char *wrong = listen_read(&l, &m->config->listen, socket_has_ip6());

    if (wrong)
        tell(m, "listen", false, "%s", wrong);
    for (unsigned i = 0; !wrong && i < l.n; i++) {
        bool is_udp = l.list[i].transport == TRANSPORT_UDP;
        int error = socket_probe(is_udp, &l.list[i].addr);
        char where[80];
        struct buf b;

        buf_init(&b, where, sizeof(where) - 1);
        listen_print(&b, &l.list[i]);
        where[b.len] = '\0';
        if (error)
            tell_bind(m, "listen", where, error);
    }
}

static void check_metrics(struct machine *m)
{
    struct addr a;
    int error = 0;

    if (m->config->metrics.len > 0 && addr_parse(m->config->metrics, &a))
        error = socket_probe(false, &a);
    if (error)
        tell_bind(m, "metrics.listen", m->config->metrics.at, error);
}

/* --- folders and users --- */

static void check_folder(struct machine *m, const char *key, const char *path)
{
    struct stat s;

    if (stat(path, &s))
        tell(m, key, false, "%s: %s", path, strerror(errno));
    else if (!S_ISDIR(s.st_mode))
        tell(m, key, false, "%s: expected a folder", path);
    else if (access(path, W_OK | X_OK))
        tell(m, key, false, "%s: cannot be written: %s", path, strerror(errno));
}

/* The folder that a file or a folder is made in. */
static const char *parent_of(const char *path, char at[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int len = slash ? (int)(slash - path) : 1;

    (void)snprintf(at, PATH_MAX, "%.*s", len > 0 ? len : 1, slash ? path : ".");
    return at;
}

static void check_data(struct machine *m)
{
    const char *path = m->config->data.at;
    char parent[PATH_MAX];

    if (m->config->data.len == 0)
        return;
    if (access(path, F_OK) == 0 || errno != ENOENT)
        check_folder(m, "data", path);
    else
        check_folder(m, "data", parent_of(path, parent));
}

struct looking {
    struct strays strays;
    const struct config *config;
};

static bool look_at_account(void *arg, struct str key, struct str record)
{
    struct looking *l = arg;

    (void)record;
    strays_account(&l->strays, l->config, key);
    return true;
}

/* Of a folder that is there; what cannot be read the start will tell. */
static void check_accounts(struct machine *m)
{
    struct looking l = {.config = m->config};
    struct store_fault fault;
    char path[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s/accounts.db", m->config->data.at);

    if (m->config->data.len == 0 || len >= PATH_MAX || access(path, R_OK | W_OK))
        return;
    struct accounts_file *file = accounts_open(&mem_libc, m->config->data.at, &fault);

    if (file && accounts_list(file, look_at_account, &l, &fault) && l.strays.n > 0)
        tell(m, "domains", true,
             "%llu accounts are of no domain of the server's and let nobody in, %.*s among them",
             (unsigned long long)l.strays.n, (int)l.strays.first_len, l.strays.first);
    accounts_close(file);
}

static void check_control(struct machine *m)
{
    char parent[PATH_MAX];

    if (m->config->control.len > 0)
        check_folder(m, "control.socket", parent_of(m->config->control.at, parent));
}

static void check_user(struct machine *m)
{
    struct privileges p;
    const char *wrong = m->config->user.len > 0 ? privileges_of(&p, m->config->user.at) : NULL;

    if (wrong)
        tell(m, "user", false, "%s: %s", m->config->user.at, wrong);
}

static void count_fault(void *arg, const struct config_fault *f)
{
    struct machine *m = arg;

    m->faults += !f->warning;
    m->tell(m->arg, f);
}

static void check_certificates(struct machine *m)
{
    struct listen_list l;
    struct tls_context *c;

    if (listen_read(&l, &m->config->listen, socket_has_ip6()))
        return;
    if (secure_read(&c, &mem_libc, m->config, &l, m->file, NULL, count_fault, m))
        tls_context_unref(c);
}

static void check_hosts(struct machine *m)
{
    char what[256];
    struct names *names = names_read(&mem_libc, m->config, what, sizeof(what));

    if (!names)
        tell(m, "dns.hosts", false, "%s", what);
    names_unref(names);
}

unsigned machine_check(const struct config *c, const char *file, config_tell *to, void *arg)
{
    struct machine m = {.config = c, .file = file, .tell = to, .arg = arg};

    check_listeners(&m);
    check_metrics(&m);
    check_data(&m);
    check_accounts(&m);
    check_control(&m);
    check_user(&m);
    check_certificates(&m);
    check_hosts(&m);
    return m.faults;
}
