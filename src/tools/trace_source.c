/* The way of events to `tandem trace`, wherever they come from. */
#include "tools/trace_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/filter.h"
#include "host/privileges.h"
#include "net/entropy.h"
#include "tools/trace_tell.h"

#define WAIT_MS 100 /* a signal that came just before is seen after it */

static int begin(struct trace_source *s, const struct trace_options *o, enum trace_from from,
                 struct str key_log)
{
    struct hash_key key;

    *s = (struct trace_source){.options = o, .from = from};
    if (!entropy_key(&key))
        return EIO;
    s->capture = capture_new(&mem_libc, &key);
    if (!s->capture)
        return ENOMEM;
    capture_keys(s->capture, key_log);
    return 0;
}

static int open_file(struct trace_source *s, const struct trace_options *o, const char *path,
                     struct str key_log, bool waits)
{
    int error = begin(s, o, TRACE_FROM_FILES, key_log);

    if (!error)
        error = trace_file_open(&s->file, path, waits);
    if (error)
        capture_free(s->capture);
    return error;
}

int trace_source_open(struct trace_source *s, const struct trace_options *o, const char *path,
                      struct str key_log)
{
    return open_file(s, o, path, key_log, true);
}

int trace_source_follow(struct trace_source *s, const struct trace_options *o, const char *path,
                        struct str key_log)
{
    return open_file(s, o, path, key_log, false);
}

/* --- what listens --- */

static int no_interface(const struct trace_source *s)
{
    char text[1024];
    struct buf b;

    buf_init(&b, text, sizeof text - 1);
    buf_put_lit(&b, "no such interface; there are any, ");
    packet_ring_interfaces(&b);
    text[b.len] = '\0';
    return trace_complain(s->options->interface, text, TRACE_EXIT_BAD_USAGE);
}

static int listen_to_interface(struct trace_source *s)
{
    const char *name = s->options->interface;
    int error = packet_ring_open(&s->ring, name);

    snprintf(s->name, sizeof s->name, "%s", name);
    if (error == ENODEV)
        return no_interface(s);
    if (error == EPERM || error == EACCES)
        return trace_complain(name,
                              "listening takes the right to (CAP_NET_RAW): be root (sudo), or give "
                              "it to the program: sudo setcap cap_net_raw=ep /path/to/tandem",
                              TRACE_EXIT_BAD_USAGE);
    return error ? trace_complain(name, strerror(error), TRACE_EXIT_BAD_USAGE) : TRACE_EXIT_DONE;
}

static int listen_to_agents(struct trace_source *s)
{
    struct listen_at at = s->options->agents;
    struct buf b;
    int error = trace_agents_open(&s->agents, &at);

    buf_init(&b, s->name, sizeof s->name - 1);
    buf_put_lit(&b, "hep:");
    listen_print(&b, &at);
    s->name[b.len] = '\0';
    return error ? trace_complain(s->name, strerror(error), TRACE_EXIT_BAD_USAGE) : TRACE_EXIT_DONE;
}

int trace_source_listen(struct trace_source *s, const struct trace_options *o, struct str key_log)
{
    int error = begin(s, o, o->from, key_log), status;

    if (error) {
        capture_free(s->capture);
        return trace_complain("start", strerror(error), TRACE_EXIT_OUR_FAULT);
    }
    status = o->from == TRACE_FROM_INTERFACE ? listen_to_interface(s) : listen_to_agents(s);
    if (status) {
        capture_free(s->capture);
        return status;
    }
    error = o->pcap ? trace_record_open(&s->record, o->pcap) : 0;
    if (error)
        status = trace_complain(o->pcap, strerror(error), TRACE_EXIT_BAD_USAGE);
    error = status ? 0 : privileges_drop();
    if (error)
        status = trace_complain("rights", strerror(error), TRACE_EXIT_OUR_FAULT);
    if (status)
        trace_source_close(s);
    return status;
}

void trace_source_close(struct trace_source *s)
{
    switch (s->from) {
    case TRACE_FROM_FILES:
        trace_file_close(&s->file);
        break;
    case TRACE_FROM_INTERFACE:
        packet_ring_close(&s->ring);
        break;
    case TRACE_FROM_AGENTS:
        trace_agents_close(&s->agents);
        break;
    case TRACE_FROM_SERVER:
        break;
    }
    if (!trace_record_close(&s->record))
        (void)trace_complain(s->options->pcap, "cannot be written", 0);
    capture_free(s->capture);
}

/* --- one step further --- */

enum advance { ADVANCED, NOTHING_YET, AT_END };

static void take_frame(struct trace_source *s)
{
    if (!capture_filter_frame(&s->options->packets, &s->frame))
        return;
    trace_record_frame(&s->record, &s->frame);
    capture_take(s->capture, &s->frame);
}

static enum advance advance_file(struct trace_source *s)
{
    switch (trace_file_next(&s->file, &s->frame)) {
    case TRACE_FILE_FRAME:
        take_frame(s);
        return ADVANCED;
    case TRACE_FILE_KEYS:
        capture_keys(s->capture, s->frame.bytes);
        return ADVANCED;
    case TRACE_FILE_NOTHING:
        return NOTHING_YET;
    case TRACE_FILE_END:
        break;
    }
    return AT_END;
}

static enum advance advance_interface(struct trace_source *s)
{
    struct packet p;

    if (!packet_ring_next(&s->ring, &p)) {
        s->fault = packet_ring_fault(&s->ring);
        return s->fault ? AT_END : NOTHING_YET;
    }
    s->frame = (struct capture_frame){p.at, LINK_SLL2, p.len, p.bytes};
    take_frame(s);
    return ADVANCED;
}

static enum advance advance_agents(struct trace_source *s)
{
    struct str packet;
    int64_t at;

    if (!trace_agents_next(&s->agents, &packet, &at))
        return NOTHING_YET;
    (void)capture_take_hep(s->capture, at, packet);
    return ADVANCED;
}

static enum advance advance(struct trace_source *s)
{
    switch (s->from) {
    case TRACE_FROM_FILES:
        return advance_file(s);
    case TRACE_FROM_INTERFACE:
        return advance_interface(s);
    case TRACE_FROM_AGENTS:
        return advance_agents(s);
    case TRACE_FROM_SERVER:
        break;
    }
    return AT_END;
}

void trace_source_end(struct trace_source *s)
{
    s->has_ended = true;
    capture_end(s->capture);
}

/* What an agent sends is filtered by what it is about. */
static bool is_wanted(struct trace_source *s, const struct capture_event *e)
{
    unsigned protocol = e->transport == TRANSPORT_UDP ? 17 : 6;

    if (s->from != TRACE_FROM_AGENTS)
        return true;
    if (!capture_filter_fits(&s->options->packets, &e->from, &e->to, protocol))
        return false;
    trace_record_message(&s->record, e->at, &e->from, &e->to, e->bytes);
    return true;
}

bool trace_source_next(struct trace_source *s, struct capture_event *out)
{
    s->waits = false;
    for (;;) {
        if (capture_next(s->capture, out)) {
            if (is_wanted(s, out))
                return true;
            continue;
        }
        if (s->has_ended)
            return false;
        switch (advance(s)) {
        case ADVANCED:
            break;
        case NOTHING_YET:
            trace_record_flush(&s->record);
            s->waits = true;
            return false;
        case AT_END:
            trace_source_end(s);
            break;
        }
    }
}

bool trace_source_waits(const struct trace_source *s)
{
    return s->waits;
}

bool trace_source_has_ended(const struct trace_source *s)
{
    return s->has_ended;
}

void trace_source_wait(struct trace_source *s)
{
    if (s->from == TRACE_FROM_INTERFACE)
        packet_ring_wait(&s->ring, WAIT_MS);
    else if (s->from == TRACE_FROM_AGENTS)
        trace_agents_wait(&s->agents, WAIT_MS);
}

/* --- what is said of it --- */

bool trace_source_is_other(const struct trace_source *s)
{
    return s->from == TRACE_FROM_FILES && trace_file_is_other(&s->file);
}

const char *trace_source_fault(const struct trace_source *s)
{
    if (s->from == TRACE_FROM_FILES)
        return trace_file_fault(&s->file);
    return s->fault == ENETDOWN ? "the interface went down" : s->fault ? strerror(s->fault) : NULL;
}

void trace_source_sum(struct trace_source *s)
{
    struct capture_counts n = capture_counts(s->capture);

    fprintf(stderr, "tandem: trace: %s: %llu messages, %llu RTP packets", s->name,
            (unsigned long long)n.messages, (unsigned long long)n.packets);
    if (s->from == TRACE_FROM_INTERFACE)
        fprintf(stderr, " in %llu frames; %llu lost by the kernel\n", (unsigned long long)n.frames,
                (unsigned long long)packet_ring_lost(&s->ring));
    else
        fprintf(stderr, "; %llu packets and %llu connections were no HEP\n",
                (unsigned long long)n.refused, (unsigned long long)s->agents.broken);
}

struct trace_event trace_source_event(const struct capture_event *e)
{
    return (struct trace_event){.kind = TRACE_MESSAGE,
                                .at = e->at,
                                .from = e->from,
                                .to = e->to,
                                .transport = e->transport,
                                .text = str_slice(e->bytes, 0, LIMIT_MSG_BYTES)};
}

int trace_source_tell(const struct capture_event *e, struct trace_calls *calls)
{
    if (e->kind == CAPTURE_RTP)
        return trace_calls_hear(
            calls,
            &(struct trace_packet){
                .at = e->at, .from = e->from, .to = e->to, .rtp = &e->rtp, .len = e->bytes.len});
    struct trace_event event = trace_source_event(e);

    return trace_calls_take(calls, &event);
}
