/* The load generator's WebSocket (RFC 6455, RFC 7118), a client's side: one frame a message, each
 * masked with zeros, which is a mask like any other. */
#include <string.h>
#include <unistd.h>

#include "load.h"

/* Waits; nothing but the answer comes before we have sent something. */
bool web_open(int fd, SSL *ssl)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                  "Sec-WebSocket-Protocol: sip\r\n\r\n";
    char answer[2048];
    size_t len = 0;
    if (ssl || write(fd, request, sizeof request - 1) < 0)
        return false;
    while (len < sizeof answer) {
        ssize_t n = read(fd, answer + len, sizeof answer - len);
        if (n <= 0)
            return false;
        len += (size_t)n;
        if (memmem(answer, len, "\r\n\r\n", 4))
            return memcmp(answer, "HTTP/1.1 101", 12) == 0;
    }
    return false;
}

size_t web_head(char *to, size_t len)
{
    const unsigned char head[WEB_HEAD_MAX] = {0x81, 0x80 | 126, (unsigned char)(len >> 8),
                                              (unsigned char)len};
    const unsigned char small[6] = {0x81, (unsigned char)(0x80 | len)};
    if (len < 126) {
        memcpy(to, small, sizeof small);
        return sizeof small;
    }
    memcpy(to, head, sizeof head);
    return sizeof head;
}

/* Of a frame that is not masked and shorter than 65,536 bytes. */
size_t web_head_len(const char *at, size_t len)
{
    return len > 1 && (at[1] & 0x7f) == 126 ? 4 : 2;
}
