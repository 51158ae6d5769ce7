/* One WebSocket connection, of ours as a server or as a client (RFC 6455, RFC 7118): bytes in; the
 * handshake, whole messages and what is to be answered out. Knows no socket, no clock and no SIP.
 */
#ifndef TANDEM_NET_WS_H
#define TANDEM_NET_WS_H

#include "base/attr.h"
#include "base/block.h"
#include "net/ws_ask.h"
#include "net/ws_handshake.h"

#define WS_HEAD_MAX 14     /* of a frame: RFC 6455 5.2 with a mask */
#define WS_CONTROL_MAX 125 /* RFC 6455 5.5 */
#define WS_REQUEST_MAX 1024
#define WS_ANSWER_MAX 512 /* the longest thing that it has to say by itself */

/* RFC 6455 7.4.1 */
enum ws_code {
    WS_NORMAL = 1000,
    WS_GOING_AWAY = 1001,
    WS_PROTOCOL_ERROR = 1002,
    WS_NOT_UTF8 = 1007,
    WS_TOO_LARGE = 1009,
    WS_NO_MEMORY = 1011
};

enum ws_state { WS_HANDSHAKE, WS_OPEN, WS_ENDED };

struct ws {
    uint8_t state; /* enum ws_state */
    uint8_t kind;  /* opcode of the message whose fragments come; 0: none */
    bool is_text;  /* the peer's last message was text (RFC 7118 4.2: what we send then is, too) */
    bool was_told; /* `in` was handed out as a message */
    bool in_payload; /* the frame's head is whole */
    uint8_t head_len, control_len;
    uint8_t head[WS_HEAD_MAX]; /* of the frame that comes */
    uint8_t mask[4];
    uint64_t len, done; /* of its payload, and how much of that was read */
    char control[WS_CONTROL_MAX];
    struct block *in;           /* the handshake or the message so far */
    struct rand *masks;         /* of a client; NULL: a server */
    char key[HTTP_KEY_LEN + 1]; /* of a client's handshake */
};

/* A server's side: it waits for the client's handshake. */
void ws_init(struct ws *);
/* A client's side: *request is what is to be sent first, up to WS_REQUEST_MAX bytes. *masks, from a
 * seed that nobody knows (RFC 6455 5.3), is borrowed for as long as the connection lives. */
void ws_init_client(struct ws *, struct rand *masks, const struct ws_place *, struct buf *request);
static inline bool ws_is_client(const struct ws *ws)
{
    return ws->masks != NULL;
}
void ws_fini(struct ws *, struct block_pool *);

enum ws_result {
    WS_MORE,    /* all was used, nothing more is known */
    WS_OPENED,  /* the handshake is done: send `send` */
    WS_MESSAGE, /* `message` came */
    WS_ALIVE,   /* a ping or a pong came: send `send`, which may be empty */
    WS_OVER     /* send `send`, then end the connection: nothing more is read */
};

struct ws_event {
    struct str message; /* valid until the next call, as long as the caller's bytes are */
    struct str send;    /* in `space` */
    const char *why;    /* of WS_OVER: for people; NULL: the peer closed as it should */
    char space[WS_ANSWER_MAX];
};

/* Reads on: *used of `bytes`, which may change, are done; call again with the rest until WS_MORE.
 * Any split of the bytes gives the same. A message of more than LIMIT_MSG_BYTES, what is no
 * WebSocket, and a want of memory end in WS_OVER with a close frame that says which (RFC 6455 7.4);
 * a handshake that is not taken with an HTTP answer. `policy` is a server's. */
enum ws_result ws_read(struct ws *, struct block_pool *, const struct ws_policy *, char *bytes,
                       size_t len, size_t *used, struct ws_event *);

/* Something was begun and is not whole: the handshake, a frame or a message in fragments. */
bool ws_waits(const struct ws *);

/* The frame in which `message` is to be sent at `to`, where there is room for WS_HEAD_MAX more than
 * it has; returns its length. Text where the peer's last message was and `message` is UTF-8, else
 * binary (RFC 7118 4.2). */
size_t ws_put(const struct ws *, struct str message, char *to);
/* A ping without anything in it; returns its length. */
size_t ws_ping(const struct ws *, char ping[WS_HEAD_MAX]);
/* The close frame with which we end an open connection, in *ev; empty where it is not open. It is
 * over then. */
struct str ws_close(struct ws *, unsigned code, struct ws_event *ev);

#endif
