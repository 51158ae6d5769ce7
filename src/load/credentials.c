/* A session's answers to challenges (RFC 3261 22). The sums are auth/'s. */
#include "session.h"

#define WORD 256 /* the longest user or password */

bool credentials_keep(struct load *l, struct session *s, struct msg *m)
{
    if (!s->auth)
        s->auth = mem_alloc_zero(l->mem, sizeof *s->auth);
    struct block *b = s->auth ? block_new(l->blocks, m->bytes.len) : NULL;
    if (!b)
        return false;
    memcpy(b->bytes, m->bytes.at, m->bytes.len);
    b->len = (uint32_t)m->bytes.len;
    block_unref(l->blocks, s->auth->challenge);
    s->auth->challenge = b;
    return true;
}

void credentials_free(struct load *l, struct session *s)
{
    if (!s->auth)
        return;
    responder_free(s->auth->responder);
    block_unref(l->blocks, s->auth->challenge);
    mem_free(l->mem, s->auth, sizeof *s->auth);
    s->auth = NULL;
}

static void put_user(struct load *l, struct session *s, const struct piece *p, struct buf *b)
{
    static const struct piece user = {.field = FIELD_USER};
    static const struct template users = {.pieces = (struct piece *)&user, .n = 1};
    if (p->user)
        (void)fill_text(l, s, p->user, b);
    else if (l->config.auth_user.len > 0)
        buf_put(b, l->config.auth_user);
    else
        (void)fill_text(l, s, &users, b);
}

static void put_password(struct load *l, struct session *s, const struct piece *p, struct buf *b)
{
    if (p->password)
        (void)fill_text(l, s, p->password, b);
    else if (l->config.password.len > 0 || !l->config.users)
        buf_put(b, l->config.password);
    else
        buf_put(b, users_field(l->config.users, s->user, 1));
}

static enum filled make_responder(struct load *l, struct session *s, const struct piece *p)
{
    char user[WORD], password[WORD];
    struct buf u, w;
    buf_init(&u, user, sizeof user);
    buf_init(&w, password, sizeof password);
    put_user(l, s, p, &u);
    put_password(l, s, p, &w);
    if (w.len == 0 || u.over || w.over)
        return FILLED_REFUSED;
    s->auth->responder = responder_new(l->mem, l->digester, buf_str(&u), buf_str(&w));
    return s->auth->responder ? FILLED : FILLED_NOMEM;
}

static struct str word(struct str *rest)
{
    size_t end = str_find(*rest, ' ');
    struct str w = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end + 1, rest->len);
    return w;
}

/* Takes the challenge that waits. */
static enum filled take_challenge(struct load *l, struct session *s, struct str uri)
{
    struct session_auth *a = s->auth;
    struct msg m, *challenge;
    enum respond_next next;
    if (!a->challenge)
        return FILLED;
    challenge = load_parse(l, l->challenge_space, &m, block_str(a->challenge));
    if (!challenge)
        return FILLED_REFUSED;
    if (responder_challenged(a->responder, challenge, uri, &a->proof, &next) != OK)
        return FILLED_NOMEM;
    block_unref(l->blocks, a->challenge);
    a->challenge = NULL;
    return next == RESPOND_AGAIN ? FILLED : FILLED_REFUSED;
}

enum filled credentials_fill(struct load *l, struct session *s, const struct piece *p,
                             struct buf *head, struct str body)
{
    struct str rest = buf_str(head);
    struct provable what = {.body = body};
    enum filled filled = FILLED;
    if (!s->auth)
        return FILLED; /* nobody has asked */
    what.method = word(&rest);
    what.uri = word(&rest);
    if (!s->auth->responder)
        filled = make_responder(l, s, p);
    if (filled == FILLED)
        filled = take_challenge(l, s, what.uri);
    if (filled != FILLED)
        return filled;
    if (responder_print(s->auth->responder, head, &what, rand_u64(&l->rand), &s->auth->proof) != OK)
        return FILLED_NOMEM;
    if (head->len >= 2 && !head->over)
        head->len -= 2; /* the line's end is the template's */
    return FILLED;
}
