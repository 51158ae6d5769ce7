/* OpenSSL's input and output as a BIO that lends it the caller's bytes and keeps none. */
#include <limits.h>
#include <openssl/bio.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/err.h"
#include "net/tls_inside.h"

static int read_some(BIO *bio, char *to, int len)
{
    struct tls *t = BIO_get_data(bio);
    size_t n = len < 0 ? 0 : (size_t)len;

    BIO_clear_retry_flags(bio);
    if (t->in.len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    n = n < t->in.len ? n : t->in.len;
    memcpy(to, t->in.at, n);
    t->in = str_slice(t->in, n, t->in.len);
    return (int)n;
}

/* No room is an end: what TLS has numbered must go out. */
static int write_some(BIO *bio, const char *from, int len)
{
    struct tls *t = BIO_get_data(bio);
    const struct tls_io *io = t->io;
    struct block *b = io && len > 0 ? block_new(t->home.blocks, (size_t)len) : NULL;

    BIO_clear_retry_flags(bio);
    if (!b)
        return -1;
    memcpy(b->bytes, from, (size_t)len);
    b->len = (uint32_t)len;
    if (outq_push(io->out, t->home.mem, b) == OK)
        return len;
    block_unref(t->home.blocks, b);
    return -1;
}

static long control(BIO *bio, int command, long number, void *at)
{
    (void)bio;
    (void)number;
    (void)at;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *method;

static void drop_method(void)
{
    BIO_meth_free(method);
    method = NULL;
}

static void make_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tandem");

    if (m && BIO_meth_set_read(m, read_some) && BIO_meth_set_write(m, write_some) &&
        BIO_meth_set_ctrl(m, control) && atexit(drop_method) == 0) {
        method = m;
        return;
    }
    BIO_meth_free(m);
}

BIO *tls_bio_new(struct tls *t)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    BIO *bio = NULL;

    (void)pthread_once(&once, make_method);
    if (method)
        bio = BIO_new(method);
    if (!bio)
        return NULL;
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    return bio;
}
