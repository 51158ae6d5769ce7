/* What a SIP start line looks like, without its grammar. */
#include "sip_like.h"

#define METHOD_MOST 32
#define LINE_MOST 4096

static const struct str version = STR_INIT("SIP/2.0");

struct str sip_behind_line_ends(struct str bytes)
{
    size_t at = 0;

    while (at < bytes.len && (bytes.at[at] == '\r' || bytes.at[at] == '\n'))
        at++;
    return str_slice(bytes, at, bytes.len);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_token(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && strchr("-.!%*_+`'~", c) != NULL);
}

/* One is the beginning of the other. */
static bool agree(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    return str_equal_nocase(str_slice(a, 0, n), str_slice(b, 0, n));
}

static enum sip_like like_response(struct str s)
{
    if (s.len < 12)
        return SIP_PERHAPS;
    return s.at[7] == ' ' && is_digit(s.at[8]) && is_digit(s.at[9]) && is_digit(s.at[10]) ? SIP_LIKE
                                                                                          : SIP_NOT;
}

/* The line is "method something SIP/2.0"; a CR alone ends it, too, as captures are of broken
 * things. */
static enum sip_like like_request(struct str s, size_t method)
{
    size_t end = str_find(str_slice(s, 0, str_find(s, '\n')), '\r');

    if (end == s.len)
        return s.len > LINE_MOST ? SIP_NOT : SIP_PERHAPS;
    struct str line = str_trim(str_slice(s, 0, end));

    return line.len > method + version.len && str_ends_nocase(line, version) ? SIP_LIKE : SIP_NOT;
}

enum sip_like sip_like(struct str s)
{
    size_t method = 0;

    if (agree(s, version))
        return s.len > version.len ? like_response(s) : SIP_PERHAPS;
    while (method < s.len && method <= METHOD_MOST && is_token(s.at[method]))
        method++;
    if (method == s.len)
        return method <= METHOD_MOST ? SIP_PERHAPS : SIP_NOT;
    return method > 0 && s.at[method] == ' ' ? like_request(s, method) : SIP_NOT;
}
