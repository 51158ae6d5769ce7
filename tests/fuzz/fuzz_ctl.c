/* Any lines as commands of the control socket: refused with a word, or read into words that,
 * written again, are the same; and any two of them as a pattern and an address. */
#include "base/words.h"
#include "fuzz.h"
#include "server/control_pattern.h"

static void check_again(const struct words *l)
{
    static char text[2 * LIMIT_CONTROL_LINE + 4 * WORDS_MAX];
    static struct words again;
    struct buf b;
    buf_init(&b, text, sizeof text);
    for (unsigned i = 0; i < l->n; i++) {
        if (i > 0)
            buf_put_char(&b, ' ');
        words_put(&b, l->list[i]);
    }
    assert(!b.over);
    if (b.len > LIMIT_CONTROL_LINE)
        return;
    assert(!words_read(&again, buf_str(&b)) && again.n == l->n);
    for (unsigned i = 0; i < l->n; i++)
        assert(str_equal(again.list[i], l->list[i]));
}

/* A name matches itself, and is matched by stars. */
static void check_pattern(struct str pattern, struct str aor)
{
    (void)control_pattern_matches(pattern, aor);
    assert(control_pattern_matches(STR("*"), aor));
    if (str_find(aor, '*') == aor.len && str_find(aor, '?') == aor.len &&
        str_starts(aor, STR("sip:")))
        assert(control_pattern_matches(aor, aor));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct words l;
    struct str rest = {(const char *)data, size};
    while (rest.len > 0) {
        size_t end = str_find(rest, '\n');
        const char *wrong = words_read(&l, str_slice(rest, 0, end));
        if (wrong)
            assert(wrong[0]);
        else
            check_again(&l);
        if (!wrong && l.n > 1)
            check_pattern(l.list[0], l.list[1]);
        rest = str_slice(rest, end + 1, rest.len);
    }
    return 0;
}
