/* The frames of WebSocket (RFC 6455 5): heads read and written, payloads masked and unmasked. For
 * ws.c alone. */
#ifndef TANDEM_NET_WS_FRAME_H
#define TANDEM_NET_WS_FRAME_H

#include "net/ws.h"

enum ws_opcode {
    WS_CONTINUATION = 0x0,
    WS_TEXT = 0x1,
    WS_BINARY = 0x2,
    WS_CLOSE = 0x8,
    WS_PING = 0x9,
    WS_PONG = 0xa
};

/* Takes bytes of the frame's head, *used of them. True: it is whole; its length and mask are read.
 */
bool ws_frame_take_head(struct ws *, const char *bytes, size_t len, size_t *used);
/* What is wrong with the head as far as it came, as a close code; 0: nothing. */
unsigned ws_frame_fault(const struct ws *, const char **why);
/* Masks, or unmasks. `from`: the offset of the first byte in its frame's payload. */
void ws_frame_mask(char *bytes, size_t len, const uint8_t mask[4], uint64_t from);
/* An unfragmented frame at `to`, where there is room for WS_HEAD_MAX more than the payload; returns
 * its length. `masks`: where a client's mask is from; NULL: a server's, which has none. */
size_t ws_frame_put(char *to, unsigned opcode, struct str payload, struct rand *masks);

static inline unsigned ws_frame_opcode(const struct ws *ws)
{
    return ws->head[0] & 0x0fu;
}

static inline bool ws_frame_is_control(const struct ws *ws)
{
    return (ws->head[0] & 0x08u) != 0;
}

static inline bool ws_frame_is_final(const struct ws *ws)
{
    return (ws->head[0] & 0x80u) != 0;
}

#endif
