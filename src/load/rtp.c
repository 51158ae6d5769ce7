/* Owns the media of a load's calls: when packets go, whose those are that come, what is counted.
 * Knows no session and no description. */
#include "load/rtp.h"

#include <assert.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/map.h"
#include "base/siphash.h"
#include "rtp/packet.h"
#include "rtp/source.h"

#define FRAME_MS 20
#define CLOCK 8000
#define BEHIND_MOST_MS 60 /* what is later than that is not sent at all */
#define FIRST_TICK 1000   /* so that none is 0 */

struct stream {
    pool_id id;
    struct list in_slot;
    struct map_node by_own, by_heard, by_remote;
    struct rtp_tally *tally;
    unsigned port;
    bool described, began, is_placed; /* … under its remote address */
    bool was_heard;                   /* by the far end */
    bool far_is_here;                 /* the far end is in this process, or sends back what came */
    bool hears;                       /* it is in the map of what is heard, under `heard` */
    struct rtp_far far;
    uint32_t ssrc, heard;
    uint16_t sequence;
    uint32_t timestamp;
    uint64_t turn;                  /* when it was its turn last */
    uint64_t first_tick, last_tick; /* of its packets; 0: none went (before) */
    uint64_t sent, received, lost, late, behind;
    bool counts; /* `source` is of packets that came */
    struct rtp_source source;
};

struct load_rtp {
    struct load_rtp_config config;
    struct rand rand;
    struct hash_key key;
    struct pool streams;
    struct map own, heard, remotes;
    struct list slots[FRAME_MS]; /* one a millisecond */
    unsigned n_speaking, next_port;
    time_ns epoch, now;
    uint64_t tick;               /* the millisecond that is dealt with */
    struct load_rtp_output echo; /* that waits to be taken; without bytes: none */
    uint64_t strays;
};

struct load_rtp *load_rtp_new(const struct load_rtp_config *c)
{
    struct load_rtp *r = mem_alloc_zero(c->mem, sizeof *r);
    if (!r)
        return NULL;
    assert(c->pcmu.len > 0 && c->pcmu.len % LOAD_RTP_FRAME == 0 && c->pcma.len == c->pcmu.len);
    r->config = *c;
    rand_init(&r->rand, &c->seed);
    rand_bytes(&r->rand, &r->key, sizeof r->key);
    pool_init(&r->streams, c->mem, sizeof(struct stream), c->most);
    for (unsigned i = 0; i < FRAME_MS; i++)
        list_init(&r->slots[i]);
    bool good = map_init(&r->own, c->mem, 64) == OK;
    good = map_init(&r->heard, c->mem, 64) == OK && good;
    good = map_init(&r->remotes, c->mem, 64) == OK && good;
    if (good)
        return r;
    load_rtp_free(r);
    return NULL;
}

void load_rtp_free(struct load_rtp *r)
{
    uint32_t cursor = 0;
    pool_id id;
    if (!r)
        return;
    while (pool_each(&r->streams, &cursor, &id))
        (void)load_rtp_close(r, id);
    block_unref(r->config.blocks, r->echo.bytes);
    struct map *const maps[] = {&r->own, &r->heard, &r->remotes};
    for (unsigned i = 0; i < sizeof maps / sizeof *maps; i++)
        if (maps[i]->mem)
            map_fini(maps[i]);
    pool_fini(&r->streams);
    mem_free(r->config.mem, r, sizeof *r);
}

/* --- whose a packet is --- */

static uint64_t hash_ssrc(const struct load_rtp *r, unsigned port, uint32_t ssrc)
{
    const uint32_t key[] = {port, ssrc};
    return siphash13(&r->key, (struct str){(const char *)key, sizeof key});
}

static uint64_t hash_remote(const struct load_rtp *r, unsigned port, const struct addr *a)
{
    struct hash_key key = r->key;
    key.k0 ^= (uint64_t)port << 16 | a->port;
    return siphash13(&key, (struct str){(const char *)a->ip, sizeof a->ip});
}

static struct stream *find_own(const struct load_rtp *r, uint32_t ssrc)
{
    for (struct map_node *n = map_find(&r->own, hash_ssrc(r, 0, ssrc)); n; n = map_find_next(n)) {
        struct stream *s = CONTAINER_OF(n, struct stream, by_own);
        if (s->ssrc == ssrc)
            return s;
    }
    return NULL;
}

static struct stream *find_heard(const struct load_rtp *r, unsigned port, uint32_t ssrc)
{
    struct map_node *n = map_find(&r->heard, hash_ssrc(r, port, ssrc));
    for (; n; n = map_find_next(n)) {
        struct stream *s = CONTAINER_OF(n, struct stream, by_heard);
        if (s->port == port && s->heard == ssrc)
            return s;
    }
    return NULL;
}

/* Of several with the same far end that which has heard nothing yet. */
static struct stream *find_remote(const struct load_rtp *r, unsigned port, const struct addr *a)
{
    struct stream *found = NULL;
    struct map_node *n = map_find(&r->remotes, hash_remote(r, port, a));
    for (; n; n = map_find_next(n)) {
        struct stream *s = CONTAINER_OF(n, struct stream, by_remote);
        if (s->port != port || !addr_equal(&s->far.addr, a) || (s->far.has_ssrc && s->hears))
            continue;
        if (!s->hears)
            return s;
        found = s;
    }
    return found;
}

/* What a source that is heard no more has lost, and how unevenly it came. */
static void settle_source(struct stream *s)
{
    int64_t lost = s->counts ? rtp_source_lost(&s->source) : 0;
    if (s->counts)
        histogram_add(&s->tally->jitter, rtp_source_jitter(&s->source) * (NS_PER_S / CLOCK));
    s->lost += lost > 0 ? (uint64_t)lost : 0;
    s->counts = false;
}

static void hear_nobody(struct load_rtp *r, struct stream *s)
{
    if (s->hears)
        map_remove(&r->heard, &s->by_heard);
    s->hears = false;
    settle_source(s);
}

static void hear(struct load_rtp *r, struct stream *s, uint32_t ssrc)
{
    hear_nobody(r, s);
    s->heard = ssrc;
    s->hears = true;
    map_insert(&r->heard, &s->by_heard, hash_ssrc(r, s->port, ssrc));
}

static struct stream *find(struct load_rtp *r, unsigned port, const struct addr *remote,
                           uint32_t ssrc)
{
    struct stream *s = find_heard(r, port, ssrc), *own = s ? NULL : find_own(r, ssrc);
    if (own && own->port == port)
        s = own; /* an echo */
    if (!s)
        s = find_remote(r, port, remote);
    if (s && (!s->hears || s->heard != ssrc))
        hear(r, s, ssrc);
    return s;
}

/* --- a call --- */

pool_id load_rtp_open(struct load_rtp *r, struct rtp_tally *tally, const struct rtp_ports *ports)
{
    pool_id id;
    struct stream *s = pool_alloc(&r->streams, &id);
    if (!s)
        return 0;
    s->id = id;
    s->tally = tally;
    s->port = ports->first + r->next_port++ % ports->n;
    s->ssrc = (uint32_t)rand_u64(&r->rand);
    s->sequence = (uint16_t)rand_u64(&r->rand);
    s->timestamp = (uint32_t)rand_u64(&r->rand);
    list_init(&s->in_slot);
    map_insert(&r->own, &s->by_own, hash_ssrc(r, 0, s->ssrc));
    return id;
}

bool load_rtp_speaks(const struct load_rtp *r)
{
    return !r->config.echo;
}

static struct stream *get(const struct load_rtp *r, pool_id id)
{
    struct stream *s = pool_get(&r->streams, id);
    assert(s);
    return s;
}

uint16_t load_rtp_port(const struct load_rtp *r, pool_id id)
{
    return r->config.ports[get(r, id)->port];
}

uint32_t load_rtp_ssrc(const struct load_rtp *r, pool_id id)
{
    return get(r, id)->ssrc;
}

static void take_from_place(struct load_rtp *r, struct stream *s)
{
    if (s->is_placed)
        map_remove(&r->remotes, &s->by_remote);
    s->is_placed = false;
}

void load_rtp_describe(struct load_rtp *r, pool_id id, const struct rtp_far *far)
{
    struct stream *s = get(r, id);
    take_from_place(r, s);
    s->far = *far;
    s->described = s->is_placed = true;
    map_insert(&r->remotes, &s->by_remote, hash_remote(r, s->port, &far->addr));
    if (far->has_ssrc && (!s->hears || s->heard != far->ssrc))
        hear(r, s, far->ssrc);
}

void load_rtp_begin(struct load_rtp *r, pool_id id, time_ns now)
{
    struct stream *s = get(r, id);
    if (s->began)
        return;
    s->began = true;
    if (r->config.echo)
        return;
    if (r->n_speaking++ == 0) {
        r->epoch = now;
        r->now = now;
        r->tick = FIRST_TICK;
    }
    list_append(&r->slots[(r->tick + 1) % FRAME_MS], &s->in_slot);
}

static enum rtp_verdict judge(const struct stream *s)
{
    bool wanted = !s->described || s->far.sends;
    if (wanted && s->received == 0)
        return s->was_heard ? RTP_ONE_WAY : RTP_SILENT;
    return s->far_is_here && s->sent > 0 && !s->was_heard ? RTP_ONE_WAY : RTP_WELL;
}

static void count(const struct stream *s, enum rtp_verdict verdict)
{
    struct rtp_tally *t = s->tally;
    t->calls++;
    t->silent += verdict == RTP_SILENT;
    t->one_way += verdict == RTP_ONE_WAY;
    t->sent += s->sent;
    t->received += s->received;
    t->lost += s->lost;
    t->late += s->late;
    t->behind += s->behind;
}

enum rtp_verdict load_rtp_close(struct load_rtp *r, pool_id id)
{
    struct stream *s = get(r, id);
    enum rtp_verdict verdict = s->began ? judge(s) : RTP_WELL;
    hear_nobody(r, s);
    if (s->began)
        count(s, verdict);
    r->n_speaking -= s->began && !r->config.echo;
    list_remove(&s->in_slot);
    map_remove(&r->own, &s->by_own);
    take_from_place(r, s);
    pool_free(&r->streams, id);
    return verdict;
}

/* --- in --- */

static void send_back(struct load_rtp *r, struct stream *s, struct str bytes)
{
    struct block *b = r->echo.bytes ? NULL : block_new(r->config.blocks, bytes.len);
    if (!b) {
        s->behind++;
        return;
    }
    memcpy(b->bytes, bytes.at, bytes.len);
    b->len = (uint32_t)bytes.len;
    r->echo = (struct load_rtp_output){b, s->port, (uint32_t)s->id, s->far.addr};
    s->sent++;
}

/* The first packet of a source tells whose it is. */
static void meet(struct load_rtp *r, struct stream *s, const struct rtp_packet *p)
{
    struct stream *speaker = find_own(r, p->ssrc);
    rtp_source_begin(&s->source, p->sequence, 0);
    s->counts = true;
    s->far_is_here = speaker != NULL;
    if (!speaker)
        return;
    speaker->was_heard = true;
    speaker->far_is_here = true;
}

void load_rtp_receive(struct load_rtp *r, unsigned port, const struct addr *remote,
                      struct str bytes, time_ns now)
{
    struct rtp_packet p;
    bool is_rtp = !rtp_is_rtcp(bytes) && rtp_parse(bytes, &p);
    struct stream *s = is_rtp ? find(r, port, remote, p.ssrc) : NULL;
    if (!s) {
        r->strays++;
        return;
    }
    if (!s->counts)
        meet(r, s, &p);
    uint32_t arrival = (uint32_t)(now / (NS_PER_S / CLOCK));
    s->received++;
    s->late += rtp_source_take(&s->source, p.sequence, p.timestamp, arrival) == RTP_LATE;
    if (r->config.echo && s->described && s->far.receives)
        send_back(r, s, bytes);
}

uint64_t load_rtp_strays(const struct load_rtp *r)
{
    return r->strays;
}

/* --- out --- */

static time_ns time_of(const struct load_rtp *r, uint64_t tick)
{
    return r->epoch + (tick - FIRST_TICK) * NS_PER_MS;
}

time_ns load_rtp_deadline(const struct load_rtp *r)
{
    if (r->echo.bytes)
        return 0;
    for (unsigned i = 0; i < FRAME_MS; i++)
        if (!list_is_empty(&r->slots[(r->tick + i) % FRAME_MS]))
            return time_of(r, r->tick + i);
    return TIME_NEVER;
}

void load_rtp_expire(struct load_rtp *r, time_ns now)
{
    r->now = now;
    if (r->n_speaking > 0 && time_of(r, r->tick) + BEHIND_MOST_MS * NS_PER_MS < now)
        r->tick = FIRST_TICK + (now - r->epoch) / NS_PER_MS - FRAME_MS;
}

/* The next call of this millisecond; NULL: all have had their turn. */
static struct stream *next_of_tick(struct load_rtp *r)
{
    struct list *slot = &r->slots[r->tick % FRAME_MS], *node = list_first(slot);
    struct stream *s = node ? CONTAINER_OF(node, struct stream, in_slot) : NULL;
    if (!s || s->turn == r->tick)
        return NULL;
    s->turn = r->tick;
    list_remove(node);
    list_append(slot, node);
    return s;
}

static void note_delay(const struct load_rtp *r, struct stream *s)
{
    uint64_t expected = s->last_tick + FRAME_MS;
    if (s->last_tick && r->tick > expected)
        s->behind += (r->tick - expected) / FRAME_MS;
    s->behind += r->now > time_of(r, r->tick) + FRAME_MS * NS_PER_MS;
}

static struct block *print(struct load_rtp *r, struct stream *s)
{
    struct block *b = block_new(r->config.blocks, RTP_HEADER_BYTES + LOAD_RTP_FRAME);
    struct str voice = s->far.payload_type == 8 ? r->config.pcma : r->config.pcmu;
    uint64_t frame = (r->tick - s->first_tick) / FRAME_MS;
    struct rtp_packet p = {
        .marker = s->sent == 0,
        .payload_type = s->far.payload_type,
        .sequence = s->sequence,
        .timestamp = s->timestamp + (uint32_t)frame * LOAD_RTP_FRAME,
        .ssrc = s->ssrc,
        .payload = str_slice(voice, (size_t)(frame % (voice.len / LOAD_RTP_FRAME)) * LOAD_RTP_FRAME,
                             LOAD_RTP_FRAME)};
    struct buf out;
    if (!b)
        return NULL;
    buf_init(&out, b->bytes, b->cap);
    rtp_print(&out, &p);
    b->len = (uint32_t)out.len;
    return b;
}

/* False: it has nothing to send, or there is no memory. */
static bool speak(struct load_rtp *r, struct stream *s, struct load_rtp_output *o)
{
    if (!s->described || !s->far.receives) {
        s->last_tick = 0;
        return false;
    }
    note_delay(r, s);
    if (!s->first_tick)
        s->first_tick = r->tick;
    s->last_tick = r->tick;
    *o = (struct load_rtp_output){print(r, s), s->port, (uint32_t)s->id, s->far.addr};
    if (!o->bytes) {
        s->behind++;
        return false;
    }
    s->sequence++;
    s->sent++;
    return true;
}

bool load_rtp_output(struct load_rtp *r, struct load_rtp_output *o)
{
    if (r->echo.bytes) {
        *o = r->echo;
        r->echo.bytes = NULL;
        return true;
    }
    while (r->n_speaking > 0 && time_of(r, r->tick) <= r->now) {
        struct stream *s = next_of_tick(r);
        if (!s)
            r->tick++;
        else if (speak(r, s, o))
            return true;
    }
    return false;
}
