/* Applies the caller's preferences to targets (RFC 3841 7). Knows no branch. */
#include "proxy/prefer.h"

#include "proxy/capabilities.h"

static bool has_flag(const struct token *t, struct str name)
{
    struct str value;
    return params_get(t->params, name, &value);
}

/* RFC 3841 7.2.4: only what it says of itself counts against a phone. */
static bool is_rejected(struct msg *m, struct params contact)
{
    for (const struct token *t = NULL; (t = msg_token_next(m, HDR_REJECT_CONTACT, t));) {
        struct feature_match match = features_match(t->params, contact);
        if (features_any(t->params) && match.names_all && match.agrees)
            return true;
    }
    return false;
}

/* One Accept-Contact (RFC 3841 figure 1). False: the contact is dropped. */
static bool apply(const struct token *t, struct params contact, unsigned *sum, unsigned *n)
{
    struct feature_match match = features_match(t->params, contact);
    bool required = has_flag(t, STR("require"));
    if (!match.agrees)
        return !required;
    unsigned score = match.score;
    if (score < 1000 && has_flag(t, STR("explicit"))) {
        if (required)
            return false;
        score = 0;
    }
    *sum += score;
    ++*n;
    return true;
}

static bool is_accepted(struct msg *m, struct params contact, unsigned *score)
{
    unsigned sum = 0, n = 0;
    for (const struct token *t = NULL; (t = msg_token_next(m, HDR_ACCEPT_CONTACT, t));)
        if (!apply(t, contact, &sum, &n))
            return false;
    *score = n ? sum / n : 0;
    return true;
}

/* RFC 3841 7.2.2: who says which methods and events he knows is wanted for those alone. */
static bool suits(struct msg *m, struct params contact)
{
    char text[160];
    struct buf b;
    const struct token *event = msg_single(m, HDR_EVENT);
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, ";methods=\"");
    buf_put(&b, m->method_name);
    buf_put_char(&b, '"');
    if (event && (m->method == METHOD_SUBSCRIBE || m->method == METHOD_NOTIFY)) {
        buf_put_lit(&b, ";events=\"");
        buf_put(&b, event->name);
        buf_put_char(&b, '"');
    }
    return b.over || features_match((struct params){buf_str(&b)}, contact).agrees;
}

bool prefer_is_explicit(const struct msg *m)
{
    return msg_header(m, HDR_ACCEPT_CONTACT) || msg_header(m, HDR_REJECT_CONTACT);
}

bool prefer_keeps(struct msg *m, const struct target *t, unsigned *score)
{
    const struct params contact = {t->params};
    *score = 1000;
    if (t->look_up || !features_any(contact)) /* RFC 3841 7.2.3: immune */
        return true;
    if (!prefer_is_explicit(m))
        return suits(m, contact);
    return !is_rejected(m, contact) && is_accepted(m, contact, score);
}

struct wishes_of_caller prefer_how(struct msg *m, struct fork_how *how)
{
    struct wishes_of_caller w = {0};
    const enum fork_order order = how->order;
    for (const struct token *t = NULL; (t = msg_token_next(m, HDR_REQUEST_DISPOSITION, t));) {
        if (str_equal_nocase(t->name, STR("no-fork")))
            w.no_fork = true;
        else if (str_equal_nocase(t->name, STR("no-recurse")))
            how->recurse = false;
        else if (str_equal_nocase(t->name, STR("no-cancel")))
            how->no_cancel = true;
        else if (str_equal_nocase(t->name, STR("no-queue")))
            how->wait = 0;
        else if (str_equal_nocase(t->name, STR("sequential")))
            how->order = FORK_SEQUENTIAL;
        else if (str_equal_nocase(t->name, STR("parallel")))
            how->order = FORK_PARALLEL;
    }
    if (how->fixed) {
        how->order = order;
        w.no_fork = false;
    }
    return w;
}
