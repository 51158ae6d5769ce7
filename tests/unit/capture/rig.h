/* A capture under test: frames of raw IP go in, what comes out is kept as text. */
#ifndef TANDEM_TESTS_CAPTURE_RIG_H
#define TANDEM_TESTS_CAPTURE_RIG_H

#include "../base/mem_counting.h"
#include "base/time.h"
#include "capture/capture.h"
#include "wire.h"

struct rig {
    struct mem_counting mem;
    struct capture *capture;
    struct wire wire;
    int64_t now;
    unsigned n_messages, n_packets;
    struct capture_event last; /* its views are good for as long as the capture has them */
    struct str text;           /* of the last message, in `room` */
    char room[300000];
};

static inline struct rig *rig_new(void)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    r->mem = mem_counting();
    r->capture = capture_new(&r->mem.mem, &(struct hash_key){1, 2});
    assert_non_null(r->capture);
    r->now = 1000 * (int64_t)NS_PER_S;
    return r;
}

static inline void rig_free(struct rig *r)
{
    capture_free(r->capture);
    assert_int_equal(r->mem.n_live, 0);
    free(r);
}

static inline void rig_drain(struct rig *r)
{
    struct capture_event e;

    while (capture_next(r->capture, &e)) {
        r->last = e;
        r->n_messages += e.kind == CAPTURE_MESSAGE;
        r->n_packets += e.kind == CAPTURE_RTP;
        if (e.bytes.len > 0)
            memcpy(r->room, e.bytes.at, e.bytes.len);
        r->text = (struct str){r->room, e.bytes.len};
    }
}

/* What stands in r->wire is a frame of this link type. */
static inline void rig_frame(struct rig *r, uint32_t link)
{
    struct str bytes = wire_bytes(&r->wire);
    struct capture_frame f = {r->now, link, (uint32_t)bytes.len, bytes};

    capture_take(r->capture, &f);
    rig_drain(r);
}

/* A segment between 192.0.2.1:5060 and 192.0.2.2:5070, sent by the first or the second. */
static inline void rig_segment(struct rig *r, bool by_first, uint32_t sequence, unsigned flags,
                               struct str data)
{
    wire_begin(&r->wire, data);
    wire_tcp(&r->wire, by_first ? 5060 : 5070, by_first ? 5070 : 5060, sequence, flags);
    wire_ip4(&r->wire, by_first ? "192.0.2.1" : "192.0.2.2", by_first ? "192.0.2.2" : "192.0.2.1",
             6);
    rig_frame(r, LINK_RAW);
}

#define MESSAGE                                      \
    "OPTIONS sip:bob@example.com SIP/2.0\r\n"        \
    "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n" \
    "From: <sip:alice@example.com>;tag=1\r\n"        \
    "To: <sip:bob@example.com>\r\n"                  \
    "Call-ID: 1@192.0.2.1\r\n"                       \
    "CSeq: 1 OPTIONS\r\n"                            \
    "Content-Length: 4\r\n"                          \
    "\r\n"                                           \
    "body"

#endif
