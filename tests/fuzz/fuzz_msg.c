/* Any bytes as a message, from a datagram and from a stream: parsed, checked, every value decoded,
 * printed; what is printed is a fixed point. */
#include "message.h"
#include "msg/print.h"

static void check_index(struct msg *m)
{
    assert_inside(m->bytes, m->body);
    assert_inside(m->bytes, m->uri_text);
    assert_inside(m->bytes, m->method_name);
    assert_inside(m->bytes, m->reason);
    for (uint16_t i = 0; i < m->n_headers; i++) {
        const struct hdr *h = &m->headers[i];
        assert(h->at < h->end && h->end <= m->head_len);
        assert(h->value_at >= h->at + h->name_len && h->value_at + h->value_len <= h->end);
        assert(h->end == m->bytes.len || m->bytes.at[h->end - 1] == '\n');
        assert(i == 0 || h->at >= m->headers[i - 1].end);
    }
    for (uint8_t i = 0; i < m->n_errors; i++) {
        assert(m->errors[i].code > MSG_OK && m->errors[i].code < MSG_N_ERRORS);
        assert(i == 0 || m->errors[i - 1].offset <= m->errors[i].offset);
    }
}

/* Every line is reached from its header's first, once. */
static void check_links(struct msg *m)
{
    size_t known = 0, linked = 0;
    for (uint16_t i = 0; i < m->n_headers; i++)
        known += m->headers[i].id != HDR_NONE;
    for (enum hdr_id id = HDR_NONE + 1; id < N_HDR; id++)
        for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h), linked++)
            assert(h->id == id);
    assert(known == linked);
}

static void decode_all(struct msg *m)
{
    for (const struct via *v = msg_via(m); v; v = msg_via_next(m, v))
        assert_inside(m->bytes, v->text);
    for (uint16_t i = 0; i < m->n_headers; i++) {
        struct hdr *h = &m->headers[i];
        void *typed = msg_typed(m, h);
        assert(typed == msg_typed(m, h) && !(typed && h->bad));
    }
    (void)msg_answer(m);
    (void)msg_max_forwards(m);
    (void)msg_has_token(m, HDR_SUPPORTED, STR("100rel"));
}

/* The normal form of `text`, in memory of its own; empty where the message is not whole. */
static struct str normal_form(struct str text, enum msg_framing framing, size_t like_len)
{
    struct message x;
    struct buf b;
    size_t cap = text.len * 32 + 4096;
    char *room = malloc(cap);
    assert(room);
    buf_init(&b, room, cap);
    message_parse_as(&x, text, framing, like_len);
    check_links(&x.m);
    (void)msg_check_essential(&x.m);
    (void)msg_check(&x.m);
    check_index(&x.m);
    decode_all(&x.m);
    if (x.fault == MSG_OK && x.m.n_errors == 0)
        msg_print(&b, &x.m);
    assert(!b.over);
    struct str printed = exact_copy(buf_str(&b));
    free(room);
    message_free(&x);
    return printed;
}

static void try_framing(struct str input, enum msg_framing framing)
{
    struct str once = normal_form(input, framing, input.len);
    if (once.len > 0) {
        /* As many values in fewer bytes, and a Content-Length that was missing. */
        struct str twice = normal_form(once, framing, input.len + once.len);
        assert(str_equal(once, twice));
        exact_free(twice);
    }
    exact_free(once);
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
