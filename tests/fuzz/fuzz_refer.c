/* Any bytes as the Refer-To of a REFER: it is refused, or what is made of it is a target and whole
 * header lines, of those names alone that a Refer-To may set. */
#include "message.h"
#include "ua/refer_to.h"

#define ROOM 65536

static bool is_known(struct str line)
{
    static const struct str known[] = {STR_INIT("Replaces: "), STR_INIT("Join: "),
                                       STR_INIT("Subject: "), STR_INIT("Require: ")};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_starts(line, known[i]))
            return true;
    return false;
}

static void check_lines(struct str lines)
{
    while (lines.len > 0) {
        size_t end = str_find(lines, '\r');
        assert(end + 1 < lines.len && lines.at[end + 1] == '\n');
        assert(is_known(str_slice(lines, 0, end)));
        lines = str_slice(lines, end + 2, lines.len);
    }
}

static void check_taken(const struct refer_to *to)
{
    struct buf b;
    struct uri uri;
    struct msg_error err;
    char *room = malloc(ROOM);
    assert(room);
    buf_init(&b, room, ROOM);
    refer_to_put_lines(&b, to);
    assert(!b.over);
    check_lines(buf_str(&b));
    b.len = 0;
    refer_to_put_target(&b, to);
    assert(!b.over && uri_parse(buf_str(&b), &uri, &err) && uri.headers.len == 0);
    free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str head = STR_INIT("REFER sip:a@b SIP/2.0\r\nRefer-To: ");
    struct refer_to to;
    struct message x;
    struct buf b;
    if (size > ROOM / 2)
        return 0;
    char *space = malloc(head.len + size + 4);
    assert(space);
    buf_init(&b, space, head.len + size + 4);
    buf_put(&b, head);
    buf_put(&b, (struct str){(const char *)data, size});
    buf_put_lit(&b, "\r\n\r\n");
    message_parse(&x, buf_str(&b), MSG_DATAGRAM);
    refer_to_read(&x.m, &to);
    if (!to.status)
        check_taken(&to);
    message_free(&x);
    free(space);
    return 0;
}
