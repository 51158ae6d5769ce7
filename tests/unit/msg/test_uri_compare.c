/* RFC 3261 19.1.4 with every example it gives, RFC 3966 4, and the hash that must agree with them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "base/siphash.h"
#include "msg/uri.h"

static const struct hash_key key = {0x0706050403020100U, 0x0f0e0d0c0b0a0908U};

static struct uri read(struct str text)
{
    struct uri u;
    struct msg_error err;
    if (!uri_parse(text, &u, &err))
        fail_msg("%.*s: %s at %u", STR_ARG(text), msg_error_name(err.code), err.offset);
    return u;
}

struct pair {
    const char *a, *b;
    bool equal;
};

static void check(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct uri a = read(str_from(pairs[i].a)), b = read(str_from(pairs[i].b));
        if (uri_equal(&a, &b) != pairs[i].equal || uri_equal(&b, &a) != pairs[i].equal)
            fail_msg("%s and %s: wanted %d", pairs[i].a, pairs[i].b, pairs[i].equal);
        assert_true(uri_equal(&a, &a));
        if (pairs[i].equal && uri_hash(&a, &key) != uri_hash(&b, &key))
            fail_msg("%s and %s: equal with two hashes", pairs[i].a, pairs[i].b);
    }
}

#define CHECK(pairs) check((pairs), sizeof(pairs) / sizeof *(pairs))

/* RFC 3261 19.1.4: the examples of the section. */
static void examples_of_rfc3261(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;security=off", true},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
    };
    CHECK(pairs);
}

static void rules_of_rfc3261(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"sip:a@h", "sips:a@h", false},
        {"sip:a@h", "sip:h", false},
        {"sip:a@h", "sip:a:@h", false},
        {"sip:a:pw@h", "sip:a:PW@h", false},
        {"sip:a@h", "sip:b@h", false},
        {"sip:a@h", "sip:ab@h", false},
        {"sip:a%3Bb@h", "sip:a;b@h", false},  /* reserved */
        {"sip:a%3Bb@h", "sip:a%3bb@h", true}, /* hexadecimal digits have no case */
        {"sip:%7Ea@h", "sip:~a@h", true},
        {"sip:%00@h", "sip:%00%00@h", false}, /* RFC 4475 3.1.1.4 */
        {"sip:a@h;user=phone", "sip:a@h", false},
        {"sip:a@h;ttl=1", "sip:a@h", false},
        {"sip:a@h;method=INVITE", "sip:a@h", false},
        {"sip:a@h;method=INVITE", "sip:a@h;method=invite", false}, /* 7.1: methods have case */
        {"sip:a@h;maddr=192.0.2.1", "sip:a@h", false},
        {"sip:a@h;maddr=192.0.2.1", "sip:a@h;maddr=192.0.2.2", false},
        {"sip:a@h;lr", "sip:a@h", true},
        {"sip:a@h;lr", "sip:a@h;lr=on", false},
        {"sip:a@h;x=1;y=2", "sip:a@h;Y=2;X=1", true},
        {"sip:a@h;%6C%72=1", "sip:a@h;lr=1", true},
        {"sip:a@h?x=1&x=1&y=2", "sip:a@h?x=1&y=2&y=2", false},
        {"sip:a@h?x=1&y=2", "sip:a@h?y=2", false},
        {"sip:a@h?x=1", "sip:a@h?X=1", true},
        {"sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0::1]", true}, /* RFC 5954 4.2 */
        {"sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", false},
        {"sip:a@h:5060", "sip:a@h:05060", true},
    };
    CHECK(pairs);
}

/* RFC 3966 4 */
static void rules_of_rfc3966(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"tel:+1-201-555-0123", "TEL:+1.201.(555)0123", true},
        {"tel:+1201", "tel:1201", false},
        {"tel:7042;phone-context=Example.com", "tel:7042;phone-context=example.COM", true},
        {"tel:7042;phone-context=+1-2", "tel:7042;phone-context=+12", true},
        {"tel:7042;phone-context=+1", "tel:7042;phone-context=+2", false},
        {"tel:7042;phone-context=a-b", "tel:7042;phone-context=ab", false},
        {"tel:7042;phone-context=a", "tel:7042", false},
        {"tel:+1;ext=1-2", "tel:+1;ext=12", true},
        {"tel:+1;a=b;c=d", "tel:+1;C=D;A=B", true},
        {"tel:+1;a", "tel:+1;b", false},
        {"tel:+1;a", "tel:+1;a=b", false},
        {"tel:+1;a;a", "tel:+1;a;b", false},
        {"tel:1aB*#", "tel:1Ab*#", true},
        {"tel:+1", "sip:+1@h;user=phone", false},
    };
    CHECK(pairs);
}

static void other_schemes(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"URN:service:sos", "urn:service:sos", true},
        {"urn:service:sos", "urn:Service:sos", false},
        {"urn:a", "isbn:a", false},
    };
    CHECK(pairs);
}

static char put_varied(struct rand *r, struct buf *b, char c, bool nocase)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    bool letter = (c >= 'a' && c <= 'z');
    if (nocase && letter && rand_below(r, 2))
        c = (char)(c - 32);
    if (rand_below(r, 3) == 0 && (letter || (c >= 'A' && c <= 'Z') || c == '~')) {
        unsigned low = (unsigned)c & 15;
        buf_put_char(b, '%');
        buf_put_char(b, digits[(unsigned char)c >> 4]);
        buf_put_char(b, digits[low < 10 ? low : low + 6 * (unsigned)rand_below(r, 2)]);
    } else {
        buf_put_char(b, c);
    }
    return c;
}

static void put_text(struct rand *r, struct buf *b, const char *text, bool nocase)
{
    while (*text)
        put_varied(r, b, *text++, nocase);
}

/* One more spelling of the same URI: escapes, case, order of the parameters. */
static void put_spelling(struct rand *r, struct buf *b, unsigned user)
{
    static const char *const users[] = {"alice", "bob~smith", "x"};
    static const char *const params[] = {";user=phone", ";transport=tcp", ";ttl=1"};
    buf_put(b, rand_below(r, 2) ? STR("sip:") : STR("SIP:"));
    put_text(r, b, users[user % 3], false);
    buf_put_char(b, '@');
    const char *host = "example.com";
    for (; *host; host++)
        buf_put_char(b, rand_below(r, 2) && *host != '.' ? (char)(*host - 32) : *host);
    uint64_t first = rand_below(r, 3);
    for (uint64_t i = 0; i < 3; i++)
        buf_put(b, str_from(params[(first + i) % 3]));
    if (rand_below(r, 2))
        buf_put_lit(b, ";extra=1");
}

/* Equal URIs have equal hashes, whatever the spelling. */
static void hash_agrees(void **state)
{
    (void)state;
    struct rand_seed seed = rand_seed_from(1914);
    struct rand r;
    rand_init(&r, &seed);
    for (unsigned i = 0; i < 3000; i++) {
        char x[256], y[256];
        struct buf a, b;
        buf_init(&a, x, sizeof x);
        buf_init(&b, y, sizeof y);
        put_spelling(&r, &a, i);
        put_spelling(&r, &b, i);
        struct uri u = read(buf_str(&a)), v = read(buf_str(&b));
        if (!uri_equal(&u, &v) || uri_hash(&u, &key) != uri_hash(&v, &key))
            fail_msg("%.*s and %.*s", STR_ARG(buf_str(&a)), STR_ARG(buf_str(&b)));
    }
}

/* The hash covers a long user whole, not only its beginning. */
static void hash_covers_all(void **state)
{
    (void)state;
    char x[600], y[600];
    memset(x, 'a', sizeof x);
    memcpy(x, "sip:", 4);
    memcpy(x + sizeof x - 2, "@h", 2);
    memcpy(y, x, sizeof y);
    y[sizeof y - 3] = 'b';
    struct uri u = read((struct str){x, sizeof x}), v = read((struct str){y, sizeof y});
    assert_true(uri_hash(&u, &key) != uri_hash(&v, &key));
    y[sizeof y - 3] = 'a';
    y[10] = 'b';
    v = read((struct str){y, sizeof y});
    assert_true(uri_hash(&u, &key) != uri_hash(&v, &key));
}

/* Thousands of parameters cost no quadratic time: such URIs are equal only when their bytes are. */
static void many_parameters(void **state)
{
    (void)state;
    static char x[40000], y[40000];
    struct buf a, b;
    buf_init(&a, x, sizeof x);
    buf_init(&b, y, sizeof y);
    buf_put_lit(&a, "sip:h");
    buf_put_lit(&b, "sip:H");
    for (unsigned i = 0; i < 9000; i++) {
        buf_put_lit(&a, ";p=1");
        buf_put_lit(&b, ";p=1");
    }
    struct uri u = read(buf_str(&a)), v = read(buf_str(&b));
    assert_true(uri_equal(&u, &u));
    assert_false(uri_equal(&u, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_rfc3261), cmocka_unit_test(rules_of_rfc3261),
        cmocka_unit_test(rules_of_rfc3966),    cmocka_unit_test(other_schemes),
        cmocka_unit_test(hash_agrees),         cmocka_unit_test(hash_covers_all),
        cmocka_unit_test(many_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
