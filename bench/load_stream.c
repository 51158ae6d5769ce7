/* The load generator's connections: many to the server or from it, plain, with TLS (load_tls.c) or
 * WebSocket (load_web.c); cut into messages by Content-Length, never waiting once they stand. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define BUFFER 262144

struct stream {
    int fd;
    SSL *ssl; /* NULL: no TLS */
    bool web; /* WebSocket; we are its client */
    size_t n_in, n_out;
    char in[BUFFER], out[BUFFER];
};

/* Takes fd, the layers begin. */
static bool add(struct port *p, int fd)
{
    int one = 1;
    struct stream *s = p->n_streams < STREAMS_MAX ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return false;
    s->fd = fd;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    p->streams[p->n_streams++] = s;
    if (p->tls && !(s->ssl = p->listens ? tls_accept(p->tls, fd) : tls_connect(p->tls, fd)))
        return false;
    s->web = p->web && !p->listens;
    return !s->web || web_open(fd, s->ssl);
}

bool streams_connect(struct port *p, const struct sockaddr_in *server, unsigned n)
{
    struct sockaddr_in own;
    socklen_t len = sizeof own;
    for (unsigned i = 0; i < n; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (const struct sockaddr *)server, sizeof *server) != 0 ||
            !add(p, fd) || getsockname(fd, (struct sockaddr *)&own, &len) != 0)
            return false;
    }
    p->number = ntohs(own.sin_port);
    return true;
}

bool streams_listen(struct port *p, uint16_t number)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(number)};
    socklen_t len = sizeof a;
    int one = 1;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->fd < 0 || setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(p->fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(p->fd, STREAMS_MAX) != 0 ||
        getsockname(p->fd, (struct sockaddr *)&a, &len) != 0)
        return false;
    p->listens = true;
    p->number = ntohs(a.sin_port);
    return true;
}

unsigned streams_next(const struct port *p)
{
    return p->stream % p->n_streams;
}

static ssize_t write_some(const struct stream *s)
{
    return s->ssl ? tls_write(s->ssl, s->out, s->n_out)
                  : send(s->fd, s->out, s->n_out, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static ssize_t read_some(struct stream *s)
{
    return s->ssl ? tls_read(s->ssl, s->in + s->n_in, BUFFER - s->n_in)
                  : recv(s->fd, s->in + s->n_in, BUFFER - s->n_in, MSG_DONTWAIT);
}

static void write_out(struct stream *s)
{
    ssize_t n = s->n_out ? write_some(s) : 0;
    if (n <= 0)
        return;
    s->n_out -= (size_t)n;
    memmove(s->out, s->out + n, s->n_out);
}

void streams_flush(struct port *p)
{
    for (unsigned i = 0; i < p->n_out; i++) {
        struct stream *s = p->streams[p->out[i].to.sin_port];
        if (s->n_out + p->out[i].len + WEB_HEAD_MAX > BUFFER)
            continue; /* this one is lost; its item will say so */
        if (s->web)
            s->n_out += web_head(s->out + s->n_out, p->out[i].len);
        memcpy(s->out + s->n_out, p->out[i].bytes, p->out[i].len);
        s->n_out += p->out[i].len;
        p->sent++;
    }
    p->n_out = 0;
    for (unsigned i = 0; i < p->n_streams; i++)
        write_out(p->streams[i]);
}

/* The length of the first message; 0: it is not whole. */
static size_t message_len(const char *at, size_t len)
{
    const char *end = memmem(at, len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    const char *line = memmem(at, (size_t)(end - at), "\r\nContent-Length:", 17);
    size_t whole = (size_t)(end - at) + 4 + (line ? strtoul(line + 17, NULL, 10) : 0);
    return whole <= len ? whole : 0;
}

static void take(struct port *p, unsigned index)
{
    struct stream *s = p->streams[index];
    size_t from = 0, len;
    while (p->n_in < BATCH) {
        size_t head = s->web ? web_head_len(s->in + from, s->n_in - from) : 0;
        if (head > s->n_in - from ||
            !(len = message_len(s->in + from + head, s->n_in - from - head)))
            break;
        from += head;
        if (len <= IN_MAX) {
            memcpy(p->in[p->n_in], s->in + from, len);
            p->in_len[p->n_in] = len;
            p->in_from[p->n_in++].sin_port = (in_port_t)index;
        }
        from += len;
    }
    s->n_in -= from;
    memmove(s->in, s->in + from, s->n_in);
}

static void accept_all(struct port *p)
{
    int fd;
    while (p->listens && (fd = accept4(p->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        if (!add(p, fd))
            close(fd);
}

unsigned streams_receive(struct port *p)
{
    accept_all(p);
    p->n_in = 0;
    for (unsigned i = 0; i < p->n_streams; i++) {
        struct stream *s = p->streams[i];
        ssize_t n = read_some(s);
        if (n > 0)
            s->n_in += (size_t)n;
        if (s->n_in > 0)
            take(p, i);
    }
    p->received += p->n_in;
    return p->n_in;
}

void streams_close(struct port *p)
{
    for (unsigned i = 0; i < p->n_streams; i++) {
        SSL_free(p->streams[i]->ssl);
        close(p->streams[i]->fd);
        free(p->streams[i]);
    }
    p->n_streams = 0;
}
