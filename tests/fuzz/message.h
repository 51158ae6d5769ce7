/* A message parsed from a copy in memory of exactly its length, for the fuzz targets that begin
 * with one. */
#ifndef TANDEM_TESTS_FUZZ_MESSAGE_H
#define TANDEM_TESTS_FUZZ_MESSAGE_H

#include "fuzz.h"
#include "msg/msg.h"

struct message {
    struct msg m;
    enum msg_error_code fault; /* what msg_parse returned */
    struct str text;
    void *space;
};

/* With the space that a message of `like_len` bytes gets. */
static inline void message_parse_as(struct message *x, struct str input, enum msg_framing framing,
                                    size_t like_len)
{
    size_t space_len = msg_space(like_len);
    x->text = exact_copy(input);
    x->space = aligned_alloc(16, (space_len + 15) & ~(size_t)15);
    assert(x->space);
    x->fault = msg_parse(&x->m, x->text, framing, x->space, space_len);
}

static inline void message_parse(struct message *x, struct str input, enum msg_framing framing)
{
    message_parse_as(x, input, framing, input.len);
}

static inline void message_free(struct message *x)
{
    free(x->space);
    exact_free(x->text);
}

/* The line's bytes, its end included. */
static inline struct str message_line(const struct msg *m, const struct hdr *h)
{
    return (struct str){m->bytes.at + h->at, h->end - h->at};
}

#endif
