/* Plays a call between two streams over a network that loses, delays and repeats packets, in
 * virtual time; writes what arrives at one side as a capture and prints what that side says of it:
 *   media_capture FILE ENCODING CLOCK TYPE LOSS_PERCENT JITTER_MS DIGITS */
#include <stdio.h>

#include "../unit/media/call.h"

#define SECONDS 30

static struct call call;
static FILE *capture;
static unsigned loss_percent, jitter_ms;
static double jitter_sum;

static void put32(uint32_t n)
{
    (void)fwrite(&n, sizeof n, 1, capture);
}

static void put_pcap_head(void)
{
    put32(0xa1b2c3d4);
    put32(2 | 4 << 16);
    put32(0);
    put32(0);
    put32(65535);
    put32(101); /* packets begin with IP */
}

static void put16(uint8_t *at, unsigned n)
{
    at[0] = (uint8_t)(n >> 8);
    at[1] = (uint8_t)n;
}

static void record(const struct call *c, const struct call_flight *f)
{
    const struct addr *to = f->rtcp ? &c->sides[f->to].rtcp : &c->sides[f->to].rtp;
    uint8_t head[28] = {0x45};
    if (f->to != 0)
        return;
    put16(head + 2, (unsigned)(sizeof head + f->len));
    head[8] = 64;
    head[9] = 17;
    memcpy(head + 12, f->from.ip, 4);
    memcpy(head + 16, to->ip, 4);
    put16(head + 20, f->from.port);
    put16(head + 22, to->port);
    put16(head + 24, (unsigned)(8 + f->len));
    put32((uint32_t)(c->now / NS_PER_S));
    put32((uint32_t)(c->now % NS_PER_S / 1000));
    put32((uint32_t)(sizeof head + f->len));
    put32((uint32_t)(sizeof head + f->len));
    (void)fwrite(head, sizeof head, 1, capture);
    (void)fwrite(f->bytes, f->len, 1, capture);
    if (!f->rtcp)
        jitter_sum += call_report(c, 0).jitter_ms;
}

static time_ns network(struct call *c, unsigned to, bool rtcp)
{
    (void)to;
    if (!rtcp && rand_below(&c->rand, 100) < loss_percent)
        return TIME_NEVER;
    return (30 + (rtcp ? 0 : rand_below(&c->rand, jitter_ms + 1))) * NS_PER_MS;
}

static unsigned number(const char *text)
{
    uint64_t n = 0;
    bool good = str_to_u64(str_from(text), UINT32_MAX, &n);
    assert(good);
    return (unsigned)n;
}

int main(int argc, char **argv)
{
    if (argc != 8 || !(capture = fopen(argv[1], "wb")))
        return 2;
    struct audio_format formats[] = {call_format(argv[2], number(argv[3]), 1, number(argv[4])),
                                     call_format("telephone-event", 8000, 1, 101)};
    loss_percent = number(argv[5]);
    jitter_ms = number(argv[6]);
    put_pcap_head();
    call_begin(&call, 8000);
    call.delay = network;
    call.landed = record;
    call_agree(&call, formats, 2);
    if (audio_stream_dial(call.sides[1].stream, str_from(argv[7]), 100, 100) != OK)
        return 2;
    call_run(&call, SECONDS * 1000);
    audio_stream_end(call.sides[1].stream, call.now);
    call_drain(&call, 1);
    call_run(&call, 200);
    struct audio_report r = call_report(&call, 0);
    char at[CALL_EVENTS];
    struct str digits = call_digits(&call, 0, at);
    printf("{\"received\": %u, \"lost\": %d, \"jitter_ms\": %.3f, \"digits\": \"%.*s\"}\n",
           (unsigned)r.received, (int)r.lost, jitter_sum / (double)r.received, STR_ARG(digits));
    call_end(&call);
    return fclose(capture) != 0;
}
