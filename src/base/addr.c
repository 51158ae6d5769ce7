/* IP addresses as text and their kinds; knows no socket and no name. */
#include "base/addr.h"

#include <string.h>

/* One to three digits, 255 at most; NULL for anything else, or the first byte behind them, which is
 * there. */
static inline const char *parse_octet(const char *at, uint8_t *to)
{
    unsigned n = (unsigned)(*at - '0'), digit;
    if (n > 9)
        return NULL;
    if ((digit = (unsigned)(*++at - '0')) <= 9) {
        n = n * 10 + digit;
        if ((digit = (unsigned)(*++at - '0')) <= 9) {
            n = n * 10 + digit;
            at++;
        }
    }
    *to = (uint8_t)n;
    return n <= 255 ? at : NULL;
}

#define IP4_SHORTEST (sizeof "0.0.0.0" - 1)
#define IP4_LONGEST (sizeof "255.255.255.255" - 1)

/* Both ends, which overlap or meet: a copy of any length would be a call. */
static inline void copy_ip4(char *to, struct str s)
{
    if (s.len == IP4_SHORTEST) {
        memcpy(to, s.at, IP4_SHORTEST);
        return;
    }
    memcpy(to, s.at, 8);
    memcpy(to + s.len - 8, s.at + s.len - 8, 8);
}

/* RFC 3261 25.1: IPv4address = 1*3DIGIT "." … ; leading zeros are legal and decimal. The copy ends
 * in what is no digit. */
static bool parse_ip4(struct str s, uint8_t ip[4])
{
    char text[IP4_LONGEST + 1] = {0};
    if (s.len < IP4_SHORTEST || s.len > IP4_LONGEST)
        return false;
    copy_ip4(text, s);
    const char *at = parse_octet(text, &ip[0]);
    at = at && *at == '.' ? parse_octet(at + 1, &ip[1]) : NULL;
    at = at && *at == '.' ? parse_octet(at + 1, &ip[2]) : NULL;
    at = at && *at == '.' ? parse_octet(at + 1, &ip[3]) : NULL;
    return at == text + s.len;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_group(struct str s, uint8_t *to)
{
    unsigned n = 0;
    if (s.len == 0 || s.len > 4)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        int digit = hex_digit(s.at[i]);
        if (digit < 0)
            return false;
        n = n << 4 | (unsigned)digit;
    }
    to[0] = (uint8_t)(n >> 8);
    to[1] = (uint8_t)n;
    return true;
}

/* Groups with colons between them, an IPv4 address as the last. The number of bytes, or -1. */
static int parse_groups(struct str s, uint8_t *to, size_t room, bool may_end_in_ip4)
{
    size_t n = 0;
    while (s.len > 0) {
        size_t end = str_find(s, ':');
        struct str group = str_slice(s, 0, end);
        bool last = end == s.len;
        if (last && may_end_in_ip4 && room - n >= 4 && parse_ip4(group, to + n))
            return (int)n + 4;
        if (room - n < 2 || !parse_group(group, to + n) || (!last && end + 1 == s.len))
            return -1;
        n += 2;
        s = str_slice(s, end + 1, s.len);
    }
    return (int)n;
}

static size_t find_gap(struct str s)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.at[i] == ':' && s.at[i + 1] == ':')
            return i;
    }
    return s.len;
}

static bool parse_ip6(struct str s, uint8_t ip[16])
{
    if (str_find(s, ':') == s.len) /* nearly always: a name */
        return false;
    size_t gap = find_gap(s);
    if (gap == s.len)
        return parse_groups(s, ip, 16, true) == 16;
    uint8_t tail[16];
    int head = parse_groups(str_slice(s, 0, gap), ip, 14, false);
    if (head < 0)
        return false;
    size_t room = 14 - (size_t)head;
    int rest = parse_groups(str_slice(s, gap + 2, s.len), tail, room, true);
    if (rest < 0)
        return false;
    memset(ip + head, 0, 16 - (size_t)head);
    memcpy(ip + 16 - rest, tail, (size_t)rest);
    return true;
}

static struct str without_brackets(struct str s)
{
    bool has = s.len >= 2 && s.at[0] == '[' && s.at[s.len - 1] == ']';
    return has ? str_slice(s, 1, s.len - 2) : s;
}

bool addr_parse_ip(struct str s, struct addr *out)
{
    struct addr a = {0};
    if (parse_ip4(s, a.ip))
        a.family = ADDR_IP4;
    else if (parse_ip6(without_brackets(s), a.ip))
        a.family = ADDR_IP6;
    else
        return false;
    *out = a;
    return true;
}

/* Where the host ends: at the bracket, or at the only colon. */
static size_t host_len(struct str s)
{
    if (s.len > 0 && s.at[0] == '[') {
        size_t end = str_find(s, ']');
        return end < s.len ? end + 1 : s.len;
    }
    size_t colon = str_find(s, ':');
    struct str rest = str_slice(s, colon + 1, s.len);
    return str_find(rest, ':') == rest.len ? colon : s.len;
}

bool addr_parse(struct str s, struct addr *out)
{
    struct addr a;
    size_t host = host_len(s);
    uint64_t port = 0;
    if (!addr_parse_ip(str_slice(s, 0, host), &a))
        return false;
    if (host < s.len &&
        (s.at[host] != ':' || !str_to_u64(str_slice(s, host + 1, s.len), 65535, &port)))
        return false;
    a.port = (uint16_t)port;
    *out = a;
    return true;
}

static size_t print_octet(char *to, unsigned n)
{
    size_t len = 0;
    if (n >= 100)
        to[len++] = (char)('0' + n / 100);
    if (n >= 10)
        to[len++] = (char)('0' + n / 10 % 10);
    to[len++] = (char)('0' + n % 10);
    return len;
}

static void print_ip4(struct buf *b, const uint8_t *ip)
{
    char text[sizeof "255.255.255.255"];
    size_t len = print_octet(text, ip[0]);
    for (unsigned i = 1; i < 4; i++) {
        text[len++] = '.';
        len += print_octet(text + len, ip[i]);
    }
    buf_put(b, (struct str){text, len});
}

static bool is_mapped(const uint8_t ip[16])
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(ip, prefix, sizeof prefix) == 0;
}

static unsigned group_at(const uint8_t ip[16], unsigned i)
{
    return (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
}

/* RFC 5952 4.2: the longest run of two or more zero groups, the first of equal ones. */
static unsigned longest_gap(const uint8_t ip[16], unsigned *len)
{
    unsigned best = 8, run = 0;
    *len = 1;
    for (unsigned i = 0; i < 8; i++) {
        run = group_at(ip, i) == 0 ? run + 1 : 0;
        if (run > *len) {
            *len = run;
            best = i + 1 - run;
        }
    }
    return best;
}

static void print_group(struct buf *b, unsigned group)
{
    unsigned digits = 1;
    while (digits < 4 && group >> 4 * digits)
        digits++;
    buf_put_hex(b, group, digits);
}

static void print_ip6(struct buf *b, const uint8_t ip[16])
{
    /* RFC 5952 5: an address that is known to hold an IPv4 one shows it. */
    if (is_mapped(ip)) {
        buf_put_lit(b, "::ffff:");
        print_ip4(b, ip + 12);
        return;
    }
    unsigned gap_len, gap = longest_gap(ip, &gap_len);
    for (unsigned i = 0; i < 8; i++) {
        if (i == gap) {
            buf_put_lit(b, "::");
            i += gap_len - 1;
            continue;
        }
        if (i > 0 && i != gap + gap_len)
            buf_put_char(b, ':');
        print_group(b, group_at(ip, i));
    }
}

void addr_print_ip(struct buf *b, const struct addr *a)
{
    if (a->family == ADDR_IP4)
        print_ip4(b, a->ip);
    else if (a->family == ADDR_IP6)
        print_ip6(b, a->ip);
}

void addr_print_host(struct buf *b, const struct addr *a)
{
    if (a->family == ADDR_IP6)
        buf_put_char(b, '[');
    addr_print_ip(b, a);
    if (a->family == ADDR_IP6)
        buf_put_char(b, ']');
}

void addr_print(struct buf *b, const struct addr *a)
{
    addr_print_host(b, a);
    if (a->port == 0)
        return;
    buf_put_char(b, ':');
    buf_put_u64(b, a->port);
}

bool addr_equal_ip(const struct addr *a, const struct addr *b)
{
    return a->family == b->family && a->scope == b->scope && memcmp(a->ip, b->ip, 16) == 0;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    return a->port == b->port && addr_equal_ip(a, b);
}

/* The four bytes of an IPv4 address, plain or mapped into IPv6; NULL for others. */
static const uint8_t *ip4_of(const struct addr *a)
{
    if (a->family == ADDR_IP4)
        return a->ip;
    return a->family == ADDR_IP6 && is_mapped(a->ip) ? a->ip + 12 : NULL;
}

static bool is_ip6(const struct addr *a, uint8_t last)
{
    static const uint8_t zero[15];
    return a->family == ADDR_IP6 && memcmp(a->ip, zero, sizeof zero) == 0 && a->ip[15] == last;
}

bool addr_is_loopback(const struct addr *a)
{
    const uint8_t *ip4 = ip4_of(a);
    return ip4 ? ip4[0] == 127 : is_ip6(a, 1);
}

bool addr_is_any(const struct addr *a)
{
    static const uint8_t any[4];
    const uint8_t *ip4 = ip4_of(a);
    return ip4 ? memcmp(ip4, any, sizeof any) == 0 : is_ip6(a, 0);
}

bool addr_is_multicast(const struct addr *a)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    const uint8_t *ip4 = ip4_of(a);
    if (ip4)
        return (ip4[0] & 0xf0) == 224 || memcmp(ip4, broadcast, sizeof broadcast) == 0;
    return a->family == ADDR_IP6 && a->ip[0] == 0xff;
}
