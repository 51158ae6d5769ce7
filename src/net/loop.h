/* Waiting for sockets: epoll under names. Nothing is called back: what is ready comes out as
 * events. */
#ifndef TANDEM_NET_LOOP_H
#define TANDEM_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/time.h"

/* A token names a descriptor to its owner. A connection's token is its conn_id, whose top byte is
 * a worker's number, at most 254; LOOP_TOKEN makes those of everything else. */
#define LOOP_TOKEN(kind, index) (UINT64_C(255) << 56 | (uint64_t)(kind) << 32 | (uint32_t)(index))
#define LOOP_IS_CONN(token) ((token) >> 56 != 255)
#define LOOP_KIND(token) ((unsigned)((token) >> 32 & 0xffffff))
#define LOOP_INDEX(token) ((unsigned)((token)&0xffffffff))

#define LOOP_EVENTS 128

enum loop_interest { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop_event {
    uint64_t token;
    bool readable; /* bytes, an end, or a connection to accept */
    bool writable;
    bool failed; /* an error waits in the socket: the next call on it tells */
};

struct loop {
    int epoll;
    int alarm;     /* a timerfd: set anew only where it would ring too late */
    time_ns rings; /* when; TIME_NEVER: it is not set */
};

/* Returns 0, or an errno value; loop_fini is legal then, too. */
MUST_USE int loop_init(struct loop *l);
void loop_fini(struct loop *l);

/* Level-triggered. `interest` is a set of enum loop_interest, 0 included. Returns 0 or an errno
 * value; nothing has changed then. A descriptor that is closed, and has no duplicate, is watched no
 * more. */
MUST_USE int loop_add(struct loop *l, int fd, uint64_t token, unsigned interest);
MUST_USE int loop_change(struct loop *l, int fd, uint64_t token, unsigned interest);
/* What is watched without interest still tells of its far end's going, again and again; this is how
 * one no longer hears of it. */
void loop_remove(struct loop *l, int fd);

/* Waits until something is ready or `until` has come (TIME_NEVER: without end; not after `now`:
 * not at all) and returns how many of out[LOOP_EVENTS] are filled. It may return 0 earlier: at a
 * signal, or at a time for which an earlier call has asked. `now` never goes back. */
unsigned loop_wait(struct loop *l, time_ns now, time_ns until, struct loop_event *out);
/* loop_wait's own: has the alarm ring at `until` at the latest. A wait with a time of its own would
 * program the clock anew for each wake-up, which costs about as much as the wake-up; so an alarm
 * that rings earlier stays as it is. */
void loop_set_alarm(struct loop *l, time_ns now, time_ns until);

#endif
