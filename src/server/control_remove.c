/* `registrations remove`: a record is read, shortened and written back under its version, so that a
 * REGISTER that comes meanwhile is not undone. The disk may take its time: other clients go on. */
#include "server/control_client.h"

#include "base/err.h"

#define TRIES 8
#define LATE "the disk does not answer; the removal may still take effect"

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

enum control_step control_remove(struct control_client *c)
{
    struct removal r = {0};
    struct str contact = c->line.n > 3 ? c->line.list[3] : STR_NONE;
    struct locations_asker nobody = {0};
    enum control_step step;

    if (c->progress.write.query)
        return control_write_waits(c, LATE, &step) ? step : answered(c, c->progress.write.status);
    buf_init(&r.key, r.key_text, sizeof(r.key_text));
    if (c->line.n < 3 || !control_read_key(&r.key, c->line.list[2]))
        return control_end(c, 2, "expected remove AOR [CONTACT]");
    const struct store_ask get = {.op = STORE_GET, .key = buf_str(&r.key)};
    bool read = store_ask(c->control->shared->store, nobody, &get, now_of(c), &c->control->blocks,
                          &r.found, &r.value); /* what is in memory is told at once */

    step = read && r.found.status != STORE_FAILED ? write_back(c, &r, contact)
                                                  : tell(c, STORE_FAILED, 0);
    block_unref(&c->control->blocks, r.value);
    return step;
}
