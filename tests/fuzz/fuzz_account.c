/* Any bytes as an account's record: none, or one whose texts lie inside and that is written again
 * as the same bytes; and any two texts as names, which have one key. */
#include "fuzz.h"

#include "auth/account.h"
#include "msg/uri.h"

static void check_written(struct str record, const struct account *a)
{
    char space[ACCOUNT_MAX_BYTES];
    struct buf b;
    assert_inside(record, a->user);
    assert_inside(record, a->realm);
    buf_init(&b, space, sizeof space);
    account_write(&b, a);
    assert(!b.over && str_equal(buf_str(&b), record));
}

static void check_whole(struct str record)
{
    struct account a;
    char *room = malloc(record.len + 1);
    assert(room);
    memcpy(room, record.at, record.len);
    room[record.len] = 0;
    assert(!account_read(&a, (struct str){room, record.len + 1}));
    assert(!account_read(&a, (struct str){room, record.len - 1}));
    free(room);
}

/* The key is a URI with the very name in it, where the realm is a host. */
static void check_key(struct str user, struct str realm)
{
    char space[LIMIT_AOR_BYTES], name[LIMIT_AOR_BYTES];
    struct buf key, plain;
    struct uri uri;
    struct msg_error err;
    buf_init(&key, space, sizeof space);
    account_key(&key, user, realm);
    if (key.over || !uri_parse(buf_str(&key), &uri, &err) || !uri.user.at || uri.password.at)
        return;
    buf_init(&plain, name, sizeof name);
    uri_unescape(&plain, uri.user);
    assert(!plain.over && str_equal(buf_str(&plain), user));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct account a;
    struct str input = {(const char *)data, size};
    struct str record = exact_copy(input);
    if (account_read(&a, record)) {
        check_written(record, &a);
        check_whole(record);
        check_key(a.user, a.realm);
    }
    exact_free(record);
    struct str user = draw_text(&input);
    check_key(user, STR("example.com"));
    return 0;
}
