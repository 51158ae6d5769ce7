/* Values of the private headers of the 3GPP (RFC 7315 4, 5): identities, networks, charging. Where
 * they may stand is data/header_rules.def's. */
#include "rules.h"

/* Up to `c` outside of quotes. */
static size_t find_bare(struct str s, char c)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < s.len && (quoted || s.at[i] != c); i++) {
        if (s.at[i] == '"')
            quoted = !quoted;
        else if (quoted && s.at[i] == '\\' && i + 1 < s.len)
            i++;
    }
    return i;
}

/* Takes off what stands in front of the next `c`. False: nothing is left. */
static bool next_piece(struct str *rest, char c, struct str *piece)
{
    if (rest->len == 0)
        return false;
    size_t end = find_bare(*rest, c);
    *piece = str_trim(str_slice(*rest, 0, end));
    *rest = str_slice(*rest, end + 1, rest->len);
    return true;
}

/* RFC 7315 5.5, 5.6: a list of parameters, with nothing in front of it. Has it one of these, with a
 * value? */
static bool has_any(struct str value, const struct str *names, size_t n)
{
    struct str piece;
    while (next_piece(&value, ';', &piece)) {
        size_t equals = str_find(piece, '=');
        struct str name = str_trim(str_slice(piece, 0, equals));
        for (size_t i = 0; equals + 1 < piece.len && i < n; i++)
            if (str_equal_nocase(name, names[i]))
                return true;
    }
    return false;
}

/* RFC 7315 5.6 */
static void charging_vector(struct lint *l, struct msg *m)
{
    static const struct str id[] = {STR_INIT("icid-value")};
    const struct hdr *h = msg_header(m, HDR_P_CHARGING_VECTOR);
    if (h && !has_any(hdr_value(m, h), id, 1))
        lint_note_header(l, m, LINT_CHARGING_NO_ID, HDR_P_CHARGING_VECTOR);
}

/* RFC 7315 5.5 */
static void charging_functions(struct lint *l, struct msg *m)
{
    static const struct str functions[] = {STR_INIT("ccf"), STR_INIT("ecf"), STR_INIT("ccf-2"),
                                           STR_INIT("ecf-2")};
    for (const struct hdr *h = msg_header(m, HDR_P_CHARGING_FUNCTION_ADDRESSES); h;
         h = msg_header_next(m, h)) {
        struct str rest = hdr_value(m, h), value;
        while (next_piece(&rest, ',', &value))
            if (!has_any(value, functions, sizeof(functions) / sizeof(functions[0])))
                lint_note_at(l, m, LINT_CHARGING_NO_FUNCTION, value,
                             HDR_P_CHARGING_FUNCTION_ADDRESSES);
    }
}

static bool is_quoted(struct str s)
{
    return s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"';
}

/* RFC 3261 25.1 */
static bool has_separator(struct str s)
{
    static const char separators[] = "()<>@,;:\\\"/[]?={} \t";
    for (size_t i = 0; i < s.len; i++)
        if (memchr(separators, s.at[i], sizeof(separators) - 1))
            return true;
    return false;
}

/* RFC 7315 5.3 */
static void visited_network(struct lint *l, struct msg *m)
{
    for (const struct hdr *h = msg_header(m, HDR_P_VISITED_NETWORK_ID); h;
         h = msg_header_next(m, h)) {
        struct str rest = hdr_value(m, h), value;
        while (next_piece(&rest, ',', &value)) {
            struct str name = str_trim(str_slice(value, 0, find_bare(value, ';')));
            if (!is_quoted(name) && (name.len == 0 || has_separator(name)))
                lint_note_at(l, m, LINT_NETWORK_NAME, value, HDR_P_VISITED_NETWORK_ID);
        }
    }
}

/* RFC 7315 5.1, 5.2: name-addr, where a parameter is never the URI's by mistake. */
static void bracketed(struct lint *l, struct msg *m, enum hdr_id header)
{
    for (const struct nameaddr *v = msg_nameaddr_next(m, header, NULL); v;
         v = msg_nameaddr_next(m, header, v))
        if (!v->bracketed)
            lint_note_at(l, m, LINT_ADDRESS_BARE, v->text, header);
}

void lint_private(struct lint *l, struct msg *m)
{
    bracketed(l, m, HDR_P_ASSOCIATED_URI);
    bracketed(l, m, HDR_P_CALLED_PARTY_ID);
    visited_network(l, m);
    charging_vector(l, m);
    charging_functions(l, m);
}
