/* The DNS of a drawn world: for each domain a set of servers of which one lives. Knows no call. */
#include "sim/names.h"

#include <stdio.h>

struct set {
    struct world *w;
    const struct node *server;
    const char *proto;
    unsigned dead; /* named so far, in the whole world */
};

/* RFC 3263 4.1, 4.2: by the domain's NAPTR the transport, by SRV the servers. */
static void name_service(const struct set *s)
{
    char text[200];
    const char *domain = s->server->name;
    snprintf(text, sizeof text,
             "%s NAPTR 1 1 s SIP+D2%s \"\" _sip._%s.%s\n_sip._%s.%s SRV 5 10 5060 live.%s\n",
             domain, s->proto[0] == 'u' ? "U" : "T", s->proto, domain, s->proto, domain, domain);
    world_zone(s->w, text);
}

/* Some share the name of the one that lives, most have their own. */
static void name_dead(struct set *s, unsigned priority)
{
    char text[200];
    const char *domain = s->server->name;
    unsigned n = ++s->dead, net = world_chance(s->w, 500) ? LINK_DEAD : LINK_HOLE;
    if (world_chance(s->w, 200))
        snprintf(text, sizeof text, "live.%s A 10.0.%u.%u\n", domain, net, n);
    else
        snprintf(text, sizeof text,
                 "_sip._%s.%s SRV %u 10 5060 dead%u.%s\ndead%u.%s A 10.0.%u.%u\n", s->proto, domain,
                 priority, n, domain, n, domain, net, n);
    world_zone(s->w, text);
}

void names_spread(struct world *w, const struct node *server, unsigned dead)
{
    static const unsigned priorities[] = {1, 5, 9};
    char live[80];
    struct set s = {w, server, world_chance(w, 700) ? "udp" : "tcp", server->index * 2 * dead};
    name_service(&s);
    for (unsigned i = 0; i < dead; i++)
        name_dead(&s, priorities[world_below(w, 3)]);
    snprintf(live, sizeof live, "live.%s A 10.0.0.%u\n", server->name, server->addr.ip[3]);
    world_zone(w, live);
    for (unsigned i = 0; i < dead; i++)
        name_dead(&s, 9);
}
