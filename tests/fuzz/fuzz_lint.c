/* Any bytes as messages one after the other, judged by themselves and by each other, with and
 * without memory: findings lie within their message's bytes, in order, and nothing is kept. */
#include "fuzz.h"

#include "base/err.h"
#include "heap.h"
#include "lint/lint.h"
#include "tools/split.h"

#define MESSAGES 64

struct judged {
    struct msg m;
    struct lint found;
    struct str text;
    void *space;
};

static void check(const struct judged *j)
{
    for (unsigned i = 0; i < j->found.n; i++) {
        const struct lint_finding *f = &j->found.at[i];
        assert(f->code > LINT_OK && f->code < LINT_N_CODES && f->header < N_HDR && f->rfc);
        assert(f->offset <= j->text.len);
        assert(i == 0 || f->offset >= j->found.at[i - 1].offset);
    }
}

static void open_one(struct judged *j, struct str text, struct mem *mem)
{
    size_t space_len = msg_space(text.len);
    j->text = text;
    j->space = aligned_alloc(16, (space_len + 15) & ~(size_t)15);
    assert(j->space);
    (void)msg_parse(&j->m, text, MSG_DATAGRAM, j->space, space_len);
    (void)msg_check(&j->m);
    lint_message(&j->found, &j->m, text, mem);
    check(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct judged all[MESSAGES];
    struct lint_step steps[MESSAGES];
    struct fuzz_heap heap;
    unsigned n = 0;
    if (size == 0 || size > 65535)
        return 0;
    fuzz_heap_init(&heap);
    if (data[0] < ' ') /* a usual file begins with a letter */
        fuzz_heap_fail(&heap, data[0], 1);
    struct str copy = exact_copy((struct str){(const char *)data, size}), rest = copy, message;
    for (; n < MESSAGES && split_next(&rest, &message); n++) {
        open_one(&all[n], message, &heap.mem);
        steps[n] = (struct lint_step){&all[n].m, &all[n].found};
    }
    int error = lint_sequence(steps, n, &heap.mem);
    assert(error == OK || (error == ERR_NOMEM && data[0] < ' '));
    fuzz_heap_check(&heap);
    for (unsigned i = 0; i < n; i++) {
        check(&all[i]);
        free(all[i].space);
    }
    exact_free(copy);
    return 0;
}
