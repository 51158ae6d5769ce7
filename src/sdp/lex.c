/* Words, tokens and digits. */
#include "lex.h"

bool sdp_lex_word(struct str *rest, struct str *word)
{
    size_t from = 0, to;
    while (from < rest->len && rest->at[from] == ' ')
        from++;
    to = from;
    while (to < rest->len && rest->at[to] != ' ')
        to++;
    *word = str_slice(*rest, from, to - from);
    while (to < rest->len && rest->at[to] == ' ')
        to++;
    *rest = str_slice(*rest, to, rest->len);
    return word->len > 0;
}

static bool is_token_char(char c)
{
    return c > ' ' && c < 0x7f && !memchr("\"(),/:;<=>?@[\\]", c, 15);
}

bool sdp_lex_is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_token_char(s.at[i]))
            return false;
    return s.len > 0;
}

bool sdp_lex_is_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.len > 0;
}

bool sdp_lex_is_visible(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= ' ' || s.at[i] == 0x7f)
            return false;
    return s.len > 0;
}
