/* Any bytes as a file that `tandem parse` reads: its JSON is one valid object on a line, its SARIF
 * one valid log, and each fault and finding stands in a line of the file. */
#include "fuzz.h"
#include "json_check.h"
#include "tools/report.h"

static struct str written(struct report *r, const struct parse_options *options)
{
    char *at = NULL;
    size_t len = 0;
    struct reporter to = {.out = open_memstream(&at, &len), .options = options};
    assert(to.out);
    reporter_begin(&to);
    reporter_tell(&to, r);
    reporter_end(&to);
    assert(fclose(to.out) == 0);
    return (struct str){at, len};
}

static void check_place(const struct report *r, uint32_t offset)
{
    struct place p = report_place(r, offset);
    assert(p.line >= 1 && p.column >= 1);
    assert_inside(r->data, p.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct parse_options json = {.form = PARSE_JSON}, sarif = {.form = PARSE_SARIF},
                                      text = {.form = PARSE_TEXT};
    struct report r;
    if (size > 65535)
        return 0;
    struct str copy = exact_copy((struct str){(const char *)data, size});
    assert(report_open(&r, "a \"file\"", copy, copy));
    for (unsigned i = 0; i < r.msg.n_errors; i++)
        check_place(&r, r.msg.errors[i].offset);
    for (unsigned i = 0; i < r.found.n; i++)
        check_place(&r, r.found.at[i].offset);
    struct str object = written(&r, &json), log = written(&r, &sarif), page = written(&r, &text);
    assert(json_is_valid(object) && str_find(object, '\n') == object.len - 1);
    assert(json_is_valid(log));
    assert(page.len > 0 && page.at[page.len - 1] == '\n');
    exact_free(object);
    exact_free(log);
    exact_free(page);
    report_close(&r);
    exact_free(copy);
    return 0;
}
