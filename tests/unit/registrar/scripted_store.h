/* A store for tests: answers at once, or refuses, or lets another writer be faster, as it is told.
 */
#ifndef TANDEM_TESTS_SCRIPTED_STORE_H
#define TANDEM_TESTS_SCRIPTED_STORE_H

#include <assert.h>

#include "base/limits.h"
#include "engine/store_ask.h"

#define STORE_RECORDS 16

struct scripted_store {
    struct {
        char key[LIMIT_AOR_BYTES];
        char value[LIMIT_RECORD_BYTES];
        size_t key_len, value_len;
        uint64_t version;
        time_ns expires;
    } list[STORE_RECORDS];
    size_t n;
    uint64_t last_version;
    unsigned asked, written;
    bool failing;
    unsigned conflicts; /* so many writes find that another was faster */
};

static inline size_t scripted_find(const struct scripted_store *s, struct str key)
{
    size_t i = 0;
    while (i < s->n && !str_equal((struct str){s->list[i].key, s->list[i].key_len}, key))
        i++;
    return i;
}

static inline void scripted_show(const struct scripted_store *s, size_t i, struct store_answer *out)
{
    if (i == s->n || s->list[i].version == 0)
        return;
    out->version = s->list[i].version;
    out->value = (struct str){s->list[i].value, s->list[i].value_len};
}

static inline void scripted_write(struct scripted_store *s, size_t i, const struct store_ask *ask)
{
    assert(i < STORE_RECORDS && ask->value.len <= LIMIT_RECORD_BYTES);
    s->n += i == s->n;
    memcpy(s->list[i].key, ask->key.at, ask->key.len);
    s->list[i].key_len = ask->key.len;
    if (ask->value.len > 0)
        memcpy(s->list[i].value, ask->value.at, ask->value.len);
    s->list[i].value_len = ask->value.len;
    s->list[i].version = ask->value.len > 0 ? ++s->last_version : 0;
    s->list[i].expires = ask->expires;
    s->written++;
}

static inline struct store_answer scripted_answer(struct scripted_store *s, uint64_t query,
                                                  const struct store_ask *ask)
{
    struct store_answer out = {.query = query, .status = STORE_OK};
    size_t i = scripted_find(s, ask->key);
    s->asked++;
    if (s->failing) {
        out.status = STORE_FAILED;
        return out;
    }
    if (ask->op == STORE_PUT && s->conflicts > 0) {
        s->conflicts--;
        if (i < s->n)
            s->list[i].version = ++s->last_version;
        out.status = STORE_CONFLICT;
    } else if (ask->op == STORE_PUT && ask->version == (i < s->n ? s->list[i].version : 0)) {
        scripted_write(s, i, ask);
    } else if (ask->op == STORE_PUT) {
        out.status = STORE_CONFLICT;
    }
    scripted_show(s, i, &out);
    return out;
}

#endif
