/* What brings `tandem trace` its events: a capture file, an interface, or capture agents. */
#ifndef TANDEM_TOOLS_TRACE_SOURCE_H
#define TANDEM_TOOLS_TRACE_SOURCE_H

#include "base/attr.h"
#include "capture/capture.h"
#include "net/packet_ring.h"
#include "tools/trace_agents.h"
#include "tools/trace_file.h"
#include "tools/trace_options.h"
#include "tools/trace_record.h"
#include "trace/calls.h"

struct trace_source {
    const struct trace_options *options;
    enum trace_from from;
    struct trace_file file;
    struct packet_ring ring;
    struct trace_agents agents;
    struct capture *capture;
    struct capture_frame frame;
    struct trace_record record; /* of a live one, where it is wanted */
    bool has_ended, waits;
    char name[80]; /* of one that listens: to what */
    int fault;     /* of an interface: why it has ended */
};

/* Opens a file, or standard input for "-". `key_log` is the text of a TLS key log, which may be
 * empty. 0, or an errno value and nothing to close. */
MUST_USE int trace_source_open(struct trace_source *, const struct trace_options *,
                               const char *path, struct str key_log);
/* The same, but a pipe is not waited for: trace_source_next returns false where nothing has come.
 */
MUST_USE int trace_source_follow(struct trace_source *, const struct trace_options *,
                                 const char *path, struct str key_log);
/* Opens what the options name in the place of files, and o->pcap; s->name says where it listens.
 * What right this takes is given up. 0, or the exit status once the fault was told; there is
 * nothing to close then. */
MUST_USE int trace_source_listen(struct trace_source *, const struct trace_options *,
                                 struct str key_log);
void trace_source_close(struct trace_source *);

/* The next event, borrowed until the next call; false: there is none (any more). */
bool trace_source_next(struct trace_source *, struct capture_event *);

/* After it returned false: more may come. */
bool trace_source_waits(const struct trace_source *);
bool trace_source_has_ended(const struct trace_source *);
/* Until something may be there, a signal came, or a moment has passed. */
void trace_source_wait(struct trace_source *);
/* Nothing more is taken: what waited for missing bytes comes without them. */
void trace_source_end(struct trace_source *);

/* A message as the table takes it. */
struct trace_event trace_source_event(const struct capture_event *);
/* Puts an event into the table. OK, or ERR_NOMEM: it is lost. */
MUST_USE int trace_source_tell(const struct capture_event *, struct trace_calls *);

/* What is wrong with it, once there are no more events; NULL: nothing. */
const char *trace_source_fault(const struct trace_source *);
/* It is no capture file at all, or cannot be read. */
bool trace_source_is_other(const struct trace_source *);

/* Says on standard error what a live one has heard, and what it has lost. */
void trace_source_sum(struct trace_source *);

#endif
