/* RFC 2782's weights, RFC 6724's precedences: what is drawn how often, and the same by one seed. */
#include "rig.h"

#include "resolve/order.h"

static struct block_pool blocks;

static struct block *srv(const struct dns_srv *list, unsigned n)
{
    struct dns_record records[LIMIT_DNS_RECORDS] = {0};
    struct dns_question q = {STR("_sip._udp.example.com"), DNS_SRV};
    for (unsigned i = 0; i < n; i++)
        records[i].srv = list[i];
    struct block *b = dns_make(&blocks, &q, DNS_OK, 60, records, n);
    assert_non_null(b);
    return b;
}

static void weights_decide_how_often(void **state)
{
    (void)state;
    const struct dns_srv list[] = {{20, 0, 1, STR_INIT("late")},
                                   {10, 60, 1, STR_INIT("most")},
                                   {10, 0, 1, STR_INIT("none")},
                                   {10, 30, 1, STR_INIT("half")}};
    unsigned first[4] = {0};
    uint8_t order[LIMIT_DNS_RECORDS];
    block_pool_init(&blocks, &mem_libc, 8);
    struct block *b = srv(list, 4);
    for (uint64_t seed = 0; seed < 9100; seed++) {
        order_srv(dns_answer(b), seed, order);
        first[order[0]]++;
        assert_int_equal(order[3], 0);
    }
    assert_in_range(first[1], 5700, 6300);
    assert_in_range(first[3], 2800, 3300);
    assert_in_range(first[2], 50, 200);
    block_unref(&blocks, b);
    block_pool_fini(&blocks);
}

/* RFC 3263 4.4: in whatever order the records come, one seed means one order. */
static void one_seed_one_order(void **state)
{
    (void)state;
    const struct dns_srv list[] = {
        {1, 5, 1, STR_INIT("a")}, {1, 5, 1, STR_INIT("b")}, {1, 5, 2, STR_INIT("b")}};
    const struct dns_srv turned[] = {list[2], list[0], list[1]};
    uint8_t one[LIMIT_DNS_RECORDS], two[LIMIT_DNS_RECORDS];
    block_pool_init(&blocks, &mem_libc, 8);
    struct block *a = srv(list, 3), *b = srv(turned, 3);
    for (uint64_t seed = 0; seed < 100; seed++) {
        order_srv(dns_answer(a), seed, one);
        order_srv(dns_answer(b), seed, two);
        for (unsigned i = 0; i < 3; i++) {
            const struct dns_srv *x = &dns_answer(a)->records[one[i]].srv;
            const struct dns_srv *y = &dns_answer(b)->records[two[i]].srv;
            assert_true(str_equal(x->target, y->target) && x->port == y->port);
        }
    }
    block_unref(&blocks, a);
    block_unref(&blocks, b);
    block_pool_fini(&blocks);
}

/* All of weight 0: each has its turn. */
static void no_weights(void **state)
{
    (void)state;
    const struct dns_srv list[] = {{1, 0, 1, STR_INIT("a")}, {1, 0, 1, STR_INIT("b")}};
    unsigned first[2] = {0};
    uint8_t order[LIMIT_DNS_RECORDS];
    block_pool_init(&blocks, &mem_libc, 8);
    struct block *b = srv(list, 2);
    for (uint64_t seed = 0; seed < 1000; seed++) {
        order_srv(dns_answer(b), seed, order);
        first[order[0]]++;
    }
    assert_in_range(first[0], 400, 600);
    block_unref(&blocks, b);
    block_pool_fini(&blocks);
}

/* RFC 6724 2.1 */
static void addresses_by_precedence(void **state)
{
    (void)state;
    static const char *given[] = {"[fd00::1]",     "[2002:1::1]", "192.0.2.1", "[2001::1]",
                                  "[2001:db8::1]", "192.0.2.2",   "[::1]"};
    static const char *wanted[] = {"[::1]",       "[2001:db8::1]", "192.0.2.1", "192.0.2.2",
                                   "[2002:1::1]", "[2001::1]",     "[fd00::1]"};
    struct addr list[7];
    for (unsigned i = 0; i < 7; i++)
        list[i] = rig_addr(given[i]);
    order_addrs(list, 7);
    for (unsigned i = 0; i < 7; i++) {
        struct addr a = rig_addr(wanted[i]);
        assert_true(addr_equal(&a, &list[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_decide_how_often),
        cmocka_unit_test(one_seed_one_order),
        cmocka_unit_test(no_weights),
        cmocka_unit_test(addresses_by_precedence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
