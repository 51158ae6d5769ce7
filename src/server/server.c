/* Composes the daemon from its parts and frees them in reverse; what a worker does is worker.c's.
 */
#include "server/server.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/names.h"
#include "net/entropy.h"
#include "net/socket.h"
#include "registrar/registrar.h"
#include "server/boss.h"
#include "server/config_file.h"
#include "server/control.h"
#include "server/metrics.h"
#include "server/process.h"
#include "server/route_key.h"
#include "server/wall_clock.h"
#include "server/worker.h"

#define STORE_WITHIN (5 * NS_PER_S) /* for the disk to take what it has */

enum { DONE = 0, BAD_CONFIG = 2, OUR_FAULT = 4 };

static int fail(int status, const char *where, const char *what)
{
    fprintf(stderr, "tandem: %s: %s\n", where, what);
    return status;
}

static int open_sockets(struct shared *s)
{
    char text[80];
    struct buf b;
    unsigned failed = 0;
    int error = sockets_open(&s->sockets, &s->listen, s->n_workers, &failed);

    if (!error)
        return DONE;
    buf_init(&b, text, sizeof(text) - 1);
    listen_print(&b, &s->listen.list[failed]);
    text[b.len] = '\0';
    return fail(BAD_CONFIG, text, strerror(error));
}

static int complain(const struct store_fault *fault)
{
    fprintf(stderr, "tandem: %s\n", fault->what);
    return BAD_CONFIG;
}

static int make_data_folder(const struct config *c)
{
    struct store_fault fault;

    return c->data.len == 0 || folder_make(c->data.at, &fault) ? DONE : complain(&fault);
}

static void note_account(void *arg, struct str key)
{
    struct shared *s = arg;

    strays_account(&s->strays, current_hold(&s->current), key);
    current_release(&s->current);
}

static const struct log *store_log(const struct shared *s)
{
    return log_writer_log(s->log, s->n_workers + 2);
}

/* The first account changes who may do what, and so may the end of the last. */
static void note_accounts(void *arg, size_t n)
{
    struct shared *s = arg;

    strays_tell(&s->strays, store_log(s));
    if (atomic_exchange(&s->any_account, n > 0) == (n > 0))
        return;
    for (unsigned i = 0; i < s->n_workers; i++)
        bell_ring_loud(post_bell(s->post, i));
}

static int find_listener(void *arg, enum transport transport, const struct addr *local)
{
    const struct listen_list *l = arg;

    for (unsigned i = 0; i < l->n; i++)
        if (l->list[i].transport == transport && addr_equal(&l->list[i].addr, local))
            return (int)i;
    return -1;
}

static void restart_record(void *arg, char *value, size_t len)
{
    struct shared *s = arg;

    registrar_restart(value, len, find_listener, &s->listen);
}

/* Reads what the folder keeps: from then on records last, and calls find their way after a restart.
 */
static int keep_store(struct shared *s)
{
    struct bell *bells[LIMIT_WORKERS];
    struct keeper_config config = {.n_askers = s->n_workers,
                                   .bells = bells,
                                   .log = store_log(s),
                                   .clock = &s->clock,
                                   .accounts_known = note_accounts,
                                   .account_read = note_account,
                                   .restart = restart_record,
                                   .arg = s};
    struct store_fault fault;

    if (s->config->data.len == 0)
        return DONE;
    for (unsigned i = 0; i < s->n_workers; i++)
        bells[i] = post_bell(s->post, i);
    return store_keep(s->store, s->config->data.at, &config, &fault) &&
                   route_key_load(s->config->data.at, &s->proxy_key, &fault)
               ? DONE
               : complain(&fault);
}

/* With the rights that the server was started with: a key may be root's alone. */
static int read_certificates(struct shared *s)
{
    struct tls_context *c = NULL;

    if (!secure_init(&s->secure, s->mem, net_clock_now(&s->clock)))
        return fail(OUR_FAULT, "tls", "no memory or no entropy");
    if (!secure_read(&c, s->mem, s->config, &s->listen, s->options->file, s->secure.tickets,
                     config_fault_print, stderr))
        return BAD_CONFIG;
    (void)secure_replace(&s->secure, c);
    return DONE;
}

static bool make_parts(struct shared *s)
{
    struct bell *bells[LIMIT_WORKERS];

    wall_clock_init();
    if (!entropy_key(&s->call_key) || !entropy_key(&s->proxy_key) || !entropy_key(&s->nonce_key))
        return false;
    s->log = log_writer_new(s->mem, s->n_workers + 3, s->config->log.level, s->config->log.format,
                            STDERR_FILENO);
    s->depot = depot_new(s->mem);
    s->store = store_new(s->mem);
    s->loads = loads_new(s->mem, LIMIT_PEER_LOADS);
    s->post = post_new(s->mem, s->n_workers);
    if (!s->log || !s->depot || !s->store || !s->loads || !s->post)
        return false;
    for (unsigned i = 0; i < s->n_workers; i++)
        bells[i] = post_bell(s->post, i);
    s->dns = names_ask(s->mem, s->config, s->n_workers, bells);
    s->inquiries = inquiries_new(s->mem, s->n_workers, bells);
    s->quota = follow_quota_new(s->mem);
    return s->dns && s->inquiries && s->quota;
}

/* Who waits for a write has no 200. */
static void tell_unwritten(struct shared *s)
{
    log_event(log_writer_log(s->log, s->n_workers), EV_STORE_STUCK,
              LOG_NUMBER("seconds", STORE_WITHIN / NS_PER_S),
              LOG_NUMBER("unanswered", store_unanswered(s->store)));
    log_writer_stop(s->log);
}

/* The threads of the name servers and the store ring the post's bells, so they end first. Where the
 * disk keeps the store's, it ends with the process, and what it uses stays. False: not everything
 * may be on disk. */
static bool free_parts(struct shared *s)
{
    net_dns_free(s->dns);
    inquiries_free(s->inquiries);
    follow_quota_free(s->mem, s->quota);
    if (!store_free(s->store, STORE_WITHIN)) {
        tell_unwritten(s);
        return false;
    }
    post_free(s->post);
    loads_free(s->loads);
    depot_free(s->depot);
    log_writer_free(s->log);
    return true;
}

static bool make_workers(struct shared *s, struct worker **workers)
{
    for (unsigned i = 0; i < s->n_workers; i++)
        if (!(workers[i] = worker_new(s, i)))
            return false;
    return true;
}

/* A server that nobody told a path serves without it, too. */
static bool start_control(struct shared *s, struct control **out)
{
    const struct control_where *w = &s->control;
    const char *wrong = w->error ? strerror(w->error) : control_start(s, w->path, out);

    if (wrong && w->was_told)
        return fail(BAD_CONFIG, w->path, wrong) == DONE;
    if (wrong)
        log_event(log_writer_log(s->log, s->n_workers), EV_CONTROL_LESS,
                  LOG_TEXT("path", str_from(w->path)), LOG_TEXT("why", str_from(wrong)));
    return true;
}

/* Where nobody is to look there is no socket. */
static int open_metrics(struct shared *s)
{
    struct addr at;
    const char *wrong;

    s->metrics_fd = -1;
    if (s->config->metrics.len == 0)
        return DONE;
    wrong = metrics_listen(s->config->metrics, &at, &s->metrics_fd);
    return wrong ? fail(BAD_CONFIG, "metrics.listen", wrong) : DONE;
}

static bool start_metrics(struct shared *s, struct metrics **out)
{
    if (s->metrics_fd < 0)
        return true;
    *out = metrics_start(s, s->metrics_fd);
    s->metrics_fd = -1;
    return *out != NULL;
}

static int run_workers(struct shared *s)
{
    struct worker *workers[LIMIT_WORKERS] = {0};
    int status = OUR_FAULT;
    struct control *control = NULL;
    struct metrics *metrics = NULL;

    if (!make_workers(s, workers))
        (void)fail(OUR_FAULT, "serve", "no memory or no descriptors for the workers");
    else if (!start_metrics(s, &metrics))
        (void)fail(OUR_FAULT, "metrics.listen", "no memory or no thread");
    else if (start_control(s, &control))
        status = boss_run(s, workers);
    else
        status = BAD_CONFIG;
    metrics_stop(metrics);
    control_stop(control);
    for (unsigned i = 0; i < s->n_workers; i++)
        worker_free(workers[i]);
    return status;
}

static int run_parts(struct shared *s)
{
    struct bell boss;
    int status = OUR_FAULT;

    if (bell_init(&boss))
        return fail(OUR_FAULT, "serve", strerror(errno));
    s->boss = &boss;
    if (!make_parts(s))
        (void)fail(OUR_FAULT, "serve", "no memory, no threads or no entropy");
    else if (!(status = keep_store(s)))
        status = run_workers(s);
    if (!free_parts(s) && status == DONE)
        status = OUR_FAULT;
    bell_fini(&boss);
    return status;
}

static const char *text_or_null(struct str s)
{
    return s.len > 0 ? s.at : NULL;
}

/* Rights are given up before there is a second thread: a sandbox holds for one and those that it
 * starts. */
static int run_confined(struct shared *s)
{
    const struct config *c = s->config;

    s->confinement = (struct confinement){.user = text_or_null(c->user),
                                          .data = text_or_null(c->data),
                                          .config = s->options->file,
                                          .control = s->control.path,
                                          .read_again = c,
                                          .wants_sandbox = c->sandbox};
    if (!confine_take_user(&s->confinement))
        return BAD_CONFIG;
    control_where(&s->control, c);
    confine_enter(&s->confinement, &s->sandbox);
    return run_parts(s);
}

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > LIMIT_WORKERS ? LIMIT_WORKERS : (unsigned)n;
}

/* Before rights are given up: the file may be one that only who starts the server can read. */
static int read_names(struct shared *s, const struct config *c)
{
    char what[256];

    struct names *names = names_read(s->mem, c, what, sizeof(what));

    if (!names)
        return fail(BAD_CONFIG, "dns.hosts", what);
    known_init(&s->known, names);
    return DONE;
}

/* What the configuration means on this machine. */
static int read_config(struct shared *s, struct config *c)
{
    const char *what = listen_read(&s->listen, &c->listen, socket_has_ip6());

    current_init(&s->current, c, 0);
    s->config = c;
    if (what)
        return fail(BAD_CONFIG, "listen", what);
    s->all_loopback = listen_all_loopback(&s->listen);
    s->n_workers = c->workers > 0 ? c->workers : cores();
    s->current.n_takers = s->n_workers + 1;
    int status = read_names(s, c);
    return status ? status : make_data_folder(c);
}

static int run(struct shared *s)
{
    process_open();
    sandbox_raise_descriptors();
    net_clock_init(&s->clock);
    int status = open_sockets(s);

    if (status)
        return status;
    status = open_metrics(s);
    if (status) {
        sockets_close(&s->sockets);
        return status;
    }
    status = read_certificates(s);
    if (status) {
        secure_fini(&s->secure);
        sockets_close(&s->sockets);
        return status;
    }
    boss_block_signals();
    notify_open(&s->notify);
    status = run_confined(s);
    notify_close(&s->notify);
    secure_fini(&s->secure);
    sockets_close(&s->sockets);
    process_close();
    return status;
}

int server_run(const struct server_options *o)
{
    static struct shared s; /* large, and one a process */
    struct config_source source = {
        .file = o->file, .overrides = o->overrides, .n_overrides = o->n_overrides};
    struct config *config = config_file_read(&mem_libc, &source, config_fault_print, stderr);

    if (!config)
        return BAD_CONFIG;
    s = (struct shared){.mem = &mem_libc, .options = o};
    int status = read_config(&s, config);

    if (!status)
        status = run(&s);
    known_fini(&s.known);
    current_fini(&s.current);
    return status;
}
