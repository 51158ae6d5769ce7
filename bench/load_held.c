/* Calls that stand until the load generator ends, and requests within them: how a dialog is kept,
 * and what is sent in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/* One call, as its caller keeps it (RFC 3261 12.1.2). */
struct dialog {
    char *uri, *head;    /* the remote target; the header lines that all of its requests have */
    uint32_t cseq, item; /* of the last one */
};

bool held_init(struct load *l)
{
    l->n_dialogs = l->count;
    l->dialogs = calloc(l->n_dialogs, sizeof *l->dialogs);
    return l->dialogs;
}

void held_keep(struct load *l, uint32_t i, const struct received *answer)
{
    struct dialog *d = &l->dialogs[i];
    struct text uri = received_contact_uri(answer);
    struct outgoing head = {.len = 0};
    out_dialog(&head, answer);
    d->uri = strndup(uri.at, uri.len);
    d->head = strndup(head.bytes, head.len);
    d->cseq = l->cseq;
    if (d->uri && d->head)
        return;
    perror("load");
    exit(1);
}

void held_ask(struct load *l, uint32_t i)
{
    struct dialog *d = &l->dialogs[scattered(i, l->n_dialogs)];
    struct outgoing *o = port_next(&l->caller, &l->server);
    d->item = i;
    out_request(l, o, "INFO", (struct text){d->uri, strlen(d->uri)}, 'n', i);
    out_print(o, "%sCSeq: %u INFO\r\n", d->head, ++d->cseq);
    out_no_body(o);
}

bool held_item(const struct load *l, uint32_t dialog, uint32_t *item)
{
    if (dialog >= l->n_dialogs)
        return false;
    *item = l->dialogs[dialog].item;
    return true;
}

/* The next load, in the calls of the first. */
static bool begin_again(struct load *l, uint32_t rate, uint32_t count)
{
    free(l->items);
    l->items = calloc(count, sizeof *l->items);
    l->kind = CASE_INSIDE;
    l->rate = rate;
    l->count = count;
    l->n_begun = l->n_done = l->n_lost = l->n_bad = l->n_repeated = l->oldest = 0;
    return l->items;
}

void held_serve(struct load *l)
{
    char line[64], *end;
    while (fgets(line, sizeof line, stdin)) {
        uint32_t rate = (uint32_t)strtoul(line, &end, 10);
        uint32_t count = (uint32_t)strtoul(end, NULL, 10);
        if (!rate || !count || !begin_again(l, rate, count))
            return;
        load_run(l);
    }
}

void held_fini(struct load *l)
{
    for (uint32_t i = 0; i < l->n_dialogs; i++) {
        free(l->dialogs[i].uri);
        free(l->dialogs[i].head);
    }
    free(l->dialogs);
}
