/* Owns what happened that others want to know of, until they take it. Decides nothing. */
#include "element/parts.h"

static struct str keep(char *space, size_t size, struct str text)
{
    size_t len = text.len < size ? text.len : size;
    if (len > 0)
        memcpy(space, text.at, len);
    return (struct str){space, len};
}

static void push(struct element *e, const struct element_note *n)
{
    struct notes *all = &e->notes;
    if (all->n == LIMIT_NOTES)
        return;
    unsigned i = (all->first + all->n++) % LIMIT_NOTES;
    all->ring[i].note = *n;
    all->ring[i].note.who = keep(all->ring[i].who, NOTE_TEXT, n->who);
    all->ring[i].note.call_id = keep(all->ring[i].call_id, NOTE_TEXT, n->call_id);
    all->ring[i].note.key = keep(all->ring[i].key, LIMIT_AOR_BYTES, n->key);
}

static const enum reason reasons[N_ELEMENT_NOTES] = {
    [NOTE_CHALLENGED] = REASON_CHALLENGED,     [NOTE_AUTH_OK] = REASON_PROVED,
    [NOTE_AUTH_FAILED] = REASON_AUTH_FAILED,   [NOTE_FORBIDDEN] = REASON_FORBIDDEN,
    [NOTE_UNKNOWN_USER] = REASON_UNKNOWN_USER, [NOTE_HOOK_FAILED] = REASON_HOOK_FAILED};

void note(struct element *e, enum element_note_kind kind, struct msg *m, struct str who)
{
    if (reasons[kind])
        engine_why(e->engine, m, reasons[kind], who, m->received_at);
    push(e, &(struct element_note){.kind = kind,
                                   .method = m->method,
                                   .flow = m->flow,
                                   .who = who,
                                   .call_id = msg_call_id(m)});
}

void note_registered(struct element *e, struct msg *m, struct str who, struct str key)
{
    push(e, &(struct element_note){.kind = NOTE_REGISTERED,
                                   .method = m->method,
                                   .flow = m->flow,
                                   .who = who,
                                   .call_id = msg_call_id(m),
                                   .key = key});
}

void note_bad(struct element *e, const struct flow *flow, enum element_note_kind kind)
{
    push(e, &(struct element_note){.kind = kind, .flow = *flow});
}

bool element_note(struct element *e, struct element_note *out)
{
    struct notes *all = &e->notes;
    if (all->n == 0)
        return false;
    *out = all->ring[all->first].note;
    all->first = (all->first + 1) % LIMIT_NOTES;
    all->n--;
    return true;
}
