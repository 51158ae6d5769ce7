/* Owns the turns of a live trace. */
#include "tools/trace_live.h"

#include <stdio.h>
#include <unistd.h>

#include "tools/stop.h"
#include "tools/trace_follow.h"
#include "tools/trace_server.h"
#include "tools/trace_source.h"
#include "tools/trace_tell.h"

#define EVENTS_AT_ONCE 10000
#define ASK_AGAIN_US 100000

struct live {
    struct trace_source source;
    struct trace_calls *calls;
    struct trace_follow follow;
    int status;
};

/* What has come, or a part of it: a signal has to be seen, too. */
static void take(struct live *l)
{
    struct capture_event e;

    for (unsigned n = 0; n < EVENTS_AT_ONCE && trace_source_next(&l->source, &e); n++) {
        if (trace_source_tell(&e, l->calls) != 0 && !l->status)
            l->status =
                trace_complain(l->source.name, "no memory for all of it", TRACE_EXIT_OUR_FAULT);
        if (e.kind == CAPTURE_MESSAGE)
            trace_follow_tell(&l->follow, e.at);
    }
    if (l->follow.out)
        (void)fflush(l->follow.out);
}

/* What passed before the signal may still be on its way through the kernel. */
static void take_rest(struct live *l)
{
    trace_source_wait(&l->source);
    take(l);
    trace_source_wait(&l->source);
    take(l);
    trace_source_end(&l->source);
    take(l);
}

int trace_live(const struct trace_options *o, struct trace_calls *calls, struct str key_log)
{
    struct live l = {.calls = calls};
    struct trace_source *s = &l.source;
    int status = trace_source_listen(s, o, key_log);

    if (status)
        return status;
    stop_watch();
    trace_follow_init(&l.follow, o, calls);
    fprintf(stderr, "tandem: trace: listening to %s\n", s->name);
    while (!stop_asked() && !ferror(stdout) && !trace_source_has_ended(s)) {
        take(&l);
        if (trace_source_waits(s))
            trace_source_wait(s);
    }
    take_rest(&l);
    if (trace_source_fault(s))
        (void)trace_complain(s->name, trace_source_fault(s), 0);
    trace_source_sum(s);
    trace_source_close(s);
    return l.status;
}

int trace_live_server(const struct trace_options *o, struct trace_calls *calls)
{
    struct trace_follow follow;
    struct trace_server s;
    const char *wrong = NULL;
    int status = trace_server_begin(&s, o);

    if (status)
        return status;
    stop_watch();
    trace_follow_init(&follow, o, calls);
    while (!stop_asked() && !wrong && !ferror(stdout)) {
        wrong = trace_server_read(&s, calls, &follow);
        (void)fflush(stdout);
        (void)usleep(ASK_AGAIN_US);
    }
    trace_server_close(&s);
    return wrong && !stop_asked() ? trace_complain("server", wrong, TRACE_EXIT_NOBODY)
                                  : TRACE_EXIT_DONE;
}
