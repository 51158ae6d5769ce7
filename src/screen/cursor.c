/* Moving among rows; knows nothing of what they are. */
#include "screen/cursor.h"

#include "screen/screen.h"

static bool move(size_t *at, uint32_t key, size_t last, size_t page)
{
    size_t up = 0, down = 0;
    if (key == SCREEN_UP || key == 'k')
        up = 1;
    else if (key == SCREEN_DOWN || key == 'j')
        down = 1;
    else if (key == SCREEN_PAGE_UP || key == ('b' & 31))
        up = page;
    else if (key == SCREEN_PAGE_DOWN || key == ('f' & 31))
        down = page;
    else if (key == ('u' & 31))
        up = (page + 1) / 2;
    else if (key == ('d' & 31))
        down = (page + 1) / 2;
    else if (key == SCREEN_HOME || key == ('a' & 31))
        up = *at;
    else if (key == SCREEN_END || key == ('e' & 31))
        down = last;
    else
        return false;
    *at -= up < *at ? up : *at;
    *at = down < last - (*at < last ? *at : last) ? *at + down : down ? last : *at;
    return true;
}

bool cursor_key(struct cursor *c, uint32_t key, size_t n)
{
    return move(&c->at, key, n > 0 ? n - 1 : 0, c->page > 0 ? c->page : 1);
}

bool cursor_scroll(struct cursor *c, uint32_t key, size_t n)
{
    return move(&c->top, key, n > c->page ? n - c->page : 0, c->page > 0 ? c->page : 1);
}

void cursor_fit(struct cursor *c, size_t n, int page)
{
    c->page = page > 0 ? (size_t)page : 1;
    if (c->at >= n)
        c->at = n > 0 ? n - 1 : 0;
    if (c->top > c->at)
        c->top = c->at;
    if (c->at - c->top >= c->page)
        c->top = c->at - c->page + 1;
}
