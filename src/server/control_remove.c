/* `registrations remove`: a record is read, shortened and written back under its version, so that a
 * REGISTER that comes meanwhile is not undone. */
#include "server/control_client.h"

#include "base/err.h"
#include "msg/uri.h"

#define TRIES 8

struct removal {
    char key_text[LIMIT_AOR_BYTES];
    struct buf key;
    struct store_answer found;
    struct block *value;
};

/* "alice@example.com", with or without a scheme, as the records have it. */
static bool read_key(struct buf *key, struct str aor)
{
    char text[LIMIT_AOR_BYTES + 8];
    struct buf b;
    struct msg_error fault;
    struct uri uri;

    buf_init(&b, text, sizeof(text));
    if (str_find(aor, ':') > str_find(aor, '@'))
        buf_put_lit(&b, "sip:");
    buf_put(&b, aor);
    if (b.over || !uri_parse(buf_str(&b), &uri, &fault))
        return false;
    registrar_key(key, &uri);
    return !key->over;
}

static void ask(struct control_client *c, struct removal *r, const struct store_ask *question)
{
    struct shared *s = c->control->shared;

    block_unref(&c->control->blocks, r->value);
    r->value = NULL;
    store_ask_patiently(s->store, question, net_clock_now(&s->clock), &c->control->blocks,
                        &r->found, &r->value);
}

/* How many were removed; 0: none was there. */
static size_t shorten(struct control_client *c, struct removal *r, struct str contact)
{
    time_ns now = net_clock_now(&c->control->shared->clock);
    struct store_ask put = {.op = STORE_PUT, .key = buf_str(&r->key), .version = r->found.version};
    size_t removed;
    struct block *shorter = registrar_without(&c->control->blocks, r->found.value, contact, now,
                                              &removed, &put.expires);

    if (removed == 0)
        return 0;
    r->found.status = STORE_FAILED;
    if (shorter) {
        put.value = block_str(shorter);
        ask(c, r, &put);
    }
    block_unref(&c->control->blocks, shorter);
    return removed;
}

static enum control_step tell(struct control_client *c, const struct removal *r, size_t removed)
{
    if (r->found.status == STORE_FAILED)
        return control_end(c, 1, "the store could not write");
    if (r->found.status == STORE_CONFLICT)
        return control_end(c, 1, "the user registers all the time; try again");
    if (removed == 0)
        return control_end(c, 1, "no such registration");
    fprintf(control_row(c), "{\"removed\":%zu}", removed);
    control_tell(c);
    return CONTROL_DONE;
}

enum control_step control_remove(struct control_client *c)
{
    struct removal r = {0};
    struct str contact = c->line.n > 3 ? c->line.list[3] : STR_NONE;
    size_t removed = 0;

    buf_init(&r.key, r.key_text, sizeof(r.key_text));
    if (c->line.n < 3 || !read_key(&r.key, c->line.list[2]))
        return control_end(c, 2, "expected remove AOR [CONTACT]");
    ask(c, &r, &(struct store_ask){.op = STORE_GET, .key = buf_str(&r.key)});
    for (unsigned i = 0; i < TRIES; i++) {
        if (r.found.status == STORE_FAILED)
            break;
        removed = shorten(c, &r, contact);
        if (removed == 0 || r.found.status != STORE_CONFLICT)
            break;
    }
    enum control_step step = tell(c, &r, removed);

    block_unref(&c->control->blocks, r.value);
    return step;
}
