/* Reads what is to be explained from words; explains nothing. */
#include "server/explain.h"

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
            return true;
    return false;
}

static const char *read_option(struct explain_ask *a, struct str option, struct str value)
{
    struct addr addr;

    if (str_equal(option, STR("--from")))
        a->from = value;
    else if (str_equal(option, STR("--transport")))
        a->transport = value;
    else if (str_equal(option, STR("--sender")))
        a->sender = value;
    else if (str_equal(option, STR("--source")))
        a->source = value;
    else if (!str_equal(option, STR("--header")))
        return "unknown option: expected --from, --source, --transport, --sender or --header";
    else if (a->n_headers == EXPLAIN_HEADERS)
        return "--header: too many";
    else
        a->headers[a->n_headers++] = value;
    if (a->source.len > 0 && !addr_parse(a->source, &addr) && !addr_parse_ip(a->source, &addr))
        return "--source: expected an address, such as 192.0.2.7";
    return NULL;
}

const char *explain_read(struct explain_ask *a, const struct str *words, unsigned n)
{
    *a = (struct explain_ask){.message = a->message};
    for (unsigned i = 0; i < n; i++) {
        const char *wrong = NULL;

        if (has_control(words[i]))
            return "control characters are not allowed";
        if (!str_starts(words[i], STR("--"))) {
            if (a->request.len > 0 || a->message.len > 0)
                return "one request at a time: put it in quotes, such as \"INVITE sip:bob@h\"";
            a->request = words[i];
            continue;
        }
        if (i + 1 == n)
            return "an option has no value";
        wrong = read_option(a, words[i], words[i + 1]);
        if (wrong)
            return wrong;
        if (has_control(words[++i]))
            return "control characters are not allowed";
    }
    return a->request.len > 0 || a->message.len > 0
               ? NULL
               : "expected a request, such as \"INVITE sip:bob@example.com\"";
}
