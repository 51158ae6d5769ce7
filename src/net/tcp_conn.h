/* One connection of the table, and its layers: for the files tcp*.c alone.
 *
 * Between a connection's socket and who uses it stand layers, each a machine without a socket:
 *
 *     socket  <->  TLS (tls.h)  <->  WebSocket (ws.h)  <->  tcp.h's user
 *
 * tcp_up carries what was read upwards, tcp_down what is to be sent downwards (tcp_layer.c); `out`
 * holds what the lowest layer wants written. A connection without a layer skips it. A layer has
 * to say when it is ready: until the topmost one is, the connection is TCP_SHAKING, no bytes of it
 * go up, and what comes down waits in the layer. Adding one means a member here, its step in
 * tcp_up, tcp_begin, tcp_down and tcp_say_end, its freeing in tcp_drop_layers, and a word in struct
 * tcp_layers by which a listener asks for it; phases, limits and the loop are the same for all.
 * WebSocket brings messages where the others bring bytes, so its user takes them one by one
 * (tcp_web_next); the handshake of an accepted one is part of the time that a silent connection
 * has, that of one that we made of TCP_SHAKING. */
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
    struct list in_parked; /* has to wait for its turn to go on with its handshake */
    bool accepted;
    time_ns since; /* the phase's time runs from here */
    struct outq out;
    struct tls *tls;    /* NULL: there is no such layer */
    struct ws *ws;      /* likewise; or it is dead */
    struct block *asks; /* of a client: its handshake, until all below is ready */
    bool is_web;        /* it has, or had, that layer */
    struct list in_webs;
    time_ns moved_at; /* of such a one: when something last went either way */
};

/* NULL: none. */
struct tcp_conn *tcp_find(const struct tcp *t, conn_id id);
/* Takes `fd` and watches it. NULL, and *error: ERR_NOMEM, ERR_LIMIT; fd is closed. */
struct tcp_conn *tcp_insert(struct tcp *t, int fd, conn_id id, const struct addr *remote,
                            enum tcp_phase phase, time_ns now, int *error);
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

/* --- tcp_layer.c --- */
/* The connection stands: its layers begin, where it has any. */
enum tcp_result tcp_begin(struct tcp *t, struct tcp_conn *c, time_ns now, struct tcp_news *news);
/* Bytes of the socket go up; what came of them. It may die. */
enum tcp_result tcp_up(struct tcp *t, struct tcp_conn *c, struct str raw, time_ns now,
                       struct tcp_news *news);
/* Takes the reference. False: it cannot be sent, and the connection must end. */
MUST_USE bool tcp_down(struct tcp *t, struct tcp_conn *c, struct block *bytes);
/* The layers say that nothing more comes from here. */
void tcp_say_end(struct tcp *t, struct tcp_conn *c);
void tcp_drop_layers(struct tcp *t, struct tcp_conn *c);
/* What the topmost layer wants to be sent as it is: the same as tcp_down. */
MUST_USE bool tcp_put(struct tcp *t, struct tcp_conn *c, struct block *bytes);
/* It is written at the next flush. */
void tcp_soon(struct tcp *t, struct tcp_conn *c);
/* Once there is no connection any more. */
void tcp_forget_tls(struct tcp *t);
/* Of one that is SHAKING; nothing of others. */
void tcp_note_failure(struct tcp *t, const struct tcp_conn *c, enum tls_cause cause,
                      const char *why);

/* --- tcp_web.c --- */
/* False: no memory. */
MUST_USE bool tcp_web_begin(struct tcp *t, struct tcp_conn *c, const struct tcp_layers *);
/* All below is ready: a client's handshake goes out. It may die. */
void tcp_web_ask(struct tcp *t, struct tcp_conn *c, time_ns now);
/* One that we made has asked, and has no answer yet. */
bool tcp_web_asks(const struct tcp_conn *c);
/* `news->bytes` are of the answer to that. TCP_NOTHING: it is not whole, or the connection has
 * died. */
enum tcp_result tcp_web_answered(struct tcp *t, struct tcp_conn *c, time_ns now,
                                 struct tcp_news *news);
void tcp_web_drop(struct tcp *t, struct tcp_conn *c);
/* A message as a frame; takes its reference. NULL: no memory, or the connection is not open. */
struct block *tcp_web_frame(struct tcp *t, struct tcp_conn *c, struct block *message);
/* Something went by it, either way. */
void tcp_web_moved(struct tcp *t, struct tcp_conn *c, time_ns now);
/* Pings whoever has been silent too long; some may die of it. */
void tcp_web_ping(struct tcp *t, time_ns now);
time_ns tcp_web_deadline(const struct tcp *t);
void tcp_web_say_end(struct tcp *t, struct tcp_conn *c);

#endif
