/* Reads the lines of an HTTP head; judges none. */
#include "net/ws_http.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/known.h"

#define ACCEPT_MAX 32 /* 20 bytes in Base64, and a NUL */

size_t http_end(struct str bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        size_t line = at + str_find(str_slice(bytes, at, bytes.len), '\n');
        if (line >= bytes.len)
            return 0;
        /* An empty line: "\n" or "\r\n" alone */
        if (line == at || (line == at + 1 && bytes.at[at] == '\r'))
            return line + 1;
        at = line + 1;
    }
    return 0;
}

struct str http_line(struct str *rest)
{
    size_t end = str_find(*rest, '\n');
    struct str line = str_slice(*rest, 0, end);

    *rest = str_slice(*rest, end + 1, rest->len);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

bool http_field(struct str line, struct str *name, struct str *value)
{
    size_t colon = str_find(line, ':');

    *name = str_slice(line, 0, colon);
    *value = str_trim(str_slice(line, colon + 1, line.len));
    return colon > 0 && colon < line.len && str_trim(*name).len == name->len;
}

bool http_has_token(struct str list, struct str wanted)
{
    while (list.len > 0) {
        size_t comma = str_find(list, ',');

        if (str_equal_nocase(str_trim(str_slice(list, 0, comma)), wanted))
            return true;
        list = str_slice(list, comma + 1, list.len);
    }
    return false;
}

bool http_is_clean(struct str head)
{
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.at[i];

        if (c == 0 || c == 0x7f || (c < 0x20 && c != '\r' && c != '\n' && c != '\t'))
            return false;
        if (c == '\r' && (i + 1 == head.len || head.at[i + 1] != '\n'))
            return false;
    }
    return true;
}

void http_accept(struct buf *b, struct str key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[HTTP_KEY_LEN + sizeof(guid) - 1];
    unsigned char sum[SHA_DIGEST_LENGTH], digits[ACCEPT_MAX];

    memcpy(text, key.at, HTTP_KEY_LEN);
    memcpy(text + HTTP_KEY_LEN, guid, sizeof(guid) - 1);
    UNWATCHED_BEGIN(); /* it reads its configuration */
    (void)SHA1((const unsigned char *)text, sizeof(text), sum);
    int n = EVP_EncodeBlock(digits, sum, sizeof(sum));
    UNWATCHED_END();
    KNOWN(&n, sizeof(n));
    KNOWN(digits, sizeof(digits));
    buf_put(b, (struct str){(const char *)digits, (size_t)n});
}
