/* Any bytes as an address with or without port: what parses prints and parses to the same, and
 * what is printed is a fixed point. */
#include "fuzz.h"

#include "base/addr.h"

#define TEXT_MAX 64 /* more than the longest address with its port */

static void check_kinds(const struct addr *a)
{
    static const uint8_t zero[16];
    assert(a->family == ADDR_IP4 || a->family == ADDR_IP6);
    assert(a->family == ADDR_IP6 || memcmp(a->ip + 4, zero, 12) == 0);
    assert(addr_is_loopback(a) + addr_is_any(a) + addr_is_multicast(a) <= 1);
}

static void check_printed(const struct addr *a)
{
    char once[TEXT_MAX], twice[TEXT_MAX];
    struct buf b, c;
    struct addr again;
    buf_init(&b, once, sizeof once);
    buf_init(&c, twice, sizeof twice);
    addr_print(&b, a);
    assert(!b.over && addr_parse(buf_str(&b), &again));
    assert(addr_equal(a, &again));
    addr_print(&c, &again);
    assert(str_equal(buf_str(&b), buf_str(&c)));
}

static void check_ip(const struct addr *a)
{
    char text[TEXT_MAX];
    struct buf b;
    struct addr again;
    buf_init(&b, text, sizeof text);
    addr_print_ip(&b, a);
    assert(addr_parse_ip(buf_str(&b), &again) && addr_equal_ip(a, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct addr a, ip;
    if (size > 256)
        return 0;
    struct str text = exact_copy((struct str){(const char *)data, size});
    bool has_ip = addr_parse_ip(text, &ip);
    if (has_ip) {
        assert(ip.port == 0);
        check_ip(&ip);
    }
    if (addr_parse(text, &a)) {
        check_kinds(&a);
        check_printed(&a);
    }
    exact_free(text);
    return 0;
}
