/* Measures re on the same messages: the first Via, To, From, Call-ID and CSeq as it parses, Contact
 * and Max-Forwards asked for. */
#include <string.h>

#include <re/re.h>

#include "measure.h"

static struct mbuf *buffer;

static bool proxy_headers(const char *bytes, size_t len)
{
    struct sip_msg *m = NULL;
    struct sip_addr contact;
    buffer->pos = 0;
    if (buffer->end != len || memcmp(buffer->buf, bytes, 64) != 0) {
        if (len > buffer->size)
            return false;
        memcpy(buffer->buf, bytes, len);
        buffer->end = len;
    }
    if (sip_msg_decode(&m, buffer) != 0)
        return false;
    const struct sip_hdr *h = sip_msg_hdr(m, SIP_HDR_CONTACT);
    bool good = h && sip_addr_decode(&contact, &h->val) == 0 && m->cseq.num != 0;
    sip_msg_hdr(m, SIP_HDR_MAX_FORWARDS);
    mem_deref(m);
    return good;
}

int main(void)
{
    static const struct measured parsers[] = {{"re " RE_VERSION_TEXT, "parse", proxy_headers}};
    if (libre_init() != 0)
        return 4;
    buffer = mbuf_alloc(65536);
    return buffer ? measure_main(parsers, 1) : 4;
}
