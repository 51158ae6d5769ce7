/* Any bytes as a session description: views lie inside, what is not refused is the same again once
 * it was written, and an offer gets an answer that is one, or a refusal. */
#include "fuzz.h"

#include <stdlib.h>

#include "sdp/offer.h"
#include "sdp/print.h"

/* s= and t= may be added. */
#define ADDED 32

static void *room(size_t len)
{
    void *space = aligned_alloc(16, (len + 15) / 16 * 16 + 16);
    assert(space);
    return space;
}

static void walk(const struct sdp *s)
{
    uint32_t lines = s->session.n;
    for (uint32_t i = 0; i < s->n_lines; i++)
        assert_inside(s->text, s->lines[i].value);
    for (uint32_t i = 0; i < s->n_media; i++) {
        struct sdp_section section = sdp_media_section(s, i);
        assert(section.first == lines && section.n > 0 && s->lines[section.first].type == 'm');
        lines += section.n;
        (void)sdp_direction_of(s, section);
        (void)sdp_ptime(s, section);
    }
    assert(lines == s->n_lines);
    for (uint32_t i = 0; i < s->n_faults; i++)
        assert(i == 0 || s->faults[i].line >= s->faults[i - 1].line);
}

static void write_and_read(const struct sdp *s)
{
    size_t cap = s->text.len * 2 + ADDED;
    char *at = room(cap);
    void *space = room(sdp_space(cap));
    struct buf out;
    struct sdp again;
    buf_init(&out, at, cap);
    sdp_print(&out, s);
    assert(!out.over);
    sdp_parse(&again, buf_str(&out), space, sdp_space(cap));
    assert(!again.broken && again.n_media == s->n_media);
    if (sdp_line_find(s, s->session, 's') && sdp_line_find(s, s->session, 't'))
        assert(sdp_equal(s, &again) && sdp_equal(&again, s));
    for (uint32_t i = 0; i < again.n_faults; i++)
        assert(again.faults[i].code != SDP_F_ORDER && again.faults[i].code != SDP_F_BARE_LF &&
               again.faults[i].code != SDP_F_NO_LINE_END &&
               again.faults[i].code != SDP_F_EMPTY_LINE);
    free(space);
    free(at);
}

static const struct sdp_codec codecs[] = {
    {STR_INIT("opus"), 48000, 2, 96, STR_INIT("useinbandfec=1")},
    {STR_INIT("PCMU"), 8000, 1, 0, {NULL, 0}},
    {STR_INIT("telephone-event"), 8000, 1, 101, STR_INIT("0-16")},
};
static const struct sdp_stream streams[] = {
    {.kind = STR_INIT("audio"),
     .proto = STR_INIT("RTP/AVP"),
     .port = 4000,
     .rtcp_mux = true,
     .direction = SDP_SENDRECV,
     .codecs = codecs,
     .n_codecs = 3,
     .ptime = 20},
    {.kind = STR_INIT("image"),
     .proto = STR_INIT("udptl"),
     .port = 4002,
     .direction = SDP_SENDRECV,
     .formats = STR_INIT("t38")},
};

/* Each m= line of the offer comes back, and takes no more than our two streams would. */
static void answer(const struct sdp *s)
{
    struct sdp_local local = {.id = 1, .version = 1, .streams = streams, .n_streams = 2};
    struct sdp_agreed *agreed = room((s->n_media + 1) * sizeof *agreed);
    /* preconditions of one segment are told of both */
    size_t cap = s->text.len * 16 + 1024;
    char *at = room(cap);
    void *space = room(sdp_space(cap));
    struct buf out;
    struct sdp reply;
    assert(addr_parse_ip(STR("192.0.2.1"), &local.addr));
    buf_init(&out, at, cap);
    unsigned live = sdp_answer(&out, s, &local, agreed);
    assert(!out.over && live <= 2);
    sdp_parse(&reply, buf_str(&out), space, sdp_space(cap));
    assert(!reply.broken && reply.n_media == s->n_media);
    free(space);
    free(at);
    free(agreed);
    agreed = room((size_t)2 * sizeof *agreed);
    (void)sdp_answered(s, &local, agreed);
    free(agreed);
}

/* What goes with a 580 has each m= line of theirs, none of them live. */
static void refuse(const struct sdp *s)
{
    size_t cap = s->text.len * 16 + 1024;
    char *at = room(cap);
    void *space = room(sdp_space(cap));
    struct buf out;
    struct sdp failure;
    (void)sdp_offer_readiness(s);
    buf_init(&out, at, cap);
    sdp_put_failure(&out, s);
    assert(!out.over);
    sdp_parse(&failure, buf_str(&out), space, sdp_space(cap));
    assert(!failure.broken && failure.n_media == s->n_media);
    assert(sdp_offer_readiness(&failure) == SDP_MET);
    free(space);
    free(at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = exact_copy((struct str){(const char *)data, size});
    void *space = room(sdp_space(size));
    struct sdp s;
    sdp_parse(&s, text, space, sdp_space(size));
    walk(&s);
    if (!s.broken) {
        write_and_read(&s);
        answer(&s);
        refuse(&s);
    }
    free(space);
    exact_free(text);
    return 0;
}
