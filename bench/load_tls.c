/* The load generator's TLS: a thin layer over sockets. Nobody's certificate is verified: it is on
 * loopback, and measures somebody else. */
#include <errno.h>
#include <fcntl.h>

#include "load.h"

SSL_CTX *tls_context(const char *certificate)
{
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    if (!c || !SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION))
        return NULL;
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(c, SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (SSL_CTX_use_certificate_chain_file(c, certificate) == 1 &&
        SSL_CTX_use_PrivateKey_file(c, certificate, SSL_FILETYPE_PEM) == 1)
        return c;
    SSL_CTX_free(c);
    return NULL;
}

static bool never_wait(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static SSL *over(SSL_CTX *c, int fd)
{
    SSL *ssl = SSL_new(c);
    if (ssl && SSL_set_fd(ssl, fd) == 1)
        return ssl;
    SSL_free(ssl);
    return NULL;
}

SSL *tls_connect(SSL_CTX *c, int fd)
{
    SSL *ssl = over(c, fd);
    if (ssl && SSL_connect(ssl) == 1 && never_wait(fd))
        return ssl;
    SSL_free(ssl);
    return NULL;
}

/* Its handshake is part of reading. */
SSL *tls_accept(SSL_CTX *c, int fd)
{
    SSL *ssl = never_wait(fd) ? over(c, fd) : NULL;
    if (ssl)
        SSL_set_accept_state(ssl);
    return ssl;
}

ssize_t tls_read(SSL *ssl, char *to, size_t len)
{
    return SSL_read(ssl, to, (int)len);
}

ssize_t tls_write(SSL *ssl, const char *from, size_t len)
{
    return SSL_write(ssl, from, (int)len);
}
