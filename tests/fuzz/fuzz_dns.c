/* Any bytes as a name server's answer: the first byte chooses the type that was asked for, the name
 * is the one that the bytes ask for. What is read lies in the answer, and reads the same again. */
#include "fuzz.h"

#include "resolve/dns.h"

static void check_srv(struct str all, const struct dns_srv *s)
{
    assert_inside(all, s->target);
    assert(s->target.len == 0 || dns_is_name(s->target));
}

static void check_naptr(struct str all, const struct dns_naptr *n)
{
    assert_inside(all, n->flags);
    assert_inside(all, n->services);
    assert_inside(all, n->regexp);
    assert_inside(all, n->replacement);
    assert(n->replacement.len == 0 || dns_is_name(n->replacement));
}

static void check(const struct block *b, uint16_t type)
{
    const struct dns_answer *a = dns_answer(b);
    assert((a->status == DNS_OK) == (a->n > 0) && a->n <= LIMIT_DNS_RECORDS);
    assert(a->alias.len == 0 || (a->status == DNS_NONE && dns_is_name(a->alias)));
    for (unsigned i = 0; i < a->n; i++) {
        if (type == DNS_SRV)
            check_srv(block_str(b), &a->records[i].srv);
        else if (type == DNS_NAPTR)
            check_naptr(block_str(b), &a->records[i].naptr);
        else
            assert(a->records[i].addr.family == (type == DNS_A ? ADDR_IP4 : ADDR_IP6));
    }
}

/* The labels behind the header, as far as they are plain. */
static struct str asked_for(struct str message, char at[DNS_NAME_MAX])
{
    struct buf b;
    size_t from = 12;
    buf_init(&b, at, DNS_NAME_MAX);
    while (from < message.len && message.at[from] > 0 && message.at[from] < 64) {
        size_t len = (size_t)message.at[from];
        if (b.len > 0)
            buf_put_char(&b, '.');
        buf_put(&b, str_slice(message, from + 1, len));
        from += len + 1;
    }
    return buf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t types[] = {DNS_A, DNS_AAAA, DNS_SRV, DNS_NAPTR};
    char name[DNS_NAME_MAX];
    struct block_pool pool;
    if (size == 0 || size > 8192)
        return 0;
    struct str message = exact_copy((struct str){(const char *)data + 1, size - 1});
    struct dns_question q = {asked_for(message, name), types[data[0] % 4]};
    if (dns_is_name(q.name)) {
        block_pool_init(&pool, &mem_libc, 2);
        struct block *one = dns_parse(&pool, &q, message), *two = dns_parse(&pool, &q, message);
        assert(one && two && one->len == two->len);
        check(one, q.type);
        block_unref(&pool, one);
        block_unref(&pool, two);
        assert(pool.live == 0);
        block_pool_fini(&pool);
    }
    exact_free(message);
    return 0;
}
