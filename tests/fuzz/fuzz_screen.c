/* Keys, sizes and messages in any order: the screen goes on, and no control character gets onto it.
 */
#include <assert.h>
#include <locale.h>

#include "fuzz.h"
#include "screen/screen.h"

static struct addr end_of(uint8_t byte)
{
    struct addr a = {.family = byte & 1 ? ADDR_IP4 : ADDR_IP6, .port = 5060};
    a.ip[0] = byte >> 1;
    return a;
}

static void say(struct trace_calls *calls, struct str *input)
{
    char text[1024];
    struct buf b;
    uint8_t ends = draw_byte(input);
    buf_init(&b, text, sizeof text);
    buf_put(&b, ends & 4 ? STR("INVITE sip:b@x SIP/2.0\r\nCSeq: 1 INVITE\r\nCall-ID: ")
                         : STR("SIP/2.0 486 Busy\r\nCSeq: 1 INVITE\r\nCall-ID: "));
    buf_put(&b, draw_text(input));
    buf_put_lit(&b, "\r\nFrom: <sip:");
    buf_put(&b, draw_text(input));
    buf_put_lit(&b, ">;tag=1\r\n\r\n");
    buf_put(&b, draw_text(input));
    struct trace_event e = {.at = (unix_ns)draw_uint(input, 8),
                            .from = end_of(ends & 15),
                            .to = end_of(ends >> 4),
                            .text = buf_str(&b)};
    assert(trace_calls_take(calls, &e) == 0);
}

static uint32_t draw_key(struct str *input)
{
    uint8_t byte = draw_byte(input);
    if (byte < 128)
        return byte;
    if (byte < 160)
        return SCREEN_UP + (byte & 7U);
    return byte < 192 ? SCREEN_F0 + (byte & 15U) : (uint32_t)draw_uint(input, 4);
}

static void look(struct screen *s)
{
    screen_draw(s);
    for (int row = 0; row < screen_rows(s); row++)
        for (int col = 0; col < screen_cols(s); col++) {
            uint32_t c = screen_cell(s, row, col).character;
            assert(c == 0 || (c >= ' ' && (c < 127 || c >= 160)));
        }
}

static void act(struct screen *s, struct trace_calls *calls, struct str *input)
{
    switch (draw_byte(input) % 8) {
    case 0:
        say(calls, input);
        screen_update(s);
        break;
    case 1: {
        uint8_t rows = draw_byte(input);
        (void)!screen_resize(s, rows % 64, draw_byte(input));
        break;
    }
    case 2:
        look(s);
        break;
    default:
        if (screen_key(s, draw_key(input)) == SCREEN_SAVES) {
            assert(screen_saving(s).n_calls > 0);
            screen_saved(s, "no");
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"pcapng", "text", NULL};
    struct str input = {(const char *)data, size};
    uint8_t how = draw_byte(&input);
    struct screen_options o = {
        .source = "x", .formats = formats, .is_live = how & 1, .is_ascii = how & 2};
    struct trace_calls *calls = trace_calls_new(&mem_libc, &(struct hash_key){1, 2}, 1 << 20);
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    struct screen *s = calls ? screen_new(&mem_libc, calls, &o) : NULL;
    assert(s);
    while (input.len > 0)
        act(s, calls, &input);
    look(s);
    screen_free(s);
    trace_calls_free(calls);
    return 0;
}
