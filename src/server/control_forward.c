/* `forward`: a user's forwards are read, changed and written back under their version. */
#include "base/err.h"
#include "base/json.h"
#include "element/forwards.h"
#include "server/control_client.h"

#define TRIES 8
#define LATE "the disk does not answer; the change may still take effect"
#define RING_S 20

struct change {
    char key_text[LIMIT_AOR_BYTES + 16], record[FORWARDS_BYTES], uri[LIMIT_FORWARD_URI + 1];
    struct buf key;
    enum forward_when when; /* N_FORWARDS: all of them */
    struct str to;          /* empty: off */
    uint64_t seconds;
    struct store_answer found;
    struct block *value;
};

static time_ns now_of(const struct control_client *c)
{
    return net_clock_now(&c->control->shared->clock);
}

static void tell(struct control_client *c, const struct forwards *f)
{
    for (unsigned i = 0; i < N_FORWARDS; i++) {
        if (f->to[i].len == 0)
            continue;
        FILE *out = control_row(c);

        fprintf(out, "{\"when\":\"%.*s\"", STR_ARG(forward_word((enum forward_when)i)));
        control_put_text(out, "to", f->to[i]);
        if (i == FORWARD_NO_ANSWER)
            fprintf(out, ",\"seconds\":%u", f->no_answer_s);
        putc('}', out);
        control_tell(c);
    }
}

static void apply(const struct change *change, struct forwards *f)
{
    if (change->when == N_FORWARDS) {
        *f = (struct forwards){0};
        return;
    }
    f->to[change->when] = change->to;
    if (change->when == FORWARD_NO_ANSWER)
        f->no_answer_s = (unsigned)change->seconds;
}

static enum control_step answered(struct control_client *c, enum store_status status)
{
    if (status == STORE_CONFLICT && c->progress.write.tries < TRIES)
        return CONTROL_AGAIN;
    return status == STORE_OK ? CONTROL_DONE : control_end(c, 1, "the store could not write");
}

static enum control_step write_back(struct control_client *c, struct change *change)
{
    struct store_answer written;
    struct block *copy = NULL;
    struct forwards f;
    struct buf record;

    if (!forwards_read(change->found.value, &f))
        f = (struct forwards){0}; /* what cannot be read is replaced */
    apply(change, &f);
    buf_init(&record, change->record, sizeof(change->record));
    forwards_write(&record, &f);
    if (record.len == 0 && change->found.version == 0)
        return CONTROL_DONE;
    const struct store_ask put = {.op = STORE_PUT,
                                  .key = buf_str(&change->key),
                                  .value = buf_str(&record),
                                  .version = change->found.version,
                                  .expires = TIME_NEVER};
    bool told = control_write(c, &put, &written, &copy);

    block_unref(&c->control->blocks, copy);
    c->progress.write.query = told ? 0 : c->progress.write.query;
    return told ? answered(c, written.status) : CONTROL_WAIT;
}

/* NULL: the words are good. */
static const char *read_words(struct control_client *c, struct change *f)
{
    const struct str *words = c->line.list;
    unsigned n = c->line.n;
    struct buf uri;

    buf_init(&f->key, f->key_text, sizeof(f->key_text));
    forwards_key(&f->key, STR_NONE);
    if (!control_read_key(&f->key, words[1]))
        return "expected an address like alice@example.com";
    f->when = n > 2 ? forward_named(words[2]) : N_FORWARDS;
    f->seconds = RING_S;
    if (n <= 2 || (n == 3 && str_equal(words[2], STR("off"))))
        return NULL;
    if (f->when == N_FORWARDS || n == 3)
        return "expected always, busy, no-answer or offline, and an address or off";
    if (n == 5 && (f->when != FORWARD_NO_ANSWER ||
                   !str_to_u64(words[4], LIMIT_FORWARD_RING_S, &f->seconds) || f->seconds == 0))
        return "expected seconds from 1 to 600, with no-answer alone";
    buf_init(&uri, f->uri, sizeof(f->uri));
    if (!str_equal(words[3], STR("off"))) {
        if (!control_read_uri(&uri, words[3]))
            return "expected an address like bob@example.com, at most 255 bytes long";
        f->to = buf_str(&uri);
    }
    return NULL;
}

static enum control_step show(struct control_client *c, const struct change *f)
{
    struct forwards found;

    if (!forwards_read(f->found.value, &found))
        return control_end(c, 1, "what is kept of this user cannot be read");
    tell(c, &found);
    return CONTROL_DONE;
}

enum control_step control_forward(struct control_client *c)
{
    struct change f = {0};
    struct locations_asker nobody = {0};
    enum control_step step;

    if (c->progress.write.query)
        return control_write_waits(c, LATE, &step) ? step : answered(c, c->progress.write.status);
    const char *what = read_words(c, &f);

    if (what)
        return control_end(c, 2, what);
    const struct store_ask get = {.op = STORE_GET, .key = buf_str(&f.key)};
    bool read = store_ask(c->control->shared->store, nobody, &get, now_of(c), &c->control->blocks,
                          &f.found, &f.value); /* what is in memory is told at once */

    if (!read || f.found.status == STORE_FAILED)
        step = control_end(c, 1, "the store has no answer");
    else
        step = c->line.n > 2 ? write_back(c, &f) : show(c, &f);
    block_unref(&c->control->blocks, f.value);
    return step;
}
