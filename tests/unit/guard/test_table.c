/* Who is one source, who makes room for whom, whom nothing is held against, what a new
 * configuration keeps, and every allocation failing in turn. */
#include "sources.h"

static struct guard *guard_of(struct guard_config c)
{
    struct guard *g = guard_new(&c);

    assert_non_null(g);
    return g;
}

static bool is_banned_by(const char *guilty, const char *asked)
{
    struct addr a = addr_of(guilty), b = addr_of(asked);
    struct guard *g = guard_of(config_of(&mem_libc));
    struct guard_ban ban;

    assert_int_not_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 100, T0, &ban), 0);
    bool banned = guard_packet(g, &b, T0) == GUARD_SILENT;
    guard_free(g);
    return banned;
}

/* An IPv4 address whatever its port and spelling; 64 bits of IPv6. */
static void test_sources(void **state)
{
    static const struct {
        const char *guilty, *asked;
        bool same;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"::ffff:192.0.2.1", "192.0.2.1", true},
        {"2001:db8::1", "2001:db8::ffff", true},
        {"2001:db8::1", "2001:db8:0:1::1", false},
        {"2001:db8:0:1::1", "2001:db8::1", false},
        {"192.0.2.1", "c000:201::", false},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(is_banned_by(rows[i].guilty, rows[i].asked), rows[i].same);
}

static void test_links_are_told_apart(void **state)
{
    struct addr a = addr_of("fe80::1"), b = addr_of("fe80::1");
    struct guard *g = guard_of(config_of(&mem_libc));
    struct guard_ban ban;
    (void)state;
    a.scope = 2;
    b.scope = 3;
    assert_int_not_equal(tell_until_ban(g, &a, GUARD_AUTH_FAILED, GUARD_PROVEN, 100, T0, &ban), 0);
    assert_int_equal(guard_packet(g, &a, T0), GUARD_SILENT);
    assert_int_equal(guard_packet(g, &b, T0), GUARD_PASS);
    guard_free(g);
}

/* Half a strike short of a ban; a source that was forgotten has nothing of it. */
static void burden(struct guard *g, unsigned n, time_ns now)
{
    struct addr a = addr_nth(n);
    struct guard_ban ban;

    for (unsigned i = 1; i < 2 * STRIKES; i++)
        assert_false(guard_tell(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, now, &ban));
}

static bool is_remembered(struct guard *g, unsigned n, time_ns now)
{
    struct addr a = addr_nth(n);
    struct guard_ban ban;

    return guard_tell(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, now, &ban);
}

/* Of all, while there are no more than LIMIT_GUARD_CHOICE. */
static void test_the_longest_silent_makes_room(void **state)
{
    struct guard_config c = config_of(&mem_libc);
    struct guard_stats stats;
    (void)state;
    c.sources = LIMIT_GUARD_CHOICE;
    for (unsigned silent = 0; silent < c.sources; silent++) {
        struct guard *g = guard_of(c);
        for (unsigned i = 0; i < c.sources; i++)
            burden(g, i, T0);
        for (unsigned i = 0; i < c.sources; i++) {
            struct addr a = addr_nth(i);
            if (i != silent)
                assert_int_equal(guard_packet(g, &a, T0 + 1), GUARD_PASS);
        }
        burden(g, 100, T0 + 2);
        guard_stats(g, T0 + 2, &stats);
        assert_int_equal(stats.sources, c.sources);
        for (unsigned i = 0; i < c.sources; i++)
            if (i != silent)
                assert_true(is_remembered(g, i, T0 + 2));
        assert_true(is_remembered(g, 100, T0 + 2));
        assert_false(is_remembered(g, silent, T0 + 2));
        guard_free(g);
    }
}

/* A stream of strangers drives out neither the banned nor those who have authenticated. */
static void test_strangers_drive_out_strangers(void **state)
{
    struct guard_config c = config_of(&mem_libc);
    struct addr banned = addr_of("192.0.2.1"), good = addr_of("192.0.2.2");
    struct guard_ban ban;
    struct guard_stats stats;
    (void)state;
    c.packets_per_s = 100;
    c.sources = 16;
    struct guard *g = guard_of(c);
    assert_int_not_equal(tell_until_ban(g, &banned, GUARD_AUTH_FAILED, GUARD_PROVEN, 100, T0, &ban),
                         0);
    assert_false(guard_tell(g, &good, GUARD_GOOD, GUARD_PROVEN, T0, &ban));
    for (unsigned i = 0; i < 100000; i++) {
        struct addr a = addr_nth(i);
        assert_int_equal(guard_packet(g, &a, T0 + 1 + i), GUARD_PASS);
    }
    assert_int_equal(guard_packet(g, &banned, T0 + NS_PER_S), GUARD_SILENT);
    assert_int_equal(
        tell_until_ban(g, &good, GUARD_CHALLENGED, GUARD_FORGEABLE, 1000, T0 + NS_PER_S, &ban), 0);
    guard_stats(g, T0 + NS_PER_S, &stats);
    assert_int_equal(stats.sources, 16);
    assert_int_equal(stats.banned, 1);
    assert_int_equal(stats.bans, 1);
    assert_int_equal(stats.passed, 100000);
    assert_int_equal(stats.silenced, 1);
    guard_free(g);
}

/* Without a rate, who only sends takes no place. */
static void test_no_rate_no_place(void **state)
{
    struct guard *g = guard_of(config_of(&mem_libc));
    struct addr a = addr_nth(1);
    struct guard_stats stats;
    (void)state;
    assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
    guard_stats(g, T0, &stats);
    assert_int_equal(stats.sources, 0);
    guard_free(g);
}

static bool can_be_banned(const struct addr_block *trusted, const char *who)
{
    struct guard_config c = config_of(&mem_libc);
    struct addr a = addr_of(who);
    struct guard_ban ban, other = {.addr = a, .until = T0 + BAN, .proof = GUARD_PROVEN};

    c.trusted = trusted;
    c.n_trusted = 1;
    c.packets_per_s = 1;
    struct guard *g = guard_of(c);
    bool told = tell_until_ban(g, &a, GUARD_BAD_MESSAGE, GUARD_PROVEN, 100, T0, &ban) != 0;
    if (!told)
        guard_set(g, &other, T0);
    bool silent = guard_packet(g, &a, T0) == GUARD_SILENT;
    assert_int_equal(told, silent);
    if (!silent) /* nor has it a rate */
        assert_int_equal(guard_packet(g, &a, T0), GUARD_PASS);
    guard_free(g);
    return silent;
}

/* A trusted block may be narrower than a source: then only that part of it is trusted. */
static void test_trusted(void **state)
{
    static const struct {
        const char *trusted, *who;
        bool is;
    } rows[] = {
        {"192.0.2.0/24", "192.0.2.255", true},   {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.7", "192.0.2.7", true},        {"192.0.2.7", "192.0.2.6", false},
        {"192.0.2.7", "::ffff:192.0.2.7", true}, {"2001:db8::/32", "2001:db8:1::1", true},
        {"2001:db8::5", "2001:db8::5", true},    {"2001:db8::5", "2001:db8::6", false},
        {"0.0.0.0/0", "198.51.100.1", true},     {"0.0.0.0/0", "2001:db8::1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct addr_block block;
        assert_true(addr_block_parse(str_from(rows[i].trusted), &block));
        assert_int_equal(can_be_banned(&block, rows[i].who), !rows[i].is);
    }
}

static void ban_nth(struct guard *g, unsigned n, time_ns now)
{
    struct addr a = addr_nth(n);
    struct guard_ban ban = {.addr = a, .until = now + BAN, .proof = GUARD_PROVEN};

    guard_set(g, &ban, now);
}

static unsigned count_bans(const struct guard *g, time_ns now)
{
    struct guard_ban ban;
    uint32_t cursor = 0;
    unsigned n = 0;

    while (guard_each_ban(g, &cursor, &ban, now)) {
        assert_true(ban.until > now);
        n++;
    }
    return n;
}

/* More places, fewer places, other people trusted: the banned stay, as many as there is room for.
 */
static void test_reconfigure(void **state)
{
    struct guard_config c = config_of(&mem_libc);
    struct addr_block all = {.addr = {.family = ADDR_IP4}};
    struct addr banned = addr_nth(1);
    struct guard *g = guard_of(c);
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        ban_nth(g, i, T0);
    assert_int_equal(count_bans(g, T0), 20);
    c.sources = 1000;
    assert_int_equal(guard_reconfigure(g, &c, T0), OK);
    assert_int_equal(count_bans(g, T0), 20);
    for (unsigned i = 20; i < 500; i++)
        ban_nth(g, i, T0);
    assert_int_equal(count_bans(g, T0), 500);
    assert_int_equal(count_bans(g, T0 + BAN), 0);
    c.trusted = &all;
    c.n_trusted = 1;
    assert_int_equal(guard_reconfigure(g, &c, T0), OK);
    assert_int_equal(count_bans(g, T0), 0);
    assert_int_equal(guard_packet(g, &banned, T0), GUARD_PASS);
    assert_int_equal(guard_stream(g, &banned, T0), GUARD_PASS);
    c.n_trusted = 0;
    c.sources = 7;
    assert_int_equal(guard_reconfigure(g, &c, T0), OK);
    assert_int_equal(count_bans(g, T0), 7);
    guard_free(g);
}

static void test_no_memory(void **state)
{
    struct mem_counting heap = mem_counting();
    struct guard_config c = config_of(&heap.mem);
    struct addr_block block = {.addr = addr_of("192.0.2.0"), .bits = 24};
    struct guard *g = NULL;
    unsigned refused = 0;
    (void)state;
    c.trusted = &block;
    c.n_trusted = 1;
    for (; !g; refused++) {
        heap.refuse_after = refused;
        g = guard_new(&c);
        assert_int_equal(heap.n_live, g ? 4 : 0);
    }
    assert_int_equal(refused, 5);
    ban_nth(g, 1, T0);
    c.sources = 10;
    heap.refuse_after = 0;
    for (refused = 0; guard_reconfigure(g, &c, T0) != OK; refused++) {
        assert_int_equal(count_bans(g, T0), 1);
        assert_int_equal(heap.n_live, 4);
        heap.refuse_after = refused + 1;
    }
    assert_int_equal(refused, 3);
    guard_free(g);
    assert_int_equal(heap.n_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_links_are_told_apart),
        cmocka_unit_test(test_the_longest_silent_makes_room),
        cmocka_unit_test(test_strangers_drive_out_strangers),
        cmocka_unit_test(test_no_rate_no_place),
        cmocka_unit_test(test_trusted),
        cmocka_unit_test(test_reconfigure),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
