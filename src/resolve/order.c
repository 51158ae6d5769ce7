/* In which order records are used: RFC 2782 (SRV), RFC 3403 (NAPTR), RFC 6724 (addresses). */
#include "resolve/order.h"

/* SplitMix64: one seed, always the same choice. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void swap(uint8_t *a, uint8_t *b)
{
    uint8_t t = *a;
    *a = *b;
    *b = t;
}

typedef int (*compare)(const struct dns_record *, const struct dns_record *);

/* Insertion keeps the order of equals. */
static void sort(const struct dns_answer *a, uint8_t *out, compare by)
{
    for (unsigned i = 0; i < a->n; i++) {
        out[i] = (uint8_t)i;
        for (unsigned k = i; k > 0 && by(&a->records[out[k - 1]], &a->records[out[k]]) > 0; k--)
            swap(&out[k - 1], &out[k]);
    }
}

/* RFC 2782: those of weight 0 come first, to have a small chance. Equal ones stand in the order of
 * their names and ports, so that it does not matter in which order they came (RFC 3263 4.4). */
static int by_priority(const struct dns_record *a, const struct dns_record *b)
{
    const struct dns_srv *x = &a->srv, *y = &b->srv;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    int names = str_compare(x->target, y->target);
    return names ? names : (int)x->port - (int)y->port;
}

static int by_preference(const struct dns_record *a, const struct dns_record *b)
{
    const struct dns_naptr *x = &a->naptr, *y = &b->naptr;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (int)x->preference - (int)y->preference;
}

/* RFC 2782: the one at which the running sum of the weights reaches a random number. */
static unsigned choose(const struct dns_answer *a, const uint8_t *of, unsigned n, uint64_t *state)
{
    uint64_t sum = 0, reached = 0;
    for (unsigned i = 0; i < n; i++)
        sum += a->records[of[i]].srv.weight;
    if (sum == 0)
        return (unsigned)(draw(state) % n);
    uint64_t at = draw(state) % (sum + 1);
    for (unsigned i = 0; i + 1 < n; i++) {
        reached += a->records[of[i]].srv.weight;
        if (reached >= at)
            return i;
    }
    return n - 1;
}

/* The chosen one to the front; the others keep their order. */
static void to_front(uint8_t *of, unsigned chosen)
{
    for (unsigned i = chosen; i > 0; i--)
        swap(&of[i], &of[i - 1]);
}

static unsigned same_priority(const struct dns_answer *a, const uint8_t *of, unsigned n)
{
    unsigned same = 1;
    while (same < n && a->records[of[same]].srv.priority == a->records[of[0]].srv.priority)
        same++;
    return same;
}

void order_srv(const struct dns_answer *a, uint64_t seed, uint8_t out[LIMIT_DNS_RECORDS])
{
    sort(a, out, by_priority);
    for (unsigned at = 0; at < a->n;) {
        unsigned end = at + same_priority(a, out + at, a->n - at);
        for (; at < end; at++)
            to_front(out + at, choose(a, out + at, end - at, &seed));
    }
}

void order_naptr(const struct dns_answer *a, uint8_t out[LIMIT_DNS_RECORDS])
{
    sort(a, out, by_preference);
}

static bool starts(const struct addr *a, const char *bytes, size_t n)
{
    return memcmp(a->ip, bytes, n) == 0;
}

/* RFC 6724 2.1: the default policy table. */
static unsigned precedence(const struct addr *a)
{
    if (a->family == ADDR_IP4)
        return 35;
    if (addr_is_loopback(a))
        return 50;
    if (starts(a, "\x20\x02", 2))
        return 30;
    if (starts(a, "\x20\x01\0\0", 4))
        return 5;
    if ((a->ip[0] & 0xfe) == 0xfc)
        return 3;
    if (starts(a, "\0\0\0\0\0\0\0\0\0\0\0\0", 12) || starts(a, "\x3f\xfe", 2) ||
        (a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0xc0))
        return 1;
    return 40;
}

void order_addrs(struct addr *list, unsigned n)
{
    for (unsigned i = 1; i < n; i++)
        for (unsigned k = i; k > 0 && precedence(&list[k - 1]) < precedence(&list[k]); k--) {
            struct addr t = list[k];
            list[k] = list[k - 1];
            list[k - 1] = t;
        }
}
