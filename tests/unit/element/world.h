/* One element, its store and the phones around it, in virtual time: what is sent to whom is kept
 * and can be asked for. */
#ifndef TANDEM_TESTS_ELEMENT_WORLD_H
#define TANDEM_TESTS_ELEMENT_WORLD_H

#include "../registrar/scripted_store.h"
#include "element/element.h"

#define WORLD_SENT 64
#define WORLD_TEXT 4096
#define SERVER "192.0.2.100:5060"

struct world {
    struct mem mem; /* counts, and fails the allocation whose turn it is */
    size_t bytes;
    long fail_in; /* negative: none fails */
    struct element *element;
    struct scripted_store store, accounts;
    time_ns now;
    bool hold; /* the store's answers wait */
    uint64_t held;
    struct store_ask held_ask;
    char held_key[LIMIT_AOR_BYTES];
    unsigned n_registers; /* CSeq */
    size_t n_sent;
    struct {
        struct addr to;
        conn_id conn;
        char text[WORLD_TEXT];
        size_t len;
    } sent[WORLD_SENT];
};

/* What a test changes of the configuration; NULL: nothing. NULL comes back where there is no
 * memory. */
struct world *world_new(void (*change)(struct element_config *), long fail_in);
/* Checks that no memory is left. */
void world_free(struct world *w);

/* A datagram from a phone; store and time follow. */
void world_datagram(struct world *w, const char *from, struct str bytes);
void world_send(struct world *w, const char *from, const char *text);
/* A message that another worker took from its connection; the listener must be TCP's. */
void world_adopt(struct world *w, const struct flow *f, const char *text);
/* Another worker says that its connection has ended. */
void world_gone(struct world *w, conn_id conn);
/* Pings the phones of this record. */
void world_ping(struct world *w, struct str key, enum ping_by by);
/* The same as printf writes it. */
void world_sendf(struct world *w, const char *from, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The store's answer that was held. */
void world_release(struct world *w);
/* Lets time pass, firing everything that is due. */
void world_pass(struct world *w, unsigned seconds);

/* The last message sent to this address; NULL: none. NUL-terminated. */
const char *world_last(const struct world *w, const char *to);
/* Its status; 0: none, or a request. */
unsigned world_status(const struct world *w, const char *to);
/* How many messages to this address begin like this. */
unsigned world_count(const struct world *w, const char *to, const char *begins);
void world_forget(struct world *w);

/* The phone at `at` answers the last request that it got; `lines` go into the response. */
void world_answer(struct world *w, const char *at, unsigned status, const char *lines);
/* REGISTER of user@example.com with a contact at its own address. */
void world_register(struct world *w, const char *at, const char *user, unsigned expires);
/* A request with the usual headers; `lines` are added. */
void world_request(struct world *w, const char *at, const char *method, const char *uri,
                   const char *from, const char *call_id, const char *lines);

#endif
