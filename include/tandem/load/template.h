/* A message with places to be filled in, in the words of SIPp's scenarios: "[call_id]",
 * "[last_Via:]", "[field0]" and so on. It is read once, so that writing a message is copying runs
 * of text between fields. */
#ifndef TANDEM_LOAD_TEMPLATE_H
#define TANDEM_LOAD_TEMPLATE_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "msg/msg.h"

enum field {
    FIELD_TEXT, /* copied as it stands */
#define FIELD(id, name, meaning) FIELD_##id,
#include "load_fields.def"
#undef FIELD
    FIELD_LAST,       /* [last_NAME:]: the lines of that name of the message that came last */
    FIELD_LAST_VALUE, /* [last_NAME]: the first one's value */
    FIELD_USER_FIELD, /* [fieldN] of the table of users */
    FIELD_VARIABLE,   /* [$NAME] */
    N_FIELDS
};

struct template;

struct piece {
    uint8_t field;
    bool alone;      /* it is all of its line, which is left out where there is nothing to say */
    int32_t number;  /* what is added: [cseq+1]; N of [fieldN]; the variable; the header's id */
    struct str text; /* FIELD_TEXT, FIELD_LAST: the name */
    /* [authentication username=… password=…]; NULL: the user's own */
    struct template *user, *password;
};

struct template
{
    struct mem *mem;
    struct piece *pieces;
    unsigned n, room;
    unsigned body;    /* index of the first piece of the body; n: there is none */
    char *text;       /* that the pieces are views of */
    size_t len, size; /* of the text, of its memory */
    bool has_branch, has_last;
};

/* What names stand for that are not in the table of fields. */
struct template_names {
    /* The variable's number, made where it is new. Negative: there can be no more. */
    int (*variable)(void *of_variables, struct str name);
    void *of_variables;
    /* What the user says that [NAME] stands for. False: nothing. NULL: nothing at all. The text
     * lives as long as the template. */
    bool (*key)(void *of_keys, struct str name, struct str *value);
    void *of_keys;
};

/* Reads a whole message: lines may be indented and end as they like; white space around it is left
 * out. NULL: `what` (of `size` bytes) says why, for people. */
MUST_USE struct template *template_message(struct mem *, struct str text,
                                           const struct template_names *, char *what, size_t size);
/* The same for a text that is no message: it is taken as it stands. */
MUST_USE struct template *template_text(struct mem *, struct str text,
                                        const struct template_names *, char *what, size_t size);
/* NULL is legal. */
void template_free(struct template *);

#endif
