/* TLS of others, opened with a key log: every suite, both versions, key updates, lost records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"
#include "tls_pair.h"

struct talk {
    struct rig *rig;
    struct tls_pair pair;
    uint32_t next[2];
};

/* What end `i` has to send goes over the wire, in segments of 700 bytes. */
static bool move(struct talk *t, unsigned i)
{
    static char at[20000];
    struct str bytes = tls_pair_move(&t->pair, i, at, sizeof at);

    for (size_t from = 0; from < bytes.len; from += 700) {
        struct str part = str_slice(bytes, from, 700);

        rig_segment(t->rig, i == 0, t->next[i], 0, part);
        t->next[i] += (uint32_t)part.len;
    }
    return bytes.len > 0;
}

static void flush(struct talk *t)
{
    char at[1000];

    for (bool moved = true; moved;) {
        moved = false;
        for (unsigned i = 0; i < 2; i++) {
            (void)SSL_read(t->pair.ends[i], at, sizeof at);
            moved |= move(t, i);
        }
    }
}

static struct talk *talk_new(bool is_13, const char *suite, bool with_keys)
{
    struct talk *t = calloc(1, sizeof *t);

    assert_non_null(t);
    t->rig = rig_new();
    t->next[0] = t->next[1] = 1000;
    tls_pair_begin(&t->pair, is_13, suite);
    flush(t);
    if (with_keys)
        assert_true(capture_keys(t->rig->capture, buf_str(&t->pair.log)) > 0);
    return t;
}

static void talk_free(struct talk *t)
{
    tls_pair_end(&t->pair);
    rig_free(t->rig);
    free(t);
}

static void say(struct talk *t, unsigned i, struct str text)
{
    assert_int_equal(SSL_write(t->pair.ends[i], text.at, (int)text.len), (int)text.len);
}

static const struct {
    bool is_13;
    const char *name;
} suites[] = {
    {true, "TLS_AES_128_GCM_SHA256"},         {true, "TLS_AES_256_GCM_SHA384"},
    {true, "TLS_CHACHA20_POLY1305_SHA256"},   {false, "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {false, "ECDHE-ECDSA-AES256-GCM-SHA384"}, {false, "ECDHE-ECDSA-CHACHA20-POLY1305"},
};

#define N_SUITES (sizeof suites / sizeof suites[0])

static void test_suites(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_SUITES; n++) {
        struct talk *t = talk_new(suites[n].is_13, suites[n].name, true);

        for (unsigned i = 0; i < 6; i++) {
            t->rig->text = STR_NONE;
            say(t, i % 2, STR(MESSAGE));
            flush(t);
            assert_int_equal(t->rig->n_messages, i + 1);
            assert_true(str_equal(t->rig->text, STR(MESSAGE)));
            assert_int_equal(t->rig->last.transport, TRANSPORT_TLS);
            assert_int_equal(t->rig->last.from.port, i % 2 ? 5070 : 5060);
        }
        assert_int_equal(capture_counts(t->rig->capture).gaps, 0);
        talk_free(t);
    }
}

static void test_without_keys(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_SUITES; n++) {
        struct talk *t = talk_new(suites[n].is_13, suites[n].name, false);

        say(t, 0, STR(MESSAGE));
        flush(t);
        assert_int_equal(t->rig->n_messages, 0);
        assert_true(capture_counts(t->rig->capture).sealed > 0);
        talk_free(t);
    }
}

static void test_update(void **state)
{
    struct talk *t = talk_new(true, suites[0].name, true);
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        say(t, 0, STR(MESSAGE));
        assert_int_equal(SSL_key_update(t->pair.ends[0], SSL_KEY_UPDATE_REQUESTED), 1);
        say(t, 0, STR(MESSAGE));
        flush(t);
        say(t, 1, STR(MESSAGE));
        flush(t);
    }
    assert_int_equal(t->rig->n_messages, 9);
    talk_free(t);
}

/* Records that were not captured: what comes behind them opens all the same. */
static void test_lost(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_SUITES; n++) {
        struct talk *t = talk_new(suites[n].is_13, suites[n].name, true);
        char at[2000];

        say(t, 0, STR(MESSAGE));
        flush(t);
        say(t, 0, STR("lost"));
        t->next[0] += (uint32_t)tls_pair_move(&t->pair, 0, at, sizeof at).len;
        say(t, 0, STR(MESSAGE));
        flush(t);
        capture_end(t->rig->capture);
        rig_drain(t->rig);
        assert_int_equal(t->rig->n_messages, 2);
        talk_free(t);
    }
}

#define RANDOM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_key_log(void **state)
{
    static const struct str useless[] = {
        STR_INIT(""),
        STR_INIT("# CLIENT_RANDOM"),
        STR_INIT("CLIENT_RANDOM"),
        STR_INIT("CLIENT_RANDOM " RANDOM),
        STR_INIT("CLIENT_RANDOM " RANDOM " xy"),
        STR_INIT("CLIENT_RANDOM " RANDOM "00 00"),
        STR_INIT("CLIENT_RANDOM " RANDOM " " RANDOM RANDOM), /* longer than any */
        STR_INIT("EXPORTER_SECRET " RANDOM " " RANDOM),
    };
    struct rig *r = rig_new();
    (void)state;
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++)
        assert_int_equal(capture_keys(r->capture, useless[i]), 0);
    assert_int_equal(capture_keys(r->capture, STR("CLIENT_RANDOM " RANDOM " " RANDOM "\r\n"
                                                  "SERVER_TRAFFIC_SECRET_0 " RANDOM " " RANDOM)),
                     2);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suites),  cmocka_unit_test(test_without_keys),
        cmocka_unit_test(test_update),  cmocka_unit_test(test_lost),
        cmocka_unit_test(test_key_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
