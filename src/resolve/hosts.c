/* Names that are known without asking the DNS, by name. Reads no text. */
#include "resolve/hosts_table.h"

#include <assert.h>

#include "base/list.h"
#include "base/map.h"
#include "base/siphash.h"
#include "resolve/answer.h"

/* The file is the operator's: nobody else chooses its names. */
static const struct hash_key key = {0x7a6f6e65, 0x686f7374};

struct host {
    struct map_node by_name;
    struct host *next; /* in the order of the text */
    uint16_t type;
    size_t place;
    struct str name, alias;
    struct dns_record record;
    size_t size;
    char text[];
};

struct hosts {
    struct mem *mem;
    struct map by_name;
    struct host *first, *last;
    size_t n;
};

struct hosts *hosts_new(struct mem *mem)
{
    struct hosts *h = mem_alloc_zero(mem, sizeof *h);
    if (!h)
        return NULL;
    h->mem = mem;
    if (map_init(&h->by_name, mem, 16) == OK)
        return h;
    mem_free(mem, h, sizeof *h);
    return NULL;
}

void hosts_free(struct hosts *h)
{
    if (!h)
        return;
    for (struct host *at = h->first, *next; at; at = next) {
        next = at->next;
        map_remove(&h->by_name, &at->by_name);
        mem_free(h->mem, at, at->size);
    }
    map_fini(&h->by_name);
    mem_free(h->mem, h, sizeof *h);
}

size_t hosts_count(const struct hosts *h)
{
    return h->n;
}

static void move(struct buf *b, struct str *s)
{
    char *at = b->at + b->len;
    buf_put(b, *s);
    s->at = at;
}

static size_t text_size(const struct host_line *l)
{
    const struct dns_naptr *n = &l->record.naptr;
    size_t size = l->name.len + l->alias.len;
    if (l->type == DNS_SRV)
        return size + l->record.srv.target.len;
    if (l->type == DNS_NAPTR)
        return size + n->flags.len + n->services.len + n->regexp.len + n->replacement.len;
    return size;
}

static void move_texts(struct host *to, size_t size)
{
    struct buf b;
    buf_init(&b, to->text, size);
    move(&b, &to->name);
    move(&b, &to->alias);
    if (to->type == DNS_SRV)
        move(&b, &to->record.srv.target);
    if (to->type == DNS_NAPTR) {
        move(&b, &to->record.naptr.flags);
        move(&b, &to->record.naptr.services);
        move(&b, &to->record.naptr.regexp);
        move(&b, &to->record.naptr.replacement);
    }
    assert(!b.over && b.len == size);
}

int hosts_add(struct hosts *h, const struct host_line *l)
{
    size_t text = text_size(l);
    if (h->n == LIMIT_HOSTS)
        return ERR_LIMIT;
    struct host *one = mem_alloc(h->mem, sizeof *one + text);
    if (!one)
        return ERR_NOMEM;
    *one = (struct host){.type = l->type,
                         .place = h->n,
                         .name = l->name,
                         .alias = l->alias,
                         .record = l->record,
                         .size = sizeof *one + text};
    move_texts(one, text);
    map_insert(&h->by_name, &one->by_name, siphash13_nocase(&key, one->name));
    if (h->last)
        h->last->next = one;
    else
        h->first = one;
    h->last = one;
    h->n++;
    return OK;
}

static bool has_name(const struct hosts *h, struct str name)
{
    struct map_node *n = map_find(&h->by_name, siphash13_nocase(&key, name));
    for (; n; n = map_find_next(n))
        if (str_equal_nocase(CONTAINER_OF(n, struct host, by_name)->name, name))
            return true;
    return false;
}

bool hosts_know(const struct hosts *h, struct str name)
{
    while (h->n > 0 && name.len > 0) {
        if (has_name(h, name))
            return true;
        if (name.at[0] != '_')
            return false;
        name = str_slice(name, str_find(name, '.') + 1, name.len);
    }
    return false;
}

/* In the order of the text. */
static unsigned insert(const struct host **list, unsigned n, const struct host *one)
{
    if (n == LIMIT_DNS_RECORDS)
        return n;
    unsigned at = n;
    for (; at > 0 && list[at - 1]->place > one->place; at--)
        list[at] = list[at - 1];
    list[at] = one;
    return n + 1;
}

static unsigned gather(const struct hosts *h, const struct dns_question *q, struct dns_record *out,
                       struct str *alias)
{
    const struct host *list[LIMIT_DNS_RECORDS];
    unsigned n = 0;
    struct map_node *m = map_find(&h->by_name, siphash13_nocase(&key, q->name));
    *alias = STR_NONE;
    for (; m; m = map_find_next(m)) {
        const struct host *one = CONTAINER_OF(m, struct host, by_name);
        if (!str_equal_nocase(one->name, q->name))
            continue;
        if (one->type == DNS_CNAME)
            *alias = one->alias;
        if (one->type == q->type)
            n = insert(list, n, one);
    }
    for (unsigned i = 0; i < n; i++)
        out[i] = list[i]->record;
    return n;
}

struct block *hosts_answer(const struct hosts *h, struct block_pool *pool,
                           const struct dns_question *q)
{
    struct dns_record records[LIMIT_DNS_RECORDS];
    struct dns_answer head = {.question = *q, .status = DNS_NONE};
    head.n = gather(h, q, records, &head.alias);
    if (head.n > 0) {
        head.status = DNS_OK;
        head.alias = STR_NONE;
    }
    return dns_answer_new(pool, &head, records);
}
