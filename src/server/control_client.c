/* One client of the control socket: lines in, rows out, both bounded; knows no verb's meaning. */
#include "server/control_client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"

#define ANSWER_WITHIN (2 * NS_PER_S) /* for a worker to answer an inquiry */

bool control_client_begin(struct control_client *c, struct control *control, int fd, time_ns now)
{
    *c = (struct control_client){.control = control, .fd = fd, .active = now};
    c->out = malloc(CONTROL_OUT_BYTES);
    c->inquiry = calloc(1, sizeof(*c->inquiry));
    c->used = c->out && c->inquiry;
    if (!c->used) {
        free(c->out);
        free(c->inquiry);
        close(fd);
        return false;
    }
    c->inquiry->bell = &control->bell;
    atomic_store(&c->inquiry->answered, true);
    return true;
}

/* An inquiry that a worker has is the worker's. */
void control_client_free(struct control_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    if (!c->used || !atomic_load_explicit(&c->inquiry->answered, memory_order_acquire))
        return;
    free(c->out);
    free(c->inquiry);
    free(c->bans);
    c->used = false;
}

bool control_client_waits(const struct control_client *c)
{
    return c->fd >= 0 && c->verb && (c->asked || c->progress.write.query);
}

void control_client_expire(struct control_client *c, time_ns now)
{
    if (c->fd < 0 || now - c->active >= LIMIT_CONTROL_IDLE_S * NS_PER_S)
        control_client_free(c);
}

/* --- rows --- */

FILE *control_row(struct control_client *c)
{
    rewind(c->control->row);
    return c->control->row;
}

void control_tell(struct control_client *c)
{
    struct control *k = c->control;

    putc('\n', k->row);
    long len = ftell(k->row);

    if (fflush(k->row) || len <= 0 || (size_t)len > CONTROL_OUT_BYTES - c->out_len) {
        c->ending = true; /* a row that has no place is not cut: the client sees no status */
        return;
    }
    memcpy(c->out + c->out_len, k->row_at, (size_t)len);
    c->out_len += (size_t)len;
    c->progress.told++;
}

enum control_step control_end(struct control_client *c, unsigned status, const char *what)
{
    FILE *f = control_row(c);

    fprintf(f, "{\"status\":%u", status);
    if (what) {
        fputs(",\"error\":", f);
        json_string(f, str_from(what));
    }
    putc('}', f);
    control_tell(c);
    free(c->bans);
    c->bans = NULL;
    c->verb = NULL;
    return CONTROL_DONE;
}

/* --- questions --- */

/* The worker hangs: the inquiry stays its own, and the client gets another one. */
static void abandon(struct control_client *c)
{
    struct inquiry *another = calloc(1, sizeof(*another));

    c->asked = false;
    for (unsigned i = 0; another && i < LIMIT_WORKERS; i++) {
        struct inquiry **place = &c->control->orphans[i];

        if (*place && !atomic_load_explicit(&(*place)->answered, memory_order_acquire))
            continue;
        free(*place);
        *place = c->inquiry;
        another->bell = &c->control->bell;
        atomic_store(&another->answered, true);
        c->inquiry = another;
        return;
    }
    free(another);
    c->ending = true; /* it can ask nobody any more */
}

static enum control_asked look_for_answer(struct control_client *c)
{
    if (atomic_load_explicit(&c->inquiry->answered, memory_order_acquire)) {
        c->asked = false;
        return CONTROL_ANSWERED;
    }
    if (net_clock_now(&c->control->shared->clock) - c->asked_at < ANSWER_WITHIN)
        return CONTROL_PENDING;
    abandon(c);
    return CONTROL_UNANSWERED;
}

enum control_asked control_ask(struct control_client *c, enum inquiry_kind kind, unsigned worker)
{
    struct shared *s = c->control->shared;

    if (c->asked)
        return look_for_answer(c);
    if (c->ending)
        return CONTROL_UNANSWERED;
    c->inquiry->kind = kind;
    if (!inquiry_ask(s->inquiries, ASKER_CONTROL, worker, c->inquiry)) {
        atomic_store(&c->inquiry->answered, true);
        return CONTROL_UNANSWERED;
    }
    c->asked = true;
    c->asked_at = net_clock_now(&s->clock);
    return CONTROL_PENDING;
}

enum control_step control_unanswered(struct control_client *c)
{
    char what[64];

    snprintf(what, sizeof(what), "worker %u does not answer", c->progress.worker);
    return control_end(c, 1, what);
}

/* --- commands --- */

static void begin_command(struct control_client *c, struct str line)
{
    const char *wrong = words_read(&c->line, line);
    const struct control_verb *v;

    c->progress = (struct control_progress){0};
    if (wrong) {
        (void)control_end(c, 2, wrong);
        return;
    }
    if (c->line.n == 0)
        return;
    v = control_find_verb(c->line.list[0]);
    if (!v)
        (void)control_end(c, 2, "unknown verb; help names them");
    else if (c->line.n - 1 < v->least || c->line.n - 1 > v->most)
        (void)control_end(c, 2, v->arguments[0] ? v->arguments : "this verb takes no argument");
    else
        c->verb = v;
}

/* True: a command was taken from what was read. */
static bool next_command(struct control_client *c)
{
    char *end = memchr(c->in, '\n', c->in_len);

    if (!end) {
        if (c->in_len == sizeof(c->in))
            (void)control_end(c, 2, "the line is too long");
        c->ending = c->ended || c->in_len == sizeof(c->in);
        return false;
    }
    size_t len = (size_t)(end - c->in), used = len + 1;

    if (len > 0 && c->in[len - 1] == '\r')
        len--;
    begin_command(c, (struct str){c->in, len});
    memmove(c->in, c->in + used, c->in_len - used);
    c->in_len -= used;
    return true;
}

static bool has_room(const struct control_client *c)
{
    return c->out_len - c->out_at <= CONTROL_OUT_BYTES - CONTROL_OUT_ROOM;
}

static void make_room(struct control_client *c)
{
    memmove(c->out, c->out + c->out_at, c->out_len - c->out_at);
    c->out_len -= c->out_at;
    c->out_at = 0;
}

bool control_client_run(struct control_client *c, time_ns now)
{
    enum control_step step = CONTROL_AGAIN;

    if (c->fd < 0 || c->ending || !has_room(c))
        return false;
    make_room(c);
    if (c->verb) {
        step = c->verb->step(c);
        if (step == CONTROL_DONE && c->verb)
            (void)control_end(c, 0, NULL);
        c->active = now;
    } else if (!next_command(c)) {
        step = CONTROL_WAIT;
    }
    control_client_write(c, now);
    return c->fd >= 0 && step != CONTROL_WAIT;
}

void control_client_read(struct control_client *c, time_ns now)
{
    ssize_t n = read(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len);

    if (n > 0) {
        c->in_len += (size_t)n;
        c->active = now;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        c->ended = true;
        if (n < 0)
            control_client_free(c);
    }
}

void control_client_write(struct control_client *c, time_ns now)
{
    while (c->fd >= 0 && c->out_at < c->out_len) {
        ssize_t n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL);

        if (n <= 0) {
            if (n < 0 && errno != EAGAIN && errno != EINTR)
                control_client_free(c);
            return;
        }
        c->out_at += (size_t)n;
        c->active = now;
    }
    if (c->ending && c->fd >= 0)
        control_client_free(c);
}
