/* The thread that asks name servers, against one on loopback that answers what it likes, or not at
 * all: one silent name holds up no other, and nonsense is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/dns.h"

#define PATIENCE_MS 20000

struct rig {
    int server;
    struct bell bell;
    struct net_dns *dns;
};

static void start(struct rig *r, unsigned timeout_ms)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    struct bell *bells[] = {&r->bell};
    char servers[32];

    r->server = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(r->server, (struct sockaddr *)&at, len), 0);
    assert_int_equal(getsockname(r->server, (struct sockaddr *)&at, &len), 0);
    snprintf(servers, sizeof servers, "127.0.0.1:%u", ntohs(at.sin_port));
    assert_int_equal(bell_init(&r->bell), 0);
    r->dns = net_dns_new(
        &mem_libc,
        &(struct net_dns_config){.servers = servers, .timeout_ms = timeout_ms, .tries = 1}, 1,
        bells);
    assert_non_null(r->dns);
}

static void stop(struct rig *r)
{
    net_dns_free(r->dns);
    bell_fini(&r->bell);
    close(r->server);
}

/* Takes a question; answers it by its own bytes with these flags, and `more` behind. */
static void serve(struct rig *r, unsigned flags, bool answers)
{
    char packet[512];
    struct sockaddr_in from;
    socklen_t len = sizeof from;
    struct pollfd p = {.fd = r->server, .events = POLLIN};

    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
    ssize_t n = recvfrom(r->server, packet, sizeof packet, 0, (struct sockaddr *)&from, &len);
    assert_true(n > 12);
    packet[2] = (char)(flags >> 8);
    packet[3] = (char)flags;
    if (answers)
        assert_int_equal(sendto(r->server, packet, (size_t)n, 0, (struct sockaddr *)&from, len), n);
}

static struct net_dns_answer await(struct rig *r)
{
    struct net_dns_answer a;
    struct pollfd p = {.fd = r->bell.fd, .events = POLLIN};

    while (!net_dns_answer(r->dns, 0, &a)) {
        bell_asleep(&r->bell);
        if (!net_dns_has_answer(r->dns, 0))
            assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
        bell_awake(&r->bell);
        bell_hush(&r->bell);
    }
    return a;
}

static void answers_come_as_they_are(void **state)
{
    struct rig r;

    (void)state;
    start(&r, 10000);
    assert_true(net_dns_ask(r.dns, 0, 42, STR("example.com"), 33));
    serve(&r, 0x8183, true); /* no such name */
    struct net_dns_answer a = await(&r);
    assert_int_equal(a.query, 42);
    assert_true(a.len > 12);
    assert_memory_equal(a.bytes + 12, "\7example\3com\0\0\x21\0\1", 17);
    net_dns_done(r.dns, &a);
    stop(&r);
}

/* The first one is never answered; the second is while the first waits. */
static void a_silent_name_holds_up_nobody(void **state)
{
    struct rig r;

    (void)state;
    start(&r, 300);
    assert_true(net_dns_ask(r.dns, 0, 1, STR("silent.example"), 1));
    serve(&r, 0, false);
    assert_true(net_dns_ask(r.dns, 0, 2, STR("example.com"), 1));
    serve(&r, 0x8183, true);
    struct net_dns_answer a = await(&r);
    assert_int_equal(a.query, 2);
    net_dns_done(r.dns, &a);
    a = await(&r);
    assert_int_equal(a.query, 1);
    assert_int_equal(a.len, 0);
    net_dns_done(r.dns, &a);
    stop(&r);
}

static struct net_dns_config config_of(int server, char servers[32])
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;

    assert_int_equal(getsockname(server, (struct sockaddr *)&at, &len), 0);
    snprintf(servers, 32, "127.0.0.1:%u", ntohs(at.sin_port));
    return (struct net_dns_config){.servers = servers, .timeout_ms = 10000, .tries = 1};
}

/* The first server keeps silent about a question; the one that takes its place answers it. */
static void other_servers_are_asked_what_is_under_way(void **state)
{
    struct rig r, other;
    char servers[32];

    (void)state;
    start(&r, 10000);
    start(&other, 10000);
    assert_true(net_dns_ask(r.dns, 0, 7, STR("example.com"), 33));
    serve(&r, 0, false);
    struct net_dns_config config = config_of(other.server, servers);
    net_dns_use(r.dns, net_dns_prepare(r.dns, &config));
    serve(&other, 0x8183, true);
    struct net_dns_answer a = await(&r);
    assert_int_equal(a.query, 7);
    assert_true(a.len > 12);
    net_dns_done(r.dns, &a);
    assert_null(net_dns_prepare(r.dns, &(struct net_dns_config){.servers = "nonsense!"}));
    net_dns_refuse(net_dns_prepare(r.dns, &config));
    assert_true(net_dns_ask(r.dns, 0, 8, STR("example.com"), 33));
    serve(&other, 0, false);
    for (unsigned i = 0; i < 2; i++) /* left open when it ends */
        net_dns_use(r.dns, net_dns_prepare(r.dns, &config));
    stop(&other);
    stop(&r);
}

static void nonsense_and_too_many_are_refused(void **state)
{
    struct rig r;

    (void)state;
    start(&r, 10000);
    assert_false(net_dns_ask(r.dns, 0, 1, STR(""), 1));
    assert_false(net_dns_ask(r.dns, 0, 1, STR("a\0b"), 1));
    for (unsigned i = 0; i < LIMIT_DNS_QUESTIONS; i++)
        assert_true(net_dns_ask(r.dns, 0, i, STR("example.com"), 1));
    assert_false(net_dns_ask(r.dns, 0, 1, STR("example.com"), 1));
    stop(&r);
}

static void servers_that_are_none(void **state)
{
    struct bell bell, *bells[] = {&bell};

    (void)state;
    assert_int_equal(bell_init(&bell), 0);
    assert_null(net_dns_new(&mem_libc, &(struct net_dns_config){.servers = "nonsense!"}, 1, bells));
    bell_fini(&bell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_as_they_are),
        cmocka_unit_test(a_silent_name_holds_up_nobody),
        cmocka_unit_test(other_servers_are_asked_what_is_under_way),
        cmocka_unit_test(nonsense_and_too_many_are_refused),
        cmocka_unit_test(servers_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
