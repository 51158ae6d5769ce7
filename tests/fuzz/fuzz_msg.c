/* Any bytes as a message, from a datagram and from a stream: parsed, checked, every value decoded,
 * printed; what is printed is a fixed point. */
#include <assert.h>
#include <stdlib.h>

#include "msg/msg.h"
#include "msg/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Text in memory of exactly its length, so that a read behind it shows. */
static struct str copy_of(struct str s)
{
    char *at = malloc(s.len ? s.len : 1);
    assert(at);
    memcpy(at, s.at, s.len);
    return (struct str){at, s.len};
}

static void decode_all(struct msg *m)
{
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v))
        assert(v != msg_via_next(m, v));
    for (uint16_t i = 0; i < m->n_headers; i++) {
        struct hdr *h = &m->headers[i];
        assert(h->at < h->end && h->end <= m->head_len);
        assert((size_t)h->value_at + h->value_len <= h->end);
        msg_typed(m, h);
    }
    (void)msg_answer(m);
    (void)msg_max_forwards(m);
    (void)msg_has_token(m, HDR_SUPPORTED, STR("100rel"));
}

/* The normal form of `text`, in memory of its own; empty where the message is not whole. */
static struct str normal_form(struct str text, enum msg_framing framing)
{
    struct msg m;
    struct buf b;
    size_t space_len = msg_space(text.len);
    void *space = aligned_alloc(16, (space_len + 15) & ~(size_t)15);
    size_t cap = text.len * 32 + 4096;
    char *room = malloc(cap);
    assert(space && room);
    buf_init(&b, room, cap);
    bool fit = msg_parse(&m, text, framing, space, space_len) == MSG_OK;
    (void)msg_check_essential(&m);
    (void)msg_check(&m);
    decode_all(&m);
    if (fit && m.n_errors == 0)
        msg_print(&b, &m);
    assert(!b.over);
    struct str printed = copy_of(buf_str(&b));
    free(room);
    free(space);
    return printed;
}

static void try_framing(struct str input, enum msg_framing framing)
{
    struct str text = copy_of(input);
    struct str once = normal_form(text, framing);
    if (once.len > 0) {
        struct str twice = normal_form(once, framing);
        assert(str_equal(once, twice));
        free((char *)twice.at);
    }
    free((char *)once.at);
    free((char *)text.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    if (size > 65535)
        return 0;
    try_framing(input, MSG_DATAGRAM);
    try_framing(input, MSG_STREAM);
    return 0;
}
