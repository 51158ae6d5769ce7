/* Owns what elements of a presence document mean (RFC 3863 4, RFC 4479 3, RFC 4480 3). */
#include "ua/presence.h"

#include <expat.h>
#include <string.h>

#include "base/buf.h"

#define PIDF "urn:ietf:params:xml:ns:pidf"
#define DATA_MODEL "urn:ietf:params:xml:ns:pidf:data-model"
#define RPID "urn:ietf:params:xml:ns:pidf:rpid"
#define BETWEEN ' ' /* a namespace and a name, as expat joins them */

enum element {
    NOTHING, /* around the document */
    PRESENCE,
    TUPLE,
    PERSON,
    DEVICE,
    STATUS,
    BASIC,
    CONTACT,
    NOTE,
    TIMESTAMP,
    DEVICE_ID,
    ACTIVITIES,
    ACTIVITY,
    UNKNOWN,
    N_ELEMENTS
};

#define IN(element) (1u << (element))
#define ITEMS (IN(TUPLE) | IN(PERSON) | IN(DEVICE))
#define TEXTS (IN(BASIC) | IN(CONTACT) | IN(NOTE) | IN(TIMESTAMP) | IN(DEVICE_ID) | IN(ACTIVITY))

/* What stands where. An empty name is any. */
static const struct {
    const char *space, *name;
    unsigned in;
    enum element element;
} grammar[] = {
    {PIDF, "presence", IN(NOTHING), PRESENCE},
    {PIDF, "tuple", IN(PRESENCE), TUPLE},
    {PIDF, "status", IN(TUPLE), STATUS},
    {PIDF, "basic", IN(STATUS), BASIC},
    {PIDF, "contact", IN(TUPLE), CONTACT},
    {PIDF, "note", IN(PRESENCE) | IN(TUPLE), NOTE},
    {PIDF, "timestamp", IN(TUPLE), TIMESTAMP},
    {DATA_MODEL, "person", IN(PRESENCE), PERSON},
    {DATA_MODEL, "device", IN(PRESENCE), DEVICE},
    {DATA_MODEL, "deviceID", IN(TUPLE) | IN(DEVICE), DEVICE_ID},
    {DATA_MODEL, "note", IN(PERSON) | IN(DEVICE), NOTE},
    {DATA_MODEL, "timestamp", IN(PERSON) | IN(DEVICE), TIMESTAMP},
    {RPID, "activities", IN(TUPLE) | IN(PERSON) | IN(STATUS), ACTIVITIES},
    {RPID, "note", IN(ACTIVITIES), NOTE},
    {RPID, "", IN(ACTIVITIES), ACTIVITY},
};

struct reader {
    struct presence *out;
    XML_Parser parser;
    struct buf texts;
    size_t text;                /* where the text of the element begins */
    struct presence_item *item; /* within one; NULL: within none, or in one too many */
    enum element stack[LIMIT_UA_PRESENCE_DEPTH];
    unsigned depth;
};

static void fail(struct reader *r, const char *what)
{
    if (r->out->fault)
        return;
    r->out->fault = what;
    r->out->line = XML_GetCurrentLineNumber(r->parser);
    (void)XML_StopParser(r->parser, XML_FALSE);
}

static struct str keep(struct reader *r, const char *text)
{
    struct str s = str_from(text), kept = {r->texts.at + r->texts.len, s.len};
    buf_put(&r->texts, s);
    return r->texts.over ? STR_NONE : kept;
}

static enum element top(const struct reader *r)
{
    return r->depth > 0 ? r->stack[r->depth - 1] : NOTHING;
}

static enum element element_of(enum element in, const char *name)
{
    const char *space = strchr(name, BETWEEN);
    const char *local = space ? space + 1 : name;
    size_t len = space ? (size_t)(space - name) : 0;
    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++)
        if (grammar[i].in & IN(in) && strlen(grammar[i].space) == len &&
            memcmp(grammar[i].space, name, len) == 0 &&
            (grammar[i].name[0] == '\0' || strcmp(grammar[i].name, local) == 0))
            return grammar[i].element;
    return UNKNOWN;
}

/* NULL: there is none such. */
static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

/* --- elements begin --- */

static void begin_presence(struct reader *r, const char **attributes)
{
    const char *entity = attribute(attributes, "entity");
    if (!entity || *entity == '\0')
        fail(r, "presence: there is no entity");
    else
        r->out->entity = keep(r, entity);
}

/* RFC 3863 4.1.2; RFC 4479 3.1: an id each. */
static void begin_item(struct reader *r, enum presence_kind kind, const char **attributes)
{
    const char *id = attribute(attributes, "id");
    if (!id || *id == '\0') {
        fail(r, "an element that needs an id has none");
        return;
    }
    for (unsigned i = 0; i < r->out->n_items; i++)
        if (str_equal(r->out->items[i].id, str_from(id)))
            fail(r, "two elements have the same id");
    r->out->is_more |= r->out->n_items == LIMIT_UA_PRESENCE_ITEMS;
    if (r->out->n_items == LIMIT_UA_PRESENCE_ITEMS)
        return;
    r->item = &r->out->items[r->out->n_items++];
    *r->item = (struct presence_item){.kind = kind, .id = keep(r, id)};
}

static void begin_contact(struct reader *r, const char **attributes)
{
    const char *priority = attribute(attributes, "priority");
    if (priority && r->item)
        r->item->priority = keep(r, priority);
}

/* RFC 3863 4.1.7 */
static void begin_unknown(struct reader *r, const char **attributes)
{
    const char *must = attribute(attributes, PIDF " mustUnderstand");
    r->out->is_more = true;
    if (must && (strcmp(must, "true") == 0 || strcmp(must, "1") == 0))
        fail(r, "an element has to be understood that is not");
}

static void begin_known(struct reader *r, enum element element, const char **attributes)
{
    if (element == PRESENCE)
        begin_presence(r, attributes);
    else if (element == TUPLE)
        begin_item(r, PRESENCE_TUPLE, attributes);
    else if (element == PERSON)
        begin_item(r, PRESENCE_PERSON, attributes);
    else if (element == DEVICE)
        begin_item(r, PRESENCE_DEVICE, attributes);
    else if (element == CONTACT)
        begin_contact(r, attributes);
}

static void XMLCALL begin(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;
    enum element element = element_of(top(r), name);
    if (r->out->fault) /* what is stopped may have a little left */
        return;
    if (r->depth == LIMIT_UA_PRESENCE_DEPTH) {
        fail(r, "elements within elements, too deep");
        return;
    }
    if (r->depth == 0 && element != PRESENCE) {
        fail(r, "this is no presence document");
        return;
    }
    r->stack[r->depth++] = element;
    if (element == UNKNOWN)
        begin_unknown(r, attributes);
    else
        begin_known(r, element, attributes);
    if (IN(element) & TEXTS)
        r->text = r->texts.len;
}

/* --- texts, and what they end as --- */

static void XMLCALL take_text(void *user, const char *text, int len)
{
    struct reader *r = user;
    if (!r->out->fault && IN(top(r)) & TEXTS)
        buf_put(&r->texts, (struct str){text, (size_t)len});
}

static void add(struct reader *r, struct presence_texts *texts, struct str text)
{
    if (texts->n == LIMIT_UA_PRESENCE_TEXTS)
        r->out->is_more = true;
    else if (text.len > 0)
        texts->of[texts->n++] = text;
}

static void end_basic(struct reader *r, struct str text)
{
    if (str_equal(text, STR("open")))
        r->item->basic = PRESENCE_OPEN;
    else if (str_equal(text, STR("closed")))
        r->item->basic = PRESENCE_CLOSED;
    else
        fail(r, "basic: neither open nor closed");
}

/* RFC 4480 3.2: an empty element, but for <other>. */
static void end_activity(struct reader *r, struct str text, const char *name)
{
    if (text.len == 0)
        text = keep(r, strchr(name, BETWEEN) + 1);
    add(r, &r->item->activities, text);
}

static void end_text(struct reader *r, enum element element, struct str text, const char *name)
{
    if (!r->item && top(r) == PRESENCE)
        add(r, &r->out->notes, text);
    else if (!r->item) /* one too many */
        return;
    else if (element == BASIC)
        end_basic(r, text);
    else if (element == CONTACT)
        r->item->contact = text;
    else if (element == NOTE)
        add(r, &r->item->notes, text);
    else if (element == TIMESTAMP)
        r->item->timestamp = text;
    else if (element == DEVICE_ID)
        r->item->device = text;
    else if (element == ACTIVITY)
        end_activity(r, text, name);
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str trimmed(struct str s)
{
    while (s.len > 0 && is_white(s.at[0]))
        s = str_slice(s, 1, s.len);
    while (s.len > 0 && is_white(s.at[s.len - 1]))
        s.len--;
    return s;
}

static void XMLCALL end(void *user, const char *name)
{
    struct reader *r = user;
    enum element element = top(r);
    if (r->out->fault)
        return;
    r->depth--;
    if (IN(element) & TEXTS)
        end_text(r, element, trimmed(str_slice(buf_str(&r->texts), r->text, r->texts.len)), name);
    if (IN(element) & ITEMS)
        r->item = NULL;
}

/* --- the document --- */

/* What it declares could make a document of any size of a few bytes, or read files. */
static void XMLCALL refuse_type(void *user, const char *name, const char *system,
                                const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    fail(user, "a document type definition");
}

/* Texts and names are UTF-8, whatever the document is in: a byte of ISO-8859-1 may become two. */
size_t presence_space(size_t len)
{
    return 2 * len + 1;
}

static void parse(struct reader *r, struct str document)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, begin, end);
    XML_SetCharacterDataHandler(r->parser, take_text);
    XML_SetStartDoctypeDeclHandler(r->parser, refuse_type);
    if (XML_Parse(r->parser, document.at, (int)document.len, XML_TRUE) == XML_STATUS_ERROR)
        fail(r, XML_ErrorString(XML_GetErrorCode(r->parser)));
    if (r->texts.over)
        fail(r, "too much text");
}

bool presence_parse(struct presence *out, struct str document, struct rand *rand, void *space,
                    size_t size)
{
    struct reader r = {.out = out};
    *out = (struct presence){0};
    buf_init(&r.texts, space, size);
    r.parser = document.len <= INT32_MAX ? XML_ParserCreateNS(NULL, BETWEEN) : NULL;
    if (r.parser && XML_SetHashSalt(r.parser, rand_salt(rand)))
        parse(&r, document);
    else
        out->fault = "no memory";
    XML_ParserFree(r.parser);
    return !out->fault;
}
