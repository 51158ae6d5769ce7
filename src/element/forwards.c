/* Owns the form of the record of a user's forwards, a line of text for each, and what it means for
 * a call. */
#include "element/forwards.h"

#include "base/limits.h"
#include "msg/uri.h"

static const struct str key_prefix = STR_INIT("forward ");
static const struct str words[N_FORWARDS] = {STR_INIT("always"), STR_INIT("busy"),
                                             STR_INIT("no-answer"), STR_INIT("offline")};

_Static_assert(N_FORWARDS *(LIMIT_FORWARD_URI + 24) <= FORWARDS_BYTES, "all four fit");

struct str forward_word(enum forward_when when)
{
    return words[when];
}

enum forward_when forward_named(struct str word)
{
    unsigned i = 0;
    while (i < N_FORWARDS && !str_equal(words[i], word))
        i++;
    return (enum forward_when)i;
}

bool forward_is_uri(struct str uri)
{
    struct uri parsed;
    struct msg_error err;
    if (uri.len == 0 || uri.len > LIMIT_FORWARD_URI || memchr(uri.at, '\n', uri.len))
        return false;
    return uri_parse(uri, &parsed, &err) && parsed.headers.len == 0 &&
           (parsed.scheme == URI_SIP || parsed.scheme == URI_SIPS || parsed.scheme == URI_TEL);
}

void forwards_key(struct buf *b, struct str aor)
{
    buf_put(b, key_prefix);
    buf_put(b, aor);
}

bool forwards_is_key(struct str key)
{
    return str_equal(str_slice(key, 0, key_prefix.len), key_prefix);
}

static struct str take(struct str *rest, char end)
{
    size_t at = str_find(*rest, end);
    struct str taken = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at < rest->len ? at + 1 : at, rest->len);
    return taken;
}

static bool read_line(struct str line, struct forwards *out)
{
    enum forward_when when = forward_named(take(&line, ' '));
    uint64_t seconds = 0;
    if (when == FORWARD_NO_ANSWER &&
        (!str_to_u64(take(&line, ' '), LIMIT_FORWARD_RING_S, &seconds) || seconds == 0))
        return false;
    if (when == N_FORWARDS || out->to[when].len > 0 || !forward_is_uri(line))
        return false;
    out->to[when] = line;
    out->no_answer_s = when == FORWARD_NO_ANSWER ? (unsigned)seconds : out->no_answer_s;
    return true;
}

bool forwards_read(struct str record, struct forwards *out)
{
    *out = (struct forwards){0};
    while (record.len > 0)
        if (!read_line(take(&record, '\n'), out)) {
            *out = (struct forwards){0};
            return false;
        }
    return true;
}

void forwards_write(struct buf *b, const struct forwards *f)
{
    for (unsigned i = 0; i < N_FORWARDS; i++) {
        if (f->to[i].len == 0)
            continue;
        buf_put(b, words[i]);
        buf_put_char(b, ' ');
        if (i == FORWARD_NO_ANSWER) {
            buf_put_u64(b, f->no_answer_s);
            buf_put_char(b, ' ');
        }
        buf_put(b, f->to[i]);
        buf_put_char(b, '\n');
    }
}

static size_t add(struct target *targets, size_t n, const struct forwards *f, enum forward_when to,
                  unsigned when, unsigned cause)
{
    if (f->to[to].len > 0)
        targets[n++] =
            (struct target){.uri = f->to[to], .look_up = true, .when = when, .cause = cause};
    return n;
}

/* RFC 3261 16.5: besides his phones. */
size_t forwards_apply(struct str record, struct target *targets, size_t n, bool waits)
{
    struct forwards f;
    if (!forwards_read(record, &f))
        return n;
    if (f.to[FORWARD_ALWAYS].len > 0)
        return add(targets, 0, &f, FORWARD_ALWAYS, 0, 0);
    if (n == 0 && !waits)
        return add(targets, 0, &f, FORWARD_OFFLINE, 0, 503);
    for (size_t i = 0; i < n && f.to[FORWARD_NO_ANSWER].len > 0; i++)
        targets[i].ring_time = f.no_answer_s * NS_PER_S;
    n = add(targets, n, &f, FORWARD_BUSY, WHEN_BUSY, 0);
    n = add(targets, n, &f, FORWARD_NO_ANSWER, WHEN_NO_ANSWER, 0);
    return add(targets, n, &f, FORWARD_OFFLINE, WHEN_UNREACHABLE, 0);
}
