/* Owns whether a telephone number that nobody of ours has is looked up in the DNS, and in which
 * domain next. Knows no record. */
#include "element/hunt.h"

/* RFC 6116 3.7: a global number and nothing else: the key is "sip:+4989…@domain". */
static bool number_of(struct str key, struct str *out)
{
    size_t from = str_find(key, ':') + 1, end = str_find(key, '@');
    if (end == key.len || from >= end || key.at[from] != '+')
        return false;
    *out = str_slice(key, from, end - from);
    return true;
}

/* As to any place that is not ours, as far as that can be said before it is known. Who sends calls
 * on is one of ours. */
static bool may_leave(const struct element *e, const struct lookup *l)
{
    const struct uri *uri = msg_uri(l->event.msg);
    struct uri sender;
    enum standing s = l->manner.standing;
    if (l->wish || s == STANDING_KNOWN || s == STANDING_VOUCHED)
        return true;
    if (e->relay_loopback && addr_is_loopback(&l->event.msg->flow.remote))
        return true;
    return s == STANDING_OPEN && uri && policy_of(e, l->event.msg, uri, &sender) == POLICY_ASK;
}

static bool is_sought(const struct element *e, const struct lookup *l)
{
    return e->suffixes.n > l->suffix && l->kind == LOOKUP_TARGETS && l->of == OF_ALL &&
           !l->is_gruu && !l->forwards && l->rounds < LIMIT_ENUM_ROUNDS && may_leave(e, l);
}

void enum_explain(const struct element *e, const struct uri *aor, struct element_outlook *out)
{
    char space[LIMIT_AOR_BYTES], name[DNS_NAME_MAX];
    struct buf key, in_dns;
    struct str number;
    buf_init(&key, space, sizeof space);
    buf_init(&in_dns, name, sizeof name);
    registrar_key(&key, aor);
    if (key.over || e->suffixes.n == 0 || uri_has_param(aor, STR("gr")) ||
        !number_of(buf_str(&key), &number) || !number_name(&in_dns, number, e->suffixes.domains[0]))
        return;
    memcpy(out->number, number.at, number.len);
    out->number[number.len] = '\0';
}

bool enum_asks(struct element *e, struct lookup *l, pool_id id, time_ns now)
{
    struct str number;
    if (!is_sought(e, l) || !number_of((struct str){l->key, l->key_len}, &number))
        return false;
    while (l->suffix < e->suffixes.n) {
        int err = engine_ask_number(e->engine, number, e->suffixes.domains[l->suffix++],
                                    OWNER_ELEMENT, id, now);
        if (err == OK)
            return true;
        l->failed |= err != ERR_INVALID;
    }
    return false;
}
