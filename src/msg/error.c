/* The names, sentences and sections of data/errors.def, and the list of faults that a message
 * carries. Judges nothing. */
#include "tables.h"

struct row {
    const char *name, *what, *rfc, *remedy;
    uint16_t answer;
};

static const struct row rows[MSG_N_ERRORS] = {
    [MSG_OK] = {"ok", "No fault", "", "", 0},
#define ERROR(id, text, sentence, section, status, advice) \
    [MSG_E_##id] = {text, sentence, section, advice, status},
#include "errors.def"
#undef ERROR
};

static const struct row *row_of(enum msg_error_code code)
{
    return &rows[(unsigned)code < MSG_N_ERRORS ? code : MSG_OK];
}

const char *msg_error_name(enum msg_error_code code)
{
    return row_of(code)->name;
}

const char *msg_error_what(enum msg_error_code code)
{
    return row_of(code)->what;
}

const char *msg_error_rfc(enum msg_error_code code)
{
    return row_of(code)->rfc;
}

const char *msg_error_remedy(enum msg_error_code code)
{
    return row_of(code)->remedy;
}

unsigned msg_error_answer(enum msg_error_code code)
{
    return row_of(code)->answer;
}

static bool is_noted(const struct msg *m, enum msg_error_code code, size_t offset)
{
    for (unsigned i = 0; i < m->n_errors; i++)
        if (m->errors[i].code == code && m->errors[i].offset == offset)
            return true;
    return false;
}

void msg_note(struct msg *m, enum msg_error_code code, size_t offset, enum hdr_id header)
{
    if (is_noted(m, code, offset))
        return;
    unsigned at = m->n_errors;
    while (at > 0 && m->errors[at - 1].offset > offset)
        at--;
    if (at == MSG_MAX_ERRORS)
        return;
    unsigned kept = m->n_errors < MSG_MAX_ERRORS ? m->n_errors : MSG_MAX_ERRORS - 1;
    memmove(&m->errors[at + 1], &m->errors[at], (kept - at) * sizeof(m->errors[0]));
    m->errors[at] = (struct msg_error){code, (uint32_t)offset, (uint8_t)header};
    m->n_errors = (uint8_t)(kept + 1);
}
