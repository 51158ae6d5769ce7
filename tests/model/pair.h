/* A client, a server and a network between them that loses, doubles and reorders: a part of a
 * model, and a model where it is a request other than INVITE. */
#ifndef TANDEM_MODEL_PAIR_H
#define TANDEM_MODEL_PAIR_H

#include "client.h"
#include "server.h"

/* What has been sent. Over unreliable transports it is under way for ever: it may arrive any number
 * of times, or never, so that each loss, each copy and each order is a path. Over reliable ones it
 * arrives once. */
enum packet {
    REQUEST = 1,
    ACK = 2,     /* of 300-699 */
    ACK_2XX = 4, /* the TU's */
    RESPONSE_1XX = 8,
    RESPONSE_2XX = 16,
    RESPONSE_FINAL = 32,
};

struct pair {
    struct client client;
    struct server server; /* TX_NONE until the request arrives */
    uint8_t under_way;    /* of enum packet */
    uint8_t reliable;
    uint8_t quiet; /* the client's TU acknowledges no 2xx: a proxy, or no INVITE */
};

enum pair_move {
    CLIENT_REPEAT,
    CLIENT_END,
    CLIENT_ERROR,
    SERVER_REPEAT,
    SERVER_END,
    SERVER_ERROR,
    ANSWER_1XX,
    ANSWER_2XX,
    ANSWER_FINAL,
    REQUEST_ARRIVES,
    ACK_ARRIVES,
    ACK_2XX_ARRIVES,       /* at the TU: its branch is its own (RFC 3261 13.2.2.4) */
    ACK_2XX_ARRIVES_BY_TX, /* at the machine, as from an RFC 2543 client */
    ARRIVES_1XX,
    ARRIVES_2XX,
    ARRIVES_FINAL,
    N_PAIR_MOVES
};

/* The client has sent its request. */
void pair_start(struct pair *, enum tx_kind client, bool reliable);
/* False: it cannot be made. `actions` are those of the machine that was stepped, or 0. */
bool pair_move(struct explore *, struct pair *, enum pair_move, unsigned *actions);
/* The server's machine is stepped, and what it sends is under way; the actions. */
unsigned pair_server_does(struct explore *, struct pair *, enum tx_event);
/* Timers fire and users act; packets and transport errors need not come. */
bool pair_is_certain(enum pair_move);
/* Both are over, and both users know how. */
bool pair_is_over(const struct pair *);
const char *pair_move_name(enum pair_move);
void pair_print(FILE *, const struct pair *);

#endif
