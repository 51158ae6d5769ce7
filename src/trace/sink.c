/* Escapes. Knows languages, no calls. */
#include "trace/sink.h"

#include "base/utf8.h"
#include "trace/brief.h"

static void put_in_buf(struct trace_sink *k, struct str s)
{
    buf_put(&((struct trace_buf_sink *)(void *)k)->buf, s);
}

void trace_buf_sink_init(struct trace_buf_sink *k, char *at, size_t cap)
{
    k->sink.put = put_in_buf;
    buf_init(&k->buf, at, cap);
}

void sink_put_u64(struct trace_sink *k, uint64_t n)
{
    char text[24];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put_u64(&b, n);
    sink_put(k, buf_str(&b));
}

void sink_put_seconds(struct trace_sink *k, int64_t ns, unsigned decimals)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put_seconds(&b, ns, decimals);
    sink_put(k, buf_str(&b));
}

#define REPLACEMENT "\xef\xbf\xbd"

static uint32_t code_of(struct str c)
{
    static const uint8_t lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (unsigned char)c.at[0] & lead[c.len];
    for (size_t i = 1; i < c.len; i++)
        code = code << 6 | ((unsigned char)c.at[i] & 0x3f);
    return code;
}

bool sink_is_shown(struct str character)
{
    struct str c = str_slice(character, 0, utf8_character(character));
    uint32_t code = c.len > 0 ? code_of(c) : 0;
    bool turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return c.len > 0 && !utf8_is_control(c) && !turns;
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_xml(struct str c)
{
    bool space = c.at[0] == '\t' || c.at[0] == '\n' || c.at[0] == '\r';
    return space || (sink_is_shown(c) && code_of(c) != 0xfffe && code_of(c) != 0xffff);
}

static struct str xml_of(struct str c)
{
    switch (c.at[0]) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return is_xml(c) ? c : STR(REPLACEMENT);
    }
}

static struct str json_of(struct str c, char *room)
{
    struct buf b;
    buf_init(&b, room, 8);
    if (c.at[0] == '\n')
        return STR("\\n");
    if (c.at[0] == '\r')
        return STR("\\r");
    if (c.at[0] == '\t')
        return STR("\\t");
    if (c.at[0] == '"')
        return STR("\\\"");
    if (c.at[0] == '\\')
        return STR("\\\\");
    if (sink_is_shown(c) && !memchr("<>&", c.at[0], 3))
        return c;
    buf_put_lit(&b, "\\u");
    buf_put_hex(&b, code_of(c), 4);
    return buf_str(&b);
}

void sink_put_xml(struct trace_sink *k, struct str s)
{
    for (size_t n; s.len > 0; s = str_slice(s, n ? n : 1, s.len)) {
        n = utf8_character(s);
        sink_put(k, n ? xml_of(str_slice(s, 0, n)) : STR(REPLACEMENT));
    }
}

void sink_put_json(struct trace_sink *k, struct str s)
{
    char room[8];
    sink_put_lit(k, "\"");
    for (size_t n; s.len > 0; s = str_slice(s, n ? n : 1, s.len)) {
        n = utf8_character(s);
        sink_put(k, n ? json_of(str_slice(s, 0, n), room) : STR(REPLACEMENT));
    }
    sink_put_lit(k, "\"");
}
