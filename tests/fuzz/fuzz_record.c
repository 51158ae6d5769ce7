/* Any bytes as a location record: an error, or bindings that are written and read again as the
 * same, with all their texts inside the record. */
#include "fuzz.h"

#include "registrar/record.h"
#include "registrar/registrar.h"

static bool same_flow(const struct flow *a, const struct flow *b)
{
    return a->transport == b->transport && a->listener == b->listener && a->conn == b->conn &&
           addr_equal(&a->local, &b->local) && addr_equal(&a->remote, &b->remote);
}

/* All but the parameters, whose first writing leaves out what is not stored. */
static void check_same(const struct binding *a, const struct binding *b)
{
    assert(str_equal(a->uri, b->uri) && str_equal(a->call_id, b->call_id));
    assert(str_equal(a->path, b->path));
    assert(a->cseq == b->cseq && a->q == b->q && a->by_flow == b->by_flow);
    assert(a->expires == b->expires && same_flow(&a->flow, &b->flow));
}

static void check_inside(struct str record, const struct bindings *all, time_ns now)
{
    assert(all->n <= LIMIT_BINDINGS);
    for (size_t i = 0; i < all->n; i++) {
        const struct binding *b = &all->list[i];
        assert_inside(record, b->uri);
        assert_inside(record, b->params.text);
        assert_inside(record, b->call_id);
        assert_inside(record, b->path);
        assert(b->expires > now && b->q <= 1000);
        assert(registrar_is_from(record, &b->flow, now));
    }
}

static void check_targets(struct str record, const struct bindings *all, time_ns now)
{
    struct target targets[LIMIT_BINDINGS];
    size_t n = registrar_targets(record, now, targets, LIMIT_BINDINGS);
    assert(n == all->n);
    for (size_t i = 1; i < n; i++)
        assert(targets[i - 1].q >= targets[i].q);
    assert(registrar_targets(record, now, targets, 1) == (n > 0));
}

/* A record is read whole or not at all: not with a byte less, not with a byte more. */
static void check_whole(struct str record, time_ns now)
{
    struct bindings none;
    char *room = malloc(record.len + 1);
    assert(room);
    memcpy(room, record.at, record.len);
    room[record.len] = 0;
    assert(!record_read((struct str){room, record.len + 1}, now, &none) && none.n == 0);
    assert(!record_read((struct str){room, record.len - 1}, now, &none) && none.n == 0);
    free(room);
}

/* Writes what was read, and once more what that reads as; NULL: it became too large. */
static void check_written(struct block_pool *pool, const struct bindings *all, time_ns now)
{
    struct bindings written = *all, again;
    bool too_large;
    struct block *once = record_write(pool, &written, &too_large);
    if (!once) {
        assert(too_large);
        return;
    }
    assert(record_read(block_str(once), now, &again) && again.n == all->n);
    for (size_t i = 0; i < again.n; i++) {
        check_same(&all->list[i], &again.list[i]);
        check_same(&written.list[i], &again.list[i]);
    }
    check_whole(block_str(once), now);
    struct block *twice = record_write(pool, &again, &too_large);
    assert(twice && str_equal(block_str(once), block_str(twice)));
    block_unref(pool, twice);
    block_unref(pool, once);
}

static int no_listener(void *arg, enum transport t, const struct addr *local)
{
    assert(arg == NULL && t == TRANSPORT_UDP && local->family != ADDR_NONE);
    return -1;
}

/* Whatever the bytes: they stay the record that they are, without flows. */
static void check_restarted(struct str record, bool good, size_t n, time_ns now)
{
    struct target targets[LIMIT_BINDINGS];
    struct bindings all;
    registrar_restart((char *)(uintptr_t)record.at, record.len, no_listener, NULL);
    assert(record_read(record, now, &all) == good && all.n == n);
    n = registrar_targets(record, now, targets, LIMIT_BINDINGS);
    while (n-- > 0)
        assert(!targets[n].has_flow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bindings all;
    struct block_pool pool;
    struct str input = {(const char *)data, size};
    time_ns now = (time_ns)draw_uint(&input, 2);
    struct str record = exact_copy(input);
    block_pool_init(&pool, &mem_libc, 4);
    bool good = record_read(record, now, &all);
    if (good) {
        check_inside(record, &all, now);
        check_targets(record, &all, now);
        check_written(&pool, &all, now);
    } else {
        assert(all.n == 0);
    }
    check_restarted(record, good, all.n, now);
    assert(pool.live == 0);
    block_pool_fini(&pool);
    exact_free(record);
    return 0;
}
