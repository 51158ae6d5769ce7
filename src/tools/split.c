/* Where one message of a file ends and the next begins. Judges neither. */
#include "tools/split.h"

#include "base/limits.h"
#include "msg/frame.h"

static struct str skip_space(struct str s)
{
    while (s.len > 0 && (s.at[0] == '\r' || s.at[0] == '\n' || s.at[0] == ' ' || s.at[0] == '\t'))
        s = str_slice(s, 1, s.len);
    return s;
}

static struct str first_line(struct str s)
{
    return str_trim(str_slice(s, 0, str_find(s, '\n')));
}

static bool begins_message(struct str s)
{
    struct str line = first_line(s);
    return str_starts_nocase(line, STR("SIP/2.0 ")) || str_ends_nocase(line, STR(" SIP/2.0"));
}

/* By Content-Length; 0: it leads nowhere. */
static size_t told_length(struct str s)
{
    struct frame f;
    size_t skip = 0, len = 0;
    unsigned status;

    frame_init(&f, LIMIT_MSG_BYTES);
    if (frame_next(&f, s, &skip, &len, &status) != FRAME_MESSAGE)
        return 0;
    struct str behind = skip_space(str_slice(s, skip + len, s.len));
    return behind.len == 0 || begins_message(behind) ? skip + len : 0;
}

/* To the next start line behind the first. */
static size_t seen_length(struct str s)
{
    for (size_t at = str_find(s, '\n') + 1; at < s.len;) {
        struct str here = str_slice(s, at, s.len);

        if (begins_message(here))
            return at;
        at += str_find(here, '\n') + 1;
    }
    return s.len;
}

bool split_next(struct str *rest, struct str *message)
{
    struct str s = skip_space(*rest);

    if (s.len == 0)
        return false;
    size_t len = told_length(s);
    if (len == 0)
        len = seen_length(s);
    *message = str_slice(s, 0, len);
    *rest = str_slice(s, len, s.len);
    return true;
}
