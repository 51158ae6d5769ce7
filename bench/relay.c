/* The floor of a proxy: moves datagrams unread between a callee, whose port it is told, and a
 * caller, whose address it learns. Without a callee the floor of a server: sends each datagram back
 * as a 200, unread. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 64
#define DATAGRAM_MAX 4096
#define BUFFER_BYTES (4 << 20)

static char bytes[BATCH][DATAGRAM_MAX];
static struct sockaddr_in peers[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr heads[BATCH];

static struct sockaddr_in loopback(unsigned long port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int open_socket(unsigned long port)
{
    struct sockaddr_in a = loopback(port);
    int size = BUFFER_BYTES, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return fd;
}

static unsigned receive(int fd)
{
    for (unsigned i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){bytes[i], DATAGRAM_MAX};
        heads[i].msg_hdr = (struct msghdr){.msg_name = &peers[i],
                                           .msg_namelen = sizeof peers[i],
                                           .msg_iov = &parts[i],
                                           .msg_iovlen = 1};
    }
    int n = recvmmsg(fd, heads, BATCH, MSG_WAITFORONE, NULL);
    return n > 0 ? (unsigned)n : 0;
}

/* To the other side. */
static void turn(struct sockaddr_in *peer, const struct sockaddr_in *callee)
{
    static struct sockaddr_in caller;
    if (peer->sin_port == callee->sin_port) {
        *peer = caller;
    } else {
        caller = *peer;
        *peer = *callee;
    }
}

/* A request whose first line is long enough for it begins as a response then. */
static void answer(char *request)
{
    static const char begin[] = {'S', 'I', 'P', '/', '2', '.', '0', ' ', '2', '0', '0', ' '};
    memcpy(request, begin, sizeof begin);
}

static void move(int fd, const struct sockaddr_in *callee)
{
    unsigned n = receive(fd), sent = 0;
    for (unsigned i = 0; i < n; i++) {
        parts[i].iov_len = heads[i].msg_len;
        if (callee)
            turn(&peers[i], callee);
        else
            answer(bytes[i]);
    }
    while (sent < n) {
        int k = sendmmsg(fd, heads + sent, n - sent, 0);
        sent += k > 0 ? (unsigned)k : 1;
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        fputs("usage: relay PORT [CALLEE_PORT]\n", stderr);
        return 2;
    }
    struct sockaddr_in callee = loopback(argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    int fd = open_socket(strtoul(argv[1], NULL, 10));
    if (fd < 0) {
        perror("relay");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;)
        move(fd, argc > 2 ? &callee : NULL);
}
