/* Any bytes as RTP and RTCP: what is read is written the same, and a session that takes them all
 * keeps its bounds and its deadlines. The input is packets, each behind two bytes of length and
 * one of what happens with it. */
#include "fuzz.h"

#include <stdlib.h>

#include "rtp/session.h"

static void read_and_write(struct str bytes)
{
    struct rtp_packet p;
    struct buf out;
    if (!rtp_parse(bytes, &p))
        return;
    assert_inside(bytes, p.payload);
    char *at = malloc(bytes.len);
    assert(at);
    buf_init(&out, at, bytes.len);
    rtp_print(&out, &p);
    assert(!out.over && out.len == bytes.len);
    assert(memcmp(at, bytes.at, bytes.len - p.padding) == 0);
    free(at);
}

static void walk(struct str bytes)
{
    struct rtcp_packet p;
    struct rtcp_report report;
    struct rtcp_description d;
    uint32_t ssrcs[RTCP_BLOCKS];
    struct str reason;
    if (!rtcp_is_valid(bytes))
        return;
    for (struct str rest = bytes; rtcp_next(&rest, &p);) {
        assert_inside(bytes, p.body);
        size_t at = 0;
        while (p.type == RTCP_SDES && rtcp_read_description(&p, &at, &d))
            assert_inside(p.body, d.text);
        if (p.type == RTCP_BYE && rtcp_read_bye(&p, ssrcs, &reason) && reason.len > 0)
            assert_inside(p.body, reason);
        if (p.type == RTCP_SR || p.type == RTCP_RR)
            (void)rtcp_read_report(&p, &report);
    }
}

static void take(struct rtp_session *s, struct str bytes, unsigned what, time_ns now)
{
    struct addr from = {.family = ADDR_IP4, .port = (uint16_t)(what >> 4), .ip = {192, 0, 2, 1}};
    struct rtp_packet p;
    const struct rtp_member *member;
    enum rtp_arrival arrival;
    if (what & 1)
        (void)rtp_session_take_rtcp(s, &from, bytes, now);
    else if (rtp_session_take(s, &from, bytes, now, what >> 1 & 3, &p, &member, &arrival))
        assert(member->believed && arrival != RTP_DOUBTFUL);
}

static void tick(struct rtp_session *s, time_ns now)
{
    char at[LIMIT_RTCP_BYTES];
    struct buf out;
    buf_init(&out, at, sizeof at);
    while (rtp_session_tick(s, now, &out)) {
        assert(!out.over && rtcp_is_valid(buf_str(&out)));
        buf_init(&out, at, sizeof at);
    }
    assert(rtp_session_deadline(s) > now);
    assert(rtp_session_members(s) <= LIMIT_RTP_MEMBERS + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct rtp_settings settings = {
        .clock = 8000, .bandwidth = 64000, .cname = STR("a@b"), .seed = rand_seed_from(1)};
    struct rtp_session s;
    time_ns now = NS_PER_S;
    rtp_session_begin(&s, &settings, now);
    while (rest.len > 3) {
        unsigned len = (unsigned)(unsigned char)rest.at[0] << 8 | (unsigned char)rest.at[1];
        unsigned what = (unsigned char)rest.at[2];
        struct str bytes = exact_copy(str_slice(rest, 3, len));
        read_and_write(bytes);
        walk(bytes);
        take(&s, bytes, what, now);
        now += what * 50 * NS_PER_MS;
        tick(&s, now);
        exact_free(bytes);
        rest = str_slice(rest, 3 + (size_t)len, rest.len);
    }
    return 0;
}
