/* Frames for tests, layer by layer from the inside out: each function puts its header before what
 * is there. */
#ifndef TANDEM_TESTS_CAPTURE_WIRE_H
#define TANDEM_TESTS_CAPTURE_WIRE_H

#include <assert.h>

#include "../../../src/capture/bytes.h"
#include "base/addr.h"

struct wire {
    char at[140000];
    size_t from; /* the frame is what stands from here to the end */
};

static inline void wire_begin(struct wire *w, struct str payload)
{
    w->from = sizeof w->at - payload.len;
    if (payload.len > 0)
        memcpy(w->at + w->from, payload.at, payload.len);
}

static inline struct str wire_bytes(const struct wire *w)
{
    return (struct str){w->at + w->from, sizeof w->at - w->from};
}

static inline void wire_put(struct wire *w, struct str head)
{
    assert(head.len <= w->from);
    w->from -= head.len;
    memcpy(w->at + w->from, head.at, head.len);
}

static inline struct addr wire_addr(const char *text)
{
    struct addr a = {0};
    bool is_one = addr_parse(str_from(text), &a);

    assert(is_one);
    (void)is_one;
    return a;
}

static inline void wire_udp(struct wire *w, unsigned from, unsigned to)
{
    char at[8];
    struct buf b;

    buf_init(&b, at, sizeof at);
    put_16(&b, from);
    put_16(&b, to);
    put_16(&b, (unsigned)(8 + wire_bytes(w).len));
    put_16(&b, 0);
    wire_put(w, buf_str(&b));
}

static inline void wire_tcp(struct wire *w, unsigned from, unsigned to, uint32_t sequence,
                            unsigned flags)
{
    char at[20];
    struct buf b;

    buf_init(&b, at, sizeof at);
    put_16(&b, from);
    put_16(&b, to);
    put_32(&b, sequence);
    put_32(&b, 0);
    put_16(&b, 0x5000 | flags);
    put_16(&b, 65535);
    put_32(&b, 0);
    wire_put(w, buf_str(&b));
}

/* `fragment` is the field with flags and offset. */
static inline void wire_ip4_part(struct wire *w, const char *from, const char *to,
                                 unsigned protocol, unsigned id, unsigned fragment)
{
    struct addr f = wire_addr(from), t = wire_addr(to);
    char at[20];
    struct buf b;

    buf_init(&b, at, sizeof at);
    put_16(&b, 0x4500);
    put_16(&b, (unsigned)(20 + wire_bytes(w).len));
    put_16(&b, id);
    put_16(&b, fragment);
    put_16(&b, 64 << 8 | protocol);
    put_16(&b, 0);
    buf_put(&b, (struct str){(char *)f.ip, 4});
    buf_put(&b, (struct str){(char *)t.ip, 4});
    wire_put(w, buf_str(&b));
}

static inline void wire_ip4(struct wire *w, const char *from, const char *to, unsigned protocol)
{
    wire_ip4_part(w, from, to, protocol, 0, 0);
}

static inline void wire_ip6(struct wire *w, const char *from, const char *to, unsigned next)
{
    struct addr f = wire_addr(from), t = wire_addr(to);
    char at[40];
    struct buf b;

    buf_init(&b, at, sizeof at);
    put_32(&b, 0x60000000);
    put_16(&b, (unsigned)wire_bytes(w).len);
    put_16(&b, next << 8 | 64);
    buf_put(&b, (struct str){(char *)f.ip, 16});
    buf_put(&b, (struct str){(char *)t.ip, 16});
    wire_put(w, buf_str(&b));
}

static inline void wire_ethernet(struct wire *w, unsigned type)
{
    char at[14] = {0};

    at[12] = (char)(type >> 8);
    at[13] = (char)type;
    wire_put(w, (struct str){at, sizeof at});
}

#endif
