/* The regexp field of a NAPTR record, up to the first NUL, over the text behind it: it is read,
 * matched and applied within bounds, and to the same each time. */
#include "fuzz.h"

#include "base/regexp.h"
#include "resolve/rewrite.h"

static void check_places(const struct regexp *re, struct str text)
{
    uint16_t places[2 * REGEXP_GROUPS];
    if (!regexp_match(re, text, places))
        return;
    assert(places[0] <= places[1] && places[1] <= text.len);
    for (unsigned i = 1; i <= re->n_groups; i++) {
        uint16_t from = places[2 * i], to = places[2 * i + 1];
        assert(from == REGEXP_UNSET || to == REGEXP_UNSET || (from <= to && to <= text.len));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct regexp re;
    char space[2][128];
    struct buf one, two;
    if (size > 1024)
        return 0;
    struct str all = exact_copy((struct str){(const char *)data, size});
    size_t at = str_find(all, '\0');
    struct str field = str_slice(all, 0, at), text = str_slice(all, at + 1, size);
    buf_init(&one, space[0], sizeof space[0]);
    buf_init(&two, space[1], sizeof space[1]);
    bool applied = rewrite_apply(field, text, &one);
    assert(rewrite_apply(field, text, &two) == applied);
    assert(!applied || (!one.over && str_equal(buf_str(&one), buf_str(&two))));
    if (!regexp_compile(&re, field))
        check_places(&re, text);
    exact_free(all);
    return 0;
}
