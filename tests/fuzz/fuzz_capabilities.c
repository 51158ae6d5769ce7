/* Any two lists of feature parameters: the comparison stays inside them, knows no side where both
 * speak of the same features, and a contact agrees with itself where each value is one. */
#include "fuzz.h"

#include "proxy/capabilities.h"

static bool has(struct str text, char c)
{
    return str_find(text, c) < text.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    size_t at = str_find(input, '\n');
    struct params wanted = {str_slice(input, 0, at)};
    struct params contact = {at < size ? str_slice(input, at + 1, size) : STR_NONE};
    struct feature_match there = features_match(wanted, contact);

    assert(there.score <= 1000 && there.names_all == (there.score == 1000));
    struct feature_match same = features_match(wanted, wanted);

    assert(same.names_all);
    if (!features_any(wanted))
        assert(same.agrees && there.agrees && there.score == 1000);
    else if (!has(wanted.text, '!') && !has(wanted.text, ',') && !has(wanted.text, '"'))
        assert(same.score == 1000);
    return 0;
}
