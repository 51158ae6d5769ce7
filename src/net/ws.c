/* What becomes of the bytes of a WebSocket connection: handshake, frames, messages, its end. RFC
 * 6455, RFC 7118. */
#include "net/ws.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "net/ws_frame.h"

struct input {
    char *bytes;
    size_t len, used;
};

void ws_init(struct ws *ws)
{
    *ws = (struct ws){.state = WS_HANDSHAKE, .is_text = true};
}

void ws_init_client(struct ws *ws, struct rand *masks, const struct ws_place *at,
                    struct buf *request)
{
    ws_init(ws);
    ws->masks = masks;
    ws_ask_key(masks, ws->key);
    ws_ask_print(request, at, (struct str){ws->key, HTTP_KEY_LEN});
}

static void drop_in(struct ws *ws, struct block_pool *blocks)
{
    block_unref(blocks, ws->in);
    ws->in = NULL;
    ws->was_told = false;
}

void ws_fini(struct ws *ws, struct block_pool *blocks)
{
    drop_in(ws, blocks);
}

bool ws_waits(const struct ws *ws)
{
    return ws->state == WS_HANDSHAKE ||
           (ws->state == WS_OPEN && (ws->head_len > 0 || ws->kind != 0));
}

/* --- its end --- */

/* A control frame in the event's space. */
static struct str put_control(const struct ws *ws, struct ws_event *ev, unsigned opcode,
                              struct str payload)
{
    return (struct str){ev->space, ws_frame_put(ev->space, opcode, payload, ws->masks)};
}

static struct str put_close(const struct ws *ws, struct ws_event *ev, unsigned code)
{
    const char payload[2] = {(char)(code >> 8), (char)code};

    return put_control(ws, ev, WS_CLOSE, (struct str){payload, code ? sizeof(payload) : 0});
}

struct str ws_close(struct ws *ws, unsigned code, struct ws_event *ev)
{
    bool is_open = ws->state == WS_OPEN;

    ws->state = WS_ENDED;
    return is_open ? put_close(ws, ev, code) : STR_NONE;
}

static enum ws_result fail(struct ws *ws, struct ws_event *ev, unsigned code, const char *why)
{
    ev->send = ws_close(ws, code, ev);
    ev->why = why;
    return WS_OVER;
}

/* --- what is gathered --- */

/* False: no memory. */
static bool append(struct ws *ws, struct block_pool *blocks, struct str bytes)
{
    size_t have = ws->in ? ws->in->len : 0;

    if (!ws->in || have + bytes.len > ws->in->cap) {
        size_t cap = have + bytes.len < 2 * have ? 2 * have : have + bytes.len;
        struct block *wider = block_new(blocks, cap);

        if (!wider)
            return false;
        if (have > 0)
            memcpy(wider->bytes, ws->in->bytes, have);
        block_unref(blocks, ws->in);
        ws->in = wider;
    }
    if (bytes.len > 0)
        memcpy(ws->in->bytes + have, bytes.at, bytes.len);
    ws->in->len = (uint32_t)(have + bytes.len);
    return true;
}

/* --- the handshake --- */

static enum ws_result take_answer(struct ws *ws, struct block_pool *blocks, size_t end,
                                  struct ws_event *ev)
{
    struct str head = str_slice(block_str(ws->in), 0, end), key = {ws->key, HTTP_KEY_LEN};

    ev->why = end > 0 ? ws_ask_judge(head, key) : "the head of the answer is too long";
    drop_in(ws, blocks);
    ws->state = ev->why ? WS_ENDED : WS_OPEN;
    return ev->why ? WS_OVER : WS_OPENED;
}

static enum ws_result answer_handshake(struct ws *ws, struct block_pool *blocks,
                                       const struct ws_policy *policy, size_t end,
                                       struct ws_event *ev)
{
    struct buf answer;
    unsigned status;

    buf_init(&answer, ev->space, sizeof(ev->space));
    if (end > 0)
        status =
            ws_handshake_answer(str_slice(block_str(ws->in), 0, end), policy, &answer, &ev->why);
    else
        status = ws_handshake_too_long(&answer, &ev->why);
    ev->send = buf_str(&answer);
    drop_in(ws, blocks);
    ws->state = status == 101 ? WS_OPEN : WS_ENDED;
    return status == 101 ? WS_OPENED : WS_OVER;
}

static enum ws_result read_handshake(struct ws *ws, struct block_pool *blocks,
                                     const struct ws_policy *policy, struct input *in,
                                     struct ws_event *ev)
{
    size_t have = ws->in ? ws->in->len : 0, room = LIMIT_WS_HANDSHAKE_BYTES - have;
    size_t n = in->len < room ? in->len : room;

    if (!append(ws, blocks, (struct str){in->bytes, n}))
        return fail(ws, ev, 0, "no memory");
    size_t end = http_end(block_str(ws->in));

    in->used = end > 0 ? end - have : n;
    if (end == 0 && ws->in->len < LIMIT_WS_HANDSHAKE_BYTES)
        return WS_MORE;
    return ws_is_client(ws) ? take_answer(ws, blocks, end, ev)
                            : answer_handshake(ws, blocks, policy, end, ev);
}

/* --- control frames (RFC 6455 5.5) --- */

static bool is_valid_code(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static enum ws_result take_close(struct ws *ws, struct ws_event *ev)
{
    unsigned code = 0;
    struct str reason = {ws->control + 2, ws->len > 2 ? (size_t)ws->len - 2 : 0};

    if (ws->len == 1)
        return fail(ws, ev, WS_PROTOCOL_ERROR, "a close frame with half a code");
    if (ws->len >= 2)
        code = (unsigned)(uint8_t)ws->control[0] << 8 | (uint8_t)ws->control[1];
    if (code && !is_valid_code(code))
        return fail(ws, ev, WS_PROTOCOL_ERROR, "a close frame with a code that is none");
    if (!utf8_is_valid(reason))
        return fail(ws, ev, WS_NOT_UTF8, "a close frame whose reason is not UTF-8");
    /* RFC 6455 5.5.1: with the code that came */
    return fail(ws, ev, code, NULL);
}

static enum ws_result take_control(struct ws *ws, struct ws_event *ev)
{
    struct str payload = {ws->control, (size_t)ws->len};

    if (ws_frame_opcode(ws) == WS_CLOSE)
        return take_close(ws, ev);
    if (ws_frame_opcode(ws) == WS_PING)
        ev->send = put_control(ws, ev, WS_PONG, payload);
    ws->head_len = 0;
    return WS_ALIVE;
}

/* --- messages --- */

static enum ws_result take_message(struct ws *ws, struct str message, struct ws_event *ev)
{
    ws->is_text = ws->kind == WS_TEXT;
    ws->kind = 0;
    /* RFC 6455 8.1 */
    if (ws->is_text && !utf8_is_valid(message))
        return fail(ws, ev, WS_NOT_UTF8, "a text that is not UTF-8");
    ev->message = message;
    return WS_MESSAGE;
}

/* What is there of the payload of a frame with data. A message that is here as a whole stays where
 * it is. */
static enum ws_result take_data(struct ws *ws, struct block_pool *blocks, struct str part,
                                struct ws_event *ev)
{
    bool is_whole = ws->done == ws->len;

    if (is_whole && ws_frame_is_final(ws) && !ws->in)
        return take_message(ws, part, ev);
    if (!append(ws, blocks, part))
        return fail(ws, ev, WS_NO_MEMORY, "no memory");
    if (!is_whole || !ws_frame_is_final(ws))
        return WS_MORE;
    ws->was_told = true;
    return take_message(ws, block_str(ws->in), ev);
}

static enum ws_result take_payload(struct ws *ws, struct block_pool *blocks, struct input *in,
                                   struct ws_event *ev)
{
    uint64_t left = ws->len - ws->done;
    size_t n = in->len - in->used < left ? in->len - in->used : (size_t)left;
    char *at = in->bytes + in->used;
    enum ws_result r = WS_MORE;

    if (!ws_is_client(ws))
        ws_frame_mask(at, n, ws->mask, ws->done);
    if (ws_frame_is_control(ws) && n > 0)
        memcpy(ws->control + ws->done, at, n);
    ws->done += n;
    in->used += n;
    bool is_whole = ws->done == ws->len;

    if (!ws_frame_is_control(ws))
        r = take_data(ws, blocks, (struct str){at, n}, ev);
    else if (is_whole)
        r = take_control(ws, ev);
    if (is_whole)
        ws->head_len = 0;
    ws->in_payload = !is_whole;
    return r;
}

static enum ws_result begin_payload(struct ws *ws, struct ws_event *ev)
{
    size_t have = ws->in ? ws->in->len : 0;

    if (!ws_frame_is_control(ws) && ws->len > LIMIT_MSG_BYTES - have)
        return fail(ws, ev, WS_TOO_LARGE, "a message that is too long");
    if (!ws_frame_is_control(ws) && ws->kind == 0)
        ws->kind = (uint8_t)ws_frame_opcode(ws);
    ws->in_payload = true;
    return WS_MORE;
}

static enum ws_result read_frame(struct ws *ws, struct block_pool *blocks, struct input *in,
                                 struct ws_event *ev)
{
    const char *why;
    enum ws_result r = WS_MORE;

    if (!ws->in_payload) {
        bool is_whole = ws_frame_take_head(ws, in->bytes, in->len, &in->used);
        unsigned fault = ws_frame_fault(ws, &why);

        if (fault)
            return fail(ws, ev, fault, why);
        if (!is_whole)
            return WS_MORE;
        r = begin_payload(ws, ev);
    }
    return r == WS_MORE ? take_payload(ws, blocks, in, ev) : r;
}

enum ws_result ws_read(struct ws *ws, struct block_pool *blocks, const struct ws_policy *policy,
                       char *bytes, size_t len, size_t *used, struct ws_event *ev)
{
    struct input in = {bytes, len, 0};
    enum ws_result r = WS_MORE;

    ev->message = ev->send = STR_NONE;
    ev->why = NULL;
    if (ws->was_told)
        drop_in(ws, blocks);
    if (ws->state == WS_HANDSHAKE && len > 0)
        r = read_handshake(ws, blocks, policy, &in, ev);
    while (ws->state == WS_OPEN && r == WS_MORE && in.used < len)
        r = read_frame(ws, blocks, &in, ev);
    if (ws->state == WS_ENDED) {
        drop_in(ws, blocks);
        in.used = len;
    }
    *used = in.used;
    return r;
}

size_t ws_put(const struct ws *ws, struct str message, char *to)
{
    bool is_text = ws->is_text && utf8_is_valid(message);

    return ws_frame_put(to, is_text ? WS_TEXT : WS_BINARY, message, ws->masks);
}

size_t ws_ping(const struct ws *ws, char ping[WS_HEAD_MAX])
{
    return ws_frame_put(ping, WS_PING, STR_NONE, ws->masks);
}
