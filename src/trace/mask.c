/* Masks secrets line by line, without the parser: a message that is broken keeps no secret better.
 */
#include "trace/mask.h"

struct text {
    char *at;
    size_t len;
};

static struct str view(struct text t)
{
    return (struct str){t.at, t.len};
}

static struct text from(struct text t, size_t at)
{
    at = at < t.len ? at : t.len;
    return (struct text){t.at + at, t.len - at};
}

static struct text upto(struct text t, size_t len)
{
    return (struct text){t.at, len < t.len ? len : t.len};
}

static void hide(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] != '\r' && t.at[i] != '\n')
            t.at[i] = '*';
}

static size_t line_len(struct text t)
{
    size_t end = str_find(view(t), '\n');
    return end < t.len ? end + 1 : end;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* RFC 3261 7.3.1: a line that begins with white space goes on with the header before it. */
static size_t header_len(struct text t)
{
    size_t len = line_len(t);
    while (len < t.len && (t.at[len] == ' ' || t.at[len] == '\t'))
        len += line_len(from(t, len));
    return len;
}

/* Up to the comma or to the end, commas within quotes apart. */
static size_t param_len(struct text t)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < t.len && (quoted || t.at[i] != ','); i++) {
        if (t.at[i] == '"')
            quoted = !quoted;
        else if (quoted && t.at[i] == '\\' && i + 1 < t.len)
            i++;
    }
    return i;
}

static bool is_among(struct str name, const struct str *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal_nocase(name, names[i]))
            return true;
    return false;
}

static const struct str open_params[] = {STR_INIT("username"),  STR_INIT("realm"), STR_INIT("uri"),
                                         STR_INIT("algorithm"), STR_INIT("qop"),   STR_INIT("nc"),
                                         STR_INIT("stale"),     STR_INIT("domain")};

static void mask_param(struct text t)
{
    size_t equals = str_find(view(t), '=');
    struct str name = str_trim(str_slice(view(t), 0, equals));
    if (!is_among(name, open_params, sizeof open_params / sizeof open_params[0]))
        hide(from(t, equals == t.len ? 0 : equals + 1));
}

static void mask_params(struct text t)
{
    while (t.len > 0) {
        size_t len = param_len(t);
        mask_param(upto(t, len));
        t = from(t, len + 1);
    }
}

static struct text behind_space(struct text t)
{
    size_t i = 0;
    while (i < t.len && is_space(t.at[i]))
        i++;
    return from(t, i);
}

/* "Digest username=…" */
static void mask_credentials(struct text value)
{
    struct text t = behind_space(value);
    size_t scheme = 0;
    while (scheme < t.len && !is_space(t.at[scheme]))
        scheme++;
    struct text params = from(t, scheme);
    if (str_equal_nocase(view(upto(t, scheme)), STR("Digest")))
        mask_params(params);
    else
        hide(behind_space(params));
}

static void mask_header(struct text t)
{
    static const struct str credentials[] = {
        STR_INIT("Authorization"), STR_INIT("Proxy-Authorization"), STR_INIT("WWW-Authenticate"),
        STR_INIT("Proxy-Authenticate")};
    size_t colon = str_find(view(t), ':');
    struct str name = str_trim(str_slice(view(t), 0, colon));
    if (is_among(name, credentials, sizeof credentials / sizeof credentials[0]))
        mask_credentials(from(t, colon + 1));
    else if (str_equal_nocase(name, STR("Authentication-Info")))
        mask_params(from(t, colon + 1));
}

/* RFC 4568 9.1: "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:32 …", suite and tag stay. */
static void mask_crypto(struct text t)
{
    for (size_t i = 0; i + 7 <= t.len; i++)
        if (str_starts_nocase(str_slice(view(t), i, 7), STR("inline:"))) {
            size_t end = i + 7;
            while (end < t.len && !is_space(t.at[end]))
                end++;
            hide(upto(from(t, i + 7), end - i - 7));
            i = end;
        }
}

static void mask_body_line(struct text t)
{
    static const struct str keys[] = {STR_INIT("k="), STR_INIT("a=ice-pwd:"),
                                      STR_INIT("a=key-mgmt:")};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_starts_nocase(view(t), keys[i]))
            hide(from(t, keys[i].len));
    if (str_starts_nocase(view(t), STR("a=crypto:")))
        mask_crypto(t);
}

static void mask_body(struct text t, unsigned what)
{
    if ((what & TRACE_MASK_BODIES) && !str_starts(view(t), STR("v=0")))
        hide(t);
    while ((what & TRACE_MASK_KEYS) && t.len > 0) {
        size_t len = line_len(t);
        mask_body_line(upto(t, len));
        t = from(t, len);
    }
}

void trace_mask(char *at, size_t len, unsigned what)
{
    struct text t = {at, len};
    while (t.len > 0 && t.at[0] != '\r' && t.at[0] != '\n') {
        size_t header = header_len(t);
        if (what & TRACE_MASK_KEYS)
            mask_header(upto(t, header));
        t = from(t, header);
    }
    mask_body(from(t, line_len(t)), what);
}
