/* The verb that says what becomes of a request without anybody's sending one. */
#include "server/control_client.h"
#include "server/explain.h"

static void tell_row(void *arg, const struct explain_row *row)
{
    struct control_client *c = arg;

    explain_put_json(control_row(c), row);
    control_tell(c);
}

enum control_step control_explain(struct control_client *c)
{
    struct shared *s = c->control->shared;
    struct explain_ask ask = {.message = STR_NONE};
    const char *wrong = explain_read(&ask, c->line.list + 1, c->line.n - 1);

    if (!wrong) {
        const struct config *config = current_hold(&s->current);

        wrong = explain(s, config, &ask, tell_row, c);
        current_release(&s->current);
    }
    return wrong ? control_end(c, 2, wrong) : CONTROL_DONE;
}
