/* Questions to the store, and who waits for the answers. Asks through outputs; knows no store. */
#include "engine/state.h"

#include <assert.h>

void question_free(struct engine *e, pool_id id)
{
    struct question *q = pool_get(&e->questions, id);
    block_unref(&e->blocks, q->text);
    pool_free(&e->questions, id);
}

static struct str copy_text(struct question *q, struct str s)
{
    char *at = q->text->bytes + q->text->len;
    assert(q->text->len + s.len <= q->text->cap);
    if (s.len)
        memcpy(at, s.at, s.len);
    q->text->len += (uint32_t)s.len;
    return (struct str){at, s.len};
}

int engine_ask_store(struct engine *e, const struct store_ask *ask, uint8_t owner, uint64_t user)
{
    pool_id id;
    if (!engine_room(e, 0, 1))
        return ERR_NOMEM;
    struct question *q = pool_alloc(&e->questions, &id);
    if (!q)
        return ERR_NOMEM;
    q->text = block_new(&e->blocks, ask->key.len + ask->value.len + 1);
    if (!q->text) {
        question_free(e, id);
        return ERR_NOMEM;
    }
    q->ask = *ask;
    q->ask.key = copy_text(q, ask->key);
    q->ask.value = copy_text(q, ask->value);
    q->owner = owner;
    q->user = user;
    output_question(e, id);
    return OK;
}

int engine_store_answered(struct engine *e, const struct store_answer *a, time_ns now)
{
    (void)now;
    struct question *q = pool_get(&e->questions, a->query);
    if (!q)
        return ERR_STALE;
    struct store_answer failed = {.query = a->query, .status = STORE_FAILED};
    struct block *hold = NULL;
    if (!engine_room(e, 1, 0))
        return ERR_NOMEM;
    if (a->value.len) {
        hold = block_new(&e->blocks, a->value.len);
        if (hold) {
            memcpy(hold->bytes, a->value.at, a->value.len);
            hold->len = (uint32_t)a->value.len;
        }
    }
    event_store(e, q, a->value.len && !hold ? &failed : a, hold);
    question_free(e, a->query);
    return OK;
}
