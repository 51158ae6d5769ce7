/* Owns the ring of what passed. A record is a head and its texts behind it, aligned, in one piece:
 * where the ring's end is too near, a filler takes what is left of it. Positions count bytes since
 * the beginning and never wrap. */
#include "trace/recorder.h"

#include <assert.h>
#include <string.h>

#define FILLER 0xff
#define ALIGN 8

struct head {
    uint32_t size; /* with the texts and what aligns the next one */
    uint8_t kind;  /* enum record_kind, or FILLER, of which nothing below is there */
    uint8_t reason, transport;
    uint16_t call_id_len;
    uint32_t text_len;
    time_ns at;
    struct addr local, remote;
};

struct recorder {
    struct mem *mem;
    size_t cap;
    uint64_t first, end; /* of the oldest record; behind the newest */
    time_ns latest;
    char *at;
};

const char *reason_name(enum reason reason)
{
    static const char *const names[N_REASONS] = {
        "",
#define REASON(id, name, sentence) name,
#include "reasons.def"
#undef REASON
    };
    return names[reason];
}

struct recorder *recorder_new(struct mem *mem, size_t bytes)
{
    size_t cap = (bytes < RECORDER_LEAST ? RECORDER_LEAST : bytes) / ALIGN * ALIGN;
    struct recorder *r = mem_alloc(mem, sizeof *r);
    char *at = r ? mem_alloc(mem, cap) : NULL;
    if (!at) {
        if (r)
            mem_free(mem, r, sizeof *r);
        return NULL;
    }
    /* positions begin at 1 ring: 0 is nobody's cursor */
    *r = (struct recorder){.mem = mem, .cap = cap, .first = cap, .end = cap, .at = at};
    return r;
}

void recorder_free(struct recorder *r)
{
    if (!r)
        return;
    mem_free(r->mem, r->at, r->cap);
    mem_free(r->mem, r, sizeof *r);
}

static_assert(sizeof(struct head) + ALIGN <= 128, "RECORD_MOST has room for it");
static_assert(4 * RECORD_MOST <= RECORDER_LEAST, "see forget");

static struct head *head_at(const struct recorder *r, uint64_t position)
{
    return (struct head *)(void *)(r->at + position % r->cap);
}

/* A record and a filler are less than half of the ring: there is something to be forgotten until
 * there is room. */
static void forget(struct recorder *r, uint64_t end)
{
    while (end - r->first > r->cap)
        r->first += head_at(r, r->first)->size;
}

/* `size` bytes in one piece behind the newest record. */
static struct head *make_room(struct recorder *r, uint32_t size)
{
    uint64_t left = r->cap - r->end % r->cap;
    if (left < size) {
        forget(r, r->end + left);
        struct head *filler = head_at(r, r->end);
        filler->size = (uint32_t)left;
        filler->kind = FILLER;
        r->end += left;
    }
    forget(r, r->end + size);
    return head_at(r, r->end);
}

static void append(char **to, struct str text)
{
    if (text.len > 0)
        memcpy(*to, text.at, text.len);
    *to += text.len;
}

void recorder_put(struct recorder *r, const struct record *record)
{
    if (!r)
        return;
    if (record->call_id.len > RECORD_CALL_ID_MOST)
        return;
    struct str text = str_slice(record->text, 0, RECORD_TEXT_MOST);
    size_t size = sizeof(struct head) + record->call_id.len + text.len;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    r->latest = record->at > r->latest ? record->at : r->latest;
    struct head *h = make_room(r, (uint32_t)size);
    *h = (struct head){.size = (uint32_t)size,
                       .kind = record->kind,
                       .reason = record->reason,
                       .transport = record->transport,
                       .call_id_len = (uint16_t)record->call_id.len,
                       .text_len = (uint32_t)text.len,
                       .at = r->latest,
                       .local = record->local,
                       .remote = record->remote};
    char *to = (char *)(h + 1);
    append(&to, record->call_id);
    append(&to, text);
    r->end += size;
}

uint64_t recorder_mark(const struct recorder *r)
{
    return r ? r->end : 0;
}

void recorder_take_back(struct recorder *r, uint64_t mark)
{
    if (r)
        r->end = mark > r->first ? mark : r->first;
}

size_t recorder_copy(const struct recorder *r, uint64_t *cursor, char *to, size_t size)
{
    size_t n = 0;
    if (!r)
        return 0;
    if (*cursor < r->first || *cursor > r->end)
        *cursor = r->first;
    while (*cursor < r->end) {
        const struct head *h = head_at(r, *cursor);
        if (h->kind != FILLER) {
            if (h->size > size - n)
                break;
            memcpy(to + n, h, h->size);
            n += h->size;
        }
        *cursor += h->size;
    }
    return n;
}

bool record_next(struct str *copied, struct record *out)
{
    struct head h;
    if (copied->len < sizeof h)
        return false;
    memcpy(&h, copied->at, sizeof h);
    const char *texts = copied->at + sizeof h;
    *out = (struct record){.kind = h.kind,
                           .reason = h.reason,
                           .transport = h.transport,
                           .at = h.at,
                           .local = h.local,
                           .remote = h.remote,
                           .call_id = {texts, h.call_id_len},
                           .text = {texts + h.call_id_len, h.text_len}};
    *copied = str_slice(*copied, h.size, copied->len - h.size);
    return true;
}
