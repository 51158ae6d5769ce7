/* Owns what control clients write to the store: nobody waits for the disk in their thread. Knows no
 * record. */
#include "server/control_client.h"

#define WRITE_WITHIN (5 * NS_PER_S)

static time_ns now_of(const struct control_client *c)
{
    return net_clock_now(&c->control->shared->clock);
}

bool control_write(struct control_client *c, const struct store_ask *question,
                   struct store_answer *found, struct block **value)
{
    struct store *s = c->control->shared->store;
    struct locations_asker who = {store_beside(s), ++c->control->queries};

    *found = (struct store_answer){.status = STORE_FAILED};
    c->progress.write = (struct control_write){
        .query = who.query, .asked_at = now_of(c), .tries = c->progress.write.tries + 1};
    return store_ask(s, who, question, now_of(c), &c->control->blocks, found, value);
}

bool control_write_waits(struct control_client *c, const char *late, enum control_step *step)
{
    struct control_write *w = &c->progress.write;

    if (w->answered) {
        w->query = 0;
        return false;
    }
    *step = now_of(c) - w->asked_at < WRITE_WITHIN ? CONTROL_WAIT : control_end(c, 1, late);
    return true;
}

void control_take_answers(struct control *k)
{
    struct store *s = k->shared->store;
    struct store_answer a;

    while (store_answer(s, store_beside(s), &a))
        for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++) {
            struct control_write *w = &k->clients[i].progress.write;

            if (k->clients[i].used && w->query == a.query) {
                w->answered = true;
                w->status = a.status;
            }
        }
}
