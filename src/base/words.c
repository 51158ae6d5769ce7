/* Splits lines into words and writes words; knows no verb. */
#include "base/words.h"

static bool is_gap(char c)
{
    return c == ' ' || c == '\t';
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.at[i] < 0x20 && s.at[i] != '\t') || s.at[i] == 0x7f)
            return true;
    return false;
}

/* One word from line.at[*at] on; false: a quote is not closed. */
static bool read_word(struct str line, size_t *at, struct buf *out)
{
    bool quoted = false;

    for (; *at < line.len && (quoted || !is_gap(line.at[*at])); (*at)++) {
        char c = line.at[*at];

        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\' && *at + 1 < line.len)
            buf_put_char(out, line.at[++*at]);
        else
            buf_put_char(out, c);
    }
    return !quoted;
}

const char *words_read(struct words *l, struct str line)
{
    struct buf text;
    size_t at = 0;

    l->n = 0;
    if (line.len > sizeof(l->text))
        return "the line is too long";
    if (has_control(line))
        return "a control character stands in the line";
    buf_init(&text, l->text, sizeof(l->text));
    while (true) {
        while (at < line.len && is_gap(line.at[at]))
            at++;
        if (at == line.len)
            return NULL;
        size_t from = text.len;

        if (l->n == WORDS_MAX)
            return "too many words";
        if (!read_word(line, &at, &text))
            return "a quote is not closed";
        l->list[l->n++] = (struct str){l->text + from, text.len - from};
    }
}

static bool is_plain(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (is_gap(word.at[i]) || word.at[i] == '"')
            return false;
    return word.len > 0;
}

void words_put(struct buf *b, struct str word)
{
    if (is_plain(word)) {
        buf_put(b, word);
        return;
    }
    buf_put_char(b, '"');
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] == '"' || word.at[i] == '\\')
            buf_put_char(b, '\\');
        buf_put_char(b, word.at[i]);
    }
    buf_put_char(b, '"');
}
