/* Any text as a load scenario: a fault has words, all memory comes back, and one that is read runs:
 * what it sends comes back to it as if it were another's, in all its time. */
#include "fuzz.h"

#include "load/load.h"

#define ROUNDS 60

static const struct addr there = {.family = ADDR_IP4, .port = 5060, .ip = {192, 0, 2, 1}};

static void come_back(struct load *l, struct block_pool *blocks, time_ns now)
{
    struct load_output o;
    while (load_output(l, &o)) {
        struct str text = exact_copy(block_str(o.bytes));
        block_unref(blocks, o.bytes);
        load_receive(l, 0, &there, text, now);
        exact_free(text);
        if (load_tally(l)->received > ROUNDS)
            break;
    }
}

static void play(const struct scenario *s)
{
    struct block_pool blocks;
    char what[200];
    time_ns now = NS_PER_S;
    block_pool_init(&blocks, &mem_libc, 4);
    struct load_config c = {.mem = &mem_libc,
                            .blocks = &blocks,
                            .scenario = s,
                            .seed = rand_seed_from(1),
                            .user = STR("u"),
                            .n_users = 2,
                            .caller = STR("sip:[user]@a"),
                            .callee = STR("sip:b"),
                            .password = STR("p"),
                            .timeout = NS_PER_S,
                            .t1 = NS_PER_S / 2,
                            .most = 8};
    struct flow flow = {.transport = TRANSPORT_UDP, .local = there, .remote = there};
    struct load *l = load_new(&c, what, sizeof what);
    assert(l && load_link(l, &flow) == 0);
    if (!s->serves)
        (void)load_start(l, now, now);
    for (unsigned i = 0; i < ROUNDS; i++) {
        come_back(l, &blocks, now);
        now = load_deadline(l) == TIME_NEVER ? now : load_deadline(l);
        load_expire(l, now);
    }
    load_free(l);
    assert(blocks.live == 0);
    block_pool_fini(&blocks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scenario_error error;
    if (size > 16384)
        return 0;
    struct str text = exact_copy((struct str){(const char *)data, size});
    struct rand rand;
    struct rand_seed seed = rand_seed_from(1);
    rand_init(&rand, &seed);
    struct scenario *s = scenario_read(&mem_libc, text, &rand, NULL, NULL, &error);
    assert(s || error.what[0]);
    if (s)
        play(s);
    scenario_free(s);
    exact_free(text);
    return 0;
}
