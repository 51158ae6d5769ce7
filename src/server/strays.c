/* Counts accounts of no domain of ours; changes none of them. */
#include "server/strays.h"

#include "msg/uri.h"

#define AT_ONCE 32

void strays_account(struct strays *s, const struct config *config, struct str key)
{
    struct msg_error fault;
    struct uri uri;

    if (!uri_parse(key, &uri, &fault) || config_has_domain(config, uri.host))
        return;
    if (s->n++ > 0)
        return;
    s->first_len = key.len < sizeof(s->first) ? key.len : sizeof(s->first);
    memcpy(s->first, key.at, s->first_len);
}

void strays_tell(struct strays *s, const struct log *log)
{
    if (s->n > 0)
        log_event(log, EV_STRAY_ACCOUNTS, LOG_NUMBER("accounts", s->n),
                  LOG_TEXT("first", ((struct str){s->first, s->first_len})));
    s->n = 0;
}

void strays_look(struct store *s, const struct config *config, const struct log *log)
{
    static _Thread_local char space[LOCATION_WALK_BYTES];
    struct location_record found[AT_ONCE];
    struct location_walk walk = {0};
    struct strays strays = {0};

    while (!walk.over) {
        size_t n = store_walk_accounts(s, &walk, space, found, AT_ONCE);

        for (size_t i = 0; i < n; i++)
            strays_account(&strays, config, found[i].key);
    }
    strays_tell(&strays, log);
}
