/* Two texts aligned by their longest common subsequence of lines. */
#include "screen/differ.h"

/* common[i][j]: the most lines that left from i on and right from j on have in common. */
struct table {
    uint16_t common[DIFFER_LINES + 1][DIFFER_LINES + 1];
};

static void split(struct differ_text *t, struct str text)
{
    while (text.len > 0 && t->n < DIFFER_LINES) {
        size_t end = str_find(text, '\n');
        struct str line = str_slice(text, 0, end);
        if (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        t->lines[t->n++] = line;
        text = str_slice(text, end + 1, text.len);
    }
    t->is_cut = text.len > 0;
}

static void count(struct table *t, const struct differ *d)
{
    for (size_t i = d->left.n; i-- > 0;)
        for (size_t j = d->right.n; j-- > 0;) {
            uint16_t down = t->common[i + 1][j], across = t->common[i][j + 1];
            if (str_equal(d->left.lines[i], d->right.lines[j]))
                t->common[i][j] = (uint16_t)(t->common[i + 1][j + 1] + 1);
            else
                t->common[i][j] = down > across ? down : across;
        }
}

static void pair(struct differ *d, const struct table *t)
{
    size_t i = 0, j = 0;
    while (i < d->left.n || j < d->right.n) {
        struct differ_pair *p = &d->pairs[d->n++];
        bool both = i < d->left.n && j < d->right.n;
        *p = (struct differ_pair){DIFFER_NONE, DIFFER_NONE};
        if (both && str_equal(d->left.lines[i], d->right.lines[j]))
            *p = (struct differ_pair){(uint16_t)i++, (uint16_t)j++};
        else if (j == d->right.n || (both && t->common[i + 1][j] >= t->common[i][j + 1]))
            p->left = (uint16_t)i++;
        else
            p->right = (uint16_t)j++;
    }
}

/* Lines that only one has stand side by side where both have such. */
static void close_up(struct differ *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; n++) {
        size_t lefts = 0, rights = 0, from = i;
        while (i < d->n && (d->pairs[i].left == DIFFER_NONE) != (d->pairs[i].right == DIFFER_NONE))
            d->pairs[i++].left == DIFFER_NONE ? rights++ : lefts++;
        if (i == from) {
            d->pairs[n] = d->pairs[i++];
            continue;
        }
        uint16_t left = DIFFER_NONE, right = DIFFER_NONE;
        for (size_t k = from; k < i; k++) {
            if (left == DIFFER_NONE)
                left = d->pairs[k].left;
            if (right == DIFFER_NONE)
                right = d->pairs[k].right;
        }
        size_t rows = lefts > rights ? lefts : rights;
        for (size_t k = 0; k < rows; k++)
            d->pairs[n + k] =
                (struct differ_pair){k < lefts ? (uint16_t)(left + k) : DIFFER_NONE,
                                     k < rights ? (uint16_t)(right + k) : DIFFER_NONE};
        n += rows - 1;
    }
    d->n = n;
}

struct differ *differ_new(struct mem *mem, struct str left, struct str right)
{
    struct table *t = mem_alloc_zero(mem, sizeof *t);
    struct differ *d = mem_alloc_zero(mem, sizeof *d);
    if (t && d) {
        split(&d->left, left);
        split(&d->right, right);
        count(t, d);
        pair(d, t);
        close_up(d);
    } else {
        mem_free(mem, d, sizeof *d);
        d = NULL;
    }
    mem_free(mem, t, sizeof *t);
    return d;
}

void differ_free(struct mem *mem, struct differ *d)
{
    mem_free(mem, d, sizeof *d);
}
