/* Reads and writes the load generator's messages: only as much of SIP as its cases need. */
#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SESSION                                                                                    \
    "v=0\r\no=alice 2890844526 2890844526 IN IP4 127.0.0.1\r\ns=call\r\nc=IN IP4 127.0.0.1\r\n"    \
    "t=0 0\r\nm=audio 40000 RTP/AVP 8 0 9 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n" \
    "a=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r" \
    "\n"

bool text_is(struct text t, const char *word)
{
    return t.len == strlen(word) && memcmp(t.at, word, t.len) == 0;
}

bool text_begins(struct text t, const char *word)
{
    size_t len = strlen(word);
    return t.len >= len && memcmp(t.at, word, len) == 0;
}

bool text_contains(struct text t, const char *word)
{
    return memmem(t.at, t.len, word, strlen(word)) != NULL;
}

static struct text trimmed(struct text t)
{
    while (t.len && (*t.at == ' ' || *t.at == '\t'))
        t.at++, t.len--;
    while (t.len && (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t'))
        t.len--;
    return t;
}

/* The next line without its CRLF; false: none left. */
static bool next_line(struct text *rest, struct text *line)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    if (!end)
        return false;
    *line = (struct text){rest->at, (size_t)(end - rest->at)};
    rest->len -= line->len + 1;
    rest->at = end + 1;
    if (line->len && line->at[line->len - 1] == '\r')
        line->len--;
    return true;
}

static bool read_start(struct received *r, struct text line)
{
    if (text_begins(line, "SIP/2.0 ")) {
        r->status = line.len >= 11 ? (unsigned)strtoul(line.at + 8, NULL, 10) : 0;
        return r->status >= 100;
    }
    const char *space = memchr(line.at, ' ', line.len);
    r->method = (struct text){line.at, space ? (size_t)(space - line.at) : 0};
    return r->method.len > 0;
}

static bool name_is(struct text name, const char *full, char compact)
{
    return (name.len == 1 && (*name.at | 0x20) == compact) ||
           (name.len == strlen(full) && strncasecmp(name.at, full, name.len) == 0);
}

static void read_header(struct received *r, struct text line)
{
    const char *colon = memchr(line.at, ':', line.len);
    if (!colon)
        return;
    struct text name = trimmed((struct text){line.at, (size_t)(colon - line.at)});
    struct text value = trimmed((struct text){colon + 1, line.len - (size_t)(colon + 1 - line.at)});
    if (name_is(name, "Via", 'v') && r->n_vias < VIAS_MAX)
        r->vias[r->n_vias++] = line;
    else if (name_is(name, "Record-Route", 0) && r->n_record_routes < ROUTES_MAX)
        r->record_routes[r->n_record_routes++] = line;
    else if (name_is(name, "WWW-Authenticate", 0) && r->n_challenges < CHALLENGES_MAX)
        r->challenges[r->n_challenges++] = value;
    else if (name_is(name, "From", 'f'))
        r->from = value;
    else if (name_is(name, "To", 't'))
        r->to = value;
    else if (name_is(name, "Call-ID", 'i'))
        r->call_id = value;
    else if (name_is(name, "CSeq", 0))
        r->cseq = value;
    else if (name_is(name, "Contact", 'm'))
        r->contact = value;
}

bool received_read(struct received *r, struct text message)
{
    struct text line;
    memset(r, 0, sizeof *r);
    if (!next_line(&message, &line) || !read_start(r, line))
        return false;
    while (next_line(&message, &line) && line.len)
        read_header(r, line);
    return r->call_id.len && r->cseq.len;
}

struct text received_contact_uri(const struct received *r)
{
    const char *from = memchr(r->contact.at, '<', r->contact.len);
    if (!from)
        return r->contact;
    size_t left = r->contact.len - (size_t)(++from - r->contact.at);
    const char *to = memchr(from, '>', left);
    return (struct text){from, to ? (size_t)(to - from) : left};
}

void out_print(struct outgoing *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(o->bytes + o->len, OUT_MAX - o->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= OUT_MAX - o->len) {
        fprintf(stderr, "load: a message of more than %d bytes\n", OUT_MAX);
        exit(1);
    }
    o->len += (size_t)n;
}

void out_text(struct outgoing *o, struct text t)
{
    out_print(o, "%.*s", (int)t.len, t.at);
}

/* Where the last value of a list begins: behind the last comma outside <>. */
static size_t last_value(struct text list)
{
    bool inside = false;
    for (size_t i = list.len; i > 0; i--) {
        char c = list.at[i - 1];
        if (c == '>' || c == '<')
            inside = c == '>';
        else if (c == ',' && !inside)
            return i;
    }
    return 0;
}

static void out_route_line(struct outgoing *o, struct text line)
{
    const char *colon = memchr(line.at, ':', line.len);
    struct text list = {colon + 1, line.len - (size_t)(colon + 1 - line.at)};
    while (list.len) {
        size_t begin = last_value(list);
        out_print(o, "Route: ");
        out_text(o, trimmed((struct text){list.at + begin, list.len - begin}));
        out_print(o, "\r\n");
        list.len = begin ? begin - 1 : 0;
    }
}

static void out_line(struct outgoing *o, struct text line)
{
    out_text(o, line);
    out_print(o, "\r\n");
}

static void out_header(struct outgoing *o, const char *name, struct text value)
{
    out_print(o, "%s: ", name);
    out_line(o, value);
}

void out_dialog(struct outgoing *o, const struct received *answer)
{
    for (unsigned i = answer->n_record_routes; i > 0; i--)
        out_route_line(o, answer->record_routes[i - 1]);
    out_header(o, "Max-Forwards", (struct text){"70", 2});
    out_header(o, "From", answer->from);
    out_header(o, "To", answer->to);
    out_header(o, "Call-ID", answer->call_id);
}

void out_answer(struct outgoing *o, const struct received *request, const char *status_line,
                const char *to_tag)
{
    out_print(o, "%s\r\n", status_line);
    for (unsigned i = 0; i < request->n_vias; i++)
        out_line(o, request->vias[i]);
    for (unsigned i = 0; i < request->n_record_routes; i++)
        out_line(o, request->record_routes[i]);
    out_header(o, "From", request->from);
    out_print(o, "To: ");
    out_text(o, request->to);
    if (!text_contains(request->to, ";tag="))
        out_print(o, ";tag=%s", to_tag);
    out_print(o, "\r\n");
    out_header(o, "Call-ID", request->call_id);
    out_header(o, "CSeq", request->cseq);
}

void out_session(struct outgoing *o)
{
    out_print(o, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
              sizeof SESSION - 1, SESSION);
}

void out_no_body(struct outgoing *o)
{
    out_print(o, "Content-Length: 0\r\n\r\n");
}
