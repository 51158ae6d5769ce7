/* Any text as the operator's names: each name that is taken is known, and all memory comes back. */
#include "fuzz.h"

#include "resolve/hosts.h"

static void ask(const struct hosts *h, struct str name)
{
    static const uint16_t types[] = {DNS_A, DNS_AAAA, DNS_SRV, DNS_NAPTR};
    struct block_pool pool;
    block_pool_init(&pool, &mem_libc, 2);
    for (unsigned i = 0; i < 4; i++) {
        struct block *b = hosts_answer(h, &pool, &(struct dns_question){name, types[i]});
        assert(b && dns_answer(b)->n <= LIMIT_DNS_RECORDS);
        block_unref(&pool, b);
    }
    assert(pool.live == 0);
    block_pool_fini(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hosts_fault fault;
    if (size > 4096)
        return 0;
    struct str text = exact_copy((struct str){(const char *)data, size});
    struct hosts *zone = hosts_new(&mem_libc), *etc = hosts_new(&mem_libc);
    assert(zone && etc);
    int err = hosts_zone(zone, text, &fault);
    assert(err == OK || (err == ERR_INVALID && fault.line > 0 && fault.what));
    struct str first = str_slice(text, 0, str_find(text, ' '));
    if (first.len > 0 && first.at[first.len - 1] == '.')
        first.len--;
    if (err == OK && hosts_count(zone) == 1 && dns_is_name(first))
        assert(hosts_know(zone, first));
    if (dns_is_name(first))
        ask(zone, first);
    assert(hosts_etc(etc, text) == OK);
    hosts_free(zone);
    hosts_free(etc);
    exact_free(text);
    return 0;
}
