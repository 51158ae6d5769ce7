/* Any text as a load's table of users: every field is within the text. */
#include "fuzz.h"

#include "load/users.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char what[200] = "";
    struct str text = exact_copy((struct str){(const char *)data, size});
    struct users *u = users_read(&mem_libc, text, what, sizeof what);
    exact_free(text);
    assert(u || what[0]);
    for (unsigned i = 0; u && i < users_count(u); i++)
        for (unsigned n = 0; n < 4; n++) {
            struct str field = users_field(u, i, n);
            assert(str_find(field, ';') == field.len && str_find(field, '\n') == field.len);
        }
    users_free(u);
    return 0;
}
