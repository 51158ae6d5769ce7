/* `registrations remove`: a record is read, shortened and written back under its version, so that a
 * REGISTER that comes meanwhile is not undone. The disk may take its time: other clients go on. */
#include "server/control_client.h"

#include "base/err.h"

#define TRIES 8
#define WRITE_WITHIN (5 * NS_PER_S)

struct removal {
    char key_text[LIMIT_AOR_BYTES];
    struct buf key;
    struct store_answer found;
    struct block *value;
};

static time_ns now_of(const struct control_client *c)
{
    return net_clock_now(&c->control->shared->clock);
}

bool control_write(struct control_client *c, const struct store_ask *question,
                   struct store_answer *found, struct block **value)
{
    struct store *s = c->control->shared->store;
    struct locations_asker who = {store_beside(s), ++c->control->queries};

    *found = (struct store_answer){.status = STORE_FAILED};
    c->progress.write = (struct control_write){
        .query = who.query, .asked_at = now_of(c), .tries = c->progress.write.tries + 1};
    return store_ask(s, who, question, now_of(c), &c->control->blocks, found, value);
}

static enum control_step tell(struct control_client *c, enum store_status status, size_t removed)
{
    if (status == STORE_FAILED)
        return control_end(c, 1, "the store could not write");
    if (status == STORE_CONFLICT)
        return control_end(c, 1, "the user registers all the time; try again");
    if (removed == 0)
        return control_end(c, 1, "no such registration");
    fprintf(control_row(c), "{\"removed\":%zu}", removed);
    control_tell(c);
    return CONTROL_DONE;
}

/* The step behind an answer. */
static enum control_step answered(struct control_client *c, enum store_status status)
{
    if (status == STORE_CONFLICT && c->progress.write.tries < TRIES)
        return CONTROL_AGAIN;
    return tell(c, status, c->progress.write.removed);
}

static enum control_step write_back(struct control_client *c, struct removal *r, struct str contact)
{
    struct store_ask put = {.op = STORE_PUT, .key = buf_str(&r->key), .version = r->found.version};
    struct store_answer written;
    struct block *copy = NULL;
    size_t removed;
    struct block *shorter = registrar_without(&c->control->blocks, r->found.value, contact,
                                              now_of(c), &removed, &put.expires);
    bool told = true;

    written.status = removed > 0 ? STORE_FAILED : STORE_OK;
    if (removed > 0 && shorter) {
        put.value = block_str(shorter);
        told = control_write(c, &put, &written, &copy);
    }
    c->progress.write.removed = removed;
    c->progress.write.query = told ? 0 : c->progress.write.query;
    block_unref(&c->control->blocks, copy);
    block_unref(&c->control->blocks, shorter);
    return told ? answered(c, written.status) : CONTROL_WAIT;
}

static enum control_step look_for_answer(struct control_client *c)
{
    struct control_write *w = &c->progress.write;

    if (!w->answered && now_of(c) - w->asked_at < WRITE_WITHIN)
        return CONTROL_WAIT;
    if (!w->answered)
        return control_end(c, 1, "the disk does not answer; the removal may still take effect");
    w->query = 0;
    return answered(c, w->status);
}

enum control_step control_remove(struct control_client *c)
{
    struct removal r = {0};
    struct str contact = c->line.n > 3 ? c->line.list[3] : STR_NONE;
    struct locations_asker nobody = {0};

    if (c->progress.write.query)
        return look_for_answer(c);
    buf_init(&r.key, r.key_text, sizeof(r.key_text));
    if (c->line.n < 3 || !control_read_key(&r.key, c->line.list[2]))
        return control_end(c, 2, "expected remove AOR [CONTACT]");
    const struct store_ask get = {.op = STORE_GET, .key = buf_str(&r.key)};
    bool read = store_ask(c->control->shared->store, nobody, &get, now_of(c), &c->control->blocks,
                          &r.found, &r.value); /* what is in memory is told at once */
    enum control_step step = read && r.found.status != STORE_FAILED ? write_back(c, &r, contact)
                                                                    : tell(c, STORE_FAILED, 0);

    block_unref(&c->control->blocks, r.value);
    return step;
}

void control_take_answers(struct control *k)
{
    struct store *s = k->shared->store;
    struct store_answer a;

    while (store_answer(s, store_beside(s), &a))
        for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++) {
            struct control_write *w = &k->clients[i].progress.write;

            if (k->clients[i].used && w->query == a.query) {
                w->answered = true;
                w->status = a.status;
            }
        }
}
