/* A received message again, with edits: runs of the old bytes between new ones. Knows no grammar.
 */
#include <assert.h>

#include "msg/print.h"

void edits_init(struct edits *e)
{
    e->n = 0;
    e->over = false;
}

void edits_add(struct edits *e, uint32_t at, uint32_t end, struct str text)
{
    assert(at <= end);
    if (e->n == EDITS_MAX) {
        e->over = true;
        return;
    }
    size_t i = e->n++;
    for (; i > 0 && e->list[i - 1].at > at; i--)
        e->list[i] = e->list[i - 1];
    e->list[i] = (struct edit){at, end, text};
}

void edits_remove_header(struct edits *e, const struct hdr *h)
{
    edits_add(e, h->at, h->end, STR_NONE);
}

/* The old bytes go on behind the edit; an insertion at the start of what another edit takes away
 * lies behind that one's place. */
static uint32_t behind(const struct edit *edit, uint32_t at)
{
    assert(edit->at >= at || edit->at == edit->end);
    return edit->end > at ? edit->end : at;
}

void msg_print_edited(struct buf *b, const struct msg *m, const struct edits *e)
{
    uint32_t at = 0;
    for (size_t i = 0; i < e->n; i++) {
        const struct edit *edit = &e->list[i];
        assert(edit->end <= m->bytes.len);
        if (edit->at > at)
            buf_put(b, (struct str){m->bytes.at + at, edit->at - at});
        buf_put(b, edit->text);
        at = behind(edit, at);
    }
    buf_put(b, (struct str){m->bytes.at + at, m->bytes.len - at});
    if (e->over)
        b->over = true;
}

size_t msg_edited_len(const struct msg *m, const struct edits *e)
{
    size_t len = m->bytes.len;
    for (size_t i = 0; i < e->n; i++)
        len = len + e->list[i].text.len - (e->list[i].end - e->list[i].at);
    return len;
}
