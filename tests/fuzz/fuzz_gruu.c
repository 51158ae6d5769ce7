/* GRUUs (RFC 5627): both kinds that we make lead back to their user and instance; one that was
 * changed leads to the same or to nobody; any URI of a stranger's is read safely, and none of his
 * making is a temporary one. The input: user, domain, instance, a time and a number, changes to the
 * temporary one (offset, byte), then a URI. */
#include "fuzz.h"

#include "registrar/gruu.h"

#define TEXT_MAX (GRUU_BYTES(LIMIT_AOR_BYTES) + LIMIT_AOR_BYTES)

static const struct hash_key secret = {1, 2};

static const struct registrar *registrar_given(void)
{
    static struct registrar *registrar;
    struct engine_config e = {
        .mem = &mem_libc, .seed = rand_seed_from(1), .timers = tx_timers_default(), .n_workers = 1};
    struct registrar_config c = {.max_contacts = 1, .key = secret};
    struct engine *engine = registrar ? NULL : engine_new(&e);
    if (!registrar)
        registrar = engine ? registrar_new(engine, &c) : NULL;
    assert(registrar);
    return registrar;
}

struct led {
    char at[LIMIT_AOR_BYTES];
    struct buf key;
    struct gruu gruu;
};

/* Where a URI leads; false: to nobody. */
static bool leads(struct str text, struct led *out)
{
    struct uri u;
    struct msg_error err;
    struct str exact = exact_copy(text);
    buf_init(&out->key, out->at, sizeof out->at);
    bool good = uri_parse(exact, &u, &err) && (u.scheme == URI_SIP || u.scheme == URI_SIPS) &&
                registrar_gruu(registrar_given(), &u, &out->key, &out->gruu);
    assert(!good || !out->key.over);
    exact_free(exact);
    return good;
}

/* The user's record; false: there is none of such a name. */
static bool make_aor(struct buf *b, struct str *input)
{
    char text[600];
    struct buf uri;
    struct uri u;
    struct msg_error err;
    buf_init(&uri, text, sizeof text);
    buf_put_lit(&uri, "sip:");
    buf_put(&uri, draw_text(input));
    buf_put_char(&uri, '@');
    buf_put(&uri, draw_text(input));
    if (uri.over || !uri_parse(buf_str(&uri), &u, &err) || !u.user.at || u.user.len == 0)
        return false;
    registrar_key(b, &u);
    return !b->over;
}

/* A parameter with an instance of such characters as need no escape in it. */
static void make_params(struct buf *b, struct str drawn)
{
    buf_put_lit(b, ";+sip.instance=\"<");
    for (size_t i = 0; i < drawn.len; i++)
        if (drawn.at[i] > ' ' && drawn.at[i] < 127 && !memchr("\"\\<>", drawn.at[i], 4))
            buf_put_char(b, drawn.at[i]);
    buf_put_lit(b, ">\"");
}

static void expect(struct str gruu, struct str aor, struct led *out)
{
    assert(leads(gruu, out));
    assert(str_equal(buf_str(&out->key), aor));
}

static void check_changed(struct str own, const struct led *to, struct str *changes)
{
    char text[TEXT_MAX];
    struct led other;
    memcpy(text, own.at, own.len);
    for (unsigned n = draw_byte(changes) % 8; n > 0; n--) {
        size_t at = (size_t)draw_uint(changes, 2);
        uint8_t byte = draw_byte(changes);
        if (at < own.len)
            text[at] = (char)byte;
    }
    if (!leads((struct str){text, own.len}, &other) || !other.gruu.is_temporary)
        return;
    assert(str_equal(buf_str(&other.key), buf_str(&to->key)));
    assert(other.gruu.instance == to->gruu.instance && other.gruu.begun == to->gruu.begun);
}

static void check_own(struct str aor, struct str *input)
{
    char params[300], made[TEXT_MAX];
    struct gruu_maker maker = {.key = &secret, .aor = aor};
    struct led temporary, public;
    struct buf p, b;
    buf_init(&p, params, sizeof params);
    make_params(&p, draw_text(input));
    struct binding phone = {.params = {buf_str(&p)}};
    struct str instance = str_slice(buf_str(&p), 17, p.len - 19);
    phone.begun = draw_uint(input, 8);
    phone.cseq = (uint32_t)draw_uint(input, 4);
    if (!gruu_is_possible(instance))
        return;
    buf_init(&b, made, sizeof made);
    gruu_print_public(&b, &maker, instance);
    assert(!b.over && b.len <= GRUU_BYTES(aor.len));
    expect(buf_str(&b), aor, &public);
    buf_init(&b, made, sizeof made);
    gruu_print_temporary(&b, &maker, &phone);
    assert(!b.over && b.len <= GRUU_BYTES(aor.len));
    expect(buf_str(&b), aor, &temporary);
    assert(temporary.gruu.is_temporary && !public.gruu.is_temporary);
    assert(temporary.gruu.begun == phone.begun);
    assert(temporary.gruu.instance == public.gruu.instance);
    check_changed(buf_str(&b), &temporary, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    char aor[LIMIT_AOR_BYTES];
    struct led stranger;
    struct buf b;
    buf_init(&b, aor, sizeof aor);
    if (make_aor(&b, &input))
        check_own(buf_str(&b), &input);
    if (leads(input, &stranger))
        assert(!stranger.gruu.is_temporary);
    return 0;
}
