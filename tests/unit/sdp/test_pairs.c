/* The offers and answers of RFC 4317, from the optional test data: who has what the
 * answerer of the RFC has gives the answer that the RFC gives, and takes it as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../testfiles.h"
#include "given.h"
#include "sdp/offer.h"

#define STREAMS 8
#define MANIFEST_BYTES 200000

/* A side that has just what a description says. */
struct side {
    struct sdp_codec codecs[STREAMS][LIMIT_SDP_FORMATS];
    struct sdp_stream streams[STREAMS];
    struct sdp_local local;
};

static void take_codecs(struct side *side, const struct sdp *s, uint32_t n, struct str formats)
{
    struct sdp_section section = sdp_media_section(s, n);
    struct sdp_stream *stream = &side->streams[n];
    struct sdp_rtpmap map;
    struct str format;
    unsigned type;
    while (sdp_format_next(&formats, &format)) {
        if (!sdp_read_payload_type(format, &type) || !sdp_rtpmap_of(s, section, type, &map))
            continue;
        side->codecs[n][stream->n_codecs++] =
            (struct sdp_codec){map.encoding, map.clock, (uint8_t)sdp_rtpmap_channels(&map),
                               (uint8_t)type, sdp_fmtp_of(s, section, format)};
    }
    stream->codecs = side->codecs[n];
}

static void be(struct side *side, const struct sdp *s)
{
    *side = (struct side){.local = {.id = 1, .version = 1, .n_streams = s->n_media}};
    side->local.streams = side->streams;
    assert_true(addr_parse_ip(STR("192.0.2.1"), &side->local.addr));
    assert_true(s->n_media <= STREAMS);
    for (uint32_t i = 0; i < s->n_media; i++) {
        struct sdp_media media;
        assert_true(sdp_read_media(s->lines[sdp_media_section(s, i).first].value, &media));
        side->streams[i] =
            (struct sdp_stream){.kind = media.kind,
                                .proto = media.proto,
                                .port = media.port,
                                .direction = sdp_direction_of(s, sdp_media_section(s, i))};
        take_codecs(side, s, i, media.formats);
    }
}

/* The same streams live, in the same direction, with the same first codec. */
static bool is_same_stream(const struct sdp *a, const struct sdp *b, uint32_t n)
{
    struct sdp_section in_a = sdp_media_section(a, n), in_b = sdp_media_section(b, n);
    struct sdp_media x, y;
    struct sdp_rtpmap p, q;
    struct str f, g;
    unsigned s, t;
    assert_true(sdp_read_media(a->lines[in_a.first].value, &x));
    assert_true(sdp_read_media(b->lines[in_b.first].value, &y));
    if (!str_equal(x.kind, y.kind) || (x.port == 0) != (y.port == 0))
        return false;
    if (x.port == 0)
        return true;
    assert_true(sdp_format_next(&x.formats, &f) && sdp_format_next(&y.formats, &g));
    assert_true(sdp_read_payload_type(f, &s) && sdp_read_payload_type(g, &t));
    assert_true(sdp_rtpmap_of(a, in_a, s, &p) && sdp_rtpmap_of(b, in_b, t, &q));
    return str_equal_nocase(p.encoding, q.encoding) &&
           sdp_direction_of(a, in_a) == sdp_direction_of(b, in_b);
}

static void check_pair(const struct sdp *offer, const struct sdp *answer, const char *name)
{
    static struct side answerer, offerer;
    static struct given given;
    static char text[8192];
    struct sdp_agreed agreed[STREAMS];
    struct buf out;
    be(&answerer, answer);
    be(&offerer, offer);
    buf_init(&out, text, sizeof text);
    (void)sdp_answer(&out, offer, &answerer.local, agreed);
    given_parse(&given, buf_str(&out));
    assert_int_equal(given.s.n_media, answer->n_media);
    for (uint32_t i = 0; i < answer->n_media; i++)
        if (!is_same_stream(&given.s, answer, i))
            fail_msg("%s: stream %u is another one:\n%.*s", name, i, STR_ARG(buf_str(&out)));
    if (sdp_answered(answer, &offerer.local, agreed) == SDP_CONTRADICTS)
        fail_msg("%s is taken for no answer", name);
}

/* Section 3.2 answers a sendonly with sendrecv, which RFC 3264 6.1 rules out; 5.2 answers a hold by
 * 0.0.0.0 with sendrecv, where this side says recvonly. */
static bool is_other(const char *name)
{
    return str_equal(str_from(name), STR("rfc4317/30-s3.2.sdp")) ||
           str_equal(str_from(name), STR("rfc4317/48-s5.2.sdp"));
}

static bool is_offer(struct str label)
{
    return str_ends_nocase(label, STR("Offer]"));
}

static void test_pairs(void **state)
{
    static char manifest[MANIFEST_BYTES], texts[2][8192];
    static struct given offer, answer;
    char name[64];
    struct str line;
    size_t len, at = 0, size;
    unsigned pairs = 0;
    (void)state;
    if (!test_read("sdp-offer-answer", "MANIFEST.tsv", manifest, sizeof manifest, &len))
        skip();
    while (test_line((struct str){manifest, len}, &at, &line)) {
        if (!str_starts(line, STR("rfc4317/")))
            continue;
        bool offers = is_offer(test_column(line, 4));
        snprintf(name, sizeof name, "%.*s", STR_ARG(test_column(line, 0)));
        assert_true(test_read("sdp-offer-answer", name, texts[offers], sizeof texts[0], &size));
        given_parse(offers ? &offer : &answer, (struct str){texts[offers], size});
        if (offers)
            continue;
        if (!is_other(name))
            check_pair(&offer.s, &answer.s, name);
        pairs++;
    }
    assert_int_equal(pairs, 27);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
