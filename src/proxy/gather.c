/* Hashes lists of texts under a key. Knows no message. */
#include "proxy/gather.h"

static void fold(struct gather *g)
{
    uint64_t hash = siphash13(g->key, (struct str){g->at, g->len});
    memcpy(g->at, &hash, sizeof hash);
    g->len = sizeof hash;
}

void gather_bytes(struct gather *g, const void *at, size_t len)
{
    const char *from = at;
    while (len > 0) {
        size_t room = sizeof g->at - g->len;
        size_t n = len < room ? len : room;
        memcpy(g->at + g->len, from, n);
        g->len += n;
        from += n;
        len -= n;
        if (g->len == sizeof g->at)
            fold(g);
    }
}

void gather_text(struct gather *g, struct str s)
{
    uint32_t len = (uint32_t)s.len;
    if (s.len > 0 && g->len + sizeof len + s.len < sizeof g->at) {
        memcpy(g->at + g->len, &len, sizeof len);
        memcpy(g->at + g->len + sizeof len, s.at, s.len);
        g->len += sizeof len + s.len;
        return;
    }
    gather_bytes(g, &len, sizeof len);
    gather_bytes(g, s.at, s.len);
}

uint64_t gather_hash(struct gather *g)
{
    uint64_t hash;
    fold(g);
    memcpy(&hash, g->at, sizeof hash);
    return hash;
}
