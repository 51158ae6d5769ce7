/* Each finding of one message: a message that has it, and its twin that has not. RFC 3261 20. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "given.h"

#define CANCEL_OF(vias) START("CANCEL") vias PARTIES NUMBER("CANCEL") HOPS BARE
#define SECOND_VIA "Via: SIP/2.0/UDP c.example.com;branch=z9hG4bK2\r\n"
#define DIGEST "Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:b@example.com\""
#define MD5 ", response=\"0123456789abcdef0123456789abcdef\""
#define SUBSCRIPTION(state) WITHIN("NOTIFY", CONTACT "Event: presence\r\n" state)
#define REFERRAL(body)                       \
    START("NOTIFY")                          \
    VIA TAGGED NUMBER("NOTIFY") HOPS CONTACT \
        "Event: refer\r\nSubscription-State: active;expires=60\r\n" body
#define FAR_VIA "Via: SIP/2.0/UDP 192.168.1.2;branch=z9hG4bK1;rport=5060;received=198.51.100.7\r\n"
#define FAR_INVITE(contact, body) \
    START("INVITE")               \
    FAR_VIA PARTIES NUMBER("INVITE") HOPS contact "Content-Type: application/sdp\r\n\r\n" body
#define AUDIO(lines) OFFER("m=audio 4000 RTP/AVP 0\r\n" lines)
#define TLS_AUDIO(lines) OFFER("m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n" lines)
#define IN_PARTS(body)                                                                       \
    START("INVITE")                                                                          \
    VIA PARTIES NUMBER("INVITE") HOPS CONTACT "Content-Type: multipart/mixed;boundary=b\r\n" \
                                              "MIME-Version: 1.0\r\n\r\n" body
#define SDP_PART "Content-Type: application/sdp\r\n\r\n" SDP_HEAD
#define OPTIONS_BY(by) \
    START("OPTIONS") "Via: SIP/2.0/TCP " by "\r\n" PARTIES NUMBER("OPTIONS") HOPS BARE
#define PRINT "a=fingerprint:sha-256 00:11\r\n"
#define SUPPORTS "Supported: timer\r\n"

static const struct {
    enum lint_code code;
    const char *bad, *good;
} rows[] = {
    {LINT_HEADER_MISSING, REQUEST("INVITE", ""), REQUEST("INVITE", CONTACT)},
    {LINT_HEADER_MISSING, RESPONSE("405 No", "OPTIONS", ""),
     RESPONSE("405 No", "OPTIONS", "Allow: BYE\r\n")},
    {LINT_HEADER_MISSING, START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") HOPS "\r\nbody",
     START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") HOPS "Content-Type: text/plain\r\n\r\nbody"},
    {LINT_HEADER_NOT_APPLICABLE, WITHIN("BYE", CONTACT), WITHIN("BYE", "")},
    {LINT_HEADER_NOT_APPLICABLE, RESPONSE("200 OK", "BYE", HOPS), RESPONSE("200 OK", "BYE", "")},
    {LINT_HEADER_NOT_APPLICABLE, REQUEST("OPTIONS", "Retry-After: 5\r\n"),
     RESPONSE("503 No", "OPTIONS", "Retry-After: 5\r\n")},
    {LINT_HEADER_ADVISED, REQUEST("OPTIONS", ""),
     REQUEST("OPTIONS", "Accept: application/sdp\r\n")},
    {LINT_HEADER_OBSOLETE, REQUEST("OPTIONS", "Hide: hop\r\n"), REQUEST("OPTIONS", "")},

    {LINT_VIA_WITHOUT_BRANCH,
     START("OPTIONS") "Via: SIP/2.0/UDP a.example.com\r\n" PARTIES NUMBER("OPTIONS") HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_BRANCH_WITHOUT_COOKIE,
     START("OPTIONS") "Via: SIP/2.0/UDP a.example.com;branch=1\r\n" PARTIES NUMBER("OPTIONS")
         HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_BRANCH_NOT_UNIQUE,
     START("OPTIONS") "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK\r\n" PARTIES NUMBER("OPTIONS")
         HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_BRANCH_TWICE, START("OPTIONS") VIA VIA PARTIES NUMBER("OPTIONS") HOPS BARE,
     START("OPTIONS") VIA SECOND_VIA PARTIES NUMBER("OPTIONS") HOPS BARE},
    {LINT_VIA_TRANSPORT,
     START("OPTIONS") "Via: SIP/2.0/UPD a.example.com;branch=z9hG4bK1\r\n" PARTIES NUMBER("OPTIONS")
         HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_VIA_WITHOUT_RPORT,
     START("OPTIONS") "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\n" PARTIES NUMBER("OPTIONS")
         HOPS BARE,
     START("OPTIONS") "Via: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1\r\n" PARTIES NUMBER(
         "OPTIONS") HOPS BARE},
    {LINT_VIA_NOWHERE, OPTIONS_BY("255.255.255.255;branch=z9hG4bK1"), REQUEST("OPTIONS", "")},
    {LINT_VIA_NOWHERE, OPTIONS_BY("[::]:5060;branch=z9hG4bK1"),
     OPTIONS_BY("[::1];branch=z9hG4bK1")},
    {LINT_VIA_NOWHERE, OPTIONS_BY("224.0.1.75;branch=z9hG4bK1"), REQUEST("OPTIONS", "")},
    {LINT_RECEIVED_BRACKETS, OPTIONS_BY("a.example;received=[2001:db8::9];branch=z9hG4bK1"),
     OPTIONS_BY("a.example;received=2001:db8::9;branch=z9hG4bK1")},
    {LINT_THREE_COLONS, OPTIONS_BY("[2001:db8:::192.0.2.1];branch=z9hG4bK1"),
     OPTIONS_BY("[2001:db8::192.0.2.1];branch=z9hG4bK1")},
    {LINT_THREE_COLONS,
     "OPTIONS sip:b@[2001:db8:::192.0.2.1] SIP/2.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE,
     "OPTIONS sip:b@[2001:db8::192.0.2.1] SIP/2.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE},
    {LINT_CANCEL_VIAS, CANCEL_OF(VIA SECOND_VIA), CANCEL_OF(VIA)},

    {LINT_METHOD_CASE, REQUEST("Options", ""), REQUEST("OPTIONS", "")},
    {LINT_METHOD_UNKNOWN, REQUEST("RE-INVITE", ""), WITHIN("INVITE", CONTACT)},
    {LINT_FROM_WITHOUT_TAG,
     START("OPTIONS") VIA
     "From: <sip:a@example.com>\r\nTo: <sip:b@example.com>\r\n" NUMBER("OPTIONS") HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_NO_DIALOG, REQUEST("BYE", ""), WITHIN("BYE", "")},
    {LINT_NO_DIALOG, REQUEST("ACK", ""), REQUEST("MESSAGE", "")},
    {LINT_REGISTER_TO_TAG,
     "REGISTER sip:example.com SIP/2.0\r\n" VIA TAGGED NUMBER("REGISTER") HOPS BARE, REGISTER("")},
    {LINT_REGISTER_URI, REQUEST("REGISTER", ""), REGISTER("")},
    {LINT_REGISTER_TO_SCHEME,
     "REGISTER sip:example.com SIP/2.0\r\n" VIA
     "From: <sip:a@example.com>;tag=1\r\nTo: <tel:+1>\r\n" NUMBER("REGISTER") HOPS BARE,
     REGISTER("")},
    {LINT_URI_SCHEME, "OPTIONS soap.beep://x SIP/2.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE,
     "INVITE urn:service:sos SIP/2.0\r\n" VIA PARTIES NUMBER("INVITE") HOPS CONTACT BARE},
    {LINT_URI_METHOD,
     "OPTIONS sip:b@example.com;method=BYE SIP/2.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_URI_PASSWORD,
     "OPTIONS sip:b:secret@example.com SIP/2.0\r\n" VIA PARTIES NUMBER("OPTIONS") HOPS BARE,
     REQUEST("OPTIONS", "")},
    {LINT_HOPS_MANY, START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") "Max-Forwards: 71\r\n" BARE,
     REQUEST("OPTIONS", "")},
    {LINT_HOPS_NONE, START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") "Max-Forwards: 0\r\n" BARE,
     START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") "Max-Forwards: 0\r\n" BARE},

    {LINT_STATUS_UNKNOWN, RESPONSE("499 Odd", "OPTIONS", ""), RESPONSE("480 Out", "OPTIONS", "")},
    {LINT_PROVISIONAL_NON_INVITE, RESPONSE("183 Wait", "BYE", ""), RESPONSE("100 Wait", "BYE", "")},
    {LINT_TO_WITHOUT_TAG, "SIP/2.0 200 OK\r\n" VIA PARTIES NUMBER("BYE") BARE,
     "SIP/2.0 100 Trying\r\n" VIA PARTIES NUMBER("INVITE") BARE},
    {LINT_REDIRECT_NOWHERE, RESPONSE("302 There", "INVITE", ""),
     RESPONSE("302 There", "INVITE", CONTACT)},
    {LINT_MEDIA_UNSAID, RESPONSE("415 No", "INVITE", ""),
     RESPONSE("415 No", "INVITE", "Accept: application/sdp\r\n")},
    {LINT_EXTENSION_UNSAID, RESPONSE("421 Need", "INVITE", ""),
     RESPONSE("421 Need", "INVITE", "Require: 100rel\r\n")},
    {LINT_WARNING_CODE, RESPONSE("488 No", "INVITE", "Warning: 200 a \"b\"\r\n"),
     RESPONSE("488 No", "INVITE", "Warning: 304 a \"b\"\r\n")},

    {LINT_CONTACT_MANY, REQUEST("INVITE", CONTACT CONTACT), REGISTER(CONTACT CONTACT)},
    {LINT_CONTACT_SCHEME, REQUEST("INVITE", "Contact: <tel:+1>\r\n"),
     REGISTER("Contact: <tel:+1>\r\n")},
    {LINT_CONTACT_NOT_SIPS,
     "INVITE sips:b@example.com SIP/2.0\r\n" VIA PARTIES NUMBER("INVITE") HOPS CONTACT BARE,
     "INVITE sips:b@example.com SIP/2.0\r\n" VIA PARTIES NUMBER("INVITE") HOPS
     "Contact: <sips:a@a.example.com>\r\n" BARE},
    {LINT_CONTACT_STAR, REGISTER("Contact: *\r\n"), REGISTER("Contact: *\r\nExpires: 0\r\n")},
    {LINT_CONTACT_NOWHERE, REQUEST("INVITE", "Contact: <sip:a@0.0.0.0>\r\n"),
     REQUEST("INVITE", CONTACT)},
    {LINT_CONTACT_NO_EXPIRES, RESPONSE("200 OK", "REGISTER", CONTACT),
     RESPONSE("200 OK", "REGISTER", "Contact: <sip:a@a.example.com>;expires=60\r\n")},
    {LINT_CONTACT_BAD_EXPIRES, REGISTER("Contact: <sip:a@a.example.com>;expires=soon\r\n"),
     REGISTER("Contact: <sip:a@a.example.com>;expires=60\r\n")},
    {LINT_CONTACT_TWO_EXPIRES,
     REGISTER("Contact: <sip:a@a.example.com>;expires=60\r\nExpires: 70\r\n"),
     REGISTER("Contact: <sip:a@a.example.com>;expires=60\r\nExpires: 60\r\n")},
    {LINT_CONTACT_Q, REGISTER("Contact: <sip:a@a.example.com>;q=7\r\n"),
     REGISTER("Contact: <sip:a@a.example.com>;q=0.7\r\n")},
    {LINT_REG_ID_ALONE, REGISTER("Contact: <sip:a@a.example.com>;reg-id=1\r\n"),
     REGISTER("Contact: <sip:a@a.example.com>;reg-id=1;+sip.instance=\"<urn:x>\"\r\n")},
    {LINT_TRANSPORT_TLS, REQUEST("INVITE", "Contact: <sip:a@a.example.com;transport=tls>\r\n"),
     REQUEST("INVITE", "Contact: <sip:a@a.example.com;transport=tcp>\r\n")},
    {LINT_CONTACT_PRIVATE,
     FAR_INVITE("Contact: <sip:a@192.168.1.2>\r\n", SDP_HEAD "m=audio 4000 RTP/AVP 0\r\n"),
     REQUEST("INVITE", "Contact: <sip:a@192.168.1.2>\r\n")},

    {LINT_ROUTE_WITHOUT_LR, REQUEST("INVITE", CONTACT "Record-Route: <sip:p.example.com>\r\n"),
     REQUEST("INVITE", CONTACT "Record-Route: <sip:p.example.com;lr>\r\n")},
    {LINT_ROUTE_STRICT, REQUEST("OPTIONS", "Route: <sip:p.example.com>\r\n"),
     REQUEST("OPTIONS", "Route: <sip:p.example.com;lr>\r\n")},
    {LINT_LR_VALUE, REQUEST("OPTIONS", "Route: <sip:p.example.com;lr=on>\r\n"),
     REQUEST("OPTIONS", "Route: <sip:p.example.com;lr>\r\n")},

    {LINT_OPTION_UNKNOWN, REQUEST("OPTIONS", "Supported: timers\r\n"),
     REQUEST("OPTIONS", "Supported: timer\r\n")},
    {LINT_REQUIRE_MISPLACED, REQUEST("OPTIONS", "Require: 100rel\r\n"),
     REQUEST("INVITE", CONTACT "Require: 100rel\r\n")},
    {LINT_RELIABLE_100, RESPONSE("100 Trying", "INVITE", "Require: 100rel\r\nRSeq: 1\r\n"),
     RESPONSE("180 Ringing", "INVITE", "Require: 100rel\r\nRSeq: 1\r\n")},
    {LINT_RELIABLE_NO_RSEQ, RESPONSE("180 Ringing", "INVITE", "Require: 100rel\r\n"),
     RESPONSE("180 Ringing", "INVITE", "Require: 100rel\r\nRSeq: 1\r\n")},
    {LINT_RSEQ_NOT_REQUIRED, RESPONSE("180 Ringing", "INVITE", "RSeq: 1\r\n"),
     RESPONSE("180 Ringing", "INVITE", "")},
    {LINT_RSEQ_RANGE, RESPONSE("180 Ringing", "INVITE", "Require: 100rel\r\nRSeq: 3000000000\r\n"),
     RESPONSE("180 Ringing", "INVITE", "Require: 100rel\r\nRSeq: 1\r\n")},
    {LINT_RACK_METHOD, WITHIN("PRACK", "RAck: 1 1 BYE\r\n"),
     WITHIN("PRACK", "RAck: 1 1 INVITE\r\n")},
    {LINT_SESSION_SHORT, REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 60\r\n"),
     REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 90\r\n")},
    {LINT_MIN_SE_SHORT, REQUEST("INVITE", CONTACT "Min-SE: 60\r\n"),
     REQUEST("INVITE", CONTACT "Min-SE: 90\r\n")},
    {LINT_SESSION_BELOW_LEAST,
     REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 90\r\nMin-SE: 100\r\n"),
     REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 100\r\nMin-SE: 90\r\n")},
    {LINT_SESSION_REFRESHER,
     REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 90;refresher=me\r\n"),
     REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 90;refresher=uac\r\n")},
    {LINT_SESSION_NO_REFRESHER, RESPONSE("200 OK", "INVITE", CONTACT "Session-Expires: 90\r\n"),
     RESPONSE("200 OK", "INVITE", CONTACT "Session-Expires: 90;refresher=uas\r\n")},
    {LINT_SESSION_NOT_REQUIRED,
     RESPONSE("200 OK", "INVITE", CONTACT "Session-Expires: 90;refresher=uac\r\n"),
     RESPONSE("200 OK", "INVITE",
              CONTACT "Session-Expires: 90;refresher=uac\r\nRequire: timer\r\n")},
    {LINT_SESSION_NOT_SUPPORTED, REQUEST("INVITE", CONTACT "Session-Expires: 90\r\n"),
     REQUEST("INVITE", CONTACT SUPPORTS "Session-Expires: 90\r\n")},

    {LINT_SUBSTATE_UNKNOWN, SUBSCRIPTION("Subscription-State: on\r\n"),
     SUBSCRIPTION("Subscription-State: terminated\r\n")},
    {LINT_SUBSTATE_NO_EXPIRES, SUBSCRIPTION("Subscription-State: active\r\n"),
     SUBSCRIPTION("Subscription-State: active;expires=60\r\n")},
    {LINT_SUBSTATE_REASON, SUBSCRIPTION("Subscription-State: active;expires=60;reason=timeout\r\n"),
     SUBSCRIPTION("Subscription-State: terminated;reason=timeout\r\n")},
    {LINT_SUBSCRIBE_NO_EXPIRES, REQUEST("SUBSCRIBE", CONTACT "Event: presence\r\n"),
     REQUEST("SUBSCRIBE", CONTACT "Event: presence\r\nExpires: 60\r\n")},
    {LINT_REFER_REPORT, REFERRAL(BARE),
     REFERRAL("Content-Type: message/sipfrag\r\n\r\nSIP/2.0 200 OK\r\n")},
    {LINT_DIALOG_ID_TAGS, REQUEST("INVITE", CONTACT "Replaces: 1;to-tag=2\r\n"),
     REQUEST("INVITE", CONTACT "Replaces: 1;to-tag=2;from-tag=3\r\n")},
    {LINT_DIALOG_ID_TAGS, REQUEST("INVITE", CONTACT "Target-Dialog: 1;to-tag=2;from-tag=3\r\n"),
     REQUEST("INVITE", CONTACT "Target-Dialog: 1;local-tag=2;remote-tag=3\r\n")},
    {LINT_REFER_REPLACES,
     REQUEST("REFER", CONTACT "Refer-To: <sip:c@example.com?Replaces=1%3Bto-tag%3D2>\r\n"),
     REQUEST("REFER",
             CONTACT "Refer-To: <sip:c@example.com?Replaces=1%3Bto-tag%3D2%3Bfrom-tag%3D3>\r\n")},
    {LINT_REPLACES_AND_JOIN,
     REQUEST("INVITE",
             CONTACT "Replaces: 1;to-tag=2;from-tag=3\r\nJoin: 1;to-tag=2;from-tag=3\r\n"),
     REQUEST("INVITE", CONTACT "Join: 1;to-tag=2;from-tag=3\r\n")},

    {LINT_AUTH_BASIC, REQUEST("OPTIONS", "Authorization: Basic abc\r\n"), REQUEST("OPTIONS", "")},
    {LINT_AUTH_SCHEME, REQUEST("OPTIONS", "Authorization: NTLM abc=d\r\n"),
     REQUEST("OPTIONS", "Authorization: Bearer abc=d\r\n")},
    {LINT_CHALLENGE_INCOMPLETE,
     RESPONSE("401 Who", "OPTIONS", "WWW-Authenticate: Digest realm=\"r\", qop=\"auth\"\r\n"),
     RESPONSE("401 Who", "OPTIONS",
              "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n")},
    {LINT_CHALLENGE_NO_QOP,
     RESPONSE("401 Who", "OPTIONS", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"),
     RESPONSE("401 Who", "OPTIONS",
              "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n")},
    {LINT_CREDENTIALS_INCOMPLETE, REQUEST("OPTIONS", "Authorization: " DIGEST "\r\n"),
     REQUEST("OPTIONS", "Authorization: " DIGEST MD5 "\r\n")},
    {LINT_QOP_INCOMPLETE, REQUEST("OPTIONS", "Authorization: " DIGEST MD5 ", qop=auth\r\n"),
     REQUEST("OPTIONS", "Authorization: " DIGEST MD5 ", qop=auth, nc=00000001, cnonce=\"c\"\r\n")},
    {LINT_RESPONSE_DIGITS, REQUEST("OPTIONS", "Authorization: " DIGEST ", response=\"12\"\r\n"),
     REQUEST("OPTIONS", "Authorization: " DIGEST MD5 "\r\n")},
    {LINT_RESPONSE_DIGITS,
     REQUEST("OPTIONS", "Authorization: " DIGEST MD5 ", algorithm=SHA-256\r\n"),
     REQUEST("OPTIONS", "Authorization: " DIGEST MD5 ", algorithm=MD5\r\n")},
    {LINT_IDENTITIES_ASSERTED,
     REQUEST("INVITE", CONTACT "P-Asserted-Identity: <sip:a@x>, <sip:b@x>\r\n"),
     REQUEST("INVITE", CONTACT "P-Asserted-Identity: <sip:a@x>, <tel:+1>\r\n")},
    {LINT_PRIVACY_CONTRADICTS, REQUEST("INVITE", CONTACT "Privacy: none;id\r\n"),
     REQUEST("INVITE", CONTACT "Privacy: id;critical\r\n")},
    {LINT_IDENTITY_NO_DATE, REQUEST("INVITE", CONTACT "Identity: a.b.c;info=<https://x/>\r\n"),
     REQUEST("INVITE", CONTACT "Identity: a.b.c;info=<https://x/>\r\n"
                               "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n")},
    {LINT_REASON_CAUSE, WITHIN("BYE", "Reason: Q.850;cause=128\r\n"),
     WITHIN("BYE", "Reason: Q.850;cause=16\r\n")},
    {LINT_REASON_CAUSE, WITHIN("BYE", "Reason: SIP;cause=16\r\n"),
     WITHIN("BYE", "Reason: SIP;cause=200\r\n")},
    {LINT_CHARGING_NO_ID, REQUEST("OPTIONS", "P-Charging-Vector: orig-ioi=a.example\r\n"),
     REQUEST("OPTIONS", "P-Charging-Vector: ICID-value=\"1;2\";orig-ioi=a.example\r\n")},
    {LINT_CHARGING_NO_ID, REQUEST("OPTIONS", "P-Charging-Vector: icid-value=;orig-ioi=a\r\n"),
     REQUEST("OPTIONS", "P-Charging-Vector: orig-ioi=\"a;icid-value=\"; icid-value = 1\r\n")},
    {LINT_CHARGING_NO_FUNCTION, REQUEST("OPTIONS", "P-Charging-Function-Addresses: ccx=1\r\n"),
     REQUEST("OPTIONS", "P-Charging-Function-Addresses: ccf=1; ccf-2=2, ecf=\"3,4\"\r\n")},
    {LINT_NETWORK_NAME, REQUEST("OPTIONS", "P-Visited-Network-ID: <sip:visited.example>\r\n"),
     REQUEST("OPTIONS", "P-Visited-Network-ID: other.example, \"Network, no. 1\";a=b\r\n")},
    {LINT_ADDRESS_BARE, RESPONSE("200 OK", "REGISTER", "P-Associated-URI: <sip:a@x>, sip:b@x\r\n"),
     RESPONSE("200 OK", "REGISTER", "P-Associated-URI: <sip:a@x>, <sip:b@x>;c=d\r\n")},
    {LINT_ADDRESS_BARE, REQUEST("OPTIONS", "P-Called-Party-ID: sip:a@x;b=c\r\n"),
     REQUEST("OPTIONS", "P-Called-Party-ID: \"A\" <sip:a@x>\r\n")},
    {LINT_ACCEPT_NO_SDP, REQUEST("INVITE", CONTACT "Accept: text/plain\r\n"),
     REQUEST("INVITE", CONTACT "Accept: text/plain, application/SDP\r\n")},
    {LINT_ACCEPT_NO_SDP, REQUEST("INVITE", CONTACT "Accept: \r\n"),
     REQUEST("INVITE", CONTACT "Accept: text/plain\r\nAccept: application/*\r\n")},
    {LINT_ALLOW_LACKS, REQUEST("INVITE", CONTACT "Allow: INVITE, ACK, CANCEL\r\n"),
     REQUEST("INVITE", CONTACT "Allow: INVITE, ACK, CANCEL, BYE\r\n")},

    {LINT_CONTENT_CUT,
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS
     "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nwhole",
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS
     "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nwhole\r\n"},
    {LINT_MESSAGE_BEHIND, REQUEST("OPTIONS", "") REQUEST("OPTIONS", ""), REQUEST("OPTIONS", "")},
    {LINT_TYPE_OF_NOTHING, REQUEST("MESSAGE", "Content-Type: text/plain\r\n"),
     REQUEST("MESSAGE", "")},
    {LINT_NO_BOUNDARY,
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS "Content-Type: multipart/mixed\r\n\r\nx",
     START("MESSAGE") VIA PARTIES NUMBER("MESSAGE") HOPS
     "Content-Type: multipart/mixed;boundary=b\r\n\r\nx"},

    {LINT_PARTS_UNDELIMITED, IN_PARTS("--b\r\n\r\nx\r\n"), IN_PARTS("--b\r\n\r\nx\r\n--b--\r\n")},
    {LINT_PARTS_UNDELIMITED, IN_PARTS("--c\r\n\r\nx\r\n--c--\r\n"),
     IN_PARTS("before\r\n--b\r\n\r\nx\r\n--b--\r\nbehind")},

    {LINT_SDP_STATIC_TYPE, AUDIO("a=rtpmap:0 opus/48000/2\r\n"), AUDIO("a=rtpmap:0 PCMU/8000\r\n")},
    {LINT_SDP_CLOCK, OFFER("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/16000\r\n"),
     OFFER("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n")},
    {LINT_SDP_EVENT_CLOCK,
     OFFER("m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\n"
           "a=rtpmap:97 telephone-event/8000\r\n"),
     OFFER("m=audio 4000 RTP/AVP 0 97\r\na=rtpmap:97 telephone-event/8000\r\n")},
    {LINT_SDP_TYPE_TWICE, OFFER("m=audio 4000 RTP/AVP 0 8 0\r\n"),
     OFFER("m=audio 4000 RTP/AVP 0 8\r\n")},
    {LINT_SDP_PTIME, AUDIO("a=ptime:40\r\na=maxptime:20\r\n"),
     AUDIO("a=ptime:20\r\na=maxptime:40\r\n")},
    {LINT_SDP_NO_KEYS, OFFER("m=audio 4000 RTP/SAVP 0\r\n"),
     OFFER("m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n")},
    {LINT_SDP_NO_FINGERPRINT, TLS_AUDIO("a=setup:actpass\r\n"),
     TLS_AUDIO(PRINT "a=setup:actpass\r\n")},
    {LINT_SDP_NO_SETUP, TLS_AUDIO(PRINT), TLS_AUDIO(PRINT "a=setup:actpass\r\n")},
    {LINT_SDP_KEYS_UNUSED, AUDIO("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"), AUDIO("")},
    {LINT_SDP_ICE_HALF, AUDIO("a=ice-ufrag:abcd\r\n"),
     AUDIO("a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n")},
    {LINT_SDP_ICE_SHORT, AUDIO("a=ice-ufrag:abc\r\na=ice-pwd:0123456789012345678901\r\n"),
     AUDIO("a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n")},
    {LINT_SDP_HOLD_ADDRESS, AUDIO("c=IN IP4 0.0.0.0\r\n"), AUDIO("a=sendonly\r\n")},
    {LINT_SDP_PRIVATE,
     FAR_INVITE(CONTACT, SDP_HEAD "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.168.1.2\r\n"),
     AUDIO("c=IN IP4 192.168.1.2\r\n")},
    {LINT_SDP_PORT_ZERO, OFFER("m=audio 0 RTP/AVP 0\r\n"), AUDIO("")},
    {LINT_SDP_GROUP_UNKNOWN,
     DESCRIBED(SDP_HEAD "a=group:BUNDLE a b\r\nm=audio 4000 RTP/AVP 0\r\na=mid:a\r\n"),
     DESCRIBED(SDP_HEAD "a=group:BUNDLE a\r\nm=audio 4000 RTP/AVP 0\r\na=mid:a\r\n")},
    {LINT_SDP_MID_TWICE,
     OFFER("m=audio 4000 RTP/AVP 0\r\na=mid:a\r\nm=audio 4002 RTP/AVP 0\r\na=mid:a\r\n"),
     OFFER("m=audio 4000 RTP/AVP 0\r\na=mid:a\r\nm=audio 4002 RTP/AVP 0\r\na=mid:b\r\n")},
    {LINT_SDP_BAD_MEDIA, OFFER("m=audio 4000\r\n"), AUDIO("")},
    {LINT_SDP_UNKNOWN_PAYLOAD_TYPE, OFFER("m=audio 4000 RTP/AVP 96\r\n"), AUDIO("")},
};

static void judges(const char *text, enum lint_code code, bool wanted)
{
    unsigned n_errors = 0;
    struct lint l = judge(text, &n_errors);
    bool found = count(&l, code) > 0;
    if (found != wanted || n_errors > 0)
        print_error("%s %s:\n%s\n", lint_name(code),
                    n_errors ? "invalid"
                    : found  ? "found"
                             : "not found",
                    text);
    assert_int_equal(n_errors, 0);
    assert_int_equal(found, wanted);
}

static void each_is_found_and_its_twin_is_clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        judges(rows[i].bad, rows[i].code, true);
        judges(rows[i].good, rows[i].code, false);
    }
}

/* The rules of sequences begin with CSEQ_NOT_INCREASED in data/findings.def. */
static void no_finding_is_left_out(void **state)
{
    (void)state;
    for (int code = 1; code < LINT_CSEQ_NOT_INCREASED; code++) {
        bool tested = code == LINT_DATAGRAM_LONG;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            tested |= rows[i].code == (enum lint_code)code;
        if (!tested)
            print_error("%s\n", lint_name((enum lint_code)code));
        assert_true(tested);
    }
}

/* RFC 3261 18.1.1 */
static void a_long_datagram_is_told(void **state)
{
    char text[2000];
    (void)state;
    snprintf(text, sizeof(text), REQUEST("OPTIONS", "Subject: %0900d\r\n"), 1);
    judges(text, LINT_DATAGRAM_LONG, false);
    snprintf(text, sizeof(text), REQUEST("OPTIONS", "Organization: %01400d\r\n"), 1);
    judges(text, LINT_DATAGRAM_LONG, true);
}

static void a_usual_call_is_clean(void **state)
{
    static const char *const texts[] = {
        START("INVITE") VIA PARTIES NUMBER("INVITE") HOPS CONTACT
        "Allow: INVITE, ACK, CANCEL, BYE\r\nSupported: timer\r\n"
        "Content-Type: application/sdp\r\nContent-Length: 99\r\n\r\n" SDP_HEAD
        "m=audio 4000 RTP/AVP 0\r\na=ptime:20\r\n",
        RESPONSE("180 Ringing", "INVITE", CONTACT),
        WITHIN("ACK", ""),
        WITHIN("BYE", ""),
        RESPONSE("200 OK", "BYE", ""),
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        unsigned n_errors = 0;
        struct lint l = judge(texts[i], &n_errors);
        for (unsigned k = 0; k < l.n; k++)
            print_error("%zu: %s\n", i, lint_name(l.at[k].code));
        assert_int_equal(n_errors, 0);
        assert_int_equal(l.n, 0);
    }
}

static void a_finding_has_its_place_and_its_section(void **state)
{
    (void)state;
    struct lint l = judge(REQUEST("UPDATE", ""), NULL);
    assert_int_equal(l.at[0].code, LINT_HEADER_MISSING);
    assert_int_equal(l.at[0].header, HDR_CONTACT);
    assert_string_equal(l.at[0].rfc, "3311 7"); /* the method's table */
    const char *text = WITHIN("BYE", "Subject: x\r\nContact: <sip:a@b>\r\n");
    l = judge(text, NULL);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.at[0].offset, strstr(text, "Subject") - text);
    assert_int_equal(l.at[1].offset, strstr(text, "Contact") - text);
    text = AUDIO("a=ptime:40\r\na=rtpmap:0 opus/48000/2\r\n");
    l = judge(text, NULL);
    assert_int_equal(l.at[l.n - 1].code, LINT_SDP_STATIC_TYPE);
    assert_int_equal(l.at[l.n - 1].offset, strstr(text, "a=rtpmap") - text);
}

static void has_at(const struct lint *l, enum lint_code code, size_t offset)
{
    for (unsigned i = 0; i < l->n; i++)
        if (l->at[i].code == code && l->at[i].offset == offset)
            return;
    fail_msg("no %s at %zu", lint_name(code), offset);
}

/* RFC 5621: every description among the parts, however deep, at its own place. */
static void descriptions_among_parts_are_judged(void **state)
{
    (void)state;
    const char *text =
        IN_PARTS("--b\r\nContent-Type: text/plain\r\n\r\nm=audio 0 nothing\r\n"
                 "--b\r\n" SDP_PART "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 opus/48000/2\r\n\r\n"
                 "--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n"
                 "--c\r\n" SDP_PART "m=audio 0 RTP/AVP 8\r\n\r\n--c--\r\n"
                 "--b\r\nContent-Type: application/sdp\r\nContent-Disposition: "
                 "early-session\r\n\r\n" SDP_HEAD "m=audio 4000 RTP/AVP 8 8\r\n\r\n--b--\r\n");
    struct lint l = judge(text, NULL);
    assert_int_equal(l.n - count(&l, LINT_HEADER_ADVISED), 3);
    has_at(&l, LINT_SDP_STATIC_TYPE, (size_t)(strstr(text, "a=rtpmap") - text));
    has_at(&l, LINT_SDP_PORT_ZERO, (size_t)(strstr(text, "m=audio 0 RTP") - text));
    has_at(&l, LINT_SDP_TYPE_TWICE, (size_t)(strstr(text, "m=audio 4000 RTP/AVP 8 8") - text));
}

static void every_code_has_its_sentences(void **state)
{
    (void)state;
    for (int i = 1; i < LINT_N_CODES; i++) {
        enum lint_code code = (enum lint_code)i;
        assert_int_equal(lint_code_of(str_from(lint_name(code))),
                         code); /* no name is there twice */
        assert_true(strlen(lint_what(code)) > 3 && strlen(lint_remedy(code)) > 3 &&
                    strlen(lint_why(code)) > 3 && strlen(lint_rfc(code)) > 3);
    }
    assert_int_equal(lint_code_of(STR("none_such")), LINT_OK);
}

/* What is no message is not judged, and more than fits is not kept. */
static void bounds_hold(void **state)
{
    char text[8192];
    size_t len = 0;
    (void)state;
    assert_int_equal(judge("nonsense\r\n\r\n", NULL).n, 0);
    assert_int_equal(judge("", NULL).n, 0);
    len += (size_t)snprintf(text, sizeof(text), "%s",
                            START("OPTIONS") VIA PARTIES NUMBER("OPTIONS") HOPS);
    for (unsigned i = 0; i < 2 * LIMIT_LINT_FINDINGS; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "Supported: odd\r\n");
    snprintf(text + len, sizeof(text) - len, BARE);
    assert_int_equal(judge(text, NULL).n, LIMIT_LINT_FINDINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_and_its_twin_is_clean),
        cmocka_unit_test(no_finding_is_left_out),
        cmocka_unit_test(a_long_datagram_is_told),
        cmocka_unit_test(a_usual_call_is_clean),
        cmocka_unit_test(a_finding_has_its_place_and_its_section),
        cmocka_unit_test(descriptions_among_parts_are_judged),
        cmocka_unit_test(every_code_has_its_sentences),
        cmocka_unit_test(bounds_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
