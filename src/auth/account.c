/* Owns the form in which an account is kept: version, algorithms, names, a hash for each algorithm.
 * Knows no store and no request. */
#include "auth/account.h"

#include <openssl/crypto.h>

#include "msg/uri.h"

#define FORMAT 1

int account_make(struct account *a, struct digester *d, struct str user, struct str realm,
                 struct str password)
{
    *a = (struct account){.user = user, .realm = realm, .algorithms = DIGEST_ALL};
    for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++)
        if (!digest_ha1(d, (enum digest_algorithm)i, user, realm, password, a->ha1[i]))
            return ERR_NOMEM;
    return OK;
}

/* A per cent sign of a name is no escape of a URI. */
static void put_percent_escaped(struct buf *b, struct str user)
{
    for (size_t i = 0; i < user.len; i++)
        if (user.at[i] == '%')
            buf_put_lit(b, "%25");
        else
            buf_put_char(b, user.at[i]);
}

void account_key(struct buf *b, struct str user, struct str realm)
{
    char space[LIMIT_AOR_BYTES];
    struct buf escaped;
    buf_init(&escaped, space, sizeof space);
    put_percent_escaped(&escaped, user);
    if (escaped.over || user.len == 0 || realm.len == 0) {
        b->over = true;
        return;
    }
    struct uri uri = {.scheme = URI_SIP, .user = buf_str(&escaped), .host = realm};
    uri_print_aor(b, &uri);
}

/* --- the record: format, algorithms, length and text of user and realm, the hashes --- */

static void put_text(struct buf *b, struct str s)
{
    if (s.len == 0 || s.len > LIMIT_AOR_BYTES) {
        b->over = true;
        return;
    }
    buf_put_char(b, (char)(s.len & 0xff));
    buf_put_char(b, (char)(s.len >> 8));
    buf_put(b, s);
}

void account_write(struct buf *b, const struct account *a)
{
    buf_put_char(b, FORMAT);
    buf_put_char(b, (char)a->algorithms);
    put_text(b, a->user);
    put_text(b, a->realm);
    for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++)
        if (a->algorithms & 1u << i)
            buf_put(b, (struct str){(const char *)a->ha1[i], digest_len((enum digest_algorithm)i)});
}

static struct str take(struct str *rest, size_t len)
{
    struct str head = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, rest->len);
    return head;
}

static bool take_text(struct str *rest, struct str *out)
{
    struct str head = take(rest, 2);
    if (head.len < 2)
        return false;
    size_t len = (size_t)(uint8_t)head.at[0] | (size_t)(uint8_t)head.at[1] << 8;
    *out = take(rest, len);
    return len > 0 && len <= LIMIT_AOR_BYTES && out->len == len;
}

static bool take_hash(struct str *rest, struct account *a, unsigned i)
{
    struct str hash = take(rest, digest_len((enum digest_algorithm)i));
    if (hash.len != digest_len((enum digest_algorithm)i))
        return false;
    memcpy(a->ha1[i], hash.at, hash.len);
    return true;
}

bool account_read(struct account *a, struct str record)
{
    *a = (struct account){0};
    struct str head = take(&record, 2);
    if (head.len < 2 || head.at[0] != FORMAT || (uint8_t)head.at[1] & ~DIGEST_ALL)
        return false;
    a->algorithms = (uint8_t)head.at[1];
    if (!take_text(&record, &a->user) || !take_text(&record, &a->realm))
        return false;
    for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++)
        if (a->algorithms & 1u << i && !take_hash(&record, a, i))
            return false;
    return record.len == 0;
}

void account_wipe(struct account *a)
{
    OPENSSL_cleanse(a, sizeof *a);
}
