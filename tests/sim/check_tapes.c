/* Recorders against the wire: what a server keeps of what passed is what passed, tells no secret,
 * and what is told of each call's end is how it ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check.h"
#include "sim/element_node.h"
#include "sim/run_parts.h"
#include "trace/calls.h"
#include "trace/ladder.h"
#include "trace/mask.h"

#define MOMENTS 256    /* one input in so many */
#define OVERHEAD 256   /* the recorder's own head */
#define SECRET_LEAST 8 /* what is shorter is chance */
#define TABLE_BYTES ((size_t)8 << 20)

/* What a recorder holds, copied out: the oldest first. */
struct held {
    char *bytes;
    size_t len, n;
    struct record *at;
};

static void hold(struct held *h, const struct recorder *r)
{
    uint64_t cursor = 0;
    *h = (struct held){.bytes = malloc(TAPE_BYTES + RECORD_MOST)};
    for (size_t n; (n = recorder_copy(r, &cursor, h->bytes + h->len, RECORD_MOST)) > 0;)
        h->len += n;
    struct str rest = {h->bytes, h->len};
    struct record one;
    for (struct str s = rest; record_next(&s, &one);)
        h->n++;
    h->at = calloc(h->n + 1, sizeof(*h->at));
    for (size_t i = 0; record_next(&rest, &h->at[i]);)
        i++;
}

static void let_go(struct held *h)
{
    free(h->at);
    free(h->bytes);
}

static bool is_same(const struct taped *m, const struct record *r)
{
    return m->kind == (enum record_kind)r->kind && m->transport == r->transport &&
           addr_equal(&m->remote, &r->remote) &&
           str_equal(str_slice((struct str){m->text, m->len}, 0, RECORD_TEXT_MOST), r->text);
}

/* --- what is held is what passed last --- */

/* Times do not go back. */
static void check_times(const struct world *w, const struct held *h)
{
    for (size_t i = 1; i < h->n; i++)
        EXPECT(w, h->at[i - 1].at <= h->at[i].at);
}

/* From the newest back. What is left over was forgotten, or never kept where there was no memory.
 */
static size_t match(const struct world *w, const struct tape *t, const struct held *h)
{
    size_t left = t->n;
    for (size_t i = h->n; i-- > 0;) {
        const struct record *r = &h->at[i];
        if (r->kind == RECORD_WHY)
            continue;
        while (left > 0 && t->list[left - 1].doubtful && !is_same(&t->list[left - 1], r))
            left--;
        EXPECT(w, left > 0 && is_same(&t->list[left - 1], r) && t->list[left - 1].at == r->at);
        left--;
    }
    return left;
}

static bool holds_all(const struct held *h)
{
    return h->len + 2 * RECORD_MOST < TAPE_BYTES;
}

static void check_in_order(const struct world *w, const struct tape *t, const struct held *h)
{
    size_t left = match(w, t, h);
    for (size_t i = 0; holds_all(h) && i < left; i++)
        EXPECT(w, t->list[i].doubtful);
}

/* Where memory fails streams wait, and are worked on later: nothing is there that did not come, or
 * oftener than it came. */
static void check_out_of_order(const struct world *w, const struct tape *t, const struct held *h)
{
    bool *used = calloc(t->n + 1, sizeof(*used));
    for (size_t i = 0; i < h->n; i++) {
        size_t k = 0;
        while (k < t->n && (used[k] || !is_same(&t->list[k], &h->at[i])))
            k++;
        EXPECT(w, h->at[i].kind == RECORD_WHY || k < t->n);
        used[k] = true;
    }
    free(used);
}

static void check_tape(const struct tape *t)
{
    const struct world *w = t->node->w;
    struct held h;
    if (!t->recorder)
        return;
    EXPECT(w, t->memory.live_bytes <= TAPE_BYTES + OVERHEAD);
    hold(&h, t->recorder);
    EXPECT(w, h.len <= TAPE_BYTES);
    check_times(w, &h);
    if (tape_had_memory(t))
        check_in_order(w, t, &h);
    else
        check_out_of_order(w, t, &h);
    let_go(&h);
}

void check_tape_now(struct tape *t)
{
    if (rand_below(&t->rand, MOMENTS) == 0)
        check_tape(t);
}

/* --- no secret is told --- */

static bool has(struct str text, struct str what)
{
    return what.len > 0 && memmem(text.at, text.len, what.at, what.len);
}

/* Each value of this parameter in the message is nowhere in what is shown of it. */
static void check_hidden(const struct world *w, struct str raw, struct str shown, const char *name)
{
    size_t len = strlen(name);
    const char *end = raw.at + raw.len;
    for (const char *at = raw.at; (at = memmem(at, (size_t)(end - at), name, len)); at += len) {
        struct str value = {at + len, (size_t)(end - at) - len};
        value = str_slice(value, 0, str_find(value, '"'));
        EXPECT(w, value.len < SECRET_LEAST || !has(shown, value));
    }
}

/* As the control socket shows it. */
static void check_shown(const struct world *w, struct str raw)
{
    static const char *const secrets[] = {"response=\"", "nonce=\"", "rspauth=\"", "opaque=\""};
    char *masked = malloc(raw.len + 1);
    memcpy(masked, raw.at, raw.len);
    trace_mask(masked, raw.len, TRACE_MASK_KEYS);
    struct str shown = {masked, raw.len};
    EXPECT(w, !has(shown, STR(PASSWORD)));
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        check_hidden(w, raw, shown, secrets[i]);
    free(masked);
}

static void check_secrets(const struct world *w, const struct held *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->at[i].kind != RECORD_WHY)
            check_shown(w, h->at[i].text);
        else
            EXPECT(w, !has(h->at[i].text, STR(PASSWORD)));
}

/* --- each end is told as it was --- */

static void take(struct trace_calls *calls, const struct record *r)
{
    bool came = r->kind == RECORD_CAME;
    struct trace_event e = {.kind = r->kind == RECORD_WHY ? TRACE_NOTE : TRACE_MESSAGE,
                            .at = (unix_ns)(r->at % TIME_NEVER / 2),
                            .from = came ? r->remote : r->local,
                            .to = came ? r->local : r->remote,
                            .transport = r->transport,
                            .text = r->text,
                            .call_id = r->call_id,
                            .who = STR("tandem")};
    if (r->kind != RECORD_WHY || r->call_id.len > 0)
        EXPECT(NULL, trace_calls_take(calls, &e) == 0);
}

static void check_sentence(const struct world *w, const struct trace_call *c,
                           const struct trace_end *end)
{
    char sentence[512], status[8];
    struct trace_ladder ladder;
    struct buf b;
    EXPECT(w, trace_ladder_init(&ladder, &mem_libc, c, false) == 0);
    buf_init(&b, sentence, sizeof(sentence));
    trace_call_tell(&b, &ladder, 0);
    EXPECT(w, !b.over && b.len > 0);
    snprintf(status, sizeof(status), " %u ", end->answer ? end->answer->status : 0);
    if (end->outcome == TRACE_REFUSED || end->outcome == TRACE_SENT_ON)
        EXPECT(w, has(buf_str(&b), str_from(status)));
    trace_ladder_fini(&ladder);
}

/* Whoever said BYE, by the tags that both ends know. A server that ends the call tells both. */
static void check_hung_up(const struct world *w, const struct call *c, const struct trace_end *end)
{
    const struct call *other = call_other_side(c);
    bool here = c->bye_sent, there = other && other->bye_sent;
    bool both_heard = c->bye_received && other && other->bye_received;
    if (str_equal(end->bye->from_tag, end->opening->from_tag))
        EXPECT(w, here || both_heard);
    else
        EXPECT(w, there || c->bye_received); /* both at once: 481 */
}

static void check_end(const struct world *w, const struct call *c, const struct trace_call *told)
{
    struct trace_end end = trace_call_end(told);
    check_sentence(w, told, &end);
    if (c->answers > 0) {
        EXPECT(w, end.outcome == TRACE_ENDED || end.outcome == TRACE_GOES_ON);
        EXPECT(w, end.answer && end.answer->status == 200);
        if (end.outcome == TRACE_ENDED)
            check_hung_up(w, c, &end);
        return;
    }
    if (c->invite->unanswered || c->status < 300)
        return;
    EXPECT(w, end.answer && end.answer->status == c->status);
    if (c->status == 487 && c->cancelled)
        EXPECT(w, end.outcome == TRACE_CANCELLED);
    else if (c->status == 408 || c->status == 487)
        EXPECT(w, end.outcome == TRACE_NOT_IN_TIME);
    else
        EXPECT(w, end.outcome == (c->status < 400 ? TRACE_SENT_ON : TRACE_REFUSED));
}

static void check_call_told(const struct world *w, const struct call *c,
                            const struct trace_calls *calls)
{
    char *text = strndup(c->invite->sent.text, c->invite->sent.len);
    struct rung invite = {.text = text, .len = c->invite->sent.len};
    const struct trace_call *told = trace_calls_find(calls, rung_header(&invite, "Call-ID"));
    if (told)
        check_end(w, c, told);
    free(text);
}

/* The calls of this server's phones, where nothing went wrong between them. */
static void check_ends(const struct world *w, const struct node *server,
                       const struct trace_calls *calls)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct agent *a = agent_of(w->nodes[i]);
        for (size_t k = 0; a && a->home == server && k < AGENT_CALLS; k++) {
            const struct call *c = &a->calls[k];
            if (c->side != CALL_OUT || c->lost || !c->invite || !c->invite->sent.text)
                continue;
            check_call_told(w, c, calls);
        }
    }
}

static int by_time(const void *a, const void *b)
{
    const struct record *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->text.at < y->text.at ? -1 : x->text.at > y->text.at; /* as they were copied */
}

/* All workers' records as one, told as `tandem trace` tells them. */
static void check_server(const struct world *w, struct node *n)
{
    const struct hash_key key = {w->seed, 3};
    struct held of[NODE_WORKERS];
    struct record *all = NULL;
    size_t len = 0;
    bool whole = true;
    for (unsigned i = 0; i < n->n_workers; i++) {
        const struct tape *t = &element_worker(n, i)->tape;
        check_tape(t);
        hold(&of[i], t->recorder);
        whole = whole && t->recorder && holds_all(&of[i]);
        if (w->temper < TEMPER_HOSTILE)
            check_secrets(w, &of[i]);
        all = realloc(all, (len + of[i].n + 1) * sizeof(*all));
        memcpy(all + len, of[i].at, of[i].n * sizeof(*all));
        len += of[i].n;
    }
    struct trace_calls *calls = trace_calls_new(&mem_libc, &key, TABLE_BYTES);
    if (len > 0)
        qsort(all, len, sizeof(*all), by_time);
    for (size_t i = 0; i < len; i++)
        take(calls, &all[i]);
    if (whole && check_is_kind(w))
        check_ends(w, n, calls);
    trace_calls_free(calls);
    free(all);
    for (unsigned i = 0; i < n->n_workers; i++)
        let_go(&of[i]);
}

void check_tapes(const struct world *w)
{
    for (size_t i = 0; i < w->n_nodes; i++)
        if (w->nodes[i]->face == &element_face && w->nodes[i]->worker == 0 && !w->nodes[i]->is_down)
            check_server(w, w->nodes[i]);
}
