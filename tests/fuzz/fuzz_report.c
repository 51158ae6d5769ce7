/* Any bytes as a file that `tandem parse` reads: its JSON is one valid object on a line, and each
 * fault stands in a line of the file. */
#include "json_check.h"
#include "message.h"
#include "tools/report.h"

typedef void writer(FILE *, const struct report *);

/* In memory of its own. */
static struct str written(writer *write, const struct report *r)
{
    char *at = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&at, &len);
    assert(f);
    write(f, r);
    assert(fclose(f) == 0);
    return (struct str){at, len};
}

static void check_places(const struct report *r)
{
    for (unsigned i = 0; i < r->msg->n_errors; i++) {
        struct place p = report_place(r, r->msg->errors[i].offset);
        assert(p.line >= 1 && p.column >= 1);
        assert_inside(r->data, p.text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message x;
    if (size > 65535)
        return 0;
    message_parse(&x, (struct str){(const char *)data, size}, MSG_DATAGRAM);
    (void)msg_check(&x.m);
    struct report r = {.file = "a \"file\"", .data = x.text, .msg = &x.m};
    check_places(&r);
    struct str json = written(report_json, &r), text = written(report_text, &r);
    assert(json_is_valid(json) && str_find(json, '\n') == json.len - 1);
    assert(text.len > 0 && text.at[text.len - 1] == '\n');
    free((void *)(uintptr_t)json.at);
    free((void *)(uintptr_t)text.at);
    message_free(&x);
    return 0;
}
