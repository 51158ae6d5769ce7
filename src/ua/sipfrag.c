/* Reads and writes the status line of a report. */
#include "ua/sipfrag.h"

#include "msg/msg.h"

#define VERSION "SIP/2.0 "

unsigned sipfrag_status(struct str body)
{
    uint64_t status;
    struct str line = str_slice(body, 0, str_find(body, '\n'));
    if (!str_starts_nocase(line, STR(VERSION)))
        return 0;
    line = str_slice(line, sizeof VERSION - 1, line.len);
    if (line.len > 3 && line.at[3] != ' ' && line.at[3] != '\r')
        return 0;
    if (!str_to_u64(str_slice(line, 0, 3), 699, &status))
        return 0;
    return status >= 100 ? (unsigned)status : 0;
}

void sipfrag_put(struct buf *b, unsigned status)
{
    buf_put_lit(b, VERSION);
    buf_put_u64(b, status);
    buf_put_char(b, ' ');
    buf_put(b, status_reason(status));
    buf_put_lit(b, "\r\n");
}
