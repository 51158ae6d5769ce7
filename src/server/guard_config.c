/* Translates the configuration into the guard's; knows no worker. */
#include "server/guard_config.h"

#include "server/element_config.h"

static const struct addr_block loopback[] = {
    {.addr = {.family = ADDR_IP4, .ip = {127}}, .bits = 8},
    {.addr = {.family = ADDR_IP6, .ip = {[15] = 1}}, .bits = 128},
};

static void trust(struct guard_trusted *t, const struct addr_block *list, size_t n)
{
    if (n > 0)
        memcpy(t->list + t->n, list, n * sizeof(*list));
    t->n += n;
}

/* While anybody on this machine may do anything, and nobody else reaches us, there is nobody to
 * ban.
 */
void guard_config_of(struct guard_config *out, struct guard_trusted *trusted,
                     const struct shared *s, const struct config *config)
{
    trusted->n = 0;
    trust(trusted, config->trusted.list, config->trusted.n);
    trust(trusted, config->peers.list, config->peers.n);
    if (s->all_loopback && !element_needs_accounts(s, config))
        trust(trusted, loopback, 2);
    *out = (struct guard_config){.mem = s->mem,
                                 .sources = config->limits.sources,
                                 .packets_per_s = config->limits.packets_per_s,
                                 .strikes = config->limits.strikes,
                                 .ban = config->limits.ban_s * NS_PER_S,
                                 .trusted = trusted->list,
                                 .n_trusted = trusted->n};
}
