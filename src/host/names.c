/* Brings the files of names to their reader, and the configured name servers to who asks them. */
#include "host/names.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct names {
    struct mem *mem;
    _Atomic unsigned n_refs;
    struct hosts *hosts;
};

/* NULL: errno says why; 0: it is too large. */
static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "re");
    char *text = f ? malloc(LIMIT_HOSTS_BYTES + 1) : NULL;

    if (text) {
        errno = 0;
        *len = fread(text, 1, LIMIT_HOSTS_BYTES + 1, f);
        if (ferror(f) || *len > LIMIT_HOSTS_BYTES) {
            errno = ferror(f) ? EIO : 0;
            free(text);
            text = NULL;
        }
    }
    int error = errno;
    if (f)
        (void)fclose(f);
    errno = error;
    return text;
}

static bool add_zone(struct hosts *h, const char *path, char *what, size_t size)
{
    struct hosts_fault fault;
    size_t len;
    char *text = read_file(path, &len);

    if (!text) {
        (void)snprintf(what, size, "%s: %s", path, errno ? strerror(errno) : "is too large");
        return false;
    }
    int err = hosts_zone(h, (struct str){text, len}, &fault);

    free(text);
    if (err == ERR_INVALID)
        (void)snprintf(what, size, "%s, line %u: %s", path, fault.line, fault.what);
    else if (err)
        (void)snprintf(what, size, "%s: %s", path,
                       err == ERR_LIMIT ? "has too many records" : "no memory");
    return err == OK;
}

/* Whatever is wrong with it is no fault of ours. */
static void add_etc(struct hosts *h)
{
    size_t len;
    char *text = read_file("/etc/hosts", &len);

    if (text)
        (void)!hosts_etc(h, (struct str){text, len});
    free(text);
}

static struct names *names_new(struct mem *mem)
{
    struct names *n = mem_alloc_zero(mem, sizeof(*n));

    if (!n)
        return NULL;
    n->mem = mem;
    atomic_init(&n->n_refs, 1);
    n->hosts = hosts_new(mem);
    if (n->hosts)
        return n;
    mem_free(mem, n, sizeof(*n));
    return NULL;
}

void names_unref(struct names *n)
{
    if (!n || atomic_fetch_sub(&n->n_refs, 1) > 1)
        return;
    hosts_free(n->hosts);
    mem_free(n->mem, n, sizeof(*n));
}

const struct hosts *names_hosts(const struct names *n)
{
    return n->hosts;
}

struct names *names_read(struct mem *mem, const struct config *c, char *what, size_t size)
{
    struct names *n = names_new(mem);

    if (!n) {
        (void)snprintf(what, size, "no memory");
        return NULL;
    }
    if (c->dns.hosts.len > 0 && !add_zone(n->hosts, c->dns.hosts.at, what, size)) {
        names_unref(n);
        return NULL;
    }
    add_etc(n->hosts);
    return n;
}

/* --- which hold now --- */

void known_init(struct known *k, struct names *n)
{
    (void)pthread_mutex_init(&k->lock, NULL);
    k->now = n;
}

void known_fini(struct known *k)
{
    if (!k->now)
        return;
    names_unref(k->now);
    pthread_mutex_destroy(&k->lock);
    k->now = NULL;
}

struct names *known_names(struct known *k)
{
    pthread_mutex_lock(&k->lock);
    struct names *n = k->now;

    atomic_fetch_add(&n->n_refs, 1);
    pthread_mutex_unlock(&k->lock);
    return n;
}

struct names *known_replace(struct known *k, struct names *n)
{
    pthread_mutex_lock(&k->lock);
    struct names *old = k->now;

    k->now = n;
    pthread_mutex_unlock(&k->lock);
    return old;
}

/* --- who asks --- */

/* c-ares takes IPv6 addresses in brackets alone where a port follows. */
static void put_server(struct buf *b, struct str text)
{
    struct addr a;

    if (b->len > 0)
        buf_put_char(b, ',');
    if (addr_parse_ip(text, &a) || addr_parse(text, &a))
        addr_print(b, &a);
}

#define SERVERS_BYTES (LIMIT_DNS_SERVERS * 64)

static struct net_dns_config servers_of(const struct config *c, char servers[SERVERS_BYTES])
{
    struct net_dns_config config = {.timeout_ms = c->dns.timeout_ms, .tries = c->dns.tries};
    struct buf b;

    buf_init(&b, servers, SERVERS_BYTES - 1);
    for (unsigned i = 0; i < c->dns.servers.n; i++)
        put_server(&b, c->dns.servers.list[i]);
    servers[b.len] = '\0';
    if (b.len > 0)
        config.servers = servers;
    return config;
}

struct net_dns *names_ask(struct mem *mem, const struct config *c, unsigned n_workers,
                          struct bell *const *bells)
{
    char servers[SERVERS_BYTES];
    const struct net_dns_config config = servers_of(c, servers);

    return net_dns_new(mem, &config, n_workers, bells);
}

struct ares_channeldata *names_servers(struct net_dns *d, const struct config *c)
{
    char servers[SERVERS_BYTES];
    const struct net_dns_config config = servers_of(c, servers);

    return net_dns_prepare(d, &config);
}
