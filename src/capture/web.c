/* Frames of WebSocket connections of others. */
#include "web.h"

#include "base/limits.h"
#include "bytes.h"
#include "sip_like.h"

enum opcode { CONTINUATION = 0, TEXT = 1, BINARY = 2, CONTROL = 8 };

#define MASK_BYTES 4
#define BEGINNING 64 /* of a payload, which tells whether it is SIP */

struct web_frame {
    bool is_final, is_masked;
    uint8_t opcode;
    uint64_t len;
    size_t head; /* its length, mask included */
};

size_t web_handshake_end(struct str head)
{
    const char *end = head.len > 0 ? memmem(head.at, head.len, "\r\n\r\n", 4) : NULL;

    return end ? (size_t)(end - head.at) + 4 : 0;
}

bool web_is_handshake(struct str head)
{
    static const struct str name = STR_INIT("Upgrade:");
    size_t at = 0;

    while (at < head.len) {
        struct str line = str_slice(head, at, str_find(behind(head, at), '\n'));

        if (str_starts_nocase(line, name) &&
            str_equal_nocase(str_trim(behind(line, name.len)), STR("websocket")))
            return true;
        at += line.len + 1;
    }
    return false;
}

/* RFC 6455 5.2. False: it is not whole. */
static bool read_head(struct str s, struct web_frame *f)
{
    if (s.len < 2)
        return false;
    unsigned first = get_8(s.at), second = get_8(s.at + 1);
    size_t wide = (second & 0x7f) == 127 ? 8 : (second & 0x7f) == 126 ? 2 : 0;

    *f = (struct web_frame){.is_final = first & 0x80,
                            .is_masked = second & 0x80,
                            .opcode = first & 0xf,
                            .len = second & 0x7f};
    f->head = 2 + wide + (f->is_masked ? MASK_BYTES : 0);
    if (s.len < f->head)
        return false;
    if (wide == 2)
        f->len = get_16(s.at + 2);
    else if (wide == 8)
        f->len = (uint64_t)get_32(s.at + 2) << 32 | get_32(s.at + 6);
    return true;
}

static void unmask(char *at, size_t len, const char *mask)
{
    for (size_t i = 0; i < len; i++)
        at[i] = (char)(at[i] ^ mask[i % MASK_BYTES]);
}

/* RFC 6455 5.2, 5.5: no bit is set that has no meaning, and control frames are short. */
static bool is_frame(struct str s, const struct web_frame *f)
{
    bool is_control = f->opcode >= CONTROL;

    return (get_8(s.at) & 0x70) == 0 && (f->opcode <= BINARY || f->opcode <= CONTROL + 2) &&
           !(f->opcode > BINARY && !is_control) && !(is_control && (f->len > 125 || !f->is_final));
}

bool web_is_sip(struct str s)
{
    struct web_frame f;
    char beginning[BEGINNING];

    if (!read_head(s, &f) || !is_frame(s, &f) || (f.opcode != TEXT && f.opcode != BINARY))
        return false;
    struct str payload = behind(s, f.head);

    if (f.len > LIMIT_CAPTURE_MESSAGE_BYTES || payload.len > f.len)
        return false;
    payload = str_slice(payload, 0, sizeof beginning);
    if (payload.len < sizeof beginning)
        return false;
    memcpy(beginning, payload.at, payload.len);
    if (f.is_masked)
        unmask(beginning, payload.len, s.at + f.head - MASK_BYTES);
    return sip_like((struct str){beginning, payload.len}) != SIP_NOT;
}

static bool append(struct held *gathered, struct mem *mem, struct str bytes)
{
    char *room = bytes.len > 0 ? held_room(gathered, mem, bytes.len) : NULL;

    if (!room)
        return bytes.len == 0;
    memcpy(room, bytes.at, bytes.len);
    gathered->len += bytes.len;
    return true;
}

static enum web_result take_data(struct held *gathered, struct mem *mem, const struct web_frame *f,
                                 struct str payload, struct str *message)
{
    if (f->opcode != CONTINUATION)
        gathered->len = 0;
    if (f->opcode != CONTINUATION && f->is_final) {
        *message = payload;
        return WEB_MESSAGE;
    }
    if (!append(gathered, mem, payload))
        return WEB_BAD;
    *message = (struct str){gathered->at, gathered->len};
    return f->is_final ? WEB_MESSAGE : WEB_MORE;
}

enum web_result web_next(struct held *gathered, struct mem *mem, char *at, size_t len, size_t *done,
                         struct str *message)
{
    struct str s = {at, len};
    struct web_frame f;

    *done = 0;
    if (!read_head(s, &f))
        return WEB_MORE;
    if (!is_frame(s, &f) || f.len + gathered->len > LIMIT_CAPTURE_MESSAGE_BYTES)
        return WEB_BAD;
    if (len - f.head < f.len)
        return WEB_MORE;
    *done = f.head + (size_t)f.len;
    if (f.opcode >= CONTROL)
        return WEB_MORE;
    if (f.is_masked)
        unmask(at + f.head, (size_t)f.len, at + f.head - MASK_BYTES);
    return take_data(gathered, mem, &f, str_slice(s, f.head, (size_t)f.len), message);
}
