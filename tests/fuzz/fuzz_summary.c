/* Any bytes as a message summary and as a report of a REFER: what is read lies inside, and means
 * the same once written again. */
#include "fuzz.h"

#include "ua/sipfrag.h"
#include "ua/summary.h"

static void put_count(struct buf *b, uint32_t first, uint32_t second)
{
    buf_put_u64(b, first);
    buf_put_char(b, '/');
    buf_put_u64(b, second);
}

static void write(struct buf *b, const struct summary *s)
{
    buf_put(b, s->waiting ? STR("Messages-Waiting: yes\n") : STR("Messages-Waiting: no\n"));
    buf_put_lit(b, "Message-Account: ");
    buf_put(b, s->account);
    buf_put_char(b, '\n');
    for (unsigned i = 0; i < s->n_classes; i++) {
        const struct summary_class *c = &s->classes[i];
        buf_put(b, c->name);
        buf_put_lit(b, ": ");
        put_count(b, c->unheard, c->heard);
        buf_put_lit(b, " (");
        put_count(b, c->urgent_unheard, c->urgent_heard);
        buf_put_lit(b, ")\n");
    }
}

static void check_same(const struct summary *a, const struct summary *b)
{
    assert(a->waiting == b->waiting && a->n_classes == b->n_classes);
    assert(str_equal(a->account, b->account));
    for (unsigned i = 0; i < a->n_classes; i++) {
        const struct summary_class *x = &a->classes[i], *y = &b->classes[i];
        assert(str_equal(x->name, y->name) && x->unheard == y->unheard && x->heard == y->heard);
        assert(x->urgent_unheard == y->urgent_unheard && x->urgent_heard == y->urgent_heard);
    }
}

static void check_summary(struct str text, const struct summary *s)
{
    struct summary again;
    struct buf b;
    size_t room = text.len + 1024;
    char *space = malloc(room);
    assert(space);
    assert_inside(text, s->account);
    for (unsigned i = 0; i < s->n_classes; i++)
        assert_inside(text, s->classes[i].name);
    buf_init(&b, space, room);
    write(&b, s);
    assert(!b.over && summary_parse(buf_str(&b), &again));
    check_same(s, &again);
    free(space);
}

static void check_report(unsigned status)
{
    char space[128];
    struct buf b;
    buf_init(&b, space, sizeof space);
    sipfrag_put(&b, status);
    assert(!b.over && sipfrag_status(buf_str(&b)) == status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct summary s;
    struct str text = exact_copy((struct str){(const char *)data, size});
    unsigned status = sipfrag_status(text);
    if (status)
        check_report(status);
    if (summary_parse(text, &s))
        check_summary(text, &s);
    exact_free(text);
    return 0;
}
