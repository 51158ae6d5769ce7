/* Any bytes as a URI: views stay inside it, it equals itself, and its address-of-record is a fixed
 * point. */
#include <assert.h>
#include <stdlib.h>

#include "base/siphash.h"
#include "msg/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct str whole, struct str part)
{
    if (part.at)
        assert(part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void check_views(const struct uri *u, struct str text)
{
    check_inside(text, u->text);
    check_inside(text, u->scheme_name);
    check_inside(text, u->user);
    check_inside(text, u->password);
    check_inside(text, u->host);
    check_inside(text, u->params);
    check_inside(text, u->headers);
}

static void check_aor(const struct uri *u)
{
    char once[4096], twice[4096];
    struct buf a, b;
    struct uri again;
    struct msg_error err;
    buf_init(&a, once, sizeof once);
    uri_print_aor(&a, u);
    assert(!a.over);
    assert(uri_parse(buf_str(&a), &again, &err));
    buf_init(&b, twice, sizeof twice);
    uri_print_aor(&b, &again);
    assert(str_equal(buf_str(&a), buf_str(&b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct hash_key key = {1, 2};
    struct uri u, same;
    struct msg_error err = {0};
    struct addr addr;
    if (size > 1024)
        return 0;
    char *at = malloc(size ? size : 1);
    assert(at);
    if (size > 0)
        memcpy(at, data, size);
    struct str text = {at, size};
    if (uri_parse(text, &u, &err)) {
        check_views(&u, text);
        (void)uri_host_addr(&u, &addr);
        (void)uri_transport(&u);
        assert(uri_parse(text, &same, &err));
        assert(uri_equal(&u, &same));
        assert(uri_hash(&u, &key) == uri_hash(&same, &key));
        check_aor(&u);
    }
    free(at);
    return 0;
}
