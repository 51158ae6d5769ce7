/* The user agent as its owner sees it: its life, and what it is made of. */
#include "ua/account.h"
#include "ua/referral.h"
#include "ua/requests.h"
#include "ua/watch.h"

static bool keep_software(struct ua *ua, struct str software)
{
    if (software.len == 0)
        return true;
    size_t len = software.len + sizeof "User-Agent: \r\n" - 1;
    struct buf b;
    ua->software = mem_alloc(ua->mem, len);
    if (!ua->software)
        return false;
    ua->software_len = len;
    buf_init(&b, ua->software, len);
    text_put_line(&b, STR("User-Agent"), software);
    return true;
}

static bool start(struct ua *ua)
{
    struct hash_key key;
    rand_bytes(engine_rand(ua->engine), &key, sizeof key);
    if (dialog_table_init(&ua->dialogs, ua->mem, &key))
        return false;
    if (dialog_table_init(&ua->usages, ua->mem, &key)) {
        dialog_table_fini(&ua->dialogs);
        return false;
    }
    ua->digester = digester_new(ua->mem);
    if (ua->digester && keep_software(ua, ua->config.software))
        return true;
    digester_free(ua->digester);
    dialog_table_fini(&ua->usages);
    dialog_table_fini(&ua->dialogs);
    return false;
}

struct ua *ua_new(const struct ua_config *config)
{
    struct mem *mem = engine_mem(config->engine);
    struct ua *ua = mem_alloc_zero(mem, sizeof *ua);
    if (!ua)
        return NULL;
    ua->mem = mem;
    ua->engine = config->engine;
    ua->blocks = engine_blocks(config->engine);
    ua->config = *config;
    if (!start(ua)) {
        mem_free(mem, ua, sizeof *ua);
        return NULL;
    }
    ua->config.software = STR_NONE;
    uint32_t max = config->max_calls > 0 ? config->max_calls : LIMIT_UA_CALLS;
    pool_init(&ua->accounts, mem, sizeof(struct ua_identity), LIMIT_UA_ACCOUNTS);
    pool_init(&ua->calls, mem, sizeof(struct call), max);
    pool_init(&ua->legs, mem, sizeof(struct leg), LIMIT_UA_LEGS);
    pool_init(&ua->asks, mem, sizeof(struct ask), LIMIT_UA_ASKS);
    requests_init(ua);
    registrations_init(ua);
    watches_init(ua);
    referrals_init(ua);
    wheel_init(&ua->wheel, 0);
    event_init(ua);
    return ua;
}

static void free_calls(struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (struct call *call; (call = pool_each(&ua->calls, &cursor, &id)) != NULL;)
        call_free(ua, call);
}

static void free_accounts(struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (struct ua_identity *a; (a = pool_each(&ua->accounts, &cursor, &id)) != NULL;)
        account_free(ua, a);
}

void ua_free(struct ua *ua)
{
    if (!ua)
        return;
    watches_fini(ua);
    referrals_fini(ua);
    free_calls(ua);
    requests_fini(ua);
    registrations_fini(ua);
    free_accounts(ua);
    event_fini(ua);
    block_unref(ua->blocks, ua->described);
    pool_fini(&ua->accounts);
    pool_fini(&ua->calls);
    pool_fini(&ua->legs);
    pool_fini(&ua->asks);
    dialog_table_fini(&ua->usages);
    dialog_table_fini(&ua->dialogs);
    digester_free(ua->digester);
    mem_free(ua->mem, ua->software, ua->software_len);
    mem_free(ua->mem, ua, sizeof *ua);
}

int ua_reply(struct ua *ua, tx_id tx, const struct reply *reply, time_ns now)
{
    return engine_reply(ua->engine, tx, reply, now);
}

static bool asks_wait(const struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (const struct ask *a; (a = pool_each(&ua->asks, &cursor, &id)) != NULL;)
        if (a->use != ASK_INVITE) /* call_is_done looks at those */
            return true;
    return false;
}

bool ua_is_done(const struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (const struct call *call; (call = pool_each(&ua->calls, &cursor, &id)) != NULL;)
        if (!call_is_done(call))
            return false;
    return !asks_wait(ua) && ua->watches.live == 0 && ua->referrals.live == 0;
}

bool ua_is_quiet(const struct ua *ua)
{
    return ua->calls.live == 0 && ua->asks.live == 0 && ua->watches.live == 0 &&
           ua->referrals.live == 0;
}
