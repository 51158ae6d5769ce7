/* Translates addresses to and from the sockets API; owns nothing and opens nothing. */
#include "net/addrconv.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static socklen_t to_ip4(const struct addr *a, struct sockaddr_storage *out)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(a->port)};

    memcpy(&in.sin_addr, a->ip, 4);
    memcpy(out, &in, sizeof(in));
    return sizeof(in);
}

static socklen_t to_ip6(const struct addr *a, struct sockaddr_storage *out)
{
    struct sockaddr_in6 in = {
        .sin6_family = AF_INET6, .sin6_port = htons(a->port), .sin6_scope_id = a->scope};

    memcpy(&in.sin6_addr, a->ip, 16);
    memcpy(out, &in, sizeof(in));
    return sizeof(in);
}

socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *out)
{
    if (a->family == ADDR_IP4)
        return to_ip4(a, out);
    if (a->family == ADDR_IP6)
        return to_ip6(a, out);
    return 0;
}

bool addr_from_sockaddr(const struct sockaddr_storage *s, struct addr *out)
{
    if (s->ss_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, s, sizeof(in));
        *out = (struct addr){.family = ADDR_IP4, .port = ntohs(in.sin_port)};
        memcpy(out->ip, &in.sin_addr, 4);
        return true;
    }
    if (s->ss_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, s, sizeof(in));
        *out = (struct addr){
            .family = ADDR_IP6, .port = ntohs(in.sin6_port), .scope = in.sin6_scope_id};
        memcpy(out->ip, &in.sin6_addr, 16);
        return true;
    }
    return false;
}
