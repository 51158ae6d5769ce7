/* Makes comments such as XML allows: many scenarios have "--" in theirs, which SIPp does not mind.
 */
#include "load/xml.h"

static bool begins(struct str text, size_t at, struct str with)
{
    return str_starts(str_slice(text, at, text.len), with);
}

/* Where the next one of `end` is over; the text's end where there is none. */
static size_t behind(struct str text, size_t at, struct str end)
{
    while (at < text.len && !begins(text, at, end))
        at++;
    return at < text.len ? at + end.len : text.len;
}

void xml_mend_comments(char *at, size_t len)
{
    static const struct str open = STR_INIT("<!--"), close = STR_INIT("-->"),
                            data = STR_INIT("<![CDATA["), data_end = STR_INIT("]]>");
    struct str text = {at, len};
    size_t i = 0;
    while (i < len) {
        if (begins(text, i, data)) {
            i = behind(text, i, data_end);
        } else if (begins(text, i, open)) {
            size_t end = behind(text, i + open.len, close);
            for (size_t k = i + open.len; k + close.len < end; k++)
                at[k] = at[k] == '-' ? ' ' : at[k];
            i = end;
        } else {
            i++;
        }
    }
}
