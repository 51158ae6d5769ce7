/* One connection of the table: for tcp.c, tcp_open.c and tcp_io.c alone. */
#ifndef TANDEM_NET_TCP_CONN_H
#define TANDEM_NET_TCP_CONN_H

#include "net/tcp.h"

#define TCP_AREA_BYTES 65536

struct tcp_conn {
    struct map_node node;
    conn_id id;
    struct addr remote;
    int fd; /* -1 once it is closed */
    enum tcp_phase phase;
    unsigned interest; /* what the loop watches it for */
    struct list in_phase;
    struct list in_dirty;
    time_ns since; /* the phase's time runs from here */
    struct outq out;
};

/* NULL: none. */
struct tcp_conn *tcp_find(const struct tcp *t, conn_id id);
/* Takes `fd` and watches it. ERR_NOMEM, ERR_LIMIT: fd is closed. */
MUST_USE int tcp_insert(struct tcp *t, int fd, conn_id id, const struct addr *remote,
                        enum tcp_phase phase, time_ns now);
/* The only writer of `phase`. */
void tcp_enter(struct tcp *t, struct tcp_conn *c, enum tcp_phase phase, time_ns now);
/* Something moved on an open connection. */
void tcp_touch(struct tcp *t, struct tcp_conn *c, time_ns now);
/* Closes it; tcp_gone tells, unless it was ENDING, of which nobody wants to hear: then it is freed.
 */
void tcp_die(struct tcp *t, struct tcp_conn *c);
void tcp_watch(struct tcp *t, struct tcp_conn *c, unsigned interest);
/* Writes as far as the kernel takes it. It may die. */
void tcp_write(struct tcp *t, struct tcp_conn *c, time_ns now);

#endif
