/* An engine in virtual time for the tests of this folder: texts in, what was sent and what happened
 * out. */
#ifndef TANDEM_TESTS_ENGINE_RIG_H
#define TANDEM_TESTS_ENGINE_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "engine/engine.h"

#define RIG_MAX 512
#define MS NS_PER_MS
#define NS_S NS_PER_S

struct rig_sent {
    enum engine_output_kind kind;
    struct flow flow;
    conn_id conn;
    uint64_t query;
    uint16_t type; /* of the records that are asked for */
    time_ns at;
    char *text; /* NUL-terminated copy: what is sent, the name, or the store's key */
    struct msg *msg;
    unsigned worker;
};

struct rig {
    struct mem_counting mem;
    struct engine_config config;
    struct engine *e;
    time_ns now;
    struct rig_sent sent[RIG_MAX];
    size_t n_sent;
    struct engine_event events[RIG_MAX];
    char *store_value[RIG_MAX];
    size_t n_events;
    size_t n_looked; /* of sent: looked at for questions */
};

/* Listeners: 0 udp:192.0.2.1:5060, 1 tcp:192.0.2.1:5060, 2 udp:[2001:db8::1]:5060, 3
 * udp:127.0.0.1:5060. */
enum { RIG_UDP, RIG_TCP, RIG_UDP6, RIG_LOOPBACK };

/* The defaults into r->config, to be changed before rig_start; without config.mem the rig's own
 * heap serves. */
void rig_config(struct rig *);
void rig_start(struct rig *);
void rig_new(struct rig *); /* both */
/* Lets five minutes pass and checks that no transaction is left; frees and checks that no memory
 * is. */
void rig_end(struct rig *);
/* Frees at once; checks the memory. */
void rig_free(struct rig *);

struct addr rig_addr(const char *text);
struct flow rig_flow(unsigned listener, const char *remote);
int rig_from(struct rig *, unsigned listener, const char *remote, const char *text);
void rig_recv(struct rig *, const char *text); /* by UDP from 192.0.2.9:5060 */
void rig_drain(struct rig *);
void rig_clear(struct rig *); /* forgets what was sent and what happened */
/* Turns the clock to every deadline up to `span` from now. */
void rig_pass(struct rig *, time_ns span);

/* A request from 192.0.2.9:5060 with a branch of its own; `more`: further header lines. Borrowed
 * until the fourth next call. */
const char *rig_request(const char *method, const char *branch, const char *to_tag,
                        const char *more);
/* A response to the request text: its Vias, From, To (with the tag), Call-ID, CSeq. */
const char *rig_response(const char *request, unsigned status, const char *to_tag,
                         const char *more);

/* Starts a request of our own to `uri` (all but Via is in it); returns its transaction. */
tx_id rig_send(struct rig *, const char *method, const char *uri);
tx_id rig_send_more(struct rig *, const char *method, const char *uri, const char *more,
                    size_t body);
int rig_reply(struct rig *, tx_id, unsigned status);

/* Answers every question of names that was asked since the last call, and what is then asked, from
 * a zone's text (hosts_zone). */
void rig_dns(struct rig *, const char *zone);

/* The n-th sent text; fails the test where there is none. */
const char *rig_text(const struct rig *, size_t n);
/* How many sent texts start with `start`. */
size_t rig_count(const struct rig *, const char *start);
size_t rig_count_events(const struct rig *, enum engine_event_kind);
const struct engine_event *rig_event(const struct rig *,
                                     enum engine_event_kind); /* the first of its kind */
bool rig_has(const struct rig *, size_t n, const char *piece);

#endif
