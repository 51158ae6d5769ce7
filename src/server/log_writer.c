/* Takes log lines from rings and writes them; knows nothing of what they tell. */
#include "server/log_writer.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/limits.h"
#include "net/lane.h"

#define LINE_MAX_BYTES 240

struct line {
    enum log_level level;
    char text[LINE_MAX_BYTES];
};

struct source {
    struct log log;
    struct lane lines;
    struct log_writer *writer;
    _Atomic uint64_t lost;
};

struct log_writer {
    struct mem *mem;
    struct bell bell;
    _Atomic bool stop;
    bool json;
    int fd;
    pthread_t thread;
    unsigned n;
    struct source sources[];
};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static void take_line(void *arg, enum log_level level, const char *text)
{
    struct source *s = arg;
    struct line l = {.level = level};

    memccpy(l.text, text, '\0', sizeof(l.text) - 1);
    if (lane_push(&s->lines, &l))
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

static bool write_line(struct log_writer *w, enum log_level level, const char *text)
{
    char *out = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&out, &len);
    bool done = false;

    if (!f)
        return false;
    if (w->json) {
        fprintf(f, "{\"event\":\"log\",\"level\":\"%s\",\"text\":", level_names[level]);
        json_string(f, str_from(text));
        fputs("}\n", f);
    } else {
        fprintf(f, "tandem: %s: %s\n", level_names[level], text);
    }
    if (fclose(f) == 0)
        done = write_out(w, out, len);
    free(out);
    return done;
}

static void tell_lost(struct log_writer *w, struct source *s)
{
    char text[64];
    uint64_t lost = atomic_exchange(&s->lost, 0);

    if (lost == 0)
        return;
    snprintf(text, sizeof(text), "%llu log lines were lost", (unsigned long long)lost);
    (void)write_line(w, LOG_WARN, text);
}

static bool write_round(struct log_writer *w)
{
    bool any = false;
    struct line l;

    for (unsigned i = 0; i < w->n; i++)
        while (lane_pop(&w->sources[i].lines, &l)) {
            any = true;
            if (!write_line(w, l.level, l.text))
                break;
            tell_lost(w, &w->sources[i]);
        }
    return any;
}

static bool all_empty(const struct log_writer *w)
{
    for (unsigned i = 0; i < w->n; i++)
        if (!lane_is_empty(&w->sources[i].lines))
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
        (void)write_round(w);
    }
    (void)write_round(w);
    return NULL;
}

static void release(struct log_writer *w)
{
    for (unsigned i = 0; i < w->n; i++)
        lane_fini(&w->sources[i].lines);
    bell_fini(&w->bell);
    mem_free(w->mem, w, sizeof(*w) + w->n * sizeof(w->sources[0]));
}

static bool init_sources(struct log_writer *w, enum log_level level)
{
    for (unsigned i = 0; i < w->n; i++) {
        struct source *s = &w->sources[i];

        s->writer = w;
        s->log = (struct log){.level = level, .write = take_line, .arg = s};
        if (lane_init(&s->lines, w->mem, sizeof(struct line), LIMIT_LOG_RING))
            return false;
    }
    return true;
}

struct log_writer *log_writer_new(struct mem *mem, unsigned n, enum log_level level, bool json,
                                  int fd)
{
    struct log_writer *w = mem_alloc_zero(mem, sizeof(*w) + n * sizeof(w->sources[0]));

    if (!w)
        return NULL;
    w->mem = mem;
    w->n = n;
    w->json = json;
    w->fd = fd;
    w->bell.fd = -1;
    if (bell_init(&w->bell) == 0 && init_sources(w, level) &&
        pthread_create(&w->thread, NULL, run, w) == 0)
        return w;
    release(w);
    return NULL;
}

void log_writer_free(struct log_writer *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    bell_ring_loud(&w->bell);
    (void)pthread_join(w->thread, NULL);
    release(w);
}

const struct log *log_writer_log(struct log_writer *w, unsigned i)
{
    return &w->sources[i].log;
}
