/* Tells the log of a server's beginning and end; changes nothing. */
#include "server/life.h"

#include <unistd.h>

#include "host/version.h"

void life_started(const struct log *log, const struct shared *s)
{
    log_event(log, EV_STARTED, LOG_TEXT("version", STR(TANDEM_VERSION)),
              LOG_NUMBER("pid", getpid()), LOG_NUMBER("workers", s->n_workers));
}

void life_ready(const struct log *log, const struct shared *s, time_ns began)
{
    char text[80];
    struct buf b;

    for (unsigned i = 0; i < s->listen.n; i++) {
        buf_init(&b, text, sizeof(text));
        listen_print(&b, &s->listen.list[i]);
        log_event(log, EV_LISTENING, LOG_TEXT("listener", buf_str(&b)));
    }
    log_event(log, EV_READY, LOG_NUMBER("ms", (net_clock_now(&s->clock) - began) / NS_PER_MS));
}

void life_ended(const struct log *log, const struct shared *s, time_ns began)
{
    log_event(log, EV_ENDED, LOG_NUMBER("uptime_s", (net_clock_now(&s->clock) - began) / NS_PER_S));
}
