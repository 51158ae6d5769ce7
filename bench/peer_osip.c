/* Measures libosip2 on the same messages: it decodes what it knows while it parses. */
#include <sys/time.h>

#include <osipparser2/osip_parser.h>

#include "measure.h"

static bool proxy_headers(const char *bytes, size_t len)
{
    osip_message_t *m;
    osip_via_t *via = NULL;
    osip_contact_t *contact = NULL;
    osip_generic_param_t *branch = NULL;
    if (osip_message_init(&m) != 0)
        return false;
    bool good = osip_message_parse(m, bytes, len) == 0;
    if (good) {
        osip_message_get_via(m, 0, &via);
        osip_message_get_contact(m, 0, &contact);
        if (via)
            osip_via_param_get_byname(via, (char *)"branch", &branch);
        good = branch && contact && m->from && m->to && m->cseq && m->call_id;
    }
    osip_message_free(m);
    return good;
}

int main(void)
{
    static const struct measured parsers[] = {{"libosip2 " OSIP_VERSION, "parse", proxy_headers}};
    parser_init();
    return measure_main(parsers, 1);
}
