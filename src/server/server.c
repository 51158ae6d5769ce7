/* Composes the daemon from its parts and frees them in reverse; what a worker does is worker.c's.
 */
#include "server/server.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/entropy.h"
#include "server/boss.h"
#include "server/control.h"
#include "server/process.h"
#include "server/worker.h"

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

static int make_data_folder(const char *path)
{
    if (!path || mkdir(path, 0700) == 0 || errno == EEXIST)
        return DONE;
    return fail(BAD_CONFIG, path, strerror(errno));
}

static bool make_parts(struct shared *s, const struct server_options *o)
{
    struct bell *bells[LIMIT_WORKERS];
    struct hash_key location_key;
    enum log_level level = o->verbose ? LOG_DEBUG : LOG_INFO;

    if (!entropy_key(&s->call_key) || !entropy_key(&s->proxy_key) || !entropy_key(&location_key))
        return false;
    s->log = log_writer_new(s->mem, s->n_workers + 2, level,
                            o->json ? CONFIG_LOG_JSON : CONFIG_LOG_TEXT, STDERR_FILENO);
    s->locations = locations_new(s->mem, &location_key);
    s->post = post_new(s->mem, s->n_workers);
    if (!s->log || !s->locations || !s->post)
        return false;
    for (unsigned i = 0; i < s->n_workers; i++)
        bells[i] = post_bell(s->post, i);
    s->resolver = resolver_new(s->mem, s->n_workers, bells);
    s->inquiries = inquiries_new(s->mem, s->n_workers, bells);
    return s->resolver && s->inquiries;
}

/* The resolver's thread rings the post's bells, so it ends first. */
static void free_parts(struct shared *s)
{
    resolver_free(s->resolver);
    inquiries_free(s->inquiries);
    post_free(s->post);
    locations_free(s->locations);
    log_writer_free(s->log);
}

static bool make_workers(struct shared *s, struct worker **workers)
{
    for (unsigned i = 0; i < s->n_workers; i++)
        if (!(workers[i] = worker_new(s, i)))
            return false;
    return true;
}

/* Where there is no path nobody asks. */
static bool start_control(struct shared *s, const struct server_options *o, struct control **out)
{
    static char path[PATH_MAX];

    if (o->control)
        (void)snprintf(path, sizeof(path), "%s", o->control);
    else if (o->data)
        (void)snprintf(path, sizeof(path), "%s/control", o->data);
    if (!path[0])
        return true;
    *out = control_start(s, path);
    return *out != NULL;
}

static int run_workers(struct shared *s, struct server_options *o)
{
    struct worker *workers[LIMIT_WORKERS] = {0};
    int status = OUR_FAULT;

    struct control *control = NULL;

    if (!make_workers(s, workers))
        (void)fail(OUR_FAULT, "serve", "no memory or no descriptors for the workers");
    else if (start_control(s, o, &control))
        status = boss_run(s, workers, o->json);
    else
        status = BAD_CONFIG;
    control_stop(control);
    for (unsigned i = 0; i < s->n_workers; i++)
        worker_free(workers[i]);
    return status;
}

static int run_parts(struct shared *s, struct server_options *o)
{
    struct bell boss;
    int status = OUR_FAULT;

    if (bell_init(&boss))
        return fail(OUR_FAULT, "serve", strerror(errno));
    s->boss = &boss;
    if (make_parts(s, o))
        status = run_workers(s, o);
    else
        (void)fail(OUR_FAULT, "serve", "no memory, no threads or no entropy");
    free_parts(s);
    bell_fini(&boss);
    return status;
}

/* Rights are given up before there is a second thread: a sandbox holds for one and those that it
 * starts. */
static int run_confined(struct shared *s, struct server_options *o)
{
    s->confinement = (struct confinement){
        .user = o->user, .data = o->data, .control = o->control, .wants_sandbox = !o->no_sandbox};
    return confine(&s->confinement, &s->sandbox) ? run_parts(s, o) : BAD_CONFIG;
}

int server_run(struct server_options *o)
{
    static struct shared s; /* large, and one a process */

    s = (struct shared){.mem = &mem_libc,
                        .listen = o->listen,
                        .domains = o->domains,
                        .n_domains = o->n_domains,
                        .n_workers = o->workers,
                        .drain = o->drain_s * NS_PER_S,
                        .relay_loopback = listen_all_loopback(&o->listen)};
    if (make_data_folder(o->data))
        return BAD_CONFIG;
    process_open();
    sandbox_raise_descriptors();
    net_clock_init(&s.clock);
    int status = open_sockets(&s);

    if (status)
        return status;
    boss_block_signals();
    notify_open(&s.notify);
    status = run_confined(&s, o);
    notify_close(&s.notify);
    sockets_close(&s.sockets);
    process_close();
    return status;
}
