/* The torture messages of RFC 4475 and RFC 5118, one by one: all that is found in each, by which
 * rule. Beside each stands a message of ours about the same thing, for where the test data are not
 * there. Hints at what could be added (header_advised) do not count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../testfiles.h"
#include "given.h"

#define TO_B "To: <sip:b@example.com>\r\n"
#define FROM_A "From: <sip:a@example.com>;tag=1\r\n"
#define ASK_FOR(uri) "OPTIONS " uri " SIP/2.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE
#define ASK_BY(vias) START("OPTIONS") vias PARTIES NUMBER("OPTIONS") HOPS BARE
#define BOUND(contact) REGISTER("Contact: " contact "\r\n")
#define ASK_WITH(party) START("OPTIONS") VIA party NUMBER("OPTIONS") HOPS BARE

#define LPC                                                                               \
    "sdp_bad_rtpmap 8866 6.6" /* most of RFC 4475 have "a=rtpmap:31 LPC", without a clock \
                               */

static const struct {
    const char *section, *file;
    const char *about;   /* what it is about, "code section" each, with "; " between */
    const char *besides; /* what is found there, too, and in ours is not */
    const char *ours;
} rows[] = {
    /* RFC 4475 3.1.1: right, however strange */
    {"4475 3.1.1.1", "wsinv", "", "branch_without_cookie 3261 8.1.1.7; " LPC,
     "INVITE sip:b@example.com;unknown SIP/2.0\r\nTO :\r\n sip:b@example.com\r\n"
     "f : \"J \\\\\\\"\"  <sip:a@example.com>\r\n  ;\r\n  tag = 1\r\nMaX-fOrWaRdS: 0068\r\n"
     "Call-ID: 1\r\nl   : 0\r\ncseq: 0009\r\n  INVITE\r\n"
     "v:  SIP  / 2.0\r\n / TCP   a.example.com  ;\r\n  branch  =   z9hG4bK9ikj8\r\ns :\r\n"
     "Unheard: a\r\n b\r\nUnheard: ;;,,;;,;\r\nm:\"Q\" <sip:a@a.example.com;x> ; y\r\n\r\n"},
    {"4475 3.1.1.2", "intmeth", "method_unknown 3261 8.2.1; uri_password 3261 19.1.1",
     "hops_many 3261 8.1.1.6",
     "!odd-Method_*+`.%indeed'~ sip:1_(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,pas$wo~d@x "
     "SIP/2.0\r\nVia: SIP/2.0/TCP a.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n" PARTIES
     "Call-ID: w%Z-!.*_+'@w`~)(><:\\/\"][?}{\r\nCSeq: 1 !odd-Method_*+`.%indeed'~\r\n" HOPS BARE},
    {"4475 3.1.1.3", "esc01", "", "hops_many 3261 8.1.1.6; " LPC,
     ASK_FOR("sip:sips%3Auser%40example.com@example.net")},
    {"4475 3.1.1.4", "escnull", "", "",
     REGISTER("Contact: <sip:%00@a.example.com>\r\nContact: <sip:%00%00@a.example.com>\r\n")},
    {"4475 3.1.1.5", "esc02", "method_unknown 3261 8.2.1", "",
     "RE%47IST%45R sip:example.com SIP/2.0\r\n" VIA PARTIES NUMBER("RE%47IST%45R") HOPS
     "C%6Fntact: <sip:a@b>\r\n" BARE},
    {"4475 3.1.1.6", "lwsdisp", "", "", ASK_WITH("From: caller<sip:a@example.com>;tag=1\r\n" TO_B)},
    {"4475 3.1.1.7", "longreq", "",
     "via_without_branch 3261 8.1.1.7; branch_without_cookie 3261 8.1.1.7; " LPC,
     ASK_FOR("sip:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b")},
    {"4475 3.1.1.8", "dblreq", "message_behind 3261 18.3", "", REGISTER("") REGISTER("")},
    {"4475 3.1.1.9", "semiuri", "", "", ASK_FOR("sip:user;par=u%40example.net@example.com")},
    {"4475 3.1.1.10", "transports", "via_transport 3261 20.42", "",
     ASK_BY(VIA "Via: SIP/2.0/SCTP c.example.com;branch=z9hG4bK3\r\n"
                "Via: SIP/2.0/UNKNOWN d.example.com;branch=z9hG4bK4\r\n")},
    {"4475 3.1.1.11", "mpart01", "", "route_strict 3261 16.12.1.1; header_not_applicable 3428 9",
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS
     "Content-Type: multipart/mixed;boundary=7a9c\r\n\r\n--7a9c\r\nContent-Type: text/plain\r\n\r\n"
     "Hello\r\n--7a9c\r\nContent-Type: application/octet-stream\r\n\r\n\x01\xff\r\n--7a9c--\r\n"},
    {"4475 3.1.1.12", "unreason", "", LPC,
     RESPONSE("200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe", "INVITE", CONTACT)},
    {"4475 3.1.1.13", "noreason", "", "", RESPONSE("100 ", "INVITE", CONTACT)},

    /* 3.1.2: wrong */
    {"4475 3.1.2.1", "badinv01", "bad_via 3261 20.42; bad_param 3261 25.1", LPC,
     START("INVITE") "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n" PARTIES NUMBER("INVITE") HOPS
     "Contact: \"Joe\" <sip:joe@example.org>;;;;\r\n" BARE},
    {"4475 3.1.2.2", "clerr", "content_length_too_large 3261 18.3", "hops_many 3261 8.1.1.6; " LPC,
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS
     "Content-Type: text/plain\r\nContent-Length: 9999\r\n\r\nx"},
    {"4475 3.1.2.3", "ncl", "bad_content_length 3261 20.14", "hops_many 3261 8.1.1.6; " LPC,
     START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") HOPS "Content-Length: -999\r\n\r\n"},
    {"4475 3.1.2.4", "scalar02",
     "cseq_too_large 3261 8.1.1.5; bad_max_forwards 3261 20.22; bad_expires 3261 20.19; "
     "contact_bad_expires 3261 10.2.1.1",
     "",
     "REGISTER sip:example.com SIP/2.0\r\n" VIA PARTIES
     "Call-ID: 1\r\nCSeq: 36893488147419103232 REGISTER\r\nMax-Forwards: 300\r\n"
     "Expires: 10000000000000000000000\r\nContact: <sip:a@b>;expires=280297596632815\r\n" BARE},
    {"4475 3.1.2.5", "scalarlg",
     "cseq_too_large 3261 8.1.1.5; number_too_large 3261 25.1; bad_warning 3261 20.43",
     "to_without_tag 3261 8.2.6.2",
     "SIP/2.0 503 No\r\n" VIA TAGGED "Call-ID: 1\r\nCSeq: 9292394834772304023312 OPTIONS\r\n"
     "Retry-After: 949302838503028349304023988\r\nWarning: 1812 overture \"x\"\r\n" BARE},
    {"4475 3.1.2.6", "quotbal", "unbalanced_quote 3261 25.1", LPC,
     ASK_WITH(FROM_A "To: \"Mr. J. User <sip:j.user@example.com>\r\n")},
    {"4475 3.1.2.7", "ltgtruri", "bad_uri_scheme 3261 19.1",
     "via_without_branch 3261 8.1.1.7; " LPC, ASK_FOR("<sip:user@example.com>")},
    {"4475 3.1.2.8", "lwsruri", "bad_request_uri 3261 7.1", "",
     ASK_FOR("sip:user@example.com; lr")},
    {"4475 3.1.2.9", "lwsstart", "bad_request_uri 3261 7.1", "", ASK_FOR(" sip:user@example.com")},
    {"4475 3.1.2.10", "trws", "bad_start_line 3261 7.1", "",
     "OPTIONS sip:b@example.com SIP/2.0  \r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE},
    {"4475 3.1.2.11", "escruri", "request_uri_headers 3261 19.1.1", LPC,
     ASK_FOR("sip:b@example.com?Route=%3Csip:example.com%3E")},
    {"4475 3.1.2.12", "baddate", "bad_date 3261 20.17", LPC,
     REQUEST("OPTIONS", "Date: Fri, 01 Jan 2010 16:00:00 EST\r\n")},
    {"4475 3.1.2.13", "regbadct", "brackets_needed 3261 20.10", "",
     BOUND("sip:user@example.com?Route=%3Csip:sip.example.com%3E")},
    {"4475 3.1.2.14", "badaspec", "bad_uri_scheme 3261 19.1", "",
     ASK_WITH(FROM_A "To: \"W\" < sip:t.watson@example.org >\r\n")},
    {"4475 3.1.2.15", "baddn", "bad_display_name 3261 25.1", "",
     ASK_WITH(FROM_A "To: Watson, Thomas <sip:t.watson@example.org>\r\n")},
    {"4475 3.1.2.16", "badvers", "bad_version 3261 7.1", "",
     "OPTIONS sip:b@example.com SIP/7.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE},
    {"4475 3.1.2.17", "mismatch01", "cseq_method_mismatch 3261 8.1.1.5", "",
     START("OPTIONS") VIA PARTIES NUMBER("INVITE") HOPS BARE},
    {"4475 3.1.2.18", "mismatch02", "cseq_method_mismatch 3261 8.1.1.5; method_unknown 3261 8.2.1",
     "sdp_missing_name 8866 5.3; sdp_missing_time 8866 5.9; " LPC,
     START("NEWMETHOD") VIA PARTIES NUMBER("INVITE") HOPS BARE},
    {"4475 3.1.2.19", "bigcode", "bad_status 3261 7.2", "",
     RESPONSE("4294967301 better not", "INVITE", "")},

    /* 3.2, 3.3, 3.4: of transactions, of roles, of RFC 2543 */
    {"4475 3.2.1", "badbranch", "branch_not_unique 3261 8.1.1.7", "",
     ASK_BY("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK\r\n")},
    {"4475 3.3.1", "insuf",
     "missing_from 3261 8.1.1.3; missing_to 3261 8.1.1.2; missing_call_id 3261 8.1.1.4; "
     "header_missing 3261 20",
     LPC, START("INVITE") VIA "CSeq: 1 INVITE\r\n" BARE},
    {"4475 3.3.2", "unkscm", "uri_scheme 3261 8.2.2.1", "", ASK_FOR("nobodyKnowsThisScheme:x")},
    {"4475 3.3.3", "novelsc", "uri_scheme 3261 8.2.2.1", "", ASK_FOR("soap.beep://192.0.2.1:3002")},
    {"4475 3.3.4", "unksm2", "register_to_scheme 3261 10.2", "",
     "REGISTER sip:example.com SIP/2.0\r\n" VIA
     "To: isbn:2983792873\r\nFrom: <http://www.example.com>;tag=1\r\n" NUMBER("REGISTER") HOPS
     "Contact: <name:John_Smith>\r\n" BARE},
    {"4475 3.3.5", "bext01", "option_unknown 3261 19.2", "",
     REQUEST("OPTIONS", "Require: nobodyHas\r\nProxy-Require: norAnyProxy\r\n")},
    {"4475 3.3.6", "invut", "", "",
     START("INVITE") VIA PARTIES NUMBER("INVITE") HOPS CONTACT
     "Content-Type: application/unknownformat\r\n\r\n<audio>"},
    {"4475 3.3.7", "regaut01", "auth_scheme 3261 22.1", "",
     REGISTER("Authorization: NoOneKnowsThisScheme opaque-data=here\r\n")},
    {"4475 3.3.8", "multi01",
     "duplicate_cseq 3261 7.3.1; duplicate_call_id 3261 7.3.1; duplicate_to 3261 7.3.1; "
     "duplicate_from 3261 7.3.1; duplicate_max_forwards 3261 7.3.1; contact_many 3261 8.1.1.8",
     LPC,
     START("INVITE") VIA PARTIES PARTIES NUMBER("INVITE") NUMBER("INVITE") HOPS HOPS CONTACT
     "Contact: <sip:a@c.example.com>\r\n" BARE},
    {"4475 3.3.9", "mcl01", "duplicate_content_length 3261 20.14; content_cut 3261 18.3", "",
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS
     "Content-Type: text/plain\r\nContent-Length: 13\r\nContent-Length: 5\r\n\r\nThere is no way."},
    {"4475 3.3.10", "bcast", "via_nowhere 3261 18.1.1", LPC,
     "SIP/2.0 200 OK\r\n" VIA
     "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2\r\n" TAGGED NUMBER("OPTIONS") BARE},
    {"4475 3.3.11", "zeromf", "", "",
     START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") "Max-Forwards: 0\r\n" BARE},
    {"4475 3.3.12", "cparam01", "", "", BOUND("sip:+19725552222@gw1.example.net;unknownparam")},
    {"4475 3.3.13", "cparam02", "", "", BOUND("<sip:+19725552222@gw1.example.net;unknownparam>")},
    {"4475 3.3.14", "regescrt", "", "",
     BOUND("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>")},
    {"4475 3.3.15", "sdp01", "accept_no_sdp 3261 20.1", LPC,
     REQUEST("INVITE", CONTACT "Accept: text/nobodyKnowsThis\r\n")},
    {"4475 3.4.1", "inv2543",
     "header_missing 3261 20; via_without_branch 3261 8.1.1.7; from_without_tag 3261 8.1.1.3; "
     "route_without_lr 3261 16.6",
     "",
     START("INVITE") "Via: SIP/2.0/UDP a.example.com\r\nFrom: <sip:a@example.com>\r\n" TO_B NUMBER(
         "INVITE") "Record-Route: <sip:b@example.com;maddr=p.example.com>\r\n" BARE},

    /* RFC 5118 */
    {"5118 4.1", "ipv6-good", "", "", ASK_FOR("sip:[2001:db8::10]")},
    {"5118 4.2", "ipv6-bad", "bad_uri_host 3261 19.1.1", "", ASK_FOR("sip:2001:db8::10")},
    {"5118 4.3", "port-ambiguous", "", "", ASK_FOR("sip:[2001:db8::10:5070]")},
    {"5118 4.4", "port-unambiguous", "", "", ASK_FOR("sip:[2001:db8::10]:5070")},
    {"5118 4.5", "via-received-param-with-delim", "received_brackets 5118 4.5", "",
     ASK_BY("Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bK1\r\n")},
    {"5118 4.5", "via-received-param-no-delim", "", "",
     ASK_BY("Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bK1\r\n")},
    {"5118 4.6", "ipv6-in-sdp", "", "",
     DESCRIBED("v=0\r\no=a 1 1 IN IP6 2001:db8::20\r\ns=-\r\nc=IN IP6 2001:db8::20\r\nt=0 0\r\n"
               "m=audio 4000 RTP/AVP 0\r\n")},
    {"5118 4.7", "mult-ip-in-header", "", "",
     ASK_BY("Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bK1\r\n"
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2\r\n")},
    {"5118 4.8", "mult-ip-in-sdp", "", "sdp_empty_value 8866 9",
     OFFER("m=audio 4000 RTP/AVP 0\r\nm=video 6000 RTP/AVP 31\r\nc=IN IP6 2001:db8::1\r\n")},
    {"5118 4.9", "ipv4-mapped-ipv6", "", "",
     ASK_BY("Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bK1\r\n")},
    {"5118 4.10", "ipv6-bug-abnf-3-colons", "three_colons 5118 4.10", "",
     ASK_FOR("sip:b@[2001:db8:::192.0.2.1]")},
    {"5118 4.10", "ipv6-correct-abnf-2-colons", "", "", ASK_FOR("sip:b@[2001:db8::192.0.2.1]")},
};

/* What was found, each once. */
struct found {
    char at[32][64];
    unsigned n;
};

static void note(struct found *f, const char *code, const char *rfc)
{
    char both[sizeof(f->at[0])];
    snprintf(both, sizeof(both), "%s %s", code, rfc);
    for (unsigned i = 0; i < f->n; i++)
        if (strcmp(f->at[i], both) == 0)
            return;
    assert_true(f->n < sizeof(f->at) / sizeof(f->at[0]));
    memcpy(f->at[f->n++], both, sizeof(both));
}

static void look(struct found *f, struct str text)
{
    static _Alignas(16) char space[1 << 18];
    struct msg m;
    struct lint l;
    f->n = 0;
    (void)msg_parse(&m, text, MSG_DATAGRAM, space, sizeof(space));
    (void)msg_check(&m);
    lint_message(&l, &m, text, &mem_libc);
    for (unsigned i = 0; i < m.n_errors; i++)
        note(f, msg_error_name(m.errors[i].code), msg_error_rfc(m.errors[i].code));
    for (unsigned i = 0; i < l.n; i++)
        if (l.at[i].code != LINT_HEADER_ADVISED)
            note(f, lint_name(l.at[i].code), l.at[i].rfc);
}

/* Takes off what the list has; how many it has. */
static unsigned strike(struct found *f, const char *list, const char *who)
{
    unsigned n = 0;
    for (struct str rest = str_from(list), one; rest.len > 0; n++) {
        one = str_trim(str_slice(rest, 0, str_find(rest, ';')));
        rest = str_slice(rest, str_find(rest, ';') + 1, rest.len);
        unsigned i = 0;
        while (i < f->n && !str_equal(one, str_from(f->at[i])))
            i++;
        if (i == f->n)
            fail_msg("%s: no %.*s", who, STR_ARG(one));
        f->at[i][0] = '\0';
    }
    return n;
}

static void expect(struct found *f, const char *about, const char *besides, const char *who)
{
    unsigned n = strike(f, about, who) + strike(f, besides, who);
    for (unsigned i = 0; i < f->n; i++)
        if (f->at[i][0])
            fail_msg("%s: %s", who, f->at[i]);
    assert_int_equal(n, f->n);
}

static void what_each_is_about_is_found_in_ours(void **state)
{
    struct found f;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        look(&f, str_from(rows[i].ours));
        expect(&f, rows[i].about, "", rows[i].section);
    }
}

static bool read_file(const char *section, const char *file, struct str *text)
{
    static char bytes[65536];
    const char *const folders[] = {"rfc4475/wire", "rfc4475/msg", "rfc5118/wire"};
    bool is_4475 = strncmp(section, "4475", 4) == 0;
    char name[64];
    snprintf(name, sizeof(name), "%s.dat", file);
    for (size_t i = is_4475 ? 0 : 2; i < (is_4475 ? 2 : 3); i++)
        if (test_read(folders[i], name, bytes, sizeof(bytes), &text->len)) {
            text->at = bytes;
            return true;
        }
    return false;
}

static void nothing_else_is_found_in_theirs(void **state)
{
    struct found f;
    struct str text;
    (void)state;
    if (!read_file(rows[0].section, rows[0].file, &text))
        skip();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(read_file(rows[i].section, rows[i].file, &text));
        look(&f, text);
        expect(&f, rows[i].about, rows[i].besides, rows[i].file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_each_is_about_is_found_in_ours),
        cmocka_unit_test(nothing_else_is_found_in_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
