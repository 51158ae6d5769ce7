/* HEP: chunks of version 3 into a struct and back, and the heads of versions 1 and 2. Knows nothing
 * of who sends it. */
#include "capture/hep.h"

#include "base/time.h"
#include "bytes.h"

enum chunk {
    CHUNK_FAMILY = 1,
    CHUNK_PROTOCOL,
    CHUNK_FROM_4,
    CHUNK_TO_4,
    CHUNK_FROM_6,
    CHUNK_TO_6,
    CHUNK_FROM_PORT,
    CHUNK_TO_PORT,
    CHUNK_SECONDS,
    CHUNK_MICROSECONDS,
    CHUNK_KIND,
    CHUNK_NODE,
    CHUNK_KEY = 14,
    CHUNK_PAYLOAD = 15,
    CHUNK_CALL_ID = 17
};

#define HEAD 6
#define CHUNK_HEAD 6
#define SECOND ((int64_t)NS_PER_S)
#define FAMILY_4 2
#define FAMILY_6 10

enum protocol { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_TLS = 22, PROTOCOL_SCTP = 132 };

bool hep_is(struct str bytes)
{
    return str_starts(bytes, STR("HEP3"));
}

static uint8_t transport_of(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_UDP:
        return TRANSPORT_UDP;
    case PROTOCOL_TCP:
        return TRANSPORT_TCP;
    case PROTOCOL_TLS: /* what senders make of it */
        return TRANSPORT_TLS;
    case PROTOCOL_SCTP:
        return TRANSPORT_SCTP;
    default:
        return TRANSPORT_NONE;
    }
}

static uint8_t protocol_of(unsigned transport)
{
    return transport == TRANSPORT_UDP    ? PROTOCOL_UDP
           : transport == TRANSPORT_SCTP ? PROTOCOL_SCTP
                                         : PROTOCOL_TCP;
}

/* --- reading --- */

static void take_ip(struct addr *a, struct str value, uint8_t family)
{
    if (value.len != (family == ADDR_IP4 ? 4 : 16))
        return;
    a->family = family;
    memset(a->ip, 0, sizeof a->ip);
    memcpy(a->ip, value.at, value.len);
}

/* A number of 1, 2 or 4 bytes; others count as 0. */
static uint32_t number(struct str value)
{
    return value.len == 4   ? get_32(value.at)
           : value.len == 2 ? get_16(value.at)
           : value.len == 1 ? get_8(value.at)
                            : 0;
}

static void take_chunk(struct hep *h, unsigned type, struct str value)
{
    switch (type) {
    case CHUNK_PROTOCOL:
        h->transport = transport_of((uint8_t)number(value));
        return;
    case CHUNK_FROM_4:
    case CHUNK_FROM_6:
        take_ip(&h->from, value, type == CHUNK_FROM_4 ? ADDR_IP4 : ADDR_IP6);
        return;
    case CHUNK_TO_4:
    case CHUNK_TO_6:
        take_ip(&h->to, value, type == CHUNK_TO_4 ? ADDR_IP4 : ADDR_IP6);
        return;
    case CHUNK_FROM_PORT:
        h->from.port = (uint16_t)number(value);
        return;
    case CHUNK_TO_PORT:
        h->to.port = (uint16_t)number(value);
        return;
    case CHUNK_SECONDS:
        h->at = (int64_t)number(value) * SECOND + h->at % SECOND;
        return;
    case CHUNK_MICROSECONDS:
        h->at = h->at - h->at % SECOND + (int64_t)(number(value) % 1000000) * 1000;
        return;
    case CHUNK_KIND:
        h->kind = (uint8_t)number(value);
        return;
    case CHUNK_NODE:
        h->node = number(value);
        return;
    case CHUNK_KEY:
        h->key = value;
        return;
    case CHUNK_PAYLOAD:
        h->payload = value;
        return;
    case CHUNK_CALL_ID:
        h->call_id = value;
        return;
    default:
        return;
    }
}

/* --- versions 1 and 2 ---
 *
 *  |   version     |    length     |    family     |   protocol    |
 *  |         source port           |       destination port        |
 *  |        source address, destination address (4 or 16 bytes each)
 *  of version 2, in the sender's byte order:
 *  |     seconds   |  microseconds |   node (16)   |       0       |
 *
 * Senders differ in whether the length has the times in it. */

#define OLD_HEAD 8
#define OLD_TIMES 12

/* The length of the head; 0: it is none. */
static size_t old_head(struct str bytes)
{
    if (bytes.len <= OLD_HEAD)
        return 0;
    unsigned version = get_8(bytes.at), said = get_8(bytes.at + 1), family = get_8(bytes.at + 2);
    unsigned addresses = family == FAMILY_4 ? 8 : family == FAMILY_6 ? 32 : 0;
    size_t times = version == 2 ? OLD_TIMES : 0;

    if (version == 0 || version > 2 || addresses == 0 ||
        (said != OLD_HEAD + addresses && said != OLD_HEAD + addresses + times) ||
        transport_of(get_8(bytes.at + 3)) == TRANSPORT_NONE)
        return 0;
    return OLD_HEAD + addresses + times < bytes.len ? OLD_HEAD + addresses + times : 0;
}

bool hep_is_old(struct str bytes)
{
    return old_head(bytes) > 0;
}

static int64_t old_time(const char *at)
{
    uint32_t seconds = get_32_le(at), part = get_32_le(at + 4);

    if (part >= 1000000) {
        seconds = get_32(at);
        part = get_32(at + 4);
    }
    return (int64_t)seconds * SECOND + (int64_t)(part % 1000000) * 1000;
}

static bool parse_old(struct str bytes, struct hep *out)
{
    size_t head = old_head(bytes);
    uint8_t family = head > 0 && get_8(bytes.at + 2) == FAMILY_6 ? ADDR_IP6 : ADDR_IP4;
    size_t len = family == ADDR_IP4 ? 4 : 16;

    if (head == 0)
        return false;
    out->kind = HEP_SIP;
    out->transport = transport_of(get_8(bytes.at + 3));
    out->from.port = get_16(bytes.at + 4);
    out->to.port = get_16(bytes.at + 6);
    take_ip(&out->from, str_slice(bytes, OLD_HEAD, len), family);
    take_ip(&out->to, str_slice(bytes, OLD_HEAD + len, len), family);
    if (get_8(bytes.at) == 2) {
        out->at = old_time(bytes.at + OLD_HEAD + 2 * len);
        out->node = get_16_le(bytes.at + OLD_HEAD + 2 * len + 8);
    }
    out->payload = behind(bytes, head);
    return true;
}

/* --- version 3 --- */

size_t hep_length(struct str stream)
{
    if (stream.len < HEAD)
        return str_starts(STR("HEP3"), str_slice(stream, 0, 4)) ? 0 : SIZE_MAX;
    size_t len = get_16(stream.at + 4);

    if (!hep_is(stream) || len < HEAD)
        return SIZE_MAX;
    return len <= stream.len ? len : 0;
}

bool hep_parse(struct str bytes, struct hep *out)
{
    *out = (struct hep){0};
    if (!hep_is(bytes))
        return parse_old(bytes, out);
    if (bytes.len < HEAD)
        return false;
    size_t whole = get_16(bytes.at + 4);

    if (whole > bytes.len)
        return false;
    struct str rest = behind(str_slice(bytes, 0, whole), HEAD);

    while (rest.len >= CHUNK_HEAD) {
        size_t len = get_16(rest.at + 4);

        if (len < CHUNK_HEAD || len > rest.len)
            return false;
        if (get_16(rest.at) == 0) /* vendor 0: of the specification */
            take_chunk(out, get_16(rest.at + 2), str_slice(rest, CHUNK_HEAD, len - CHUNK_HEAD));
        rest = behind(rest, len);
    }
    return out->payload.len > 0 && out->from.family != ADDR_NONE &&
           out->from.family == out->to.family;
}

/* --- writing --- */

static void put_chunk(struct buf *b, unsigned type, struct str value)
{
    put_16(b, 0);
    put_16(b, type);
    put_16(b, (unsigned)(CHUNK_HEAD + value.len));
    buf_put(b, value);
}

/* In `bytes` bytes. */
static void put_number(struct buf *b, unsigned type, unsigned bytes, uint32_t n)
{
    char at[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

    put_chunk(b, type, (struct str){at + sizeof at - bytes, bytes});
}

static void put_ends(struct buf *b, const struct hep *h)
{
    bool is_4 = h->from.family == ADDR_IP4;
    size_t len = is_4 ? 4 : 16;

    put_number(b, CHUNK_FAMILY, 1, is_4 ? FAMILY_4 : FAMILY_6);
    put_number(b, CHUNK_PROTOCOL, 1, protocol_of(h->transport));
    put_chunk(b, is_4 ? CHUNK_FROM_4 : CHUNK_FROM_6, (struct str){(const char *)h->from.ip, len});
    put_chunk(b, is_4 ? CHUNK_TO_4 : CHUNK_TO_6, (struct str){(const char *)h->to.ip, len});
    put_number(b, CHUNK_FROM_PORT, 2, h->from.port);
    put_number(b, CHUNK_TO_PORT, 2, h->to.port);
}

void hep_print(struct buf *b, const struct hep *h)
{
    size_t start = b->len;

    buf_put_lit(b, "HEP3");
    put_16(b, 0);
    put_ends(b, h);
    put_number(b, CHUNK_SECONDS, 4, (uint32_t)(h->at / SECOND));
    put_number(b, CHUNK_MICROSECONDS, 4, (uint32_t)(h->at % SECOND / 1000));
    put_number(b, CHUNK_KIND, 1, h->kind);
    put_number(b, CHUNK_NODE, 4, h->node);
    if (h->key.len > 0)
        put_chunk(b, CHUNK_KEY, h->key);
    if (h->call_id.len > 0)
        put_chunk(b, CHUNK_CALL_ID, h->call_id);
    put_chunk(b, CHUNK_PAYLOAD, h->payload);
    size_t len = b->len - start;

    if (len > UINT16_MAX)
        b->over = true;
    if (b->over)
        return;
    b->at[start + 4] = (char)(len >> 8);
    b->at[start + 5] = (char)len;
}
