/* Carries bytes between two ends of TLS, and makes the files that they read. */
#include "tls_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define DAY 86400L

/* --- certificates --- */

static const char *path_of(struct certs *c, const char *name)
{
    static char paths[16][FOLDER_MOST + 80];
    static unsigned turn;
    char *path = paths[turn++ % 16];

    (void)snprintf(path, sizeof(paths[0]), "%s/%s.pem", c->folder, name);
    return path;
}

static struct str write_pem(struct certs *c, const char *name, const struct tls_issued *i)
{
    const char *path = path_of(c, name);
    BIO *out = BIO_new_file(path, "w");

    assert_non_null(out);
    assert_int_equal(PEM_write_bio_X509(out, i->cert), 1);
    assert_int_equal(PEM_write_bio_PrivateKey(out, i->key, NULL, NULL, 0, NULL, NULL), 1);
    BIO_free(out);
    return str_from(path);
}

void certs_make(struct certs *c)
{
    struct tls_issue ca = {.common_name = "Authority", .until_s = DAY, .authority = true};

    (void)snprintf(c->folder, sizeof(c->folder), "/tmp/tandem-tls-XXXXXX");
    assert_non_null(mkdtemp(c->folder));
    (void)umask(077);
    assert_true(tls_issue(&c->ca, &ca, NULL));
    ca.common_name = "Stranger";
    assert_true(tls_issue(&c->stranger, &ca, NULL));
    (void)snprintf(c->ca_file, sizeof(c->ca_file), "%s", write_pem(c, "ca", &c->ca).at);
}

void certs_drop(struct certs *c)
{
    char path[FOLDER_MOST + 300];
    DIR *folder = opendir(c->folder);

    for (struct dirent *e; folder && (e = readdir(folder));) {
        (void)snprintf(path, sizeof(path), "%s/%s", c->folder, e->d_name);
        (void)unlink(path);
    }
    if (folder)
        closedir(folder);
    (void)rmdir(c->folder);
    tls_issued_drop(&c->ca);
    tls_issued_drop(&c->stranger);
}

struct str certs_issue(struct certs *c, const char *name, const struct tls_issue *what,
                       const struct tls_issued *issuer)
{
    struct tls_issued i;

    assert_true(tls_issue(&i, what, issuer));
    struct str path = write_pem(c, name, &i);

    tls_issued_drop(&i);
    return path;
}

struct str certs_good(struct certs *c, const char *name)
{
    char san[128];

    (void)snprintf(san, sizeof(san), "DNS:%s", name);
    return certs_issue(c, name,
                       &(struct tls_issue){.common_name = name,
                                           .san = san,
                                           .usage = "serverAuth,clientAuth",
                                           .from_s = -DAY,
                                           .until_s = DAY},
                       &c->ca);
}

struct str certs_ca(struct certs *c)
{
    return str_from(c->ca_file);
}

void tell_told(void *arg, const struct tls_fault *f)
{
    struct told *t = arg;

    t->faults += !f->warning;
    t->warnings += f->warning;
    t->last = *f;
}

/* --- two ends --- */

void pair_make(struct pair *p, struct tls_context *client, struct tls_context *server,
               struct tls_sessions *sessions, const char *name)
{
    memset(p, 0, sizeof(*p));
    block_pool_init(&p->pool, &mem_libc, 8);
    p->home = (struct tls_home){&mem_libc, &p->pool};
    outq_init(&p->client.out);
    outq_init(&p->server.out);
    p->client.plain = malloc(TLS_PLAIN_BYTES);
    p->server.plain = malloc(TLS_PLAIN_BYTES);
    p->client.tls =
        tls_new_client(&p->home, client, sessions, str_from(name), STR("192.0.2.1:5061"));
    p->server.tls = tls_new_server(&p->home, server);
    assert_true(p->client.tls && p->server.tls && p->client.plain && p->server.plain);
}

static void end_drop(struct pair *p, struct end *e)
{
    tls_free(e->tls);
    outq_fini(&e->out, &mem_libc, &p->pool);
    free(e->plain);
}

void pair_drop(struct pair *p)
{
    end_drop(p, &p->client);
    end_drop(p, &p->server);
    assert_int_equal(p->pool.live, 0);
    block_pool_fini(&p->pool);
}

enum tls_state end_give(struct end *e, struct str cipher)
{
    struct tls_io io = {&e->out, e->plain};
    struct str plain;
    enum tls_state state = tls_take(e->tls, &io, cipher, &plain);

    assert_true(plain.len <= sizeof(e->got) - e->n_got);
    memcpy(e->got + e->n_got, plain.at, plain.len);
    e->n_got += plain.len;
    return state;
}

size_t end_take_out(struct pair *p, struct end *e, char *to, size_t cap)
{
    struct iovec first;
    size_t n = 0;

    while (outq_peek(&e->out, &first, 1) == 1) {
        assert_true(first.iov_len <= cap - n);
        memcpy(to + n, first.iov_base, first.iov_len);
        n += first.iov_len;
        outq_consume(&e->out, &p->pool, first.iov_len);
    }
    return n;
}

static bool carry(struct pair *p, struct end *from, struct end *to)
{
    static char bytes[TLS_TAKE_MOST];
    size_t n = end_take_out(p, from, bytes, sizeof(bytes));
    size_t step = p->step > 0 ? p->step : n;

    for (size_t at = 0; at < n; at += step)
        (void)end_give(to, str_slice((struct str){bytes, n}, at, step));
    return n > 0;
}

void pair_run(struct pair *p)
{
    bool moved = true;

    if (tls_state(p->client.tls) == TLS_SHAKING)
        (void)end_give(&p->client, STR_NONE);
    while (moved) {
        moved = carry(p, &p->client, &p->server);
        moved |= carry(p, &p->server, &p->client);
    }
}

void pair_put(struct pair *p, struct end *from, const char *text)
{
    struct tls_io io = {&from->out, from->plain};

    (void)p;
    assert_true(tls_put(from->tls, &io, str_from(text)));
}
