/* Where a server is found: RFC 3263 4, step by step over zones. */
#include "rig.h"

#include <stdio.h>

static struct rig rig;

#define HOSTS                     \
    "a.example.com A 192.0.2.1\n" \
    "b.example.com A 192.0.2.2\n" \
    "c.example.com A 192.0.2.3\nc.example.com AAAA 2001:db8::3\n"

static void expect(const char *zone, struct resolve_request q, const char *targets,
                   const char *asked)
{
    rig_new(&rig, zone);
    assert_string_equal(rig_find(&rig, q), targets);
    if (asked)
        assert_string_equal(rig.asked, asked);
    rig_end(&rig);
}

#define DOMAIN .host = STR("example.com")

/* RFC 3263 4.1 and 4.2: a port: addresses alone, by UDP or by what is asked for. */
static void a_port_needs_addresses_alone(void **state)
{
    (void)state;
    expect("Example.com A 192.0.2.9\n", (struct resolve_request){DOMAIN, .port = 5070},
           "udp 192.0.2.9:5070\n", "A example.com\n");
    expect("example.com A 192.0.2.9\nexample.com A 192.0.2.8\n",
           (struct resolve_request){DOMAIN, .port = 5070, .transport = TRANSPORT_TCP},
           "tcp 192.0.2.9:5070\ntcp 192.0.2.8:5070\n", "A example.com\n");
}

/* RFC 3263 4.2: a transport: its SRV records; without them addresses at its port. */
static void a_transport_has_its_services(void **state)
{
    (void)state;
    const struct resolve_request tcp = {DOMAIN, .transport = TRANSPORT_TCP};
    expect("_sip._tcp.example.com SRV 1 0 5080 a.example.com\n" HOSTS, tcp, "tcp 192.0.2.1:5080\n",
           "SRV _sip._tcp.example.com\nA a.example.com\n");
    expect("example.com A 192.0.2.9\n", tcp, "tcp 192.0.2.9:5060\n",
           "SRV _sip._tcp.example.com\nA example.com\n");
    /* RFC 2782: "." says that there is no such service */
    expect("_sip._tcp.example.com SRV 0 0 0 .\nexample.com A 192.0.2.9\n", tcp, "", NULL);
    /* no listener of ours */
    expect("example.com A 192.0.2.9\n",
           (struct resolve_request){DOMAIN, .transport = TRANSPORT_SCTP}, "", "");
}

/* RFC 3263 4.1: the domain's NAPTR records that we can use, of the least order, by preference. */
static void a_domain_prefers(void **state)
{
    (void)state;
    const struct resolve_request q = {DOMAIN};
    expect("example.com NAPTR 50 50 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.example.com\n"
           "example.com NAPTR 90 50 \"s\" \"SIP+D2T\" \"\" _sip._tcp.example.com\n"
           "example.com NAPTR 100 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.com\n"
           "_sip._tcp.example.com SRV 0 1 5060 a.example.com\n" HOSTS,
           q, "tcp 192.0.2.1:5060\n",
           "NAPTR example.com\nSRV _sip._tcp.example.com\nA a.example.com\n");
    expect("example.com 300 IN NAPTR 10 60 \"S\" \"sip+d2u\" \"\" other.example.com.\n"
           "example.com 300 IN NAPTR 10 50 \"a\" \"SIP+D2T\" \"\" b.example.com.\n"
           "example.com NAPTR 10 10 \"u\" \"E2U+sip\" \"!^.*$!sip:x@y!\" .\n"
           "other.example.com SRV 1 1 5061 a.example.com.\n" HOSTS,
           q, "tcp 192.0.2.2:5060\nudp 192.0.2.1:5061\n", NULL);
}

/* RFC 3263 4.1: without NAPTR records the services of our transports, all asked for at once;
 * without those, addresses. */
static void a_domain_without_naptr(void **state)
{
    (void)state;
    const struct resolve_request q = {DOMAIN};
    expect("_sip._tcp.example.com SRV 0 1 5062 a.example.com\n" HOSTS, q, "tcp 192.0.2.1:5062\n",
           "NAPTR example.com\nSRV _sip._udp.example.com\nSRV _sip._tcp.example.com\n"
           "A a.example.com\n");
    expect("example.com A 192.0.2.9\n", q, "udp 192.0.2.9:5060\n", NULL);
    /* what we cannot speak is as if it were not there */
    expect("example.com NAPTR 50 50 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.example.com\n"
           "example.com A 192.0.2.9\n",
           q, "udp 192.0.2.9:5060\n", NULL);
    expect("other.example A 192.0.2.9\n", q, "", NULL);
}

/* RFC 3263 4.1: sips goes by TLS alone; RFC 7118 5.5: or by secure WebSocket where NAPTR says so.
 */
static void sips_needs_tls(void **state)
{
    (void)state;
    const struct resolve_request q = {DOMAIN, .secure = true};
    static const char zone[] =
        "example.com NAPTR 10 50 \"s\" \"SIP+D2T\" \"\" _sip._tcp.example.com\n"
        "example.com NAPTR 20 50 \"s\" \"SIPS+D2W\" \"\" _ws.example.com\n"
        "example.com NAPTR 30 50 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.example.com\n"
        "_ws.example.com SRV 0 0 443 a.example.com\n"
        "_sips._tcp.example.com SRV 0 0 5061 b.example.com\n" HOSTS;
    rig_new(&rig, zone);
    assert_string_equal(rig_find(&rig, q), "");
    resolver_can(rig.r, TRANSPORT_TLS, ADDR_IP4);
    assert_string_equal(rig_find(&rig, q), "tls 192.0.2.2:5061\n");
    resolver_can(rig.r, TRANSPORT_WSS, ADDR_IP4);
    assert_string_equal(rig_find(&rig, q), "wss 192.0.2.1:443\n");
    rig_end(&rig);
}

/* RFC 7984 4: both families where we have both, as RFC 6724 orders them. */
static void both_families(void **state)
{
    (void)state;
    const struct resolve_request q = {.host = STR("c.example.com"), .port = 5060};
    rig_new(&rig, HOSTS);
    assert_string_equal(rig_find(&rig, q), "udp 192.0.2.3:5060\n");
    resolver_can(rig.r, TRANSPORT_UDP, ADDR_IP6);
    assert_string_equal(rig_find(&rig, q), "udp [2001:db8::3]:5060\nudp 192.0.2.3:5060\n");
    rig_end(&rig);
}

/* RFC 1034 3.6.2; a circle ends. */
static void aliases_are_followed(void **state)
{
    (void)state;
    const struct resolve_request q = {DOMAIN, .port = 5060};
    expect("example.com CNAME www.example.com\nwww.example.com CNAME a.example.com\n" HOSTS, q,
           "udp 192.0.2.1:5060\n", "A example.com\nA www.example.com\nA a.example.com\n");
    expect("example.com CNAME b.example\nb.example CNAME example.com\n", q, "", NULL);
}

static void the_number_of_targets_is_bounded(void **state)
{
    (void)state;
    char zone[4096];
    size_t len = 0;
    for (unsigned i = 0; i < 2 * LIMIT_RESOLVE_TARGETS; i++)
        len += (size_t)snprintf(zone + len, sizeof zone - len,
                                "_sip._udp.example.com SRV %u 0 5060 h%u.example.com\n"
                                "h%u.example.com A 192.0.2.%u\n",
                                i, i, i, i + 1);
    assert_true(len < sizeof zone);
    rig_new(&rig, zone);
    (void)rig_domain(&rig);
    assert_int_equal(rig.n, LIMIT_RESOLVE_TARGETS);
    assert_int_equal(rig.targets[LIMIT_RESOLVE_TARGETS - 1].addr.ip[3], LIMIT_RESOLVE_TARGETS);
    rig_end(&rig);
}

/* A name server that answers nothing: the name leads nowhere, and is not asked for again at once.
 */
static void a_dead_name_server(void **state)
{
    (void)state;
    rig_new(&rig, "example.com A 192.0.2.9\n");
    rig.dead = true;
    assert_string_equal(rig_domain(&rig), "");
    assert_int_equal(rig.questions, 4);
    assert_string_equal(rig_domain(&rig), "");
    assert_int_equal(rig.questions, 0);
    rig.dead = false;
    rig.now += LIMIT_DNS_FAILED_S * NS_PER_S;
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.9:5060\n");
    rig_end(&rig);
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    static const char *names[] = {"", ".", "a..b", "a.", ".a", "a b", "a\x80", "[::1]"};
    pool_id id;
    bool over;
    rig_new(&rig, "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(resolver_find(rig.r, &(struct resolve_request){.host = str_from(names[i])},
                                       1, rig.now, &id, &over),
                         ERR_INVALID);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_needs_addresses_alone),
        cmocka_unit_test(a_transport_has_its_services),
        cmocka_unit_test(a_domain_prefers),
        cmocka_unit_test(a_domain_without_naptr),
        cmocka_unit_test(sips_needs_tls),
        cmocka_unit_test(both_families),
        cmocka_unit_test(aliases_are_followed),
        cmocka_unit_test(the_number_of_targets_is_bounded),
        cmocka_unit_test(a_dead_name_server),
        cmocka_unit_test(what_is_no_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
