/* Texts judged. */
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

unsigned count(const struct lint *l, enum lint_code code)
{
    unsigned n = 0;
    for (unsigned i = 0; i < l->n; i++)
        n += l->at[i].code == code;
    return n;
}

struct lint judge(const char *text, unsigned *n_errors)
{
    static _Alignas(16) char space[65536];
    struct msg m;
    struct lint l;
    (void)msg_parse(&m, str_from(text), MSG_DATAGRAM, space, sizeof(space));
    (void)msg_check(&m);
    lint_message(&l, &m, str_from(text), &mem_libc);
    if (n_errors)
        *n_errors = m.n_errors;
    return l;
}
