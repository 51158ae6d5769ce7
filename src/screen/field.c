/* A line that is typed and corrected at its end; knows no form. */
#include "screen/field.h"

enum { CTRL_H = 8, CTRL_U = 21, BACKSPACE = 127, LAST_CHARACTER = 0x10FFFF };

void field_set(struct field *f, struct str text)
{
    f->len = 0;
    while (text.len > 0 && f->len + 1 < sizeof f->at) {
        f->at[f->len++] = text.at[0];
        text = str_slice(text, 1, text.len);
    }
    f->at[f->len] = 0;
}

static size_t encode(uint32_t c, char *out)
{
    if (c < 0x80)
        return out[0] = (char)c, 1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF00U >> n & 0xF0U) | c);
    return n;
}

static void add(struct field *f, uint32_t c)
{
    char bytes[4];
    size_t n = encode(c, bytes);
    if (f->len + n >= sizeof f->at)
        return;
    memcpy(f->at + f->len, bytes, n);
    f->len += n;
    f->at[f->len] = 0;
}

static void take_back(struct field *f)
{
    while (f->len > 0 && ((uint8_t)f->at[--f->len] & 0xC0) == 0x80)
        ;
    f->at[f->len] = 0;
}

bool field_key(struct field *f, uint32_t key)
{
    if (key == BACKSPACE || key == CTRL_H)
        take_back(f);
    else if (key == CTRL_U)
        field_set(f, STR_NONE);
    else if (key >= ' ' && key <= LAST_CHARACTER)
        add(f, key);
    else
        return false;
    return true;
}

void field_draw(const struct field *f, struct pane p, int row, int col, int cols, bool is_active)
{
    struct look l = {SCREEN_PLAIN, is_active ? SCREEN_REVERSE : 0};
    struct pane part = pane_part(p, row, col, 1, cols);
    struct str text = field_text(f);
    while (text.len > 0 && text_fit(text, part.cols - 1, p.grid->is_ascii) < text.len) {
        int width;
        (void)text_next(&text, p.grid->is_ascii, &width);
    }
    col = pane_put(part, 0, 0, (struct look){0}, text);
    if (is_active)
        (void)pane_put(part, 0, col, l, STR(" "));
}
