/* Owns requests outside of dialogs from their sending to their answer. Knows no method. */
#include "ua/request.h"

#include "ua/account.h"
#include "ua/ask.h"
#include "ua/opening.h"
#include "ua/requests.h"

struct request {
    pool_id id;
    uint64_t user;
    ua_account account;
    struct dialog dialog; /* in TRYING, for as long as it lives */
    struct ask *ask;
};

void requests_init(struct ua *ua)
{
    pool_init(&ua->requests, ua->mem, sizeof(struct request), LIMIT_UA_ASKS);
}

static void forget(struct ua *ua, struct request *r)
{
    ask_free(ua, r->ask);
    dialog_fini(&r->dialog);
    event_release(ua, 1);
    pool_free(&ua->requests, r->id);
}

void requests_fini(struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (struct request *r; (r = pool_each(&ua->requests, &cursor, &id)) != NULL;)
        forget(ua, r);
    pool_fini(&ua->requests);
}

static bool is_alone(struct str method)
{
    static const enum method others[] = {METHOD_INVITE, METHOD_ACK, METHOD_BYE, METHOD_CANCEL};
    enum method m = method_of(method);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (m == others[i])
            return false;
    return method.len > 0;
}

static int begin(struct ua *ua, struct request *r, const struct ua_identity *who,
                 const struct request_start *s, time_ns now)
{
    struct opening opening;
    const struct ask_start ask = {.use = ASK_REQUEST,
                                  .user = r->id,
                                  .account = s->account,
                                  .dialog = &r->dialog,
                                  .method = s->method,
                                  .headers = s->headers,
                                  .body = s->body,
                                  .follows = true};
    r->user = s->user;
    r->account = s->account;
    opening_make(ua, who, account_routes(who), s->target, s->to, &opening);
    int err = dialog_init_trying(&r->dialog, ua->mem, &opening.start);
    return err ? err : ask_new(ua, &ask, now, &r->ask);
}

int request_send(struct ua *ua, const struct request_start *s, time_ns now, ua_request *out)
{
    pool_id id;
    const struct ua_identity *who = account_get(ua, s->account);
    *out = 0;
    if (!who)
        return ERR_STALE;
    if (!is_alone(s->method))
        return ERR_INVALID;
    if (!event_reserve(ua, 1))
        return ERR_NOMEM;
    struct request *r = pool_alloc(&ua->requests, &id);
    if (!r) {
        event_release(ua, 1);
        return ua->requests.live == ua->requests.max ? ERR_LIMIT : ERR_NOMEM;
    }
    r->id = id;
    int err = begin(ua, r, who, s, now);
    if (err)
        forget(ua, r);
    else
        *out = id;
    return err;
}

void request_forget(struct ua *ua, ua_request id)
{
    struct request *r = pool_get(&ua->requests, id);
    if (r)
        forget(ua, r);
}

void request_answered(struct ua *ua, uint64_t id, const struct ask_answer *answer)
{
    struct request *r = pool_get(&ua->requests, id);
    struct ua_event *e = event_tell(ua, UA_ANSWERED, answer->msg);
    e->account = r->account;
    e->request = r->id;
    e->user = r->user;
    e->status = answer->status;
    forget(ua, r);
}
