/* A trace of any events: the table and all drawings end, stay within their bounds, give everything
 * back, and let nothing of a message out of its text. Each event: kind, time, two addresses, text.
 */
#include "base/err.h"
#include "fuzz.h"
#include "heap.h"
#include "json_check.h"
#include "trace/calls.h"
#include "trace/draw.h"
#include "trace/filter.h"
#include "trace/mask.h"

/* Counts, and keeps the beginning. */
struct counter {
    struct trace_sink sink;
    size_t len, angles;
    bool controls;
    char kept[1 << 16];
};

static struct counter counter;

static void count(struct trace_sink *k, struct str s)
{
    struct counter *c = (struct counter *)(void *)k;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char byte = (unsigned char)s.at[i];
        c->angles += byte == '<';
        c->controls |= byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
        if (c->len < sizeof c->kept)
            c->kept[c->len] = s.at[i];
        c->len++;
    }
}

static struct trace_sink *fresh(void)
{
    counter.sink.put = count;
    counter.len = counter.angles = 0;
    counter.controls = false;
    return &counter.sink;
}

static void assert_drawn(size_t most)
{
    assert(counter.len <= most);
    assert(!counter.controls);
}

static void assert_json(void)
{
    if (counter.len <= sizeof counter.kept)
        assert(json_is_valid((struct str){counter.kept, counter.len}));
}

static size_t bytes_of(const struct trace_ladder *l)
{
    size_t n = 0;
    for (unsigned i = 0; i < l->n_rungs; i++)
        n += l->rungs[i].item ? l->rungs[i].item->text.len : 0;
    for (unsigned i = 0; i < l->n_calls; i++)
        n += l->calls[i]->call_id.len + l->calls[i]->from_uri.len + l->calls[i]->to_uri.len +
             l->calls[i]->method_name.len;
    return n;
}

static void draw(struct fuzz_heap *heap, const struct trace_call *c, bool joined, unsigned style)
{
    struct trace_ladder l;
    if (trace_ladder_init(&l, &heap->mem, c, joined) != OK)
        return;
    size_t most = 32768 + 16384 * (l.n_rungs + l.n_sides + l.n_calls) + 16 * bytes_of(&l);
    trace_draw_text(&l, &(struct trace_text_style){.width = style, .ascii = style & 1}, fresh());
    assert_drawn(most);
    trace_draw_svg(&l, fresh());
    assert_drawn(most);
    trace_draw_html(&l, fresh());
    assert_drawn(most);
    trace_draw_json(&l, fresh());
    assert_drawn(most);
    assert(counter.angles == 0);
    assert_json();
    trace_draw_row(c, fresh());
    assert_json();
    trace_ladder_fini(&l);
}

static struct addr draw_addr(struct str *input)
{
    return (struct addr){.family = ADDR_IP4, .ip = {10, 0, 0, draw_byte(input) % 8}, .port = 5060};
}

static void take_packet(struct trace_calls *t, struct str *input, int64_t at)
{
    struct rtp_packet rtp = {.sequence = (uint16_t)draw_uint(input, 2),
                             .timestamp = (uint32_t)draw_uint(input, 4),
                             .ssrc = draw_byte(input),
                             .payload_type = draw_byte(input) & 127};
    struct trace_packet p = {at, draw_addr(input), draw_addr(input), &rtp, 172};
    p.from.port = p.to.port = 4000;
    int error = trace_calls_hear(t, &p);
    assert(error == OK || error == ERR_NOMEM);
}

static void take_event(struct trace_calls *t, struct str *input, uint8_t kind, int64_t at)
{
    struct trace_event e = {.kind = kind & 1 ? TRACE_NOTE : TRACE_MESSAGE,
                            .at = at,
                            .from = draw_addr(input),
                            .to = draw_addr(input),
                            .transport = kind % 7};
    size_t len = draw_uint(input, 2) % 4096;
    struct str text = exact_copy(str_slice(*input, 0, len));
    *input = str_slice(*input, text.len, input->len);
    e.text = text;
    e.call_id = STR("a");
    e.who = str_slice(text, 0, 20);
    int error = trace_calls_take(t, &e);
    assert(error == OK || error == ERR_NOMEM);
    trace_mask((char *)(uintptr_t)text.at, text.len, kind & 3);
    exact_free(text);
}

static void take_all(struct fuzz_heap *heap, struct trace_calls *t, struct str input)
{
    int64_t at = 0;
    while (input.len > 0) {
        uint8_t kind = draw_byte(&input);
        at = (int64_t)((uint64_t)at + (draw_uint(&input, 4) << (kind >> 4)));
        if ((kind & 15) == 15)
            fuzz_heap_fail(heap, draw_byte(&input) % 8, 1);
        else if ((kind & 15) == 14)
            take_packet(t, &input, at);
        else
            take_event(t, &input, kind, at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_heap heap;
    struct str input = {(const char *)data, size};
    struct trace_filter filter = {.user = STR("a"),
                                  .number = STR("1"),
                                  .text = STR("x"),
                                  .code_least = 200,
                                  .code_most = 699};
    unsigned style = draw_byte(&input);
    fuzz_heap_init(&heap);
    struct trace_calls *t = trace_calls_new(&heap.mem, &(struct hash_key){1, 2}, 0);
    assert(t);
    take_all(&heap, t, input);
    fuzz_heap_fail(&heap, 0, 0);
    unsigned n = 0;
    for (const struct trace_call *c = NULL; n < 8 && (c = trace_calls_next(t, c)); n++) {
        draw(&heap, c, n & 1, style);
        (void)trace_filter_fits(&filter, c);
    }
    for (const struct trace_stream *s = NULL; (s = trace_calls_stranger(t, s));) {
        assert(s->packets >= 3 && s->jitter.most_ms >= s->jitter.mean_ms);
        trace_draw_stream(NULL, s, fresh());
        assert_json();
    }
    trace_calls_free(t);
    fuzz_heap_check(&heap);
    return 0;
}
