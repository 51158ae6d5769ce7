/* Shows transactions to whoever looks after the server; changes nothing. */
#include "engine/state.h"

/* In a cursor: the places of clients come behind those of servers. */
#define CLIENTS (UINT64_C(1) << 32)

static unsigned status_of(const struct block *response)
{
    uint64_t status;

    return response && str_to_u64(str_slice(block_str(response), 8, 3), 699, &status)
               ? (unsigned)status
               : 0;
}

static void show_job(const struct job *j, struct engine_tx *out)
{
    *out = (struct engine_tx){.id = j->id,
                              .kind = j->tx.kind,
                              .state = j->tx.state,
                              .owner = j->owner,
                              .user = j->user,
                              .flow = j->flow};
}

static void show_server(const struct server *s, struct engine_tx *out)
{
    show_job(&s->job, out);
    out->method = s->key.method;
    out->method_name = s->key.method == METHOD_OTHER ? s->key.field[KEY_METHOD]
                                                     : method_name_of((enum method)s->key.method);
    out->status = (uint16_t)status_of(s->last);
    out->since = s->since;
    out->call_id = s->key.field[KEY_CALL_ID];
    out->request = s->request;
}

static void show_client(const struct client *c, struct engine_tx *out)
{
    show_job(&c->job, out);
    out->method = c->method;
    out->method_name = method_name_of((enum method)c->method);
    out->since = c->sent_at;
    if (c->parcel.bytes)
        out->call_id = why_call_id(block_str(c->parcel.bytes));
}

/* NULL: that place is empty. */
static const void *at_place(const struct pool *p, uint64_t place)
{
    const struct pool_slot *s = pool_slot_at(p, (uint32_t)place);

    return s->generation & 1 ? s->object : NULL;
}

static bool show(const struct engine *e, uint64_t cursor, struct engine_tx *out)
{
    const void *object =
        cursor < CLIENTS ? at_place(&e->servers, cursor) : at_place(&e->clients, cursor - CLIENTS);

    if (object && cursor < CLIENTS)
        show_server(object, out);
    else if (object)
        show_client(object, out);
    return object != NULL;
}

size_t engine_list(const struct engine *e, uint64_t *cursor, unsigned looks, struct engine_tx *out,
                   size_t max)
{
    size_t n = 0;

    for (; looks > 0 && n < max; looks--) {
        if (*cursor < CLIENTS && *cursor >= e->servers.n_slots)
            *cursor = CLIENTS;
        if (*cursor >= CLIENTS + e->clients.n_slots) {
            *cursor = 0;
            break;
        }
        n += show(e, (*cursor)++, &out[n]);
    }
    return n;
}

uint64_t engine_timers(const struct engine *e)
{
    return e->wheel.n_timers;
}
