/* Acts at an element with a domain, users and a store: what it sends on is what came but for its
 * edits, one datagram makes few, strangers are not served, and at last nothing is left. */
#include "element/element.h"

#include <assert.h>

#include "forwarded.h"
#include "fuzz.h"
#include "record_store.h"
#include "template.h"

/* What one datagram may cause: two answers and a request, or its CANCEL, to each contact of a user.
 */
#define MOST_SENT (2 + 2 * LIMIT_BINDINGS)

struct house {
    struct stage stage;
    struct record_store store;
    struct element *element;
    struct element_config config;
    bool cut;     /* no end is waited for */
    bool bounded; /* a datagram is being worked on */
};

static struct element *of(const void *on)
{
    return ((const struct house *)on)->element;
}

static int datagram(void *on, const struct flow *f, struct str bytes, time_ns now)
{
    ((struct house *)on)->bounded = true;
    return element_datagram(of(on), f, bytes, now);
}

static conn_id accepted(void *on, const struct flow *f, time_ns now)
{
    return element_accepted(of(on), f, now);
}

static int connected(void *on, conn_id id, const struct addr *local, time_ns now)
{
    return element_connected(of(on), id, local, now);
}

static int stream(void *on, conn_id id, struct str bytes, time_ns now)
{
    return element_stream(of(on), id, bytes, now);
}

static int closed(void *on, conn_id id, time_ns now)
{
    return element_closed(of(on), id, now);
}

static int unreachable(void *on, const struct flow *f, time_ns now)
{
    return element_unreachable(of(on), f, now);
}

static int adopt(void *on, struct msg *m, time_ns now)
{
    return element_adopt(of(on), m, now);
}

static int resolved(void *on, uint64_t query, struct str message, time_ns now)
{
    return element_resolved(of(on), query, message, now);
}

static int store_answered(void *on, const struct store_answer *a, time_ns now)
{
    return element_store_answered(of(on), a, now);
}

static int on_time(void *on, time_ns now)
{
    return element_time(of(on), now);
}

static time_ns deadline(const void *on)
{
    return element_deadline(of(on));
}

/* False: it waits for another try. */
static bool answer(struct house *h, unsigned which)
{
    struct store_answer a;
    if (!record_store_answer(&h->store, which, h->stage.now, &a))
        return false;
    int err = element_store_answered(h->element, &a, h->stage.now);
    assert(err == OK || err == ERR_NOMEM);
    if (err == OK)
        record_store_answered(&h->store, which);
    return err == OK;
}

/* Where answers are not late, they come as soon as all outputs are taken. */
static bool output(void *on, struct engine_output *o)
{
    struct house *h = on;
    while (!element_output(h->element, o))
        if (h->store.late || !answer(h, 0))
            return false;
    return true;
}

static void settle(void *on)
{
    (void)on;
}

static void sent(void *on, const struct flow *flow, struct msg *m)
{
    struct house *h = on;
    assert(!h->bounded || h->stage.n_sent <= MOST_SENT);
    forwarded_check(&h->stage, flow, m);
}

static void asked(void *on, uint64_t query, const struct store_ask *ask)
{
    struct house *h = on;
    record_store_ask(&h->store, query, ask, h->stage.now);
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
    .settle = settle,
    .sent = sent,
    .asked = asked,
};

static const struct str domains[] = {STR_INIT("example.com"), STR_INIT("example.org")};

/* The first digits: workers, the most transactions, Record-Route, relaying for loopback, contacts.
 */
static void begin(struct house *h, const uint8_t *data, size_t size)
{
    static const uint32_t most[] = {0, 4, 16};
    struct element_config c;
    h->cut = false;
    stage_init(&h->stage, &face, h, data, size);
    record_store_init(&h->store);
    struct acts *a = &h->stage.acts;
    element_config_default(&c);
    c.engine.mem = &h->stage.heap.mem;
    c.engine.seed = rand_seed_from(7);
    c.engine.call_key = (struct hash_key){11, 12};
    c.engine.n_workers = 1 + acts_digit(a, 2);
    c.engine.max_tx = most[acts_digit(a, 3)];
    c.proxy.key = (struct hash_key){13, 14};
    c.proxy.record_route = acts_digit(a, 2) == 0;
    c.relay_loopback = acts_digit(a, 2) == 0;
    c.registrar.max_contacts = 10 - 8 * acts_digit(a, 2);
    c.domains = domains;
    c.n_domains = 2;
    h->config = c;
    h->element = element_new(&c);
    assert(h->element);
    h->stage.engine = element_engine(h->element);
    stage_listen(&h->stage);
}

static unsigned digit(struct house *h)
{
    return acts_digit(&h->stage.acts, 16);
}

static void play_answer(struct house *h)
{
    (void)answer(h, digit(h));
}

#define DRAIN 15

static void play_late(struct house *h)
{
    unsigned how = digit(h);
    if (how == DRAIN)
        engine_drain(h->stage.engine);
    else
        h->store.late = how % 2;
}

static void play_failures(struct house *h)
{
    h->store.failures = digit(h);
}

static void play_touch(struct house *h)
{
    record_store_touch(&h->store, digit(h));
}

static void play_cut(struct house *h)
{
    h->cut = digit(h) == 0 || !element_is_quiet(h->element);
}

#define ASKED 1
#define FOREIGN_CALLERS 2
#define PEERS 4
#define ONE_DOMAIN 8

static void play_configuration(struct house *h)
{
    static const struct addr_block peers = {{.family = ADDR_IP4, .ip = {192, 0, 2}}, 25};
    struct element_config *c = &h->config;
    unsigned flags = digit(h);
    c->access.required = flags & ASKED;
    c->access.foreign_callers = flags & FOREIGN_CALLERS;
    c->access.peers = &peers;
    c->access.n_peers = flags & PEERS ? 1 : 0;
    c->n_domains = flags & ONE_DOMAIN ? 1 : 2;
    int err = element_reconfigure(h->element, c);
    assert(err == OK || err == ERR_NOMEM);
}

/*   j  another configuration: who is asked, which domains
 *   y  an answer of the store comes: which
 *   l  answers are late from now on, or not; f: it takes nothing new from now on
 *   q  the next questions fail: how many
 *   s  somebody else writes a record: which
 *   i  the element is freed as it is: always, or unless it is quiet */
static void play(struct house *h, char letter)
{
    static void (*const plays['z' + 1])(struct house *) = {
        ['j'] = play_configuration, ['y'] = play_answer, ['l'] = play_late,
        ['q'] = play_failures,      ['s'] = play_touch,  ['i'] = play_cut,
    };
    if (plays[(unsigned char)letter])
        plays[(unsigned char)letter](h);
    stage_settle(&h->stage);
}

static void fade(struct house *h)
{
    h->store.late = false;
    fuzz_heap_fail(&h->stage.heap, 0, 0);
    stage_settle(&h->stage);
    stage_fade(&h->stage, 4000 * NS_PER_S);
    assert(element_is_idle(h->element) && element_is_quiet(h->element));
    assert(engine_stats(h->stage.engine)->conns == 0);
    assert(element_deadline(h->element) == TIME_NEVER);
}

static void end(struct house *h)
{
    if (!h->cut)
        fade(h);
    stage_fini(&h->stage);
    element_free(h->element);
    fuzz_heap_check(&h->stage.heap);
}

static uint64_t run(const uint8_t *data, size_t size)
{
    static struct house h;
    char letter;
    begin(&h, data, size);
    for (unsigned i = 0; i < STAGE_ACTS && !h.cut && acts_next(&h.stage.acts, &letter); i++) {
        h.bounded = false;
        if (!stage_play(&h.stage, letter) && !template_play(&h.stage, letter))
            play(&h, letter);
    }
    h.bounded = false;
    end(&h);
    return h.stage.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t first = run(data, size);
    if (size % 16 == 0)
        assert(run(data, size) == first);
    return 0;
}
