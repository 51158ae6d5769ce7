/* Makes the proxy of the fuzz targets. */
#include "proxy_given.h"

#include "fuzz.h"

static void listen_on(struct engine *e, enum transport transport, struct str at)
{
    struct addr a;
    assert(addr_parse(at, &a));
    assert(engine_listen(e, transport, &a, STR_NONE) >= 0);
}

static struct engine *engine_given(void)
{
    struct engine_config config = {.mem = &mem_libc,
                                   .seed = rand_seed_from(1),
                                   .timers = tx_timers_default(),
                                   .call_key = {1, 2},
                                   .n_workers = 1};
    struct engine *e = engine_new(&config);
    assert(e);
    listen_on(e, TRANSPORT_UDP, STR("192.0.2.10:5060"));
    listen_on(e, TRANSPORT_TCP, STR("192.0.2.10:5060"));
    listen_on(e, TRANSPORT_UDP, STR("[2001:db8::10]:5060"));
    listen_on(e, TRANSPORT_TLS, STR("192.0.2.10:5061"));
    return e;
}

struct proxy *proxy_given(void)
{
    static struct proxy *p;
    const struct str domain = STR("example.com");
    if (p)
        return p;
    struct proxy_config config = {
        .owner = 1, .record_route = true, .key = {3, 4}, .domains = &domain, .n_domains = 1};
    p = proxy_new(engine_given(), &config);
    assert(p);
    return p;
}

struct flow proxy_draw_flow(struct str *input)
{
    unsigned listener = draw_byte(input) % 4;
    const struct listener *l = engine_listener(proxy_given()->engine, listener);
    struct flow f = {.transport = l->transport, .listener = (uint8_t)listener, .local = l->local};
    f.remote = (struct addr){.family = l->local.family};
    f.remote.port = (uint16_t)draw_uint(input, 2);
    for (unsigned i = 0; i < (f.remote.family == ADDR_IP4 ? 4 : 16); i++)
        f.remote.ip[i] = draw_byte(input);
    if (f.remote.family == ADDR_IP6)
        f.remote.scope = draw_byte(input);
    if (transport_is_reliable(f.transport))
        f.conn = draw_uint(input, 8) | 1;
    return f;
}
