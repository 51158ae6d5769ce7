/* An agent's registration: one Call-ID, rising CSeq (RFC 3261 10.2). */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

static void start(struct agent *a)
{
    char id[24], registrar[64];
    snprintf(id, sizeof(id), "reg%016llx", (unsigned long long)rand_u64(&a->node.w->rand));
    struct str aor = str_from(a->aor);
    size_t at = str_find(aor, '@');
    snprintf(registrar, sizeof(registrar), "sip:%.*s", STR_ARG(str_slice(aor, at + 1, aor.len)));
    struct dialog_start s = {.call_id = str_from(id),
                             .local_tag = str_slice(str_from(id), 3, 8),
                             .local = aor,
                             .remote = aor,
                             .target = str_from(registrar),
                             .routes = str_from(a->route),
                             .cseq = 1};
    int err = dialog_init_trying(&a->registration, &a->node.w->heap.mem, &s);
    assert(!err);
}

void agent_register(struct agent *a, unsigned expires_s)
{
    char headers[160];
    if (!a->registration.text)
        start(a);
    snprintf(headers, sizeof(headers), "Contact: <%s>\r\nExpires: %u\r\n", a->contact, expires_s);
    struct dialog_request r = {.method = STR("REGISTER"), .headers = str_from(headers)};
    a->register_status = 0;
    if (!agent_send(a, &a->registration, &r, USE_REGISTER, NULL))
        a->register_status = 503;
    agent_settle(a);
}

void agent_registered(struct agent *a, unsigned status)
{
    if (status >= 200)
        a->register_status = status;
}
