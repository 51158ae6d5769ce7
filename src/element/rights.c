/* Owns the rules of who may do what (RFC 3261 10.3 steps 3 and 4, 22): who need not say who they
 * are, and under which names an account may send. Changes nothing. */
#include "element/parts.h"

/* RFC 3261 10.3 step 5: whom a REGISTER is about, To says. */
static const struct nameaddr *named(struct msg *m)
{
    return m->method == METHOD_REGISTER ? msg_to(m) : msg_from(m);
}

static bool is_ours(const struct element *e, const struct nameaddr *n, struct uri *aor)
{
    return n && home_has(e, &n->uri, aor);
}

struct str rights_realm(const struct element *e, struct msg *m)
{
    struct uri aor;
    if (is_ours(e, named(m), &aor))
        return aor.host;
    return e->home.n > 0 ? e->home.domains[0] : engine_listener(e->engine, 0)->host;
}

static bool leads_to_us(struct msg *m, enum place place)
{
    return (place == PLACE_SELF && m->method != METHOD_REGISTER) || place == PLACE_USER ||
           place == PLACE_NOWHERE;
}

/* A later request of a dialog that was let in once. */
static bool is_in_dialog(struct msg *m, enum place place, bool marked)
{
    const struct nameaddr *to = msg_to(m);
    return place == PLACE_DIALOG || (marked && to && to->tag.len > 0);
}

bool rights_let_in(const struct element *e, struct msg *m, enum place place, bool marked)
{
    if (is_in_dialog(m, place, marked) || access_is_peer(&e->access, &m->flow))
        return true;
    return e->access.config.foreign_callers && leads_to_us(m, place) &&
           !is_ours(e, msg_from(m), NULL);
}

static bool is_account(const struct uri *aor, struct str user, struct str realm)
{
    char texts[2][LIMIT_AOR_BYTES];
    struct buf name, account;
    buf_init(&name, texts[0], sizeof texts[0]);
    buf_init(&account, texts[1], sizeof texts[1]);
    registrar_key(&name, aor);
    account_key(&account, user, realm);
    return !name.over && !account.over && str_equal(buf_str(&name), buf_str(&account));
}

/* RFC 3261 8.1.1.3: who hides has a meaningless name in a domain that there never is. */
static bool is_anonymous(const struct nameaddr *from)
{
    return from && str_equal_nocase(from->uri.host, STR("anonymous.invalid"));
}

bool rights_of(const struct element *e, struct msg *m, enum place place, struct str user,
               struct str realm)
{
    struct uri aor;
    const struct nameaddr *n = place == PLACE_SELF ? named(m) : msg_from(m);
    if (is_ours(e, n, &aor))
        return is_account(&aor, user, realm);
    if (place == PLACE_SELF && m->method == METHOD_REGISTER)
        return false;
    return e->access.config.foreign_callers || is_anonymous(n);
}
