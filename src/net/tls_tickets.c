/* Seals and opens session tickets; holds its lock for a copy of the keys and no longer. */
#include "net/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

#include "base/limits.h"

#define NAME_BYTES 16
#define KEY_BYTES 32

struct keys {
    unsigned char name[NAME_BYTES], cipher[KEY_BYTES], mac[KEY_BYTES];
};

struct tls_tickets {
    struct mem *mem;
    pthread_mutex_t lock;
    struct keys now, before;
    bool has_before;
    time_ns made;
};

static bool make(struct keys *k)
{
    return RAND_bytes((unsigned char *)k, sizeof(*k)) == 1;
}

struct tls_tickets *tls_tickets_new(struct mem *mem, time_ns now)
{
    struct tls_tickets *t = mem_alloc_zero(mem, sizeof(*t));

    if (!t)
        return NULL;
    t->mem = mem;
    t->made = now;
    if (make(&t->now) && pthread_mutex_init(&t->lock, NULL) == 0)
        return t;
    mem_free(mem, t, sizeof(*t));
    return NULL;
}

void tls_tickets_free(struct tls_tickets *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    OPENSSL_cleanse(&t->now, sizeof(t->now));
    OPENSSL_cleanse(&t->before, sizeof(t->before));
    mem_free(t->mem, t, sizeof(*t));
}

/* Without entropy the old ones stay for another while. */
void tls_tickets_time(struct tls_tickets *t, time_ns now)
{
    struct keys fresh;

    pthread_mutex_lock(&t->lock);
    bool due = now >= time_add(t->made, LIMIT_TLS_TICKET_KEY_S * NS_PER_S);

    if (due)
        t->made = now;
    if (due && make(&fresh)) {
        t->before = t->now;
        t->now = fresh;
        t->has_before = true;
    }
    pthread_mutex_unlock(&t->lock);
    OPENSSL_cleanse(&fresh, sizeof(fresh));
}

/* 0: no keys of that name; 1: those in use; 2: those before them. */
static int find(struct tls_tickets *t, const unsigned char *name, struct keys *out)
{
    int found = 0;

    pthread_mutex_lock(&t->lock);
    if (!name || memcmp(name, t->now.name, NAME_BYTES) == 0) {
        *out = t->now;
        found = 1;
    } else if (t->has_before && memcmp(name, t->before.name, NAME_BYTES) == 0) {
        *out = t->before;
        found = 2;
    }
    pthread_mutex_unlock(&t->lock);
    return found;
}

static bool set_mac(EVP_MAC_CTX *mac, struct keys *k)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k->mac, KEY_BYTES),
                           OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_END};

    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

static int ex_index = -1;

static void make_index(void)
{
    ex_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static int seal_or_open(SSL *ssl, unsigned char name[NAME_BYTES], unsigned char *iv,
                        EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int sealing)
{
    struct tls_tickets *t = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), ex_index);
    struct keys k;
    int found = find(t, sealing ? NULL : name, &k);
    bool done = found > 0;

    if (done && sealing) {
        memcpy(name, k.name, NAME_BYTES);
        done = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1;
    }
    if (done)
        done = EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, k.cipher, iv, sealing) == 1 &&
               set_mac(mac, &k);
    OPENSSL_cleanse(&k, sizeof(k));
    if (found > 0 && !done)
        return -1;
    /* RFC 8446 C.4: a ticket is used once, so each opened one is followed by another. */
    return found > 0 && !sealing && SSL_version(ssl) >= TLS1_3_VERSION ? 2 : found;
}

bool tls_tickets_attach(struct tls_tickets *t, SSL_CTX *ctx)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, make_index);
    return ex_index >= 0 && SSL_CTX_set_ex_data(ctx, ex_index, t) &&
           SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, seal_or_open);
}
