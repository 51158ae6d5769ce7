/* Reads listener addresses and spreads wildcards over the interfaces; opens no socket itself. */
#include "host/listen.h"

#include "config/listener.h"
#include "net/socket.h"

#define SIP_PORT 5060

static const char too_many[] = "too many listeners";

static bool append(struct listen_list *l, unsigned transport, const struct addr *a)
{
    if (l->n == LIMIT_LISTENERS)
        return false;
    l->list[l->n++] = (struct listen_at){.transport = (uint8_t)transport, .addr = *a};
    return true;
}

static struct addr loopback(enum addr_family family, uint16_t port)
{
    struct addr a = {.family = (uint8_t)family, .port = port};

    if (family == ADDR_IP4)
        memcpy(a.ip, "\x7f\0\0\1", 4);
    else
        a.ip[15] = 1;
    return a;
}

static bool append_loopback(struct listen_list *l, unsigned transport, uint16_t port, bool has_ip6)
{
    struct addr a4 = loopback(ADDR_IP4, port), a6 = loopback(ADDR_IP6, port);

    return append(l, transport, &a4) && (!has_ip6 || append(l, transport, &a6));
}

const char *listen_parse(struct listen_list *l, struct str text, bool has_ip6)
{
    struct listen_list old = *l;
    struct config_listener one;
    const char *wrong = config_listener_parse(text, &one);

    if (wrong)
        return wrong;
    if (one.localhost ? append_loopback(l, one.transport, one.addr.port, has_ip6)
                      : append(l, one.transport, &one.addr))
        return NULL;
    *l = old;
    return too_many;
}

void listen_default(struct listen_list *l, bool has_ip6)
{
    *l = (struct listen_list){0};
    (void)append_loopback(l, TRANSPORT_UDP, SIP_PORT, has_ip6);
    (void)append_loopback(l, TRANSPORT_TCP, SIP_PORT, has_ip6);
}

static bool is_there(const struct listen_list *l, const struct listen_at *at)
{
    for (unsigned i = 0; i < l->n; i++)
        if (l->list[i].transport == at->transport && addr_equal(&l->list[i].addr, &at->addr) &&
            at->addr.port != 0)
            return true;
    return false;
}

static bool append_interfaces(struct listen_list *l, const struct listen_at *at)
{
    struct addr found[LIMIT_LISTENERS];
    size_t n = socket_interfaces(at->addr.family, found, LIMIT_LISTENERS);

    for (size_t i = 0; i < n; i++) {
        struct listen_at one = {.transport = at->transport, .addr = found[i]};

        one.addr.port = at->addr.port;
        if (!is_there(l, &one) && !append(l, one.transport, &one.addr))
            return false;
    }
    return true;
}

const char *listen_expand(struct listen_list *l)
{
    struct listen_list old = *l;

    l->n = 0;
    for (unsigned i = 0; i < old.n; i++) {
        const struct listen_at *at = &old.list[i];
        bool done = addr_is_any(&at->addr) ? append_interfaces(l, at)
                                           : is_there(l, at) || append(l, at->transport, &at->addr);

        if (!done) {
            *l = old;
            return too_many;
        }
    }
    return l->n > 0 ? NULL : "this machine has no such address";
}

const char *listen_read(struct listen_list *l, const struct str_list *uris, bool has_ip6)
{
    const char *wrong = NULL;

    *l = (struct listen_list){0};
    if (uris->n == 0)
        listen_default(l, has_ip6);
    for (unsigned i = 0; i < uris->n && !wrong; i++)
        wrong = listen_parse(l, uris->list[i], has_ip6);
    return wrong ? wrong : listen_expand(l);
}

bool listen_all_loopback(const struct listen_list *l)
{
    for (unsigned i = 0; i < l->n; i++)
        if (!addr_is_loopback(&l->list[i].addr))
            return false;
    return true;
}

void listen_print(struct buf *b, const struct listen_at *at)
{
    buf_put(b, str_from(config_listener_word(at->transport)));
    buf_put_char(b, ':');
    addr_print(b, &at->addr);
}
