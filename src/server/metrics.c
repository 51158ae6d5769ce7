/* Serves the figures over HTTP (libmicrohttpd, a thread of its own): asks the workers, waits for
 * them a moment, writes the text. */
#include "server/metrics.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/socket.h"
#include "server/metrics_text.h"

#define ANSWER_WITHIN NS_PER_S /* for a worker */
#define CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct metrics {
    struct shared *shared;
    struct MHD_Daemon *daemon;
    struct bell bell;
    struct worker_figures *last; /* of each worker, as it told them last */
    bool asked[LIMIT_WORKERS];   /* the inquiry is that worker's */
    struct inquiry inquiries[];
};

const char *metrics_listen(struct str where, struct addr *at, int *fd)
{
    int error;

    if (!addr_parse(where, at))
        return "expected an address and a port";
    error = socket_tcp_listener(at, false, fd);
    return error ? strerror(error) : NULL;
}

/* --- the figures --- */

static bool take_answer(struct metrics *m, unsigned i)
{
    if (m->asked[i] && atomic_load_explicit(&m->inquiries[i].answered, memory_order_acquire)) {
        m->last[i] = m->inquiries[i].figures;
        m->asked[i] = false;
        return true;
    }
    return false;
}

/* An inquiry of the last time that is still out says nothing new once it comes. */
static unsigned ask_all(struct metrics *m, bool *waiting)
{
    unsigned n = 0;

    for (unsigned i = 0; i < m->shared->n_workers; i++) {
        (void)take_answer(m, i);
        waiting[i] = false;
        if (m->asked[i])
            continue; /* it is the worker's */
        m->inquiries[i].kind = INQUIRY_FIGURES;
        waiting[i] = inquiry_ask(m->shared->inquiries, ASKER_METRICS, i, &m->inquiries[i]);
        m->asked[i] = waiting[i];
        n += waiting[i];
    }
    return n;
}

/* Returns how many have answered. */
static unsigned ask_workers(struct metrics *m)
{
    struct pollfd p = {.fd = m->bell.fd, .events = POLLIN};
    bool waiting[LIMIT_WORKERS];
    unsigned n = ask_all(m, waiting), answered = 0;
    time_ns now = net_clock_now(&m->shared->clock), until = now + ANSWER_WITHIN;

    while (answered < n && now < until) {
        (void)poll(&p, 1, (int)((until - now) / NS_PER_MS) + 1);
        bell_hush(&m->bell);
        for (unsigned i = 0; i < m->shared->n_workers; i++)
            answered += waiting[i] && take_answer(m, i);
        now = net_clock_now(&m->shared->clock);
    }
    return answered;
}

static void look(struct metrics *m, struct metrics_sample *s)
{
    *s = (struct metrics_sample){.n_workers = m->shared->n_workers,
                                 .n_answering = ask_workers(m),
                                 .workers = m->last,
                                 .most_transactions = m->shared->config->limits.transactions,
                                 .draining = atomic_load(&m->shared->draining)};
    s->location_records = locations_count(store_locations(m->shared->store));
    store_stats(m->shared->store, &s->store);
    process_look(&s->process);
}

/* --- HTTP --- */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type,
                              char *body, size_t len, enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(len, body, mode);
    enum MHD_Result result;

    if (!r)
        return MHD_NO;
    (void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *text)
{
    char copy[64];

    snprintf(copy, sizeof(copy), "%s\n", text);
    return answer(c, status, "text/plain; charset=utf-8", copy, strlen(copy),
                  MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result tell(struct metrics *m, struct MHD_Connection *c)
{
    struct metrics_sample sample;
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    if (!f)
        return refuse(c, MHD_HTTP_SERVICE_UNAVAILABLE, "no memory");
    look(m, &sample);
    metrics_print(f, &sample);
    if (fclose(f) != 0) {
        free(text);
        return refuse(c, MHD_HTTP_SERVICE_UNAVAILABLE, "no memory");
    }
    return answer(c, MHD_HTTP_OK, CONTENT_TYPE, text, len, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *n_data, void **state)
{
    static int seen;
    bool known =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;

    (void)version;
    (void)data;
    if (!*state && known) { /* the head is there; the answer follows its end */
        *state = &seen;
        return MHD_YES;
    }
    *n_data = 0;
    if (!known)
        return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, "GET is expected");
    if (strcmp(url, "/metrics") != 0)
        return refuse(c, MHD_HTTP_NOT_FOUND, "the counters are at /metrics");
    return tell(arg, c);
}

/* --- life --- */

static size_t size_for(unsigned n_workers)
{
    return sizeof(struct metrics) + n_workers * sizeof(struct inquiry);
}

static struct MHD_Daemon *start(struct metrics *m, int fd)
{
    return MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD, 0, NULL, NULL, handle, m,
                            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)LIMIT_METRICS_CLIENTS, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)LIMIT_METRICS_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)LIMIT_METRICS_REQUEST, MHD_OPTION_END);
}

static void release(struct metrics *m)
{
    bell_fini(&m->bell);
    free(m->last);
    free(m);
}

struct metrics *metrics_start(struct shared *s, int fd)
{
    struct metrics *m = calloc(1, size_for(s->n_workers));

    if (!m) {
        close(fd);
        return NULL;
    }
    m->shared = s;
    m->bell.fd = -1;
    m->last = calloc(s->n_workers, sizeof(*m->last));
    for (unsigned i = 0; i < s->n_workers; i++)
        m->inquiries[i].bell = &m->bell;
    if (m->last && bell_init(&m->bell) == 0)
        m->daemon = start(m, fd);
    if (m->daemon)
        return m;
    close(fd);
    release(m);
    return NULL;
}

void metrics_stop(struct metrics *m)
{
    if (!m)
        return;
    MHD_stop_daemon(m->daemon); /* closes the socket */
    release(m);
}
