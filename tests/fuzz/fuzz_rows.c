/* What a chunk of the journal holds: any bytes. Rows that are read lie inside them and are written
 * again as they were. */
#include <assert.h>

#include "fuzz.h"
#include "store/rows.h"

static void check_row(struct str all, struct str before, struct str rest,
                      const struct location_record *r)
{
    static char space[ROWS_BYTES];
    struct buf b;
    size_t size = row_bytes(r->key, r->value);
    assert(r->key.len > 0 && size == before.len - rest.len);
    assert(r->key.at > all.at && r->value.at + r->value.len == rest.at);
    buf_init(&b, space, sizeof space);
    row_write(&b, r);
    assert(b.over == (size > sizeof space));
    assert(b.over || str_equal(buf_str(&b), (struct str){before.at, size}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = exact_copy((struct str){(const char *)data, size});
    struct str rest = all, before = all;
    struct location_record r;
    bool bad;
    while (row_read(&rest, &r, &bad)) {
        assert(!bad);
        check_row(all, before, rest, &r);
        before = rest;
    }
    assert(bad || rest.len == 0);
    exact_free(all);
    return 0;
}
