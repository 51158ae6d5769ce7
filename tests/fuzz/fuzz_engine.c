/* Acts at an engine whose user answers, forwards, asks and cancels as the bytes say: each client
 * transaction has one end and each server transaction is told once that it is gone, errors leave
 * everything as it was, and at last nothing is left. */
#include <assert.h>
#include <string.h>

#include "engine_user.h"
#include "fuzz.h"
#include "template.h"

static int datagram(void *on, const struct flow *f, struct str bytes, time_ns now)
{
    return engine_datagram(engine_of(on), f, bytes, now);
}

static conn_id accepted(void *on, const struct flow *f, time_ns now)
{
    return engine_accepted(engine_of(on), f, now);
}

static int connected(void *on, conn_id id, const struct addr *local, time_ns now)
{
    return engine_connected(engine_of(on), id, local, now);
}

static int stream(void *on, conn_id id, struct str bytes, time_ns now)
{
    return engine_stream(engine_of(on), id, bytes, now);
}

static int closed(void *on, conn_id id, time_ns now)
{
    return engine_closed(engine_of(on), id, now);
}

static int unreachable(void *on, const struct flow *f, time_ns now)
{
    return engine_unreachable(engine_of(on), f, now);
}

static int adopt(void *on, struct msg *m, time_ns now)
{
    return engine_adopt(engine_of(on), m, now);
}

static int resolved(void *on, uint64_t query, struct str message, time_ns now)
{
    return engine_resolved(engine_of(on), query, message, now);
}

static int store_answered(void *on, const struct store_answer *a, time_ns now)
{
    return engine_store_answered(engine_of(on), a, now);
}

static int on_time(void *on, time_ns now)
{
    return engine_time(engine_of(on), now);
}

static time_ns deadline(const void *on)
{
    return engine_deadline(engine_of(on));
}

static bool output(void *on, struct engine_output *o)
{
    return engine_output(engine_of(on), o);
}

static void sent(void *on, const struct flow *flow, struct msg *m)
{
    (void)on, (void)flow, (void)m;
}

static const struct stage_face face = {
    .datagram = datagram,
    .accepted = accepted,
    .connected = connected,
    .stream = stream,
    .closed = closed,
    .unreachable = unreachable,
    .adopt = adopt,
    .resolved = resolved,
    .store_answered = store_answered,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .settle = user_take_events,
    .sent = sent,
    .asked = user_asked,
};

/* The first digits: workers, the most transactions, the Server header. */
static void begin(struct user *u, const uint8_t *data, size_t size)
{
    static const uint32_t most[] = {0, 4, 16};
    stage_init(&u->stage, &face, u, data, size);
    struct acts *a = &u->stage.acts;
    struct engine_config c = {.mem = &u->stage.heap.mem,
                              .seed = rand_seed_from(7),
                              .timers = tx_timers_default(),
                              .call_key = {11, 12},
                              .n_workers = 1 + acts_digit(a, 2),
                              .max_tx = most[acts_digit(a, 3)],
                              .software = acts_digit(a, 2) ? STR("tandem") : STR_NONE};
    u->stage.engine = engine_new(&c);
    assert(u->stage.engine);
    stage_listen(&u->stage);
}

static uint64_t run(const uint8_t *data, size_t size)
{
    static struct user u;
    char letter;
    user_init(&u);
    begin(&u, data, size);
    for (unsigned i = 0; i < STAGE_ACTS && !u.cut && acts_next(&u.stage.acts, &letter); i++)
        if (!stage_play(&u.stage, letter) && !template_play(&u.stage, letter))
            user_play(&u, letter);
    user_end(&u);
    stage_fini(&u.stage);
    engine_free(u.stage.engine);
    fuzz_heap_check(&u.stage.heap);
    return u.stage.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t first = run(data, size);
    if (size % 16 == 0)
        assert(run(data, size) == first);
    return 0;
}
