/* Heads of frames and masks; knows no message.
 *
 *   0               1               2               3             RFC 6455 5.2
 *  +-+-+-+-+-------+-+-------------+-------------------------------+
 *  |F|R|R|R| opcode|M|   length    | 16 bits of length where it is |
 *  |I|S|S|S|  (4)  |A|     (7)     | 126, 64 bits where it is 127  |
 *  |N|V|V|V|       |S|             |                               |
 *  +-+-+-+-+-------+-+-------------+- - - - - - - - - - - - - - - -+
 *  | masking key, 4 bytes, where MASK is set | payload …           |
 *  +-----------------------------------------+---------------------+ */
#include "net/ws_frame.h"

#define SHORT_MAX 125 /* lengths in the second byte itself */
#define LONG 126      /* two bytes of length follow */
#define LONGER 127    /* eight bytes follow */

static unsigned short_length(const struct ws *ws)
{
    return ws->head[1] & 0x7fu;
}

static bool is_masked(const struct ws *ws)
{
    return (ws->head[1] & 0x80u) != 0;
}

static unsigned length_bytes(const struct ws *ws)
{
    return short_length(ws) == LONGER ? 8 : short_length(ws) == LONG ? 2 : 0;
}

static unsigned whole_head(const struct ws *ws)
{
    return ws->head_len < 2 ? 2 : 2 + length_bytes(ws) + (is_masked(ws) ? 4 : 0);
}

static void read_numbers(struct ws *ws)
{
    unsigned n = length_bytes(ws);

    ws->len = n == 0 ? short_length(ws) : 0;
    for (unsigned i = 0; i < n; i++)
        ws->len = ws->len << 8 | ws->head[2 + i];
    if (is_masked(ws))
        memcpy(ws->mask, ws->head + 2 + n, sizeof(ws->mask));
    ws->done = 0;
}

bool ws_frame_take_head(struct ws *ws, const char *bytes, size_t len, size_t *used)
{
    while (*used < len && ws->head_len < whole_head(ws))
        ws->head[ws->head_len++] = (uint8_t)bytes[(*used)++];
    if (ws->head_len < 2 || ws->head_len < whole_head(ws))
        return false;
    read_numbers(ws);
    return true;
}

static bool is_known(unsigned opcode)
{
    return opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
}

/* RFC 6455 5.2: the shortest form, and no sign bit. */
static bool is_length_sound(const struct ws *ws)
{
    if (short_length(ws) == LONG)
        return ws->len > SHORT_MAX;
    return short_length(ws) != LONGER || (ws->len > UINT16_MAX && ws->len >> 63 == 0);
}

static const char *first_fault(const struct ws *ws)
{
    unsigned opcode = ws_frame_opcode(ws);

    if (ws->head[0] & 0x70u)
        return "a reserved bit is set";
    if (!is_known(opcode))
        return "unknown opcode";
    if (ws_frame_is_control(ws))
        return ws_frame_is_final(ws) ? NULL : "a control frame in fragments";
    if ((opcode == WS_CONTINUATION) != (ws->kind != 0))
        return ws->kind ? "a message begins within another one" : "nothing is to be continued";
    return NULL;
}

static const char *second_fault(const struct ws *ws)
{
    /* RFC 6455 5.1: a client masks all its frames, a server none */
    if (is_masked(ws) == ws_is_client(ws))
        return is_masked(ws) ? "a frame of a server with a mask" : "a frame without mask";
    if (ws_frame_is_control(ws) && short_length(ws) > WS_CONTROL_MAX)
        return "a control frame that is too long";
    return ws->head_len == whole_head(ws) && !is_length_sound(ws) ? "a bad length" : NULL;
}

unsigned ws_frame_fault(const struct ws *ws, const char **why)
{
    *why = ws->head_len > 0 ? first_fault(ws) : NULL;
    if (!*why && ws->head_len > 1)
        *why = second_fault(ws);
    return *why ? WS_PROTOCOL_ERROR : 0;
}

void ws_frame_mask(char *bytes, size_t len, const uint8_t mask[4], uint64_t from)
{
    uint8_t turned[8];
    uint64_t word, many;
    size_t i = 0;

    for (unsigned k = 0; k < sizeof(turned); k++)
        turned[k] = mask[(from + k) & 3];
    memcpy(&many, turned, sizeof(many));
    for (; i + sizeof(word) <= len; i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        word ^= many;
        memcpy(bytes + i, &word, sizeof(word));
    }
    for (; i < len; i++)
        bytes[i] = (char)(bytes[i] ^ turned[i & 7]);
}

static size_t put_head(char *head, unsigned opcode, size_t len)
{
    unsigned n = len <= SHORT_MAX ? 0 : len <= UINT16_MAX ? 2 : 8;

    head[0] = (char)(0x80u | opcode);
    head[1] = (char)(n == 0 ? len : n == 2 ? LONG : LONGER);
    for (unsigned i = 0; i < n; i++)
        head[2 + i] = (char)(len >> (8 * (n - 1 - i)));
    return 2 + n;
}

size_t ws_frame_put(char *to, unsigned opcode, struct str payload, struct rand *masks)
{
    uint8_t mask[4];
    size_t n = put_head(to, opcode, payload.len);

    if (masks) {
        rand_bytes(masks, mask, sizeof(mask));
        to[1] = (char)(0x80u | (unsigned char)to[1]);
        memcpy(to + n, mask, sizeof(mask));
        n += sizeof(mask);
    }
    if (payload.len > 0)
        memcpy(to + n, payload.at, payload.len);
    if (masks)
        ws_frame_mask(to + n, payload.len, mask, 0);
    return n + payload.len;
}
