/* Writes the HTTP request that opens a WebSocket and judges its answer; keeps nothing. */
#include "net/ws_ask.h"

#include <openssl/evp.h>

#include "base/known.h"

struct answer {
    struct str version, status;
    struct str accept, protocol;
    bool upgrades, to_websocket, extends, is_bad;
};

void ws_ask_key(struct rand *rand, char key[HTTP_KEY_LEN + 1])
{
    unsigned char bytes[16];

    rand_bytes(rand, bytes, sizeof(bytes));
    (void)EVP_EncodeBlock((unsigned char *)key, bytes, sizeof(bytes));
    KNOWN(key, HTTP_KEY_LEN + 1);
}

void ws_ask_print(struct buf *b, const struct ws_place *at, struct str key)
{
    buf_put_lit(b, "GET ");
    buf_put(b, at->path.len > 0 ? at->path : STR("/"));
    buf_put_lit(b, " HTTP/1.1\r\nHost: ");
    buf_put(b, at->host);
    buf_put_lit(b, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: ");
    buf_put(b, key);
    buf_put_lit(b, "\r\nSec-WebSocket-Protocol: sip\r\n\r\n");
}

static void read_value(struct answer *a, struct str name, struct str value)
{
    if (str_equal_nocase(name, STR("Upgrade")))
        a->to_websocket = str_equal_nocase(value, STR("websocket"));
    else if (str_equal_nocase(name, STR("Connection")))
        a->upgrades |= http_has_token(value, STR("upgrade"));
    else if (str_equal_nocase(name, STR("Sec-WebSocket-Accept")))
        a->accept = value;
    else if (str_equal_nocase(name, STR("Sec-WebSocket-Protocol")))
        a->protocol = value;
    else if (str_equal_nocase(name, STR("Sec-WebSocket-Extensions")))
        a->extends = true;
}

static void read_head(struct answer *a, struct str head)
{
    struct str name, value, line = http_line(&head);

    *a = (struct answer){.version = str_slice(line, 0, 8), .status = str_slice(line, 9, 3)};
    while (head.len > 0 && (line = http_line(&head)).len > 0) {
        if (http_field(line, &name, &value))
            read_value(a, name, value);
        else
            a->is_bad = true;
    }
}

static const char *judge_status(const struct answer *a, struct str head)
{
    if (a->is_bad || !http_is_clean(head) || !str_equal(a->version, STR("HTTP/1.1")))
        return "what answers is no HTTP server";
    if (str_equal(a->status, STR("101")))
        return NULL;
    if (str_equal(a->status, STR("404")))
        return "the server has no WebSocket at that path";
    if (str_equal(a->status, STR("401")) || str_equal(a->status, STR("403")))
        return "the server does not let us in";
    return "the server opens no WebSocket";
}

/* RFC 6455 4.1, what the client checks; RFC 7118 4.1. */
const char *ws_ask_judge(struct str head, struct str key)
{
    char expected[64];
    struct buf b;
    struct answer a;

    read_head(&a, head);
    const char *why = judge_status(&a, head);
    buf_init(&b, expected, sizeof(expected));
    http_accept(&b, key);
    if (why)
        return why;
    if (!a.upgrades || !a.to_websocket || !str_equal(a.accept, buf_str(&b)))
        return "what answers is no WebSocket server";
    if (!str_equal_nocase(a.protocol, STR("sip")))
        return "the server does not speak SIP over WebSocket";
    return a.extends ? "the server wants an extension that we did not offer" : NULL;
}
