/* What the dialog tests share: messages from text, and a heap that counts and fails on demand. */
#ifndef TEST_DIALOG_FIXTURE_H
#define TEST_DIALOG_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "dialog/early.h"
#include "msg/msg.h"

struct parsed {
    struct msg msg;
    _Alignas(16) char space[32768];
};

/* Static, so that a test may hold a few messages at once. */
static inline enum msg_error_code parse_in(struct parsed *p, const char *text)
{
    assert_true(msg_space(strlen(text)) <= sizeof(p->space));
    return msg_parse(&p->msg, str_from(text), MSG_DATAGRAM, p->space, sizeof(p->space));
}

static inline struct parsed *parsed_next(void)
{
    static struct parsed slots[8];
    static unsigned next;
    return &slots[next++ % 8];
}

static inline struct msg *parse(const char *text)
{
    struct parsed *p = parsed_next();
    assert_int_equal(parse_in(p, text), MSG_OK);
    return &p->msg;
}

/* One that lacks what it must have. */
static inline struct msg *parse_faulty(const char *text)
{
    struct parsed *p = parsed_next();
    assert_int_not_equal(parse_in(p, text), MSG_OK);
    return &p->msg;
}

/* Fails the allocation that comes after `fail_after` others; counts what is alive. */
struct counting_mem {
    struct mem mem;
    size_t live_bytes;
    unsigned allocs, fail_after;
};

static inline void *counting_alloc(struct mem *m, size_t size)
{
    struct counting_mem *c = (struct counting_mem *)m;
    if (c->allocs++ >= c->fail_after)
        return NULL;
    c->live_bytes += size;
    return malloc(size);
}

static inline void counting_free(struct mem *m, void *at, size_t size)
{
    struct counting_mem *c = (struct counting_mem *)m;
    c->live_bytes -= at ? size : 0;
    free(at);
}

#define COUNTING_MEM                               \
    {                                              \
        {counting_alloc, counting_free}, 0, 0, ~0U \
    }

static inline void assert_str(struct str s, const char *want)
{
    struct str w = str_from(want);
    if (!str_equal(s, w))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(s), want);
}

static inline bool has(struct str text, const char *part)
{
    return memmem(text.at, text.len, part, strlen(part)) != NULL;
}

static inline void assert_has(struct str text, const char *part)
{
    if (!has(text, part))
        fail_msg("no \"%s\" in:\n%.*s", part, STR_ARG(text));
}

/* What Alice's phone decides before she calls Bob. */
static inline struct dialog_start alice_calls_bob(void)
{
    return (struct dialog_start){.call_id = STR("a84b4c76e66710"),
                                 .local_tag = STR("1928301774"),
                                 .local = STR("\"Alice\" <sip:alice@atlanta.com>"),
                                 .remote = STR("sip:bob@biloxi.com"),
                                 .target = STR("sip:bob@biloxi.com"),
                                 .contact = STR("sip:alice@pc33.atlanta.com"),
                                 .cseq = 314159};
}

#define INVITE_HEAD                                               \
    "INVITE sip:bob@192.0.2.4 SIP/2.0\r\n"                        \
    "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8\r\n" \
    "Max-Forwards: 70\r\n"                                        \
    "From: \"Alice\" <sip:alice@atlanta.com>;tag=1928301774\r\n"  \
    "To: Bob <sip:bob@biloxi.com>\r\n"                            \
    "Call-ID: a84b4c76e66710\r\n"                                 \
    "CSeq: 314159 INVITE\r\n"

/* A response to Alice's INVITE, status line apart. */
#define RESPONSE_HEAD(tag)                                        \
    "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8\r\n" \
    "From: \"Alice\" <sip:alice@atlanta.com>;tag=1928301774\r\n"  \
    "To: <sip:bob@biloxi.com>" tag "\r\n"                         \
    "Call-ID: a84b4c76e66710\r\n"                                 \
    "CSeq: 314159 INVITE\r\n"

/* A request of Bob's within the dialog, the request line's method and CSeq apart. */
#define FROM_BOB(method, cseq, rest)                                  \
    method " sip:alice@pc33.atlanta.com SIP/2.0\r\n"                  \
           "Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKb" cseq "\r\n"   \
           "Max-Forwards: 70\r\n"                                     \
           "From: <sip:bob@biloxi.com>;tag=a6c85cf\r\n"               \
           "To: \"Alice\" <sip:alice@atlanta.com>;tag=1928301774\r\n" \
           "Call-ID: a84b4c76e66710\r\n"                              \
           "CSeq: " cseq " " method "\r\n" rest "\r\n"

/* Prints a request and yields its text and next hop. */
static inline struct str print_request(struct dialog *d, const char *method, struct uri *hop)
{
    static char at[65536];
    struct buf b;
    buf_init(&b, at, sizeof(at));
    struct dialog_request r = {.method = str_from(method)};
    assert_int_equal(dialog_print_request(d, &r, &b, hop), OK);
    return buf_str(&b);
}

#endif
