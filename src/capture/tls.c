/* Records of TLS sessions of others: the hellos are read, what is sealed is opened where its secret
 * is known. Whether a key fits is what opening tells; so of TLS 1.3 no handshake secret is needed:
 * its messages just do not open. */
#include "tls.h"

#include "bytes.h"

enum record_type { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, DATA };
enum message { CLIENT_HELLO = 1, SERVER_HELLO = 2, KEY_UPDATE = 24 };

#define HELLO_HEAD 4
#define RECORD_MOST (16384 + 2048)
#define VERSION_12 0x0303
#define VERSION_13 0x0304
#define EXT_SUPPORTED_VERSIONS 43
#define LOST_MOST 16 /* records that may be missing before one that opens all the same */

size_t tls_record_len(struct str s)
{
    if (s.len < TLS_RECORD_HEAD)
        return 0;
    unsigned type = get_8(s.at), len = get_16(s.at + 3);

    return type >= CHANGE_CIPHER_SPEC && type <= DATA && get_8(s.at + 1) == 3 &&
                   get_8(s.at + 2) <= 4 && len > 0 && len <= RECORD_MOST
               ? TLS_RECORD_HEAD + (size_t)len
               : 0;
}

bool tls_is_record(struct str s)
{
    return tls_record_len(s) > 0;
}

struct tls_session *tls_session_new(struct mem *mem)
{
    return mem_alloc_zero(mem, sizeof(struct tls_session));
}

void tls_session_free(struct tls_session *t, struct mem *mem)
{
    mem_free(mem, t, sizeof(*t));
}

/* --- the hellos (RFC 8446 4.1) --- */

/* Version and random are where they were in TLS 1.2. */
static bool read_random(struct str hello, char *random)
{
    if (hello.len < 2 + TLS_RANDOM + 1)
        return false;
    memcpy(random, hello.at + 2, TLS_RANDOM);
    return true;
}

static void take_client_hello(struct tls_session *t, unsigned side, struct str hello)
{
    struct tls_session fresh = {.has_client = true, .client = (uint8_t)side};

    if (read_random(hello, fresh.client_random))
        *t = fresh;
}

static bool says_13(struct str extensions)
{
    while (extensions.len >= 4) {
        size_t len = get_16(extensions.at + 2);

        if (len > extensions.len - 4)
            return false;
        if (get_16(extensions.at) == EXT_SUPPORTED_VERSIONS && len == 2)
            return get_16(extensions.at + 4) == VERSION_13;
        extensions = behind(extensions, 4 + len);
    }
    return false;
}

static void take_server_hello(struct tls_session *t, struct str hello)
{
    if (!read_random(hello, t->server_random))
        return;
    struct str rest = behind(hello, 2 + TLS_RANDOM);

    rest = behind(rest, 1 + (size_t)get_8(rest.at)); /* the session's id */
    if (rest.len < 3)
        return;
    t->suite = get_16(rest.at);
    t->is_13 = rest.len > 5 && says_13(behind(rest, 5));
    t->has_server = true;
    t->sides[0] = t->sides[1] = (struct tls_side){0};
}

static void take_handshake(struct tls_session *t, unsigned side, struct str body)
{
    if (body.len < HELLO_HEAD)
        return;
    unsigned type = get_8(body.at);

    if (type == CLIENT_HELLO)
        take_client_hello(t, side, behind(body, HELLO_HEAD));
    else if (type == SERVER_HELLO && t->has_client && side != t->client)
        take_server_hello(t, behind(body, HELLO_HEAD));
}

/* --- keys --- */

static bool make_seal(struct tls_session *t, const struct tls_keys *keys, unsigned side)
{
    const struct tls_suite *suite = tls_suite_of(t->suite);
    const struct tls_secrets *s =
        t->has_server && suite ? tls_keys_find(keys, t->client_random) : NULL;
    bool is_client = side == t->client;
    unsigned kind = !t->is_13 ? TLS_MASTER : is_client ? TLS_CLIENT_TRAFFIC : TLS_SERVER_TRAFFIC;
    struct tls_seal both[2];

    if (!s || s->len[kind] == 0 || suite->is_13 != t->is_13)
        return false;
    struct str secret = {s->secret[kind], s->len[kind]};

    if (t->is_13) {
        memcpy(t->sides[side].secret, secret.at, secret.len);
        t->sides[side].secret_len = (uint8_t)secret.len;
        return tls_seal_13(suite, secret, &t->sides[side].seal);
    }
    if (!tls_seals_12(suite, secret, t->client_random, t->server_random, both))
        return false;
    t->sides[side].seal = both[is_client ? 0 : 1];
    return true;
}

/* --- sealed records --- */

static void put_sequence(char at[8], uint64_t n)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (char)(n >> (56 - 8 * i));
}

/* RFC 8446 5.3, RFC 7905 2 */
static void nonce_of(const struct tls_seal *seal, uint64_t sequence, char nonce[12])
{
    char number[8];

    put_sequence(number, sequence);
    memcpy(nonce, seal->iv, 12);
    for (unsigned i = 0; i < 8; i++)
        nonce[4 + i] = (char)(nonce[4 + i] ^ number[i]);
}

/* RFC 5246 6.2.3.3, RFC 5288 3 */
static bool open_12(const struct tls_seal *seal, uint64_t sequence, struct str record, char *room,
                    struct str *plain)
{
    bool brings_nonce = seal->suite->fixed_iv == 4;
    struct str sealed = behind(record, TLS_RECORD_HEAD);
    char nonce[12], aad[13];

    if (sealed.len < (brings_nonce ? 8 : 0) + (size_t)TLS_TAG)
        return false;
    nonce_of(seal, sequence, nonce);
    if (brings_nonce) {
        memcpy(nonce, seal->iv, 4);
        memcpy(nonce + 4, sealed.at, 8);
        sealed = behind(sealed, 8);
    }
    size_t len = sealed.len - TLS_TAG;

    put_sequence(aad, sequence);
    memcpy(aad + 8, record.at, 3);
    aad[11] = (char)(len >> 8);
    aad[12] = (char)len;
    *plain = (struct str){room, len};
    return tls_open(seal, nonce, (struct str){aad, sizeof aad}, sealed, room);
}

/* RFC 8446 5.2. The content's type stands behind it, before zeros. */
static bool open_13(const struct tls_seal *seal, uint64_t sequence, struct str record, char *room,
                    uint8_t *type, struct str *plain)
{
    struct str sealed = behind(record, TLS_RECORD_HEAD);
    char nonce[12];

    if (sealed.len < TLS_TAG)
        return false;
    nonce_of(seal, sequence, nonce);
    if (!tls_open(seal, nonce, str_slice(record, 0, TLS_RECORD_HEAD), sealed, room))
        return false;
    size_t len = sealed.len - TLS_TAG;

    while (len > 0 && room[len - 1] == 0)
        len--;
    *type = len > 0 ? (uint8_t)room[len - 1] : 0;
    *plain = (struct str){room, len > 0 ? len - 1 : 0};
    return true;
}

/* RFC 8446 4.6.3: whoever sends a key update seals with the next keys from then on. */
static void take_update(struct tls_side *s, struct str handshake)
{
    const struct tls_suite *suite = s->seal.suite;

    if (handshake.len == 0 || get_8(handshake.at) != KEY_UPDATE)
        return;
    s->sequence = 0;
    s->has_seal = tls_next_secret(suite, s->secret, s->secret_len) &&
                  tls_seal_13(suite, (struct str){s->secret, s->secret_len}, &s->seal);
}

/* A record that opens with a later number than the next: those between were not captured. */
static enum tls_result open_any(struct tls_session *t, struct tls_side *s, struct str record,
                                char *room, struct str *plain)
{
    uint8_t type = get_8(record.at);

    for (uint64_t n = s->sequence; n < s->sequence + LOST_MOST; n++) {
        bool is_open = t->is_13 ? open_13(&s->seal, n, record, room, &type, plain)
                                : open_12(&s->seal, n, record, room, plain);

        if (is_open) {
            s->sequence = n + 1;
            if (t->is_13 && type == HANDSHAKE)
                take_update(s, *plain);
            return type == DATA ? TLS_OPENED : TLS_NO_DATA;
        }
    }
    return type == DATA ? TLS_SEALED : TLS_NO_DATA;
}

enum tls_result tls_read_record(struct tls_session *t, const struct tls_keys *keys, unsigned side,
                                struct str record, char room[TLS_PLAIN_MOST], struct str *plain)
{
    struct tls_side *s = &t->sides[side];
    uint8_t type = get_8(record.at);

    *plain = STR_NONE;
    if (type == CHANGE_CIPHER_SPEC) {
        s->is_sealed = t->has_server && !t->is_13;
        return TLS_NO_DATA;
    }
    if (type != DATA && !s->is_sealed) {
        if (type == HANDSHAKE)
            take_handshake(t, side, behind(record, TLS_RECORD_HEAD));
        return TLS_NO_DATA;
    }
    if (!s->has_seal)
        s->has_seal = make_seal(t, keys, side);
    if (!s->has_seal)
        return type == DATA ? TLS_SEALED : TLS_NO_DATA;
    return open_any(t, s, record, room, plain);
}
