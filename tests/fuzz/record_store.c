/* A handful of versioned records; knows nothing of what is in them. */
#include "record_store.h"

#include <assert.h>

void record_store_init(struct record_store *s)
{
    s->n_records = s->n_due = s->failures = 0;
    s->late = false;
}

static bool is_there(const struct store_record *r, time_ns now)
{
    return r && r->value_len > 0 && r->expires > now;
}

static struct store_record *find(struct record_store *s, struct str key)
{
    for (unsigned i = 0; i < s->n_records; i++) {
        struct store_record *r = &s->records[i];
        if (str_equal((struct str){r->key, r->key_len}, key))
            return r;
    }
    return NULL;
}

static struct store_record *find_or_add(struct record_store *s, struct str key)
{
    struct store_record *r = find(s, key);
    if (r || s->n_records == STORE_RECORDS)
        return r;
    r = &s->records[s->n_records++];
    r->version = r->value_len = 0;
    r->key_len = key.len;
    memcpy(r->key, key.at, key.len);
    return r;
}

static enum store_status put(struct store_record *r, const struct store_ask *ask, time_ns now)
{
    if (ask->version != (is_there(r, now) ? r->version : 0))
        return STORE_CONFLICT;
    if (ask->value.len > 0)
        memcpy(r->value, ask->value.at, ask->value.len);
    r->value_len = ask->value.len;
    r->version++;
    r->expires = ask->expires;
    return STORE_OK;
}

static bool fails(struct record_store *s)
{
    if (s->failures == 0)
        return false;
    s->failures--;
    return true;
}

void record_store_ask(struct record_store *s, uint64_t query, const struct store_ask *ask,
                      time_ns now)
{
    assert(ask->key.len > 0 && ask->key.len <= LIMIT_AOR_BYTES);
    assert(ask->value.len <= LIMIT_RECORD_BYTES && s->n_due < STORE_ANSWERS);
    struct store_due *d = &s->due[s->n_due++];
    struct store_record *r = ask->op == STORE_PUT ? find_or_add(s, ask->key) : find(s, ask->key);
    *d = (struct store_due){.query = query, .status = STORE_OK, .record = r};
    if (fails(s) || (ask->op == STORE_PUT && !r))
        d->status = STORE_FAILED;
    else if (ask->op == STORE_PUT)
        d->status = put(r, ask, now);
}

bool record_store_answer(const struct record_store *s, unsigned which, time_ns now,
                         struct store_answer *a)
{
    if (which >= s->n_due)
        return false;
    const struct store_due *d = &s->due[which];
    *a = (struct store_answer){.query = d->query, .status = d->status};
    if (d->status == STORE_FAILED || !is_there(d->record, now))
        return true;
    a->version = d->record->version;
    a->value = (struct str){d->record->value, d->record->value_len};
    return true;
}

void record_store_answered(struct record_store *s, unsigned which)
{
    assert(which < s->n_due);
    s->due[which] = s->due[--s->n_due];
}

void record_store_touch(struct record_store *s, unsigned which)
{
    if (which < s->n_records)
        s->records[which].version++;
}
