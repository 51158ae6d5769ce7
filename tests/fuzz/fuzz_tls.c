/* Two ends of TLS between which anything happens to the bytes: nothing comes out that the other end
 * did not put in, a failure stays one, and all memory comes back. */
#include "fuzz.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "net/tls.h"
#include "net/tls_issue.h"

#define TEXT "what one end says"
#define BYTES_MOST 65536

struct end {
    struct tls *tls;
    struct outq out;
    enum tls_state state;
    size_t put, got;
};

static struct tls_context *context;
static char plain[TLS_PLAIN_BYTES], carried[BYTES_MOST];

static void ignore(void *arg, const struct tls_fault *f)
{
    (void)arg;
    (void)f;
}

/* One certificate of its own making, in memory, for all runs. */
static void make_context(void)
{
    struct tls_issue what = {
        .common_name = "localhost", .san = "DNS:localhost", .from_s = -60, .until_s = 86400};
    struct tls_issued made;
    char path[40];
    int fd = memfd_create("cert", MFD_CLOEXEC);
    BIO *out = BIO_new_fd(fd, BIO_NOCLOSE);
    bool done = fd >= 0 && out && tls_issue(&made, &what, NULL);

    assert(done);
    done = PEM_write_bio_X509(out, made.cert) &&
           PEM_write_bio_PrivateKey(out, made.key, NULL, NULL, 0, NULL, NULL);
    assert(done);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct str cert = str_from(path);
    struct tls_config config = {
        .certificates = &cert, .n_certificates = 1, .ca = cert, .ask = TLS_ASK, .verify = true};
    context = tls_context_new(&mem_libc, &config, ignore, NULL);
    assert(context);
    BIO_free(out);
    tls_issued_drop(&made);
}

/* What came out is the beginning of what the other end put in, over and over. */
static void give(struct end *e, const struct end *other, struct str cipher)
{
    struct tls_io io = {&e->out, plain};
    struct str text;
    enum tls_state state = tls_take(e->tls, &io, str_slice(cipher, 0, TLS_TAKE_MOST), &text);
    if (e->state == TLS_FAILED || e->state == TLS_ENDED)
        assert(state == e->state && text.len == 0);
    for (size_t i = 0; i < text.len; i++)
        assert(text.at[i] == TEXT[(e->got + i) % (sizeof TEXT - 1)]);
    e->got += text.len;
    assert(e->got <= other->put);
    e->state = state;
    assert((state == TLS_FAILED) == (tls_why(e->tls) != NULL));
}

static struct str take_out(struct end *e, struct block_pool *pool)
{
    struct iovec first;
    size_t n = 0;
    while (outq_peek(&e->out, &first, 1) == 1) {
        size_t len = first.iov_len <= sizeof carried - n ? first.iov_len : sizeof carried - n;
        memcpy(carried + n, first.iov_base, len);
        n += len;
        outq_consume(&e->out, pool, first.iov_len);
    }
    return (struct str){carried, n};
}

static void put(struct end *e)
{
    struct tls_io io = {&e->out, plain};
    if (tls_put(e->tls, &io, STR(TEXT)))
        e->put += sizeof TEXT - 1;
    else
        e->state = tls_state(e->tls);
}

static void act(struct end *e, struct end *other, struct block_pool *pool, struct str *input)
{
    uint8_t what = draw_byte(input);
    struct tls_io io = {&e->out, plain};
    struct str bytes;
    switch (what % 6) {
    case 0:
        give(other, e, take_out(e, pool));
        break;
    case 1: /* in two portions */
        bytes = take_out(e, pool);
        give(other, e, str_slice(bytes, 0, what));
        give(other, e, str_slice(bytes, what, bytes.len));
        break;
    case 2: /* changed on the way */
        bytes = take_out(e, pool);
        if (bytes.len > 0)
            carried[draw_uint(input, 2) % bytes.len] ^= (char)(draw_byte(input) | 1);
        give(other, e, bytes);
        break;
    case 3: /* not from the other end at all */
        give(e, other, draw_text(input));
        break;
    case 4:
        put(e);
        break;
    default:
        if (what % 4 == 0)
            tls_end(e->tls, &io);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct block_pool pool;
    struct end client = {0}, server = {0};
    if (!context)
        make_context();
    block_pool_init(&pool, &mem_libc, 4);
    struct tls_home home = {&mem_libc, &pool};
    outq_init(&client.out);
    outq_init(&server.out);
    client.tls = tls_new_client(&home, context, NULL, STR("localhost"), STR("a"));
    server.tls = tls_new_server(&home, context);
    assert(client.tls && server.tls);
    give(&client, &server, STR_NONE);
    for (unsigned i = 0; i < 200 && input.len > 0; i++) {
        act(&client, &server, &pool, &input);
        act(&server, &client, &pool, &input);
    }
    tls_free(client.tls);
    tls_free(server.tls);
    outq_fini(&client.out, &mem_libc, &pool);
    outq_fini(&server.out, &mem_libc, &pool);
    assert(pool.live == 0);
    block_pool_fini(&pool);
    return 0;
}
