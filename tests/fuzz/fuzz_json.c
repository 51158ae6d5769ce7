/* Any bytes as a JSON string: what is written is valid JSON, and plain text stays as it is. */
#include "fuzz.h"

#include "base/json.h"
#include "json_check.h"

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < 0x20 || s.at[i] == 0x7f || s.at[i] == '"' || s.at[i] == '\\')
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = exact_copy((struct str){(const char *)data, size});
    char *at = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&at, &len);
    assert(f);
    json_string(f, text);
    assert(fclose(f) == 0);
    assert(json_is_valid((struct str){at, len}));
    if (is_plain(text))
        assert(str_equal(text, str_slice((struct str){at, len}, 1, len - 2)));
    free(at);
    exact_free(text);
    return 0;
}
