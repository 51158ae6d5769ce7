/* A request and a second one that differs in a few bytes: their transaction keys obey the laws that
 * a hash table needs, and a copy is as good as the key itself. The input: three changes (offset of
 * two bytes, new byte), then the request. */
#include "base/siphash.h"
#include "message.h"
#include "tx/match.h"

#define CHANGES 3

/* Matching by the rule of the second one's method. */
static bool answers(const struct tx_key *have, const struct tx_key *incoming)
{
    if (incoming->method == METHOD_ACK)
        return tx_key_matches_ack(have, incoming, have->field[KEY_TO_TAG]);
    if (incoming->method == METHOD_CANCEL && have->method != METHOD_CANCEL)
        return tx_key_matches_cancel(have, incoming);
    return tx_key_matches(have, incoming);
}

static uint64_t hash_of(const struct tx_key *k)
{
    static const struct hash_key secret = {1, 2};
    return tx_hash(siphash13(&secret, k->field[KEY_CALL_ID]), k->cseq);
}

static void check_copy(const struct tx_key *k)
{
    struct tx_key copy;
    size_t size = tx_key_size(k);
    char *at = malloc(size ? size : 1);
    assert(at);
    tx_key_copy(&copy, k, at);
    assert(hash_of(k) == hash_of(&copy));
    assert(tx_key_merges(k, &copy) && tx_key_merges(&copy, k));
    if (k->method != METHOD_ACK)
        assert(tx_key_matches(k, &copy) && tx_key_matches(&copy, k));
    free(at);
}

static void check_pair(const struct tx_key *a, const struct tx_key *b)
{
    if (answers(a, b) || tx_key_merges(a, b))
        assert(hash_of(a) == hash_of(b));
    if (a->method != METHOD_ACK && b->method != METHOD_ACK)
        assert(tx_key_matches(a, b) == tx_key_matches(b, a));
    assert(tx_key_merges(a, b) == tx_key_merges(b, a));
}

static void check_views(const struct msg *m, const struct tx_key *k)
{
    for (unsigned i = 0; i < N_KEY_FIELDS; i++)
        assert_inside(m->bytes, k->field[i]);
}

/* False: it has no key. */
static bool read_key(struct message *x, struct str text, struct tx_key *k)
{
    message_parse(x, text, MSG_DATAGRAM);
    if (!x->m.is_request || !tx_key_of(&x->m, k))
        return false;
    check_views(&x->m, k);
    check_copy(k);
    return true;
}

static void change(char *text, size_t len, struct str *changes)
{
    for (unsigned i = 0; i < CHANGES; i++) {
        size_t offset = (size_t)draw_uint(changes, 2);
        uint8_t byte = draw_byte(changes);
        if (offset < len)
            text[offset] = (char)byte;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str changes = {(const char *)data, size};
    struct str text = str_slice(changes, (size_t)CHANGES * 3, size);
    struct message x, y;
    struct tx_key a, b;
    char other[8192];
    if (text.len > sizeof other || text.len == 0)
        return 0;
    memcpy(other, text.at, text.len);
    change(other, text.len, &changes);
    bool both = read_key(&x, text, &a);
    both &= read_key(&y, (struct str){other, text.len}, &b);
    if (both) {
        check_pair(&a, &b);
        check_pair(&b, &a);
    }
    message_free(&x);
    message_free(&y);
    return 0;
}
