/* Owns the writer's thread: its turns, its pace, and the answers that it gives. What is written and
 * how is the store's. */
#include "server/keeper.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>

#include "base/err.h"
#include "base/limits.h"
#include "server/thread_end.h"
#include "store/accounts.h"
#include "store/journal.h"
#include "store/rows.h"

/* A lone write is committed at once. Under load commits keep apart, the more the more there was to
 * write: what one costs (half a millisecond of CPU, most of it the disk's) is shared by many. */
#define APART_LEAST (4 * NS_PER_MS)
#define APART_MOST (32 * NS_PER_MS)
#define ACCOUNTS_EVERY NS_PER_S

struct asker {
    struct lane answers;
    struct bell *bell;
    unsigned open; /* written and not yet answered; the asker's own */
    bool to_ring;  /* the keeper's own */
};

struct keeper {
    struct mem *mem;
    struct folder folder;
    struct journal *journal;
    struct accounts_file *file;
    struct locations *locations, *accounts;
    const struct log *log;
    const struct net_clock *clock;
    void (*accounts_known)(void *arg, size_t n);
    void (*account_read)(void *arg, struct str key);
    void *arg;
    struct log_gate gate, accounts_gate;
    struct bell bell;
    _Atomic bool stop, nudged;
    bool running;
    pthread_t thread;
    time_ns next_commit; /* not before */
    time_ns look;        /* when the accounts are looked at next */
    _Atomic uint64_t commits_within[KEEPER_BUCKETS];
    _Atomic uint64_t commits, writes, failures, commit_ns, rows;
    _Atomic bool failing;
    unsigned n_askers;
    struct asker askers[];
};

/* --- a commit --- */

static void tell(void *arg, struct locations_asker who, const struct store_answer *a)
{
    struct keeper *k = arg;
    bool pushed = lane_push(&k->askers[who.asker].answers, a);

    assert(pushed); /* no more writes are open than answers find room */
    (void)pushed;
    k->askers[who.asker].to_ring = true;
}

static void ring_askers(struct keeper *k)
{
    for (unsigned i = 0; i < k->n_askers; i++) {
        if (k->askers[i].to_ring)
            bell_ring(k->askers[i].bell);
        k->askers[i].to_ring = false;
    }
}

struct keeper_now {
    struct keeper *keeper;
    time_ns now;
};

static bool needs(void *arg, const struct location_record *row)
{
    const struct keeper_now *n = arg;

    return locations_needs(n->keeper->locations, row, n->now);
}

static void write_row(void *arg, const struct location_record *row)
{
    struct keeper *k = arg;

    journal_write(k->journal, row);
}

static void note_duration(struct keeper *k, time_ns took)
{
    unsigned i = 0;

    atomic_fetch_add(&k->commit_ns, took);
    while (i < KEEPER_BUCKETS && took > keeper_bounds[i])
        i++;
    if (i < KEEPER_BUCKETS)
        atomic_fetch_add(&k->commits_within[i], 1);
    atomic_fetch_add(&k->commits, 1);
}

static void note_end(struct keeper *k, bool lasts, size_t n, time_ns began,
                     const struct store_fault *fault)
{
    time_ns now = net_clock_now(k->clock);

    note_duration(k, now - began);
    atomic_fetch_add(lasts ? &k->writes : &k->failures, lasts ? n : 1);
    atomic_store(&k->rows, journal_rows(k->journal));
    bool failed = atomic_exchange(&k->failing, !lasts);

    if (!lasts)
        log_event_gated(k->log, &k->gate, now, EV_STORE_FAILED,
                        LOG_TEXT("why", str_from(fault->what)), LOG_NUMBER("refused", n));
    else if (failed)
        log_event(k->log, EV_STORE_BACK, LOG_NUMBER("writes", n));
}

/* As the square root of what was written: 4 ms for one, 32 for 64 and more. */
static time_ns apart(size_t writes)
{
    time_ns span = APART_LEAST;

    for (; writes >= 4 && span < APART_MOST; writes /= 4)
        span *= 2;
    return span;
}

static void commit(struct keeper *k)
{
    struct keeper_now now = {k, net_clock_now(k->clock)};
    struct store_fault fault;
    size_t n = locations_take(k->locations);

    k->next_commit = now.now + apart(n);
    journal_begin(k->journal);
    journal_clean(k->journal, locations_count(k->locations), n, needs, &now);
    locations_each_taken(k->locations, write_row, k);
    bool lasts = journal_end(k->journal, &fault);

    note_end(k, lasts, n, now.now, &fault);
    if (lasts)
        locations_settle(k->locations, tell, k);
    else
        locations_undo(k->locations, tell, k);
    ring_askers(k);
}

/* --- the accounts --- */

static bool take_account(void *arg, struct str key, struct str record)
{
    struct keeper *k = arg;
    struct location_record r = {.key = key, .value = record, .version = 1, .expires = TIME_NEVER};

    if (k->account_read && record.len > 0)
        k->account_read(k->arg, key);
    return locations_restore(k->accounts, &r) == OK;
}

static void forget_accounts(void *arg)
{
    struct keeper *k = arg;

    locations_clear(k->accounts);
}

static bool read_accounts(struct keeper *k, struct store_fault *fault)
{
    struct accounts_reader r = {take_account, forget_accounts, k};
    bool good = accounts_news(k->file, &r, fault);

    if (k->accounts_known)
        k->accounts_known(k->arg, locations_count(k->accounts));
    return good;
}

static void look_at_accounts(struct keeper *k, time_ns now)
{
    struct store_fault fault;

    if (!atomic_exchange(&k->nudged, false) && now < k->look)
        return;
    k->look = now + ACCOUNTS_EVERY;
    if (accounts_changed(k->file) && !read_accounts(k, &fault))
        log_event_gated(k->log, &k->accounts_gate, now, EV_ACCOUNTS_FAILED,
                        LOG_TEXT("why", str_from(fault.what)));
}

/* --- its turns --- */

static int wait_ms(const struct keeper *k, time_ns now)
{
    return now < k->look ? (int)((k->look - now) / NS_PER_MS) + 1 : 0;
}

static bool has_work(const struct keeper *k)
{
    return locations_waiting(k->locations) || atomic_load(&k->stop) || atomic_load(&k->nudged);
}

static void wait_for_work(struct keeper *k)
{
    struct pollfd p = {.fd = k->bell.fd, .events = POLLIN};

    bell_asleep(&k->bell);
    if (!has_work(k))
        (void)poll(&p, 1, wait_ms(k, net_clock_now(k->clock)));
    bell_awake(&k->bell);
    bell_hush(&k->bell);
}

static void gather(const struct keeper *k)
{
    time_ns now = net_clock_now(k->clock);

    if (now < k->next_commit && !atomic_load(&k->stop))
        (void)nanosleep(&(struct timespec){.tv_nsec = (long)(k->next_commit - now)}, NULL);
}

static void close_files(struct keeper *k)
{
    accounts_close(k->file);
    journal_close(k->journal);
    k->file = NULL;
    k->journal = NULL;
    folder_close(&k->folder);
}

static void *run(void *arg)
{
    struct keeper *k = arg;

    while (!atomic_load(&k->stop)) {
        wait_for_work(k);
        look_at_accounts(k, net_clock_now(k->clock));
        if (!locations_waiting(k->locations))
            continue;
        gather(k);
        commit(k);
    }
    if (locations_waiting(k->locations))
        commit(k);
    close_files(k); /* the disk may stand still in that, too */
    return NULL;
}

/* --- its life --- */

struct reading {
    struct keeper *keeper;
    const struct keeper_config *config;
    char value[ROWS_BYTES];
};

static int restore(void *arg, const struct location_record *row)
{
    struct reading *r = arg;
    struct location_record own = *row;

    if (r->config->restart && row->value.len > 0) {
        memcpy(r->value, row->value.at, row->value.len);
        own.value.at = r->value;
        r->config->restart(r->config->arg, r->value, row->value.len);
    }
    return locations_restore(r->keeper->locations, &own);
}

static bool read_all(struct keeper *k, const struct keeper_config *config,
                     struct store_fault *fault)
{
    struct reading r;

    r.keeper = k;
    r.config = config;
    int rc = journal_read(k->journal, restore, &r, fault);

    if (rc == ERR_NOMEM || rc == ERR_LIMIT)
        (void)fault_say(fault, "%s: more registrations than there is room for", k->folder.path);
    return rc == OK && read_accounts(k, fault);
}

static bool open_files(struct keeper *k, const char *folder, const struct keeper_config *config,
                       struct store_fault *fault)
{
    return folder_hold(&k->folder, folder, fault) &&
           (k->journal = journal_open(k->mem, folder, fault)) &&
           (k->file = accounts_open(k->mem, folder, fault)) && read_all(k, config, fault);
}

/* An answer always finds room: no more writes are open than answers can wait. */
static bool init_askers(struct keeper *k, struct bell *const *bells)
{
    for (unsigned i = 0; i < k->n_askers; i++) {
        k->askers[i].bell = bells[i];
        if (lane_init(&k->askers[i].answers, k->mem, sizeof(struct store_answer),
                      LIMIT_STORE_QUEUE) != OK)
            return false;
    }
    return true;
}

static size_t size_for(unsigned n_askers)
{
    return sizeof(struct keeper) + n_askers * sizeof(struct asker);
}

static void release(struct keeper *k)
{
    for (unsigned i = 0; i < k->n_askers; i++)
        lane_fini(&k->askers[i].answers);
    bell_fini(&k->bell);
    mem_free(k->mem, k, size_for(k->n_askers));
}

struct keeper *keeper_new(struct mem *mem, const char *folder, const struct keeper_config *config,
                          struct locations *locations, struct locations *accounts,
                          struct store_fault *fault)
{
    struct keeper *k = mem_alloc_zero(mem, size_for(config->n_askers));

    (void)fault_say(fault, "%s: no memory or no thread for the store", folder);
    if (!k)
        return NULL;
    k->mem = mem;
    k->locations = locations;
    k->accounts = accounts;
    k->log = config->log;
    k->clock = config->clock;
    k->accounts_known = config->accounts_known;
    k->account_read = config->account_read;
    k->arg = config->arg;
    k->n_askers = config->n_askers;
    k->bell.fd = -1;
    if (bell_init(&k->bell) == 0 && init_askers(k, config->bells) &&
        open_files(k, folder, config, fault)) {
        k->running = pthread_create(&k->thread, NULL, run, k) == 0;
        if (k->running)
            return k;
        (void)fault_say(fault, "%s: no thread for the store", folder);
    }
    close_files(k);
    release(k);
    return NULL;
}

bool keeper_free(struct keeper *k, time_ns within)
{
    if (!k)
        return true;
    atomic_store(&k->stop, true);
    bell_ring_loud(&k->bell);
    if (!thread_ends_within(k->thread, within))
        return false;
    release(k);
    return true;
}

size_t keeper_unanswered(const struct keeper *k)
{
    size_t n = 0;

    for (unsigned i = 0; i < k->n_askers; i++)
        n += k->askers[i].open;
    return n;
}

/* --- for the askers --- */

bool keeper_write(struct keeper *k, struct locations_asker who, const struct store_ask *ask,
                  time_ns now, struct block_pool *pool, struct store_answer *answer,
                  struct block **copy)
{
    struct asker *a = &k->askers[who.asker];

    *copy = NULL;
    *answer = (struct store_answer){.query = who.query, .status = STORE_FAILED};
    if (a->open == LIMIT_STORE_QUEUE || row_bytes(ask->key, ask->value) > ROWS_BYTES)
        return false;
    if (!locations_change(k->locations, ask, who, now, pool, answer, copy))
        return false;
    a->open++;
    bell_ring(&k->bell);
    return true;
}

bool keeper_answer(struct keeper *k, unsigned asker, struct store_answer *out)
{
    if (!lane_pop(&k->askers[asker].answers, out))
        return false;
    k->askers[asker].open--;
    return true;
}

bool keeper_has_answer(const struct keeper *k, unsigned asker)
{
    return !lane_is_empty(&k->askers[asker].answers);
}

void keeper_nudge(struct keeper *k)
{
    atomic_store(&k->nudged, true);
    bell_ring_loud(&k->bell);
}

void keeper_stats(const struct keeper *k, struct keeper_stats *out)
{
    *out = (struct keeper_stats){.commits = atomic_load(&k->commits),
                                 .writes = atomic_load(&k->writes),
                                 .failures = atomic_load(&k->failures),
                                 .commit_ns = atomic_load(&k->commit_ns),
                                 .rows = atomic_load(&k->rows),
                                 .failing = atomic_load(&k->failing)};
    for (unsigned i = 0; i < KEEPER_BUCKETS; i++)
        out->commits_within[i] = atomic_load(&k->commits_within[i]);
}
