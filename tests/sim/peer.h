/* A scripted peer: a node that says exactly what a test tells it to, right or wrong. No engine, UDP
 * only. */
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include "sim/node.h"

struct peer {
    struct node node;
    /* What it does about a message; NULL: nothing. The message is borrowed for the call. */
    void (*on_message)(struct peer *, struct msg *);
    void *user;
    unsigned received;
};

struct peer *peer_join(struct world *w, const char *name,
                       void (*on_message)(struct peer *, struct msg *));
void peer_send(struct peer *p, const struct node *to, const char *text);
/* An answer to a request by the letter of RFC 3261 8.2.6, to where it came from. `headers`: whole
 * lines. */
void peer_reply(struct peer *p, struct msg *request, unsigned status, const char *to_tag,
                const char *headers);

#endif
