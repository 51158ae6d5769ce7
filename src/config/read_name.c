/* Reads names, paths and addresses; opens and looks up none of them. */
#include "base/limits.h"
#include "config/listener.h"
#include "config/read.h"

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

static bool is_name(struct str text)
{
    if (text.len == 0 || text.len > 253 || text.at[0] == '.' || text.at[0] == '-')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_name_char(text.at[i]))
            return false;
    return true;
}

bool read_name(struct str text, struct buf *expected)
{
    if (is_name(text))
        return true;
    buf_put_lit(expected, "expected a domain name or an IPv4 address, such as example.com");
    return false;
}

bool read_host(struct str text, struct buf *expected)
{
    struct addr a;
    bool is_ip = addr_parse_ip(text, &a) && (a.family == ADDR_IP4 || text.at[0] == '[');

    if (is_ip ? !addr_is_any(&a) && !addr_is_multicast(&a) : is_name(text))
        return true;
    buf_put_lit(expected, "expected the name or address (IPv6 in brackets) by which others reach "
                          "the server, without a port, such as sip.example.com");
    return false;
}

bool read_server(struct str text, struct buf *expected)
{
    struct addr a;

    if ((addr_parse_ip(text, &a) || addr_parse(text, &a)) && !addr_is_any(&a) &&
        !addr_is_multicast(&a))
        return true;
    buf_put_lit(expected, "expected an address, with its port or without, such as 192.0.2.53 or "
                          "[2001:db8::53]:5353");
    return false;
}

bool read_path(const struct key *k, struct str text, struct buf *expected)
{
    if (text.len >= k->least && text.len <= k->most)
        return true;
    buf_put_lit(expected, "expected a path of at most ");
    buf_put_u64(expected, k->most);
    buf_put_lit(expected, " bytes, such as ");
    buf_put(expected, str_from(k->row.example));
    return false;
}

bool read_user(const struct key *k, struct str text, struct buf *expected)
{
    if (is_name(text) && text.len <= k->most)
        return true;
    buf_put_lit(expected, "expected the name of a user of this machine, such as ");
    buf_put(expected, str_from(k->row.example));
    return false;
}

bool read_item(struct str text, struct buf *expected)
{
    if (text.len > 0 && text.len <= LIMIT_CONFIG_TEXT)
        return true;
    buf_put_lit(expected, "expected a text of 1 to ");
    buf_put_u64(expected, LIMIT_CONFIG_TEXT);
    buf_put_lit(expected, " bytes");
    return false;
}

bool read_line(const struct key *k, struct str text, struct buf *expected)
{
    if (text.len >= k->least && text.len <= k->most)
        return true;
    buf_put_lit(expected, "expected a text of ");
    buf_put_u64(expected, k->least);
    buf_put_lit(expected, " to ");
    buf_put_u64(expected, k->most);
    buf_put_lit(expected, " bytes, such as ");
    buf_put(expected, str_from(k->row.example));
    return false;
}

bool read_label(const struct key *k, struct str text, struct buf *expected)
{
    if (is_name(text) && text.len <= k->most)
        return true;
    buf_put_lit(expected, "expected a name of letters, digits, - . and _, such as ");
    buf_put(expected, str_from(k->row.example));
    return false;
}

bool read_code(const struct key *k, struct str text, struct buf *expected)
{
    bool good = text.len >= k->least && text.len <= k->most;

    for (size_t i = 0; i < text.len && good; i++)
        good = text.at[i] == '*' || text.at[i] == '#' ||
               (is_name_char(text.at[i]) && text.at[i] != '.');
    if (good)
        return true;
    buf_put_lit(expected, "expected what is dialled, at most ");
    buf_put_u64(expected, k->most);
    buf_put_lit(expected, " digits, letters, * and #, such as ");
    buf_put(expected, str_from(k->row.example));
    return false;
}

bool read_address(struct str text, struct buf *expected)
{
    struct addr a;

    if (addr_parse(text, &a) && a.port != 0 && !addr_is_multicast(&a))
        return true;
    buf_put_lit(expected, "expected ADDRESS:PORT (IPv6 in brackets), such as 127.0.0.1:9090");
    return false;
}

bool read_listener(struct str text, struct buf *expected)
{
    struct config_listener l;
    const char *wrong = config_listener_parse(text, &l);

    if (wrong)
        buf_put(expected, str_from(wrong));
    return !wrong;
}

static bool is_origin_char(char c)
{
    return is_name_char(c) || c == ':' || c == '[' || c == ']';
}

/* RFC 6454 6.2: scheme, host and, where it is not the scheme's own, port; never a path. */
bool read_origin(struct str text, struct buf *expected)
{
    size_t scheme = str_starts_nocase(text, STR("https://"))  ? 8
                    : str_starts_nocase(text, STR("http://")) ? 7
                                                              : 0;
    bool good = scheme > 0 && text.len > scheme;

    for (size_t i = scheme; i < text.len && good; i++)
        good = is_origin_char(text.at[i]);
    if (good || str_equal(text, STR("*")))
        return true;
    buf_put_lit(expected, "expected what a browser calls a page's origin, without a path, such as "
                          "https://phone.example.com, or *");
    return false;
}

bool read_url_path(const struct key *k, struct str text, struct buf *expected)
{
    bool good = text.len >= k->least && text.len <= k->most && text.at[0] == '/';

    for (size_t i = 0; i < text.len && good; i++)
        good = text.at[i] > ' ' && text.at[i] < 0x7f && text.at[i] != '?' && text.at[i] != '#';
    if (!good)
        buf_put_lit(expected, "expected a path that begins with /, such as /ws");
    return good;
}

bool read_block(struct str text, struct addr_block *out, struct buf *expected)
{
    if (addr_block_parse(text, out))
        return true;
    buf_put_lit(expected, "expected an address or a block of addresses, such as 192.0.2.0/24");
    return false;
}
