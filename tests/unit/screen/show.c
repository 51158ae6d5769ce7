/* Reads the grid as lines of text. */
#include "show.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static const char *const formats[] = {"pcapng", "text", NULL};

void show_init(struct show *h, const struct screen_options *options)
{
    static const struct screen_options usual = {.source = "calls.pcap", .formats = formats};
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    rig_init(&h->rig, 1 << 22);
    h->s = screen_new(&h->rig.mem, h->rig.calls, options ? options : &usual);
    assert_non_null(h->s);
    assert_int_equal(screen_resize(h->s, 40, 160), OK);
}

void show_fini(struct show *h)
{
    screen_free(h->s);
    rig_fini(&h->rig);
}

enum screen_act show_key(struct show *h, uint32_t key)
{
    return screen_key(h->s, key);
}

enum screen_act show_type(struct show *h, const char *keys)
{
    enum screen_act act = SCREEN_GOES_ON;
    for (; *keys; keys++)
        act = show_key(h, (uint8_t)*keys);
    return act;
}

static char shown(uint32_t c)
{
    switch (c) {
    case 0x2500:
        return '-';
    case 0x2502:
        return '|';
    case 0x2550:
        return '=';
    case 0x2551:
        return 'H';
    default:
        return c < 128 ? (char)c : '?';
    }
}

static void read_row(const struct screen *s, int row, char *out)
{
    int n = 0;
    for (int col = 0; col < screen_cols(s); col++) {
        struct screen_cell c = screen_cell(s, row, col);
        assert_false(c.character > 0 && c.character < ' ');
        assert_false(c.character >= 127 && c.character < 160);
        if (c.character)
            out[n++] = shown(c.character);
    }
    out[n] = 0;
}

int show_find(struct show *h, const char *text)
{
    char line[1001];
    int found = -1;
    screen_draw(h->s);
    for (int row = 0; row < screen_rows(h->s); row++) {
        read_row(h->s, row, line);
        if (found < 0 && strstr(line, text))
            found = row;
    }
    return found;
}

bool show_has(struct show *h, const char *text)
{
    return show_find(h, text) >= 0;
}

bool show_is_current(struct show *h, const char *text)
{
    int row = show_find(h, text);
    assert_true(row >= 0);
    return screen_cell(h->s, row, 1).how & SCREEN_REVERSE;
}

void tell_short_call(struct show *h, unsigned ms, const char *id, const char *caller,
                     const char *status)
{
    char from[128], answer[64];
    (void)snprintf(from, sizeof from, "<sip:%s@example.com>;tag=f", caller);
    (void)snprintf(answer, sizeof answer, "%s", status);
    const struct said list[] = {
        {ms, "10.0.0.1:5060", "10.0.0.2:5060", "INVITE sip:bob@10.0.0.2", id, from,
         "<sip:bob@example.com>", "1 INVITE", 1, NULL, NULL},
        {ms + 10, "10.0.0.2:5060", "10.0.0.1:5060", answer, id, from, "<sip:bob@example.com>;tag=t",
         "1 INVITE", 1, NULL, NULL},
    };
    rig_tell(&h->rig, list, 2);
    screen_update(h->s);
}
