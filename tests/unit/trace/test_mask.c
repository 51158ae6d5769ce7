/* What is masked, and what stays (RFC 3261 22, RFC 4568 9.1, RFC 8839 5.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/mask.h"

static const struct {
    unsigned what;
    const char *in, *out;
} cases[] = {
    {TRACE_MASK_KEYS,
     "Authorization: Digest username=\"al,ice\", realm=\"r\", response=\"ab\\\"c\"\r\n\r\n",
     "Authorization: Digest username=\"al,ice\", realm=\"r\", response=*******\r\n\r\n"},
    {TRACE_MASK_KEYS,
     "proxy-authorization :\r\n  digest nonce = n1 ,\r\n qop=auth,cnonce=\"x\", nc=00000001\r\nTo: "
     "x\r\n\r\n",
     "proxy-authorization :\r\n  digest nonce =****,\r\n qop=auth,cnonce=***, nc=00000001\r\nTo: "
     "x\r\n\r\n"},
    {TRACE_MASK_KEYS, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n\r\n",
     "WWW-Authenticate: Digest realm=\"r\", nonce=***\r\n\r\n"},
    {TRACE_MASK_KEYS, "Authorization: Bearer abc, realm=def\r\n\r\n",
     "Authorization: Bearer **************\r\n\r\n"},
    {TRACE_MASK_KEYS, "Authorization: Digest secret\r\n\r\n",
     "Authorization: Digest*******\r\n\r\n"},
    {TRACE_MASK_KEYS, "Authentication-Info: rspauth=\"x\",qop=auth\r\n\r\n",
     "Authentication-Info: rspauth=***,qop=auth\r\n\r\n"},
    {TRACE_MASK_KEYS, "To: x\r\n\r\nv=0\r\nk=clear:abc\r\na=ice-pwd:xyz\r\na=ice-ufrag:u\r\n",
     "To: x\r\n\r\nv=0\r\nk=*********\r\na=ice-pwd:***\r\na=ice-ufrag:u\r\n"},
    {TRACE_MASK_KEYS,
     "To: x\n\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:K/+=|2^20;inline:L x\na=key-mgmt:mikey "
     "AA\n",
     "To: x\n\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:****************** "
     "x\na=key-mgmt:********\n"},
    {TRACE_MASK_BODIES, "To: x\r\n\r\nI love you\r\n", "To: x\r\n\r\n**********\r\n"},
    {TRACE_MASK_BODIES, "To: x\r\n\r\nv=0\r\nk=a\r\n", "To: x\r\n\r\nv=0\r\nk=a\r\n"},
    {TRACE_MASK_KEYS | TRACE_MASK_BODIES, "Authorization: Digest response",
     "Authorization: Digest*********"},
    {TRACE_MASK_KEYS, "Authorization:", "Authorization:"},
    {TRACE_MASK_KEYS, "", ""},
    {TRACE_MASK_KEYS, "Authorization: Digest response=\"open\r\n end\r\n\r\nv=0",
     "Authorization: Digest response=*****\r\n****\r\n\r\nv=0"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char at[512];
        size_t len = strlen(cases[i].in);
        memcpy(at, cases[i].in, len + 1);
        trace_mask(at, len, cases[i].what);
        assert_string_equal(at, cases[i].out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
