/* A proxy on a real engine in virtual time, for the tests of this folder: messages in, messages
 * out, a clock that the test turns. It plays the element: `mode` says what it does with a request.
 */
#ifndef TANDEM_TESTS_PROXY_RIG_H
#define TANDEM_TESTS_PROXY_RIG_H

#include "proxy/proxy.h"

#define RIG_SENT_MAX 4096
#define RIG_TARGETS_MAX 80
#define RIG_USERS_MAX 8
#define RIG_DOMAIN "example.com"

/* Listeners: 0 and 3 UDP on 192.0.2.10 ports 5060 and 5070, 1 TCP on 192.0.2.10:5060, 2 UDP on
 * [2001:db8::10]:5060. */
enum { RIG_UDP, RIG_TCP, RIG_UDP6, RIG_UDP_OTHER };

/* 198.51.100.0/24 is inside of the Trust Domain. */
enum rig_mode {
    RIG_FORK,     /* PROXY_TARGETS of ours go to the targets (an ACK without state), everything else
                     on */
    RIG_ON,       /* everything goes on by Route or Request-URI */
    RIG_LOOK_ONLY /* the verdict is noted, nothing done */
};

struct rig_mem {
    struct mem mem; /* first */
    size_t live, taken;
    size_t fail_at; /* the taking with this number fails, and all later ones; 0: none */
};

struct rig_sent {
    struct flow flow;
    size_t len;
    char *bytes;
};

struct rig {
    struct rig_mem mem;
    struct engine *engine;
    struct proxy *proxy;
    struct proxy_config config;
    time_ns now;
    enum rig_mode mode;
    struct target targets[RIG_TARGETS_MAX];
    size_t n_targets;
    struct fork_how how;
    /* Who else there is: the phones of a user, where proxy_wish asks. */
    struct {
        const char *uri;
        struct target targets[4];
        size_t n;
    } users[RIG_USERS_MAX];
    size_t n_users;
    bool keeps_wishes;          /* they are not answered */
    enum proxy_verdict verdict; /* the last one */
    struct proxy_view view;
    char view_uri[512];
    tx_id tx; /* of the last request */
    size_t n_sent, n_read;
    struct rig_sent sent[RIG_SENT_MAX];
    unsigned serial; /* of the branch and Call-ID of rig_request */
};

struct rig *rig_new(void);
struct rig *rig_new_with(bool record_route, time_ns timer_c);
/* From now on the calls that it forwards are followed. */
void rig_follow(struct rig *, const struct follow_rules *);
/* After a command to the proxy: what it brought is sent. */
void rig_drain(struct rig *);
/* Lets five minutes pass and checks that nothing is left: contexts, transactions, memory. */
void rig_end(struct rig *);

void rig_target(struct rig *, const char *uri);
/* A phone of somebody else; empty: he has none. */
void rig_user(struct rig *, const char *uri, const char *phone);
/* His phones have become more. */
void rig_came(struct rig *, const char *who);
/* The last target is one that is looked up. */
void rig_look_up(struct rig *, unsigned when, unsigned cause);
/* A request from Alice, from 192.0.2.1:5060, with a branch and a Call-ID of its own; rig_again
 * keeps the Call-ID. `to_tag` may be "". `headers`: whole lines. Borrowed until the fourth next
 * call. */
const char *rig_request(struct rig *, const char *method, const char *uri, const char *to_tag,
                        const char *headers);
const char *rig_again(struct rig *, const char *method, const char *uri, const char *to_tag,
                      const char *headers);
/* That INVITE with another method: same branch, Call-ID and CSeq number. Borrowed until the next
 * call. */
const char *rig_cancel(const char *invite, const char *headers);
/* Sends it to RIG_UDP. */
void rig_send(struct rig *, const char *text);
/* A datagram at a listener from "ADDR:PORT". */
void rig_from(struct rig *, unsigned listener, const char *remote, const char *text);
void rig_from_bytes(struct rig *, unsigned listener, const char *remote, struct str bytes);
/* A connection at RIG_TCP from "ADDR:PORT", and bytes on it. */
conn_id rig_accept(struct rig *, const char *remote);
void rig_stream(struct rig *, conn_id, const char *text);
/* The end of a connection, ours or another worker's. */
void rig_close(struct rig *, conn_id);
/* A message that another worker took from its connection `conn` at RIG_TCP. */
void rig_adopt(struct rig *, conn_id conn, const char *remote, const char *text);
void rig_pass(struct rig *, time_ns span);

/* The next message sent that was not read yet; fails the test where there is none. */
const struct rig_sent *rig_next(struct rig *);
/* … whose text starts with `start`, leaving out others. */
const struct rig_sent *rig_next_of(struct rig *, const char *start);
/* How many unread messages start so. */
size_t rig_count(const struct rig *, const char *start);
void rig_skip_all(struct rig *);

/* Text of a message as a NUL-terminated string of its own; without its first Via line. */
const char *rig_text(const struct rig_sent *);
char *rig_without_via(const struct rig_sent *);
bool rig_has(const struct rig_sent *, const char *piece);

/* `in` with each %s replaced by `text`. */
void rig_fill(char *out, size_t size, const char *in, const char *text);

/* Answers a request that the proxy sent, from where it was sent to. `headers`: whole lines or "".
 */
void rig_answer(struct rig *, const struct rig_sent *request, unsigned status, const char *to_tag,
                const char *headers);

#endif
