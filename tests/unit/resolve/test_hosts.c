/* The operator's names: what a line may say, and that they stand before the DNS. */
#include "rig.h"

static void lines_with_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } rows[] = {
        {"a A 192.0.2.1\nb A ::1\n", 2},
        {"a AAAA 192.0.2.1", 1},
        {"a A", 1},
        {"\n\na MX 10 b", 3},
        {"a..b A 192.0.2.1", 1},
        {"a SRV 1 2 65536 b", 1},
        {"a SRV 1 2 3", 1},
        {"a NAPTR 1 2 \"s\" \"SIP+D2U b", 1},
        {"a NAPTR 1 2 s SIP+D2U \"\"", 1},
        {"a CNAME .", 1},
        {"a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", 1},
        {"a", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hosts *h = hosts_new(&mem_libc);
        struct hosts_fault fault;
        assert_int_equal(hosts_zone(h, str_from(rows[i].text), &fault), ERR_INVALID);
        assert_int_equal(fault.line, rows[i].line);
        assert_non_null(fault.what);
        hosts_free(h);
    }
}

/* A name that is here is asked for nowhere, whatever its type, nor are its services. */
static void they_stand_before_the_dns(void **state)
{
    (void)state;
    struct rig rig;
    struct hosts *h = hosts_new(&mem_libc);
    static const char etc[] = "# names\n192.0.2.7 example.com alias.example\n::1 not/a/name x\n";
    assert_int_equal(hosts_etc(h, STR(etc)), OK);
    assert_int_equal(hosts_count(h), 3);
    rig_new(&rig, "example.com A 192.0.2.9\nother.example A 192.0.2.8\n");
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.9:5060\n");
    resolver_hosts(rig.r, h);
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.7:5060\n");
    assert_int_equal(rig.questions, 0);
    assert_string_equal(rig_find(&rig, (struct resolve_request){.host = STR("OTHER.example")}),
                        "udp 192.0.2.8:5060\n");
    resolver_hosts(rig.r, NULL);
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.9:5060\n");
    rig_end(&rig);
    hosts_free(h);
}

/* The name servers may be others by then. */
static void what_was_remembered_is_forgotten(void **state)
{
    (void)state;
    struct rig rig;
    rig_new(&rig, "example.com A 192.0.2.9\n");
    (void)rig_domain(&rig);
    unsigned once = rig.questions;
    (void)rig_domain(&rig);
    assert_int_equal(rig.questions, 0);
    resolver_hosts(rig.r, NULL);
    assert_string_equal(rig_domain(&rig), "udp 192.0.2.9:5060\n");
    assert_int_equal(rig.questions, once);
    rig_end(&rig);
}

static void they_are_bounded(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct hosts *h = hosts_new(&mem.mem);
    struct hosts_fault fault;
    for (unsigned i = 0; i < LIMIT_HOSTS; i++)
        assert_int_equal(hosts_zone(h, STR("a A 192.0.2.1"), &fault), OK);
    assert_int_equal(hosts_zone(h, STR("a A 192.0.2.1"), &fault), ERR_LIMIT);
    hosts_free(h);
    assert_int_equal(mem.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_with_faults),
        cmocka_unit_test(they_stand_before_the_dns),
        cmocka_unit_test(what_was_remembered_is_forgotten),
        cmocka_unit_test(they_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
