/* Any bytes as a URI: views stay inside it, it equals itself, and its address-of-record is a fixed
 * point. */
#include "fuzz.h"

#include "base/siphash.h"
#include "msg/uri.h"

static void check_views(const struct uri *u, struct str text)
{
    assert_inside(text, u->text);
    assert_inside(text, u->scheme_name);
    assert_inside(text, u->user);
    assert_inside(text, u->password);
    assert_inside(text, u->host);
    assert_inside(text, u->params);
    assert_inside(text, u->headers);
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

static void check_same(const struct uri *u, const struct uri *same)
{
    static const struct hash_key key = {1, 2};
    assert(uri_equal(u, same) && uri_equal(same, u));
    assert(uri_hash(u, &key) == uri_hash(same, &key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct uri u, same;
    struct msg_error err = {0};
    struct addr addr;
    if (size > 1024)
        return 0;
    struct str text = exact_copy((struct str){(const char *)data, size});
    if (uri_parse(text, &u, &err)) {
        check_views(&u, text);
        (void)uri_host_addr(&u, &addr);
        (void)uri_transport(&u);
        assert(uri_parse(text, &same, &err));
        check_same(&u, &same);
        check_aor(&u);
    } else {
        assert(err.code != MSG_OK && err.offset <= text.len);
    }
    exact_free(text);
    return 0;
}
