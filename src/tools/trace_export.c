/* Where what was picked goes besides the screen. Files are read a second time, so that frames need
 * not be kept; what a stream brought in parts is written as one datagram. */
#include "tools/trace_export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/hep.h"
#include "net/socket.h"
#include "tools/trace_record.h"
#include "tools/trace_source.h"
#include "tools/trace_tell.h"

#define NODE 2001 /* the number that capture agents use who were given none */

/* A stream by what its packets bear. */
struct stream_key {
    struct addr from, to;
    uint32_t ssrc;
};

struct export
{
    struct trace_record record;
    const struct trace_options *options;
    const struct trace_pick *pick;
    struct stream_key *streams; /* sorted */
    size_t n_streams;
};

/* --- which RTP --- */

static int compare_addresses(const struct addr *a, const struct addr *b)
{
    int by_ip = memcmp(a->ip, b->ip, sizeof a->ip);

    return by_ip != 0 ? by_ip : (int)a->port - (int)b->port;
}

static int compare_keys(const void *left, const void *right)
{
    const struct stream_key *a = left, *b = right;
    int order = compare_addresses(&a->from, &b->from);

    if (order == 0)
        order = compare_addresses(&a->to, &b->to);
    return order != 0 ? order : (a->ssrc > b->ssrc) - (a->ssrc < b->ssrc);
}

static bool find_streams(struct export *x)
{
    const struct trace_call *c = NULL;
    const struct trace_stream *s;
    size_t n = 0;

    while ((c = trace_pick_next(x->pick, c)))
        n += c->n_streams;
    x->streams = calloc(n ? n : 1, sizeof *x->streams);
    while (x->streams && (c = trace_pick_next(x->pick, c)))
        for (s = NULL; (s = trace_call_stream(c, s)) && x->n_streams < n;)
            x->streams[x->n_streams++] = (struct stream_key){s->from, s->to, s->ssrc};
    if (x->n_streams > 0)
        qsort(x->streams, x->n_streams, sizeof *x->streams, compare_keys);
    return x->streams != NULL;
}

static bool is_ours(const struct export *x, const struct capture_event *e)
{
    struct stream_key key = {e->from, e->to, e->rtp.ssrc};

    return x->n_streams > 0 &&
           bsearch(&key, x->streams, x->n_streams, sizeof *x->streams, compare_keys) != NULL;
}

/* --- which messages --- */

static bool is_picked(const struct export *x, const struct capture_event *e)
{
    struct trace_event event = trace_source_event(e);
    const struct trace_call *c = trace_calls_of(x->pick->calls, &event);

    return c && trace_pick_fits(x->pick, c);
}

/* --- the file --- */

static void take(struct export *x, const struct trace_source *s, const struct capture_event *e)
{
    if (e->kind == CAPTURE_RTP && is_ours(x, e))
        trace_record_frame(&x->record, &s->frame);
    else if (e->kind == CAPTURE_MESSAGE && is_picked(x, e)) {
        if (e->frame)
            trace_record_frame(&x->record, e->frame);
        else
            trace_record_message(&x->record, e->at, &e->from, &e->to, e->bytes);
    }
}

static int read_again(struct export *x, const char *path, struct str key_log)
{
    struct trace_source s;
    struct capture_event e;
    int error = trace_source_open(&s, x->options, path, key_log);

    if (error)
        return trace_complain(path, strerror(error), TRACE_EXIT_BAD_USAGE);
    while (trace_source_next(&s, &e))
        take(x, &s, &e);
    trace_source_close(&s);
    return TRACE_EXIT_DONE;
}

/* Standard input cannot be read again, and a server has told all that it will. */
static int put_kept(struct export *x)
{
    const struct trace_call *c = NULL;

    while ((c = trace_pick_next(x->pick, c)))
        for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
            if (i->kind == TRACE_MESSAGE)
                trace_record_message(&x->record, i->at, &i->from, &i->to, i->text);
    return TRACE_EXIT_DONE;
}

static int write_all(struct export *x, const struct trace_options *o, struct str key_log)
{
    int status = TRACE_EXIT_DONE;
    bool from_input = o->from == TRACE_FROM_SERVER;

    for (int i = 0; i < o->n_files; i++)
        from_input |= strcmp(o->files[i], "-") == 0;
    if (from_input)
        return put_kept(x);
    for (int i = 0; i < o->n_files && status == TRACE_EXIT_DONE; i++)
        status = read_again(x, o->files[i], key_log);
    return status;
}

int trace_export_pcap(const struct trace_options *o, const struct trace_pick *pick,
                      struct str key_log)
{
    struct export x = {.options = o, .pick = pick};
    int error = trace_record_open(&x.record, o->pcap);

    if (error)
        return trace_complain(o->pcap, strerror(error), TRACE_EXIT_BAD_USAGE);
    int status = find_streams(&x) ? write_all(&x, o, key_log)
                                  : trace_complain(o->pcap, "no memory", TRACE_EXIT_OUR_FAULT);

    free(x.streams);
    if (!trace_record_close(&x.record))
        status = trace_complain(o->pcap, "cannot be written", TRACE_EXIT_OUR_FAULT);
    return status;
}

/* --- to a collector --- */

static int send_item(int fd, const struct addr *to, const struct trace_call *c,
                     const struct trace_item *i)
{
    char room[65536];
    struct hep h = {.at = i->at,
                    .from = i->from,
                    .to = i->to,
                    .transport = i->transport,
                    .kind = HEP_SIP,
                    .node = NODE,
                    .call_id = c->call_id,
                    .payload = i->text};
    struct buf b;

    buf_init(&b, room, sizeof room);
    hep_print(&b, &h);
    return b.over ? EMSGSIZE : socket_send(fd, to, buf_str(&b));
}

static int send_call(int fd, const struct trace_options *o, const struct trace_call *c)
{
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));) {
        int error = i->kind == TRACE_MESSAGE ? send_item(fd, &o->hep, c, i) : 0;

        /* what is too long for a datagram is left out, and only that */
        if (error && error != EMSGSIZE)
            return trace_complain("--hep", strerror(error), TRACE_EXIT_BAD_INPUT);
    }
    return TRACE_EXIT_DONE;
}

int trace_export_hep(const struct trace_options *o, const struct trace_pick *pick)
{
    struct addr local = {.family = o->hep.family};
    const struct trace_call *c = NULL;
    int fd, error = socket_udp(&local, false, &fd), status = TRACE_EXIT_DONE;

    if (error)
        return trace_complain("--hep", strerror(error), TRACE_EXIT_OUR_FAULT);
    while (status == TRACE_EXIT_DONE && (c = trace_pick_next(pick, c)))
        status = send_call(fd, o, c);
    socket_close(fd);
    return status;
}
