/* Owns the texts of a registrar's answers. Decides nothing. */
#include "registrar/answer.h"

#include <assert.h>

#include "registrar/instance.h"

#define RETRY_AFTER_S 5
#define FIXED_BYTES 128  /* Supported, Require, Flow-Timer, Path's name and line end */
#define CONTACT_BYTES 48 /* what stands around a binding's URI and parameters */

static size_t ok_size(const struct bindings *all, const struct extras *extras)
{
    size_t size = FIXED_BYTES + extras->path.len + extras->info.len;
    for (size_t i = 0; i < extras->n_service_route; i++)
        size += FIXED_BYTES + extras->service_route[i].len;
    size_t gruus = extras->gruu.aor.len > 0 ? 2 * GRUU_BYTES(extras->gruu.aor.len) : 0;
    for (size_t i = 0; i < all->n; i++)
        size += gruus + CONTACT_BYTES + all->list[i].uri.len + all->list[i].params.text.len;
    return size;
}

/* Rounded up: what was granted now reads as it was granted. */
static uint64_t remaining_s(const struct binding *x, time_ns now)
{
    return (x->expires - now) / NS_PER_S + ((x->expires - now) % NS_PER_S != 0);
}

static const struct binding *newest_of(const struct bindings *all, struct str instance)
{
    size_t i = 0;
    while (!instance_equal(instance_of(all->list[i].params), instance))
        i++;
    return &all->list[i];
}

/* RFC 5627 5.2 */
static void put_gruus(struct buf *b, const struct bindings *all, const struct binding *x,
                      const struct gruu_maker *maker)
{
    if (maker->aor.len == 0)
        return;
    struct str instance = instance_of(x->params);
    if (!gruu_is_possible(instance))
        return;
    const struct gruu_maker own = {
        .key = maker->key, .aor = maker->aor, .secure = str_starts_nocase(x->uri, STR("sips:"))};
    buf_put_lit(b, ";temp-gruu=\"");
    gruu_print_temporary(b, &own, newest_of(all, instance));
    buf_put_lit(b, "\";pub-gruu=\"");
    gruu_print_public(b, &own, instance);
    buf_put_char(b, '"');
}

static void put_contact(struct buf *b, const struct bindings *all, const struct binding *x,
                        const struct gruu_maker *maker, time_ns now)
{
    buf_put_lit(b, "Contact: <");
    buf_put(b, x->uri);
    buf_put_char(b, '>');
    print_contact_params(b, x->params);
    put_gruus(b, all, x, maker);
    buf_put_lit(b, ";expires=");
    buf_put_u64(b, x->expires > now ? remaining_s(x, now) : 0);
    buf_put_lit(b, "\r\n");
}

/* RFC 5626 6: Flow-Timer only with "Require: outbound". */
static void put_outbound(struct buf *b, const struct extras *extras)
{
    buf_put_lit(b, "Supported: path, outbound\r\n");
    if (!extras->outbound)
        return;
    buf_put_lit(b, "Require: outbound\r\n");
    if (extras->flow_timer_s == 0)
        return;
    buf_put_lit(b, "Flow-Timer: ");
    buf_put_u64(b, extras->flow_timer_s);
    buf_put_lit(b, "\r\n");
}

/* RFC 3608 6.3 */
static void put_service_route(struct buf *b, const struct extras *extras)
{
    for (size_t i = 0; i < extras->n_service_route; i++) {
        buf_put_lit(b, "Service-Route: <sip:");
        buf_put(b, extras->service_route[i]);
        buf_put_lit(b, ";lr>\r\n");
    }
}

struct block *answer_print_ok(struct block_pool *pool, const struct bindings *all,
                              const struct extras *extras, time_ns now)
{
    size_t size = ok_size(all, extras);
    struct block *text = block_new(pool, size);
    if (!text)
        return NULL;
    struct buf b;
    buf_init(&b, text->bytes, size);
    for (size_t i = 0; i < all->n; i++)
        put_contact(&b, all, &all->list[i], &extras->gruu, now);
    if (extras->path.len > 0) {
        buf_put_lit(&b, "Path: ");
        buf_put(&b, extras->path);
        buf_put_lit(&b, "\r\n");
    }
    if (all->n > 0)
        put_service_route(&b, extras);
    put_outbound(&b, extras);
    buf_put(&b, extras->info);
    assert(!b.over);
    text->len = (uint32_t)b.len;
    return text;
}

/* RFC 3261 10.3 step 7: 423 says what is acceptable. RFC 3261 20.33: when to come back. */
int answer_refusal(struct engine *e, tx_id tx, struct refusal refusal,
                   const struct registrar_config *config, time_ns now)
{
    char space[64];
    struct buf b;
    buf_init(&b, space, sizeof space);
    if (refusal.status == 423) {
        buf_put_lit(&b, "Min-Expires: ");
        buf_put_u64(&b, config->min_expires_s);
        buf_put_lit(&b, "\r\n");
    } else if (refusal.status == 503) {
        buf_put_lit(&b, "Retry-After: ");
        buf_put_u64(&b, RETRY_AFTER_S);
        buf_put_lit(&b, "\r\n");
    }
    struct reply reply = {
        .status = refusal.status, .reason = refusal.reason, .headers = buf_str(&b)};
    return engine_reply(e, tx, &reply, now);
}

/* RFC 3261 8.2.2.3 */
int answer_unsupported(struct engine *e, tx_id tx, struct str option_tags, time_ns now)
{
    char space[1024 + sizeof "Unsupported: \r\n"];
    struct buf b;
    buf_init(&b, space, sizeof space);
    if (option_tags.len > 0) {
        buf_put_lit(&b, "Unsupported: ");
        buf_put(&b, option_tags);
        buf_put_lit(&b, "\r\n");
    }
    assert(!b.over);
    struct reply reply = {.status = 420, .headers = buf_str(&b)};
    return engine_reply(e, tx, &reply, now);
}
