/* Takes events from rings and writes them; knows nothing of what they tell. */
#include "server/log_writer.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/lane.h"
#include "server/log_entry.h"

struct source {
    struct log log;
    struct lane entries;
    struct log_writer *writer;
    _Atomic uint64_t lost;
};

struct log_writer {
    struct mem *mem;
    struct bell bell;
    _Atomic bool stop;
    enum config_log_format format;
    int fd;
    pthread_t thread;
    unsigned n;
    struct source sources[];
};

static time_ns unix_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (time_ns)t.tv_sec * NS_PER_S + (time_ns)t.tv_nsec;
}

static void take_record(void *arg, const struct log_record *r)
{
    struct source *s = arg;
    struct log_entry e;

    log_entry_pack(&e, r, unix_now());
    if (lane_push(&s->entries, &e))
        bell_ring(&s->writer->bell);
    else
        atomic_fetch_add(&s->lost, 1);
}

/* False: the far end takes nothing. */
static bool write_out(struct log_writer *w, const char *at, size_t len)
{
    while (len > 0) {
        struct pollfd p = {.fd = w->fd, .events = POLLOUT};

        /* whoever ends us waits for a stalled reader no longer than a second */
        if (poll(&p, 1, 1000) == 0) {
            if (atomic_load(&w->stop))
                return false;
            continue;
        }
        ssize_t n = write(w->fd, at, len);
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool write_entry(struct log_writer *w, const struct log_entry *e)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);
    bool done = false;

    if (!f)
        return false;
    log_entry_print(f, e, w->format);
    if (fclose(f) == 0)
        done = write_out(w, out, len);
    free(out);
    return done;
}

static void tell_lost(struct log_writer *w, struct source *s)
{
    uint64_t lost = atomic_exchange(&s->lost, 0);
    struct log_field field = LOG_NUMBER("lines", lost);
    struct log_entry e;

    if (lost == 0)
        return;
    log_entry_pack(&e, &(struct log_record){EV_LINES_LOST, LOG_WARN, 0, &field, 1}, unix_now());
    (void)write_entry(w, &e);
}

/* False: nobody reads. */
static bool write_source(struct log_writer *w, struct source *s)
{
    struct log_entry e;

    while (lane_pop(&s->entries, &e)) {
        if (!write_entry(w, &e))
            return false;
        tell_lost(w, s);
    }
    return true;
}

/* At the end one second is waited for a reader, not one for each writer. */
static void write_round(struct log_writer *w)
{
    bool taken = true;

    for (unsigned i = 0; i < w->n && (taken || !atomic_load(&w->stop)); i++)
        taken = write_source(w, &w->sources[i]);
}

static bool all_empty(const struct log_writer *w)
{
    for (unsigned i = 0; i < w->n; i++)
        if (!lane_is_empty(&w->sources[i].entries))
            return false;
    return true;
}

static void *run(void *arg)
{
    struct log_writer *w = arg;
    struct pollfd p = {.fd = w->bell.fd, .events = POLLIN};

    while (!atomic_load(&w->stop)) {
        bell_asleep(&w->bell);
        if (all_empty(w) && !atomic_load(&w->stop))
            (void)poll(&p, 1, -1);
        bell_awake(&w->bell);
        bell_hush(&w->bell);
        write_round(w);
    }
    write_round(w);
    return NULL;
}

static void release(struct log_writer *w)
{
    for (unsigned i = 0; i < w->n; i++)
        lane_fini(&w->sources[i].entries);
    bell_fini(&w->bell);
    mem_free(w->mem, w, sizeof(*w) + w->n * sizeof(w->sources[0]));
}

static bool init_sources(struct log_writer *w, enum log_level level)
{
    for (unsigned i = 0; i < w->n; i++) {
        struct source *s = &w->sources[i];

        s->writer = w;
        s->log = (struct log){.level = level, .write = take_record, .arg = s};
        if (lane_init(&s->entries, w->mem, sizeof(struct log_entry), LIMIT_LOG_RING))
            return false;
    }
    return true;
}

struct log_writer *log_writer_new(struct mem *mem, unsigned n, enum log_level level,
                                  enum config_log_format format, int fd)
{
    struct log_writer *w = mem_alloc_zero(mem, sizeof(*w) + n * sizeof(w->sources[0]));

    if (!w)
        return NULL;
    w->mem = mem;
    w->n = n;
    w->format = format;
    w->fd = fd;
    w->bell.fd = -1;
    if (bell_init(&w->bell) == 0 && init_sources(w, level) &&
        pthread_create(&w->thread, NULL, run, w) == 0)
        return w;
    release(w);
    return NULL;
}

void log_writer_stop(struct log_writer *w)
{
    atomic_store(&w->stop, true);
    bell_ring_loud(&w->bell);
    (void)pthread_join(w->thread, NULL);
}

void log_writer_free(struct log_writer *w)
{
    if (!w)
        return;
    log_writer_stop(w);
    release(w);
}

const struct log *log_writer_log(struct log_writer *w, unsigned i)
{
    return &w->sources[i].log;
}

void log_writer_set_level(struct log_writer *w, enum log_level level)
{
    for (unsigned i = 0; i < w->n; i++)
        log_set_level(&w->sources[i].log, level);
}

enum log_level log_writer_level(const struct log_writer *w)
{
    return __atomic_load_n(&w->sources[0].log.level, __ATOMIC_RELAXED);
}
