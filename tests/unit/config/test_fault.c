/* Everything that can be wrong with a file: the line, the key, and what is to be written instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "given.h"

struct row {
    const char *text, *told; /* the beginning of the only line */
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct told t;

        assert_null(given(rows[i].text, &t));
        if (strncmp(t.text, rows[i].told, strlen(rows[i].told)) != 0 || t.n != 1)
            fail_msg("row %zu: told %u: %sand not %s", i, t.n, t.text, rows[i].told);
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void a_key_that_is_none(void **state)
{
    static const struct row rows[] = {
        {"lisen: []\n", "1:lisen: unknown key: did you mean listen?"},
        {"log:\n  levle: warn\n", "2:log.levle: unknown key: did you mean log.level?"},
        {"nonce_life: 5m\n", "1:nonce_life: unknown key: did you mean accounts.nonce_life?"},
        {"accounts:\n  t1: 500ms\n", "2:accounts.t1: unknown key: did you mean timers.t1?"},
        {"colour: {a: [b, {c: d}], e: f}\nworkers: 2\n", "1:colour: unknown key: tandem check"},
        {"\"log\\0x\": 1\n", "1:log?x: unknown key"},
        {"workers:\n  x: 1\n", "2:workers: expected a single value such as 4"},
    };

    (void)state;
    CHECK(rows);
}

static void a_value_of_another_kind(void **state)
{
    static const struct row rows[] = {
        {"workers: many\n", "1:workers: \"many\": expected a number from 1 to 64"},
        {"workers: -1\n", "1:workers: \"-1\": expected a number from 1 to 64"},
        {"workers: 4.0\n", "1:workers: \"4.0\": expected a number from 1 to 64"},
        {"workers: [1]\n", "1:workers: expected a single value such as 4"},
        {"workers:\n", "1:workers: there is no value: leave the key out or write one such as 4"},
        {"sandbox: yes\n", "1:sandbox: \"yes\": expected true or false"},
        {"drain: 30\n", "1:drain: \"30\": expected a duration from 0 to 1d in whole seconds"},
        {"drain: 250ms\n", "1:drain: \"250ms\": expected a duration from 0 to 1d"},
        {"drain: s\n", "1:drain: \"s\": expected a duration"},
        {"drain: 1 h\n", "1:drain: \"1 h\": expected a duration"},
        {"accounts: {auth: maybe}\n",
         "1:accounts.auth: \"maybe\": expected auto, required or none"},
        {"accounts: {algorithms: [MD4]}\n",
         "1:accounts.algorithms: \"MD4\": expected SHA-512-256, SHA-256 or MD5"},
        {"domains: [example.com, 'a b']\n", "1:domains: \"a b\": expected a domain name"},
        {"domains:\n  - x.example\n  - '[::1]'\n", "3:domains: \"[::1]\": expected a domain name"},
        {"domains: [[x]]\n", "1:domains: an entry is no single value: expected a list such as ["},
        {"domains: [~]\n", "1:domains: an entry is empty"},
        {"domains: {a: b}\n", "1:domains: expected a list such as ["},
        {"listen: [\"sip:1.2.3.4\"]\n", "1:listen: \"sip:1.2.3.4\": unknown transport: expected"},
        {"listen: [\"sctp:1.2.3.4\"]\n", "1:listen: \"sctp:1.2.3.4\": this transport is not"},
        {"tls: {min_version: 1.1}\n", "1:tls.min_version: \"1.1\": expected 1.2 or 1.3"},
        {"tls: {client_certificate: yes}\n",
         "1:tls.client_certificate: \"yes\": expected no, ask or require"},
        {"listen: [\"udp:host:1\"]\n", "1:listen: \"udp:host:1\": bad host: expected an IP"},
        {"listen: [\"wss:1.2.3.4\"]\n", "1:listen: a listener with TLS needs a certificate"},
        {"websocket: {origins: [phone.example.com]}\n",
         "1:websocket.origins: \"phone.example.com\": expected what a browser calls"},
        {"websocket: {origins: ['https://a.example/x']}\n",
         "1:websocket.origins: \"https://a.example/x\": expected what a browser calls"},
        {"websocket: {origins: ['https://']}\n", "1:websocket.origins: \"https://\": expected"},
        {"websocket: {origins: [null]}\n", "1:websocket.origins: an entry is empty"},
        {"websocket: {origins: ['*', '*']}\n", "1:websocket.origins: \"*\": is in the list"},
        {"websocket: {path: ws}\n", "1:websocket.path: \"ws\": expected a path that begins"},
        {"websocket: {path: '/a?b'}\n", "1:websocket.path: \"/a?b\": expected a path"},
        {"advertise: 'udp:x'\n", "1:advertise: \"udp:x\": expected the name or address"},
        {"advertise: '2001:db8::1'\n", "1:advertise: \"2001:db8::1\": expected the name or"},
        {"advertise: 0.0.0.0\n", "1:advertise: \"0.0.0.0\": expected the name or address"},
        {"peers: [1.2.3.4/33]\n", "1:peers: \"1.2.3.4/33\": expected an address or a block"},
        {"metrics: {listen: '127.0.0.1'}\n", "1:metrics.listen: \"127.0.0.1\": expected ADDRESS:"},
        {"user: 'a b'\n", "1:user: \"a b\": expected the name of a user of this machine"},
        {"data: \"a\\tb\"\n", "1:data: \"a?b\": control characters are not allowed"},
        {"data: ''\n", "1:data: \"\": expected a path of at most 4000 bytes"},
        {"log: warn\n", "1:log: expected keys below it"},
        {"log: [a]\n", "1:log: expected keys below it"},
        {"- a\n", "1:: expected lines such as `domains: [example.com]`"},
        {"a\n", "1:: expected lines such as"},
        {"[a]: b\n", "1:: expected a key"},
    };

    (void)state;
    CHECK(rows);
}

static void a_value_out_of_range(void **state)
{
    static const struct row rows[] = {
        {"workers: 0\n", "1:workers: \"0\": expected a number from 1 to 64"},
        {"workers: 65\n", "1:workers: \"65\": expected a number from 1 to 64"},
        {"workers: 99999999999999999999\n", "1:workers: \"99999999999999999999\": expected a"},
        {"dns: {servers: [ns.example.com]}\n", "1:dns.servers: \"ns.example.com\": expected an "
                                               "address, with its port or without, such as "
                                               "192.0.2.53 or [2001:db8::53]:5353"},
        {"proxy: {timer_c: 3m}\n", "1:proxy.timer_c: \"3m\": expected a duration from 181s to 1h"},
        {"timers: {t1: 49ms}\n", "1:timers.t1: \"49ms\": expected a duration from 50ms to 5s, "},
        {"drain: 25h\n", "1:drain: \"25h\": expected a duration from 0 to 1d"},
        {"drain: 4294967295d\n", "1:drain: \"4294967295d\": expected a duration"},
    };

    (void)state;
    CHECK(rows);
}

static void what_is_there_twice(void **state)
{
    static const struct row rows[] = {
        {"workers: 1\n\nworkers: 2\n", "3:workers: is here a second time: the first is on line 1"},
        {"workers: 1\nworkers: x\n", "2:workers: is here a second time"}, /* and no more */
        {"log:\n  level: warn\nlog:\n  format: json\n",
         "3:log: is here a second time: the first is on line 1"},
        {"log: {level: warn, level: warn}\n", "1:log.level: is here a second time"},
        {"domains: [a.example, A.example]\n", "1:domains: \"A.example\": is in the list already"},
        {"listen:\n- udp:127.0.0.1:5060\n- UDP:127.0.0.1\n",
         "3:listen: \"UDP:127.0.0.1\": is in the list already: leave it out"},
        {"peers: [10.0.0.0/8, 10.0.0.0/8]\n", "1:peers: \"10.0.0.0/8\": is in the list already"},
        {"accounts: {algorithms: [md5, MD5]}\n", "1:accounts.algorithms: \"MD5\": is in the list"},
    };

    (void)state;
    CHECK(rows);
}

static void text_that_is_no_yaml(void **state)
{
    static const struct row rows[] = {
        {"log:\n\tlevel: warn\n", "2:: a tab in the indentation: indent with spaces"},
        {"log:\n  level: warn\n \tformat: text\n", "3:: a tab in the indentation"},
        {"domains: [a.example\n\n", "1:: a list is not closed: expected , or ]"},
        {"workers: 1\ndata: \"x\n\n", "2:: a text in quotes is not closed"},
        {"data: a: b\n", "1:: a colon where none can stand: put the value in quotes"},
        {"data: x\n  user: y\n", "2:: a colon where none can stand: put the value in quotes"},
        {"workers: 2\ndata x\n", "2:: expected `key: value`: the colon is missing"},
        {"data: @x\n", "1:: no value begins with this character: put the text in quotes"},
        {"workers: 1\ndata: \xc3\x28\n", "2:: this is no text: expected UTF-8"},
    };

    (void)state;
    CHECK(rows);
}

static void parts_of_yaml_that_are_not_wanted(void **state)
{
    static const struct row rows[] = {
        {"data: &x /tmp\n", "1:data: anchors (&), aliases (*) and tags (!) are not supported"},
        {"data: *x\n", "1:data: anchors (&), aliases (*) and tags (!) are not supported"},
        {"workers: !!int 4\n", "1:workers: anchors (&), aliases (*) and tags (!) are not"},
        {"log: *x\n", "1:log: anchors (&), aliases (*) and tags (!) are not supported"},
        {"workers: 1\n---\nworkers: 2\n", "2:: a second document begins: leave the line --- out"},
    };

    (void)state;
    CHECK(rows);
}

static void values_that_clash(void **state)
{
    static const struct row rows[] = {
        {"registrar:\n  min_expires: 3h\n",
         "2:registrar.min_expires: registrar.max_expires must be at least registrar.min_expires "
         "(registrar.max_expires is 2h where nothing is said)"},
        {"registrar:\n  max_expires: 10m\n  min_expires: 20m\n",
         "3:registrar.min_expires: registrar.max_expires must be at least registrar.min_expires "
         "(registrar.max_expires is on line 2)"},
        {"registrar: {max_expires: 30m}\n",
         "1:registrar.max_expires: registrar.default_expires must be at most"},
        {"registrar: {default_expires: 30s}\n",
         "1:registrar.default_expires: registrar.default_expires must be at least"},
        {"timers: {t1: 5s}\n",
         "1:timers.t1: timers.t2 must be at least timers.t1 (timers.t2 is 4s"},
        {"listen: ['tls:127.0.0.1']\n", "1:listen: a listener with TLS needs a certificate in"},
        {"tls: {peers: [a.example]}\n", "1:tls.peers: peers can show their certificates only"},
        {"timers: {t1: 5s, t2: x}\n", "1:timers.t2: \"x\": expected"}, /* and no clash with it */
        {"accounts: {algorithms: []}\n", "1:accounts.algorithms: the list is empty"},
        {"listen: ['tcp:127.0.0.1:9090']\nmetrics: {listen: '127.0.0.1:9090'}\n",
         "2:metrics.listen: metrics.listen and a listener have the same port"},
        {"listen: ['tcp:0.0.0.0:9090']\nmetrics: {listen: '127.0.0.1:9090'}\n",
         "2:metrics.listen: metrics.listen and a listener have the same port"},
        {"metrics: {listen: '[::1]:9090'}\nlisten: ['tcp:localhost:9090']\n",
         "2:listen: metrics.listen and a listener have the same port"},
    };
    struct told t;
    struct config *c = given("listen: ['udp:127.0.0.1:9090', 'tcp:192.0.2.1:9090']\n"
                             "metrics: {listen: '127.0.0.1:9090'}\n",
                             &t);

    (void)state;
    assert_non_null(c);
    config_free(c);
    CHECK(rows);
}

static void all_of_them_are_told(void **state)
{
    struct told t;

    (void)state;
    assert_null(given("lisen: x\nworkers: 0\ndrain: 1x\nregistrar:\n  min_expires: 3h\n\tx\n", &t));
    assert_string_equal(
        t.text,
        "1:lisen: unknown key: did you mean listen?\n"
        "2:workers: \"0\": expected a number from 1 to 64\n"
        "3:drain: \"1x\": expected a duration from 0 to 1d in whole seconds, with its unit, "
        "such as 2m\n"
        "6:: a tab in the indentation: indent with spaces\n");
}

/* --- limits: the last that is allowed and the first that is not --- */

static void nested(char *out, unsigned levels)
{
    char *at = out;

    memcpy(at, "x: ", 3);
    at += 3;
    for (unsigned i = 0; i < levels; i++)
        *at++ = '[';
    for (unsigned i = 0; i < levels; i++)
        *at++ = ']';
    *at++ = '\n';
    *at = '\0';
}

static void depth_has_an_end(void **state)
{
    static char text[70000];
    struct told t;

    (void)state;
    nested(text, LIMIT_CONFIG_DEPTH - 1); /* the root is a level */
    assert_null(given(text, &t));
    assert_int_equal(t.n, 1);
    assert_non_null(strstr(t.text, "1:x: unknown key"));
    nested(text, LIMIT_CONFIG_DEPTH);
    assert_null(given(text, &t));
    assert_non_null(strstr(t.text, "nested too deeply: at most 16 levels"));
    nested(text, 30000);
    assert_null(given(text, &t));
    assert_non_null(strstr(t.text, "nested too deeply"));
}

static void size_has_an_end(void **state)
{
    static char text[LIMIT_CONFIG_BYTES + 2];
    struct told t;

    (void)state;
    memset(text, '\n', LIMIT_CONFIG_BYTES);
    struct config *c = given(text, &t);

    assert_non_null(c);
    config_free(c);
    text[LIMIT_CONFIG_BYTES] = '\n';
    assert_null(given(text, &t));
    assert_string_equal(t.text, "0:: the file is too long: at most 262144 bytes\n");
}

static void faults_have_an_end(void **state)
{
    static char text[LIMIT_CONFIG_FAULTS * 20];
    struct told t;
    size_t len = 0;

    (void)state;
    for (unsigned i = 0; i < LIMIT_CONFIG_FAULTS + 10; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "k%u: 1\n", i);
    assert_null(given(text, &t));
    assert_int_equal(t.n, LIMIT_CONFIG_FAULTS);
}

static void print_list(char *out, size_t size, const char *begin, const char *entry, unsigned n)
{
    size_t len = (size_t)snprintf(out, size, "%s: [", begin);

    for (unsigned i = 0; i < n; i++) {
        len += (size_t)snprintf(out + len, size - len, "%s", i > 0 ? ", " : "");
        len += (size_t)snprintf(out + len, size - len, "'%s%u'", entry, i);
    }
    snprintf(out + len, size - len, "]\n");
}

static void lists_have_an_end(void **state)
{
    static const struct {
        const char *key, *entry;
        unsigned most;
    } rows[] = {
        {"domains", "d", LIMIT_DOMAINS},
        {"listen", "udp:127.0.0.1:1", LIMIT_LISTENERS},
        {"peers", "2001:db8::", LIMIT_PEERS},
        {"trusted", "2001:db8::", LIMIT_TRUSTED},
    };
    static char text[20000];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told t;

        print_list(text, sizeof text, rows[i].key, rows[i].entry, rows[i].most);
        struct config *c = given(text, &t);
        if (!c)
            fail_msg("%s: %s", rows[i].key, t.text);
        config_free(c);
        print_list(text, sizeof text, rows[i].key, rows[i].entry, rows[i].most + 1);
        assert_null(given(text, &t));
        assert_non_null(strstr(t.text, "too many entries: at most "));
    }
}

static void an_option_is_named_as_it_was_written(void **state)
{
    static const struct config_override overrides[] = {{"workers", "--workers", STR_INIT("x")},
                                                       {"listen", "--listen", STR_INIT("udp:y")}};
    struct config_source s = {.file = "t.yaml", .overrides = overrides, .n_overrides = 2};
    struct told t = {0};

    (void)state;
    assert_null(config_parse(&mem_libc, &s, tell, &t));
    assert_string_equal(t.text, "0:--workers: \"x\": expected a number from 1 to 64\n"
                                "0:--listen: \"udp:y\": bad host: expected an IP address (IPv6 in "
                                "brackets) or localhost\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_is_none),
        cmocka_unit_test(a_value_of_another_kind),
        cmocka_unit_test(a_value_out_of_range),
        cmocka_unit_test(what_is_there_twice),
        cmocka_unit_test(text_that_is_no_yaml),
        cmocka_unit_test(parts_of_yaml_that_are_not_wanted),
        cmocka_unit_test(values_that_clash),
        cmocka_unit_test(all_of_them_are_told),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(size_has_an_end),
        cmocka_unit_test(faults_have_an_end),
        cmocka_unit_test(lists_have_an_end),
        cmocka_unit_test(an_option_is_named_as_it_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
