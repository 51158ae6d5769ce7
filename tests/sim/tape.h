/* What a worker's recorder has to hold: every message that the wire brought it or took from it, as
 * the simulator saw it, beside the recorder itself. Message boundaries in streams, and whose
 * message it is, are found here anew. */
#ifndef SIM_TAPE_H
#define SIM_TAPE_H

#include "msg/frame.h"
#include "sim/node.h"
#include "trace/recorder.h"

/* A message, as the wire had it. */
struct taped {
    enum record_kind kind; /* RECORD_CAME, RECORD_SENT */
    bool doubtful;         /* there was no memory: it may be missing */
    uint8_t transport;
    time_ns at; /* at the node */
    struct addr remote;
    size_t len;
    char *text;
};

struct tape_stream {
    conn_id conn;
    struct frame frame;
    char *bytes; /* that are no whole message yet */
    size_t len;
    bool over; /* it cannot go on */
};

struct tape {
    struct node *node;
    struct recorder *recorder; /* NULL: there was no memory for it */
    struct sim_heap memory;    /* the recorder's alone */
    struct rand rand;          /* the tape's: the world draws what it would draw without it */
    bool noisy;                /* much else is recorded, so that little is held */
    uint64_t refused;          /* of the elements' heap, when it began */
    struct taped *list;
    size_t n, cap;
    struct tape_stream *streams;
    size_t n_streams;
};

/* trace.memory of the simulated servers. */
#define TAPE_BYTES RECORDER_LEAST

/* Of a worker that begins; `which` tells its lives and those of others apart. */
void tape_begin(struct tape *, struct node *, uint64_t which);
/* NULL and one that never began are legal. */
void tape_end(struct tape *);

/* Bytes come to the worker: before it hears of them. They count as doubtful where it then had no
 * memory (tape_doubt). */
void tape_datagram(struct tape *, const struct flow *, struct str bytes);
void tape_stream(struct tape *, conn_id, const struct flow *, struct str bytes);
/* Another worker hands over what is this one's; taken back where it comes again. */
void tape_adopt(struct tape *, const struct flow *, struct str bytes);
void tape_take_back(struct tape *);
/* All that came since there were `n`. */
void tape_doubt(struct tape *, size_t n);
/* The worker sends: its part of the recording; then the wire has it. */
void tape_record_sent(struct tape *, const struct flow *, struct str bytes);
void tape_sent(struct tape *, const struct flow *, struct str bytes);

/* Did the worker have memory whenever it asked for some? */
bool tape_had_memory(const struct tape *);

#endif
