/* Asks the C library for addresses of names; knows nothing of SIP's own records. */
#include "net/lookup.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "net/addrconv.h"

const char *net_lookup(struct str host, struct addr *out)
{
    char name[256];
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found = NULL;
    struct sockaddr_storage at = {0};

    if (addr_parse_ip(host, out))
        return NULL;
    if (host.len == 0 || host.len >= sizeof name)
        return "it is no host";
    memcpy(name, host.at, host.len);
    name[host.len] = '\0';
    int error = getaddrinfo(name, NULL, &hints, &found);

    if (error)
        return gai_strerror(error);
    memcpy(&at, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (!addr_from_sockaddr(&at, out))
        return "it has no address";
    out->port = 0;
    return NULL;
}
