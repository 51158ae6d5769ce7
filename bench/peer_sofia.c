/* Measures Sofia-SIP on the same messages: it decodes every header that it knows while it parses.
 */
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su.h>

#include "measure.h"

static bool all_headers(const char *bytes, size_t len)
{
    msg_t *m = msg_make(sip_default_mclass(), 0, bytes, (ssize_t)len);
    if (!m)
        return false;
    sip_t *s = sip_object(m);
    bool good = s && !s->sip_error && s->sip_via && s->sip_from && s->sip_to && s->sip_call_id &&
                s->sip_cseq && s->sip_contact;
    msg_destroy(m);
    return good;
}

int main(void)
{
    static const struct measured parsers[] = {{"sofia-sip " SOFIA_VERSION, "parse", all_headers}};
    su_init();
    return measure_main(parsers, 1);
}
