/* Acts at the dialogs of a user agent, those of its own INVITE and those of others': numbers only
 * rise, what is printed within a dialog parses and bears its id and route set, texts keep their
 * bounds, and an error changes nothing. */
#include <assert.h>

#include "acts.h"
#include "base/limits.h"
#include "dialog/early.h"
#include "dialog/table.h"
#include "dialog_check.h"
#include "fuzz.h"
#include "heap.h"

#define ACTS 200
#define SLOTS 4
#define LINGER (32 * NS_PER_S)

static const char *const methods[] = {"INVITE", "ACK",    "BYE",  "UPDATE",
                                      "PRACK",  "CANCEL", "INFO", "SUBSCRIBE"};
static const unsigned statuses[] = {100, 180, 183, 199, 200, 202, 299, 302, 408, 481, 487, 603};
static const char *const tags[] = {"", ";tag=a", ";tag=b", ";tag=c", ";tag=%61", ";tag"};
static const char *const contacts[] = {"",
                                       "Contact: <sip:bob@192.0.2.20>\r\n",
                                       "Contact: <sip:bob@192.0.2.20;method=BYE?Subject=x>\r\n",
                                       "m: sips:bob@192.0.2.20;x=1\r\n",
                                       "Contact: *\r\n",
                                       "Contact: <mailto:a@b>\r\n",
                                       "Contact: <sip:b@[2001:db8::1]:5070>, <sip:c@d>\r\n",
                                       "Contact: <sip:b\r\n"};
static const char *const routes[] = {"",
                                     "Record-Route: <sip:p1.example.com;lr>\r\n",
                                     "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n",
                                     "Record-Route: <sip:strict.example.com>\r\n",
                                     "Record-Route: <sip:p1;lr>;x=\"<,>\", \"p\" <sips:p3;lr>\r\n",
                                     "Record-Route: <tel:1>\r\n",
                                     "Record-Route: sip:p4;lr\r\n"};

struct agent {
    struct fuzz_heap heap;
    struct acts acts;
    time_ns now;
    struct early early;
    bool started;
    bool failed; /* EARLY_FAILED was told */
    struct dialog theirs[SLOTS];
    struct dialog_table table;
    char room[8192];
    _Alignas(16) char space[LIMIT_MSG_SPACE + LIMIT_MSG_SPACE_PER_BYTE * 8192];
    struct msg m;
};

#define CHOICE(a, list) (list)[acts_digit(&(a)->acts, sizeof(list) / sizeof(list)[0])]

static void put(struct buf *b, const char *text)
{
    buf_put(b, str_from(text));
}

/* What all messages end with: an own line of the input may be among them. */
static struct msg *finish(struct agent *a, struct buf *b)
{
    if (acts_digit(&a->acts, 4) == 3)
        buf_put(b, acts_text(&a->acts));
    put(b, "Content-Length: 0\r\n\r\n");
    if (b->over)
        return NULL;
    (void)msg_parse(&a->m, buf_str(b), MSG_DATAGRAM, a->space, sizeof(a->space));
    a->m.flow.transport = acts_digit(&a->acts, 2) ? TRANSPORT_TLS : TRANSPORT_UDP;
    return &a->m;
}

static struct buf begin(struct agent *a)
{
    struct buf b;
    buf_init(&b, a->room, sizeof(a->room));
    return b;
}

static void put_cseq(struct agent *a, struct buf *b, const char *method)
{
    static const uint32_t bases[] = {0, 10, 2147483640, 4294967290};
    uint32_t base = CHOICE(a, bases);
    put(b, "Call-ID: own\r\nCSeq: ");
    buf_put_u64(b, base + acts_digit(&a->acts, 8));
    put(b, " ");
    put(b, method);
    put(b, "\r\n");
}

static struct msg *response(struct agent *a)
{
    struct buf b = begin(a);
    unsigned status = CHOICE(a, statuses);
    put(&b, "SIP/2.0 ");
    buf_put_u64(&b, status);
    put(&b, " Word\r\nFrom: <sip:alice@example.com>;tag=own\r\nTo: <sip:bob@example.com>");
    put(&b, CHOICE(a, tags));
    put(&b, "\r\n");
    put(&b, CHOICE(a, contacts));
    put(&b, CHOICE(a, routes));
    put_cseq(a, &b, CHOICE(a, methods));
    return finish(a, &b);
}

static struct msg *request(struct agent *a)
{
    struct buf b = begin(a);
    const char *method = CHOICE(a, methods);
    put(&b, method);
    put(&b, acts_digit(&a->acts, 2) ? " sips:" : " sip:");
    put(&b, "alice@192.0.2.1 SIP/2.0\r\nFrom: \"B, o\" <sip:bob@example.com>;x=y");
    put(&b, CHOICE(a, tags));
    put(&b, "\r\nTo: sip:alice@example.com\r\n");
    put(&b, CHOICE(a, contacts));
    put(&b, CHOICE(a, routes));
    put_cseq(a, &b, method);
    return finish(a, &b);
}

/* The early set's `which`-th dialog, its trying one, or one of theirs; NULL: there is none. */
static struct dialog *pick(struct agent *a)
{
    unsigned which = acts_digit(&a->acts, 16);
    if (which < SLOTS)
        return a->theirs[which].text ? &a->theirs[which] : NULL;
    if (!a->started)
        return NULL;
    if (which == SLOTS)
        return &a->early.trying;
    which -= SLOTS + 1;
    LIST_EACH (&a->early.dialogs, node, after)
        if (which-- == 0)
            return CONTAINER_OF(node, struct dialog, node);
    return NULL;
}

static void play_start(struct agent *a)
{
    static const char *const targets[] = {"sip:bob@example.com",
                                          "sips:bob@example.com",
                                          "tel:+15550100",
                                          "sip:bob@b?x=y",
                                          "",
                                          "http:"};
    static const char *const sets[] = {"", "<sip:p1;lr>", "<sip:p1>,<sip:p2;lr>", "x"};
    static const uint32_t numbers[] = {1, 0, 2147483647, 2147483646};
    struct dialog_start s = {.call_id = STR("own"),
                             .local_tag = STR("own"),
                             .local = STR("sip:alice@example.com"),
                             .remote = STR("\"Bob\" <sip:bob@example.com>"),
                             .target = str_from(CHOICE(a, targets)),
                             .contact = STR("sip:alice@192.0.2.1"),
                             .routes = str_from(CHOICE(a, sets)),
                             .cseq = CHOICE(a, numbers)};
    s.over_tls = acts_digit(&a->acts, 2);
    if (a->started)
        return;
    a->started = early_init(&a->early, &a->heap.mem, &s, LINGER) == OK;
    assert(a->started || a->early.trying.text == NULL);
}

static void check_result(struct agent *a, int result, unsigned before, const struct dialog *d)
{
    assert(a->early.n == before + (result == EARLY_NEW || (d && d == dialog_check_last(&a->early) &&
                                                           a->early.n > before)));
    assert(a->early.n <= LIMIT_EARLY_DIALOGS);
    if (result == EARLY_NEW)
        assert(d->state == DIALOG_EARLY && d->is_uac);
    if (result == EARLY_CONFIRMED)
        assert(d->answered && a->early.any_2xx && a->early.ends_at != TIME_NEVER);
    if (result == EARLY_AGAIN)
        assert(d->answered);
    if (result == EARLY_FAILED)
        assert(!a->failed && !a->early.any_2xx && early_count(&a->early, DIALOG_EARLY) == 0);
    if (result <= EARLY_NONE || result == EARLY_FAILED)
        assert(!d);
    a->failed |= result == EARLY_FAILED;
}

static void play_response(struct agent *a)
{
    struct dialog *d;
    struct msg *m = response(a);
    if (!m || !a->started)
        return;
    unsigned before = a->early.n;
    int result = early_response(&a->early, m, a->now, &d);
    check_result(a, result, before, d);
    if (d)
        dialog_check_bounds(d);
}

static void play_their_request(struct agent *a)
{
    static const char *const own_tags[] = {"t1", "t2", "t3"};
    unsigned slot = acts_digit(&a->acts, SLOTS), status = acts_digit(&a->acts, 2) ? 200 : 180;
    struct str tag = str_from(CHOICE(a, own_tags));
    struct msg *m = request(a);
    struct dialog *d = &a->theirs[slot];
    if (!m || d->text)
        return;
    int err = dialog_init_uas(d, &a->heap.mem, m, status, tag, STR("sip:alice@192.0.2.1"));
    assert((err == OK) == (d->text != NULL));
    if (err)
        return;
    dialog_check_bounds(d);
    (void)dialog_wants_sips(m);
    if (dialog_table_find(&a->table, &d->id))
        dialog_fini(d);
    else
        dialog_table_add(&a->table, d);
}

static void play_within(struct agent *a)
{
    struct dialog *d = pick(a);
    struct msg *m = request(a);
    if (!d || !m)
        return;
    struct dialog before = *d;
    unsigned status = dialog_receive(d, m);
    dialog_check_received(&before, d, m, status);
    before = *d;
    if (status == 0)
        dialog_check_kept(&before, d, dialog_refresh(d, m));
    dialog_check_bounds(d);
}

static void play_answered(struct agent *a)
{
    struct dialog *d = pick(a);
    struct msg *m = response(a);
    if (!d || !m)
        return;
    struct dialog before = *d;
    dialog_check_kept(&before, d, dialog_answered(d, m));
    dialog_check_bounds(d);
}

static void play_print(struct agent *a)
{
    static const char *const headers[] = {"", "Content-Type: text/plain\r\n", "X: y\r\nZ: a\r\n"};
    struct dialog *d = pick(a);
    struct dialog_request r = {.method = str_from(CHOICE(a, methods)),
                               .headers = str_from(CHOICE(a, headers))};
    r.body = acts_digit(&a->acts, 2) ? STR("body") : STR_NONE;
    r.ack = acts_digit(&a->acts, 4);
    size_t cap = acts_digit(&a->acts, 4) ? sizeof(a->room) * 2 : 40 * acts_digit(&a->acts, 36);
    if (d)
        dialog_check_print(d, &r, cap);
}

static void play_state(struct agent *a)
{
    struct dialog *d = pick(a);
    bool confirm = acts_digit(&a->acts, 2) == 0;
    if (d && !confirm)
        dialog_terminate(d);
    else if (d && !d->is_uac)
        dialog_confirm(d);
}

static void play_time(struct agent *a)
{
    a->now += acts_digit(&a->acts, 36) * NS_PER_S;
    if (!a->started)
        return;
    bool over = a->now >= early_deadline(&a->early);
    early_time(&a->early, a->now);
    assert(!over || early_count(&a->early, DIALOG_EARLY) == 0);
    assert(early_deadline(&a->early) > a->now);
}

static void play_timeout(struct agent *a)
{
    if (!a->started)
        return;
    early_timeout(&a->early);
    a->failed |= a->early.failed;
    assert(early_count(&a->early, DIALOG_EARLY) == 0);
}

static void drop_theirs(struct agent *a, struct dialog *d)
{
    assert(dialog_table_find(&a->table, &d->id) == d);
    dialog_table_remove(&a->table, d);
    dialog_fini(d);
}

static void play_drop(struct agent *a)
{
    struct dialog *d = pick(a);
    if (!d || d == &a->early.trying)
        return;
    if (d >= a->theirs && d < a->theirs + SLOTS)
        drop_theirs(a, d);
    else
        early_drop(&a->early, d);
}

static void play_memory(struct agent *a)
{
    unsigned spare = acts_digit(&a->acts, 8), failures = acts_digit(&a->acts, 8);
    fuzz_heap_fail(&a->heap, spare, failures);
}

/* s: our INVITE begins; r: a response to it; u: a request that makes a dialog; q: a request, and n:
 * an answer, within one; p: prints a request; c: confirms or ends one; w: time passes; o: our
 * INVITE times out; x: forgets one; z: memory fails. */
static void play(struct agent *a, char letter)
{
    static void (*const plays['z' + 1])(struct agent *) = {
        ['s'] = play_start,  ['r'] = play_response, ['u'] = play_their_request,
        ['q'] = play_within, ['n'] = play_answered, ['p'] = play_print,
        ['c'] = play_state,  ['w'] = play_time,     ['o'] = play_timeout,
        ['x'] = play_drop,   ['z'] = play_memory,
    };
    if (plays[(unsigned char)letter])
        plays[(unsigned char)letter](a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct hash_key key = {1, 2};
    static struct agent a;
    char letter;
    fuzz_heap_init(&a.heap);
    acts_init(&a.acts, data, size);
    a.now = NS_PER_S;
    a.started = a.failed = false;
    memset(a.theirs, 0, sizeof(a.theirs));
    if (dialog_table_init(&a.table, &a.heap.mem, &key))
        assert(false);
    for (unsigned i = 0; i < ACTS && acts_next(&a.acts, &letter); i++)
        play(&a, letter);
    for (unsigned i = 0; i < SLOTS; i++)
        if (a.theirs[i].text)
            drop_theirs(&a, &a.theirs[i]);
    if (a.started)
        early_fini(&a.early);
    assert(dialog_table_count(&a.table) == 0);
    dialog_table_fini(&a.table);
    fuzz_heap_check(&a.heap);
    return 0;
}
