/* Owns the texts of a dialog: one block for all of them. Knows no meaning. */
#include "follow/table.h"

struct str follow_text(const struct followed *c, enum text which)
{
    size_t from = which == 0 ? 0 : c->ends[which - 1];
    return (struct str){c->text + from, c->ends[which] - from};
}

void follow_get_texts(const struct followed *c, struct str texts[N_TEXTS])
{
    for (unsigned i = 0; i < N_TEXTS; i++)
        texts[i] = follow_text(c, (enum text)i);
}

void follow_drop_texts(struct follow_table *t, struct followed *c)
{
    if (c->text)
        mem_free(&t->slab.mem, c->text, c->ends[N_TEXTS - 1]);
    c->text = NULL;
}

bool follow_set_texts(struct follow_table *t, struct followed *c, const struct str texts[N_TEXTS])
{
    size_t len = 0;
    for (unsigned i = 0; i < N_TEXTS; i++)
        len += texts[i].len;
    char *text = len > 0 && len <= LIMIT_DIALOG_BYTES ? mem_alloc(&t->slab.mem, len) : NULL;
    if (!text)
        return false;
    struct buf b;
    uint16_t ends[N_TEXTS];
    buf_init(&b, text, len);
    for (unsigned i = 0; i < N_TEXTS; i++) {
        buf_put(&b, texts[i]);
        ends[i] = (uint16_t)b.len;
    }
    follow_drop_texts(t, c);
    c->text = text;
    memcpy(c->ends, ends, sizeof ends);
    return true;
}
