/* The contacts of 3xx responses, in the order of q, each once. */
#include "ua/targets.h"

void targets_fini(struct ua *ua, struct targets *t)
{
    for (unsigned i = 0; i < t->n; i++)
        block_unref(ua->blocks, t->list[i].uri);
    *t = (struct targets){0};
}

static bool is_known(const struct targets *t, const struct uri *uri)
{
    struct uri known;
    struct msg_error err;
    for (unsigned i = 0; i < t->n; i++)
        if (uri_parse(block_str(t->list[i].uri), &known, &err) && uri_equal(&known, uri))
            return true;
    return false;
}

static uint16_t q_of(const struct nameaddr *contact)
{
    struct str value;
    uint16_t q = 1000;
    if (params_get(contact->params, STR("q"), &value))
        (void)qvalue_parse(value, &q);
    return q;
}

/* Behind those of the same q that wait already. */
static void insert(struct targets *t, struct block *uri, uint16_t q)
{
    unsigned at = t->n++;
    for (; at > t->next && t->list[at - 1].q < q; at--)
        t->list[at] = t->list[at - 1];
    t->list[at].uri = uri;
    t->list[at].q = q;
}

static void add(struct ua *ua, struct targets *t, struct str text, uint16_t q)
{
    struct uri uri;
    struct msg_error err;
    if (t->n == LIMIT_UA_TARGETS || !uri_parse(text, &uri, &err) || uri.scheme == URI_OTHER ||
        is_known(t, &uri))
        return;
    struct block *kept = text_keep(ua, text);
    if (kept)
        insert(t, kept, q);
}

void targets_add(struct ua *ua, struct targets *t, struct msg *response, struct str asked)
{
    if (t->n == 0) {
        add(ua, t, asked, 1000);
        t->next = t->n;
    }
    for (const struct nameaddr *c = NULL;
         (c = msg_nameaddr_next(response, HDR_CONTACT, c)) != NULL;)
        if (!c->star)
            add(ua, t, c->uri_text, q_of(c));
}

struct str targets_next(struct targets *t)
{
    return t->next < t->n ? block_str(t->list[t->next++].uri) : STR_NONE;
}
