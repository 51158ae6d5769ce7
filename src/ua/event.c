/* What the application is told, in order. What must be told has its memory beforehand. */
#include "ua/parts.h"

struct note {
    struct list node;
    struct ua_event event;
};

static struct note *note_of(struct list *node)
{
    return CONTAINER_OF(node, struct note, node);
}

void event_init(struct ua *ua)
{
    list_init(&ua->notes);
    list_init(&ua->spare);
}

void event_fini(struct ua *ua)
{
    msg_unref(ua->blocks, ua->shown);
    LIST_EACH (&ua->notes, node, after) {
        msg_unref(ua->blocks, note_of(node)->event.msg);
        mem_free(ua->mem, note_of(node), sizeof(struct note));
    }
    LIST_EACH (&ua->spare, node, after)
        mem_free(ua->mem, note_of(node), sizeof(struct note));
}

bool event_reserve(struct ua *ua, size_t n)
{
    while (ua->n_spare < ua->n_reserved + n) {
        struct note *note = mem_alloc(ua->mem, sizeof *note);
        if (!note)
            return false;
        list_append(&ua->spare, &note->node);
        ua->n_spare++;
    }
    ua->n_reserved += n;
    return true;
}

static struct note *take_spare(struct ua *ua)
{
    struct list *node = list_first(&ua->spare);
    if (!node)
        return NULL;
    list_remove(node);
    ua->n_spare--;
    return note_of(node);
}

static void give_back(struct ua *ua, struct note *note)
{
    if (ua->n_spare >= ua->n_reserved) {
        mem_free(ua->mem, note, sizeof *note);
        return;
    }
    list_append(&ua->spare, &note->node);
    ua->n_spare++;
}

void event_release(struct ua *ua, size_t n)
{
    ua->n_reserved -= n;
    while (ua->n_spare > ua->n_reserved)
        mem_free(ua->mem, take_spare(ua), sizeof(struct note));
}

struct ua_event *event_tell(struct ua *ua, enum ua_event_kind kind, struct msg *m)
{
    struct note *note = mem_alloc(ua->mem, sizeof *note);
    if (!note)
        note = take_spare(ua);
    if (!note)
        return NULL;
    note->event = (struct ua_event){.kind = kind, .msg = m ? msg_ref(m) : NULL};
    list_append(&ua->notes, &note->node);
    return &note->event;
}

bool ua_event(struct ua *ua, struct ua_event *out)
{
    msg_unref(ua->blocks, ua->shown);
    ua->shown = NULL;
    struct list *node = list_first(&ua->notes);
    if (!node)
        return false;
    struct note *note = note_of(node);
    list_remove(node);
    *out = note->event;
    ua->shown = out->msg;
    if (out->kind == UA_CALL_MEDIA)
        call_show_media(ua, out);
    give_back(ua, note);
    return true;
}
