/* What the parts of the XML reader share. */
#ifndef TANDEM_SRC_LOAD_XML_H
#define TANDEM_SRC_LOAD_XML_H

#include "load/build.h"

struct label {
    struct str name;
    unsigned step;
};

struct xml {
    struct scenario *scenario;
    struct scenario_error *error;
    struct template_names names;
    void *parser; /* expat's */
    bool wrong;
    bool in_text;            /* of <send> */
    struct buf text;         /* grows in `scenario`'s memory */
    const char **attributes; /* of the element that begins: name, value, …, NULL */
    struct label labels[LIMIT_LOAD_STEPS];
    unsigned n_labels;
};

unsigned xml_line(const struct xml *);
PRINTF_LIKE(2, 3) void xml_complain(struct xml *, const char *format, ...);
PRINTF_LIKE(2, 3) void xml_leave_out(struct xml *, const char *format, ...);

/* --- attributes of the element that begins --- */
/* NULL: it has none of that name. */
const char *xml_attribute(const struct xml *, const char *name);
bool xml_is_true(const struct xml *, const char *name);
/* The number of the variable that an attribute names; -1: there is no such attribute. */
int xml_variable(struct xml *, const char *name);
/* A copy of an attribute that lives as long as the scenario; empty: there is none. */
struct str xml_keep(struct xml *, const char *name);
/* A pattern that is the scenario's. NULL: it is none, that was said. */
struct regexp *xml_pattern(struct xml *, const char *text);

/* --- xml_step.c, xml_action.c: an element begins --- */
/* False: it is no step. */
bool xml_begin_step(struct xml *, const char *element);
/* The text of a <send> is whole. */
void xml_end_send(struct xml *, struct str text);
/* False: it is no action. */
bool xml_begin_action(struct xml *, struct step *, const char *element);

/* --- xml_comment.c --- */
void xml_mend_comments(char *text, size_t len);

#endif
