/* Each allocation of the scene fails in turn, alone and with all behind it: no crash, no leak, and
 * the engine lives on. */
#include "scene.h"

static struct rig rig;

static size_t allocations(void)
{
    rig_new(&rig);
    size_t before = rig.mem.n_allocs;
    scene_play(&rig);
    size_t n = rig.mem.n_allocs - before;
    rig_end(&rig);
    return n;
}

static void lives_on(void)
{
    rig.mem.refuse_after = SIZE_MAX;
    rig_pass(&rig, 300 * NS_S);
    rig_clear(&rig);
    rig_recv(&rig, rig_request("OPTIONS", "z9hG4bKafter", "", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    assert_int_equal(rig_reply(&rig, rig_event(&rig, EVENT_REQUEST)->tx, 200), OK);
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 "), 1);
}

static void refused_from_some_point_on(void **state)
{
    (void)state;
    size_t n = allocations();
    assert_true(n > 5);
    for (size_t i = 0; i <= n; i++) {
        rig_new(&rig);
        rig.mem.refuse_after = i;
        scene_play(&rig);
        lives_on();
        rig_free(&rig);
    }
}

static void engine_new_fails_whole(void **state)
{
    (void)state;
    for (size_t i = 0;; i++) {
        rig_config(&rig);
        rig.config.mem = &rig.mem.mem;
        rig.mem.refuse_after = i;
        struct engine *e = engine_new(&rig.config);
        if (e) {
            engine_free(e);
            assert_int_equal(rig.mem.n_live, 0);
            assert_true(i > 5);
            return;
        }
        assert_int_equal(rig.mem.n_live, 0);
    }
}

/* ERR_NOMEM leaves a request unsent, and the next try succeeds. */
static void a_request_is_sent_or_not(void **state)
{
    (void)state;
    rig_new(&rig);
    rig.mem.refuse_after = 0;
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    struct outgoing o = {.text = STR("OPTIONS sip:a SIP/2.0\r\nTo: <sip:a>\r\n\r\n"),
                         .flow = &flow};
    tx_id tx = 1;
    assert_int_equal(engine_request(rig.e, &o, rig.now, &tx), ERR_NOMEM);
    assert_int_equal(tx, 0);
    assert_int_equal(engine_stats(rig.e)->tx_client, 0);
    rig_drain(&rig);
    assert_int_equal(rig.n_sent, 0);
    rig.mem.refuse_after = SIZE_MAX;
    assert_int_equal(engine_request(rig.e, &o, rig.now, &tx), OK);
    rig_drain(&rig);
    assert_int_equal(rig.n_sent, 1);
    rig_end(&rig);
}

/* Nor is a connection opened for a request that finds no memory to wait for it. */
static void no_connection_without_its_request(void **state)
{
    (void)state;
    size_t refuse = 0;
    int err = ERR_NOMEM;
    tx_id tx;
    struct uri hop;
    struct msg_error why;
    assert_true(uri_parse(STR("sip:a@192.0.2.20;transport=tcp"), &hop, &why));
    for (; err == ERR_NOMEM; refuse++) {
        rig_new(&rig);
        struct outgoing o = {.text = STR("OPTIONS sip:a SIP/2.0\r\nTo: <sip:a>\r\n\r\n"),
                             .hop = &hop};
        rig.mem.refuse_after = refuse;
        err = engine_request(rig.e, &o, rig.now, &tx);
        rig_drain(&rig);
        assert_int_equal(rig.n_sent, err ? 0 : 1);
        assert_int_equal(engine_stats(rig.e)->conns, rig.n_sent);
        rig_free(&rig);
    }
    assert_int_equal(err, OK);
    assert_true(refuse > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_from_some_point_on),
        cmocka_unit_test(engine_new_fails_whole),
        cmocka_unit_test(a_request_is_sent_or_not),
        cmocka_unit_test(no_connection_without_its_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
