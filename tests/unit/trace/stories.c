/* Calls as they go by on a wire. */
#include "rig.h"

#define SDP(host, port)                                                                            \
    "v=0\r\no=- " port "1 1 IN IP4 " host "\r\ns=-\r\nc=IN IP4 " host "\r\nt=0 0\r\nm=audio " port \
    " RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

#define ALICE "<sip:alice@example.com>;tag=a"
#define BOB "<sip:bob@example.com>"
#define CAROL "<sip:carol@example.com>"

#define A "10.0.0.1:5060"
#define P "10.0.0.10:5060"
#define B1 "10.0.0.2:5060"
#define B2 "10.0.0.3:5060"
#define C "10.0.0.4:5060"

const struct said plain_call[] = {
    {0, A, B1, "INVITE sip:bob@10.0.0.2", "one", ALICE, BOB, "1 INVITE", 1, NULL,
     SDP("10.0.0.1", "4000")},
    {500, A, B1, "INVITE sip:bob@10.0.0.2", "one", ALICE, BOB, "1 INVITE", 1, NULL,
     SDP("10.0.0.1", "4000")},
    {510, B1, A, "180 Ringing", "one", ALICE, BOB ";tag=b", "1 INVITE", 1, NULL, NULL},
    {2100, B1, A, "200 OK", "one", ALICE, BOB ";tag=b", "1 INVITE", 1, NULL,
     SDP("10.0.0.2", "4002")},
    {2110, A, B1, "ACK sip:bob@10.0.0.2", "one", ALICE, BOB ";tag=b", "1 ACK", 1, NULL, NULL},
    {33100, A, B1, "BYE sip:bob@10.0.0.2", "one", ALICE, BOB ";tag=b", "2 BYE", 1, NULL, NULL},
    {33110, B1, A, "200 OK", "one", ALICE, BOB ";tag=b", "2 BYE", 1, NULL, NULL},
};
const size_t n_plain_call = sizeof plain_call / sizeof plain_call[0];

#define PHONE "User-Agent: Desk phone 7\r\n"
#define SERVER "Server: Exchange/2.1\r\n"
#define UA_A PHONE "Contact: <sip:alice@10.0.0.1>\r\n"
#define UA_B1 PHONE "Contact: <sip:bob@10.0.0.2>\r\n"
#define UA_B2 "User-Agent: Mobile 3\r\nContact: <sip:bob@10.0.0.3>\r\n"
#define UA_C PHONE "Contact: <sip:carol@10.0.0.4>\r\n"

static const struct said forked[] = {
    {0, A, P, "INVITE sip:bob@example.com", "call-1", ALICE, BOB, "1 INVITE", 1, UA_A,
     SDP("10.0.0.1", "4000")},
    {2, P, A, "407 Proxy Authentication Required", "call-1", ALICE, BOB ";tag=p", "1 INVITE", 1,
     SERVER "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"n\"\r\n", NULL},
    {3, A, P, "ACK sip:bob@example.com", "call-1", ALICE, BOB ";tag=p", "1 ACK", 1, NULL, NULL},
    {5, A, P, "INVITE sip:bob@example.com", "call-1", ALICE, BOB, "2 INVITE", 1,
     UA_A
     "Proxy-Authorization: Digest username=\"alice\", realm=\"example.com\", response=\"r\"\r\n",
     SDP("10.0.0.1", "4000")},
    {7, P, A, "100 Trying", "call-1", ALICE, BOB, "2 INVITE", 1, SERVER, NULL},
    {8, P, B1, "INVITE sip:bob@10.0.0.2", "call-1", ALICE, BOB, "2 INVITE", 2, UA_A,
     SDP("10.0.0.1", "4000")},
    {8, P, B2, "INVITE sip:bob@10.0.0.3", "call-1", ALICE, BOB, "2 INVITE", 2, UA_A,
     SDP("10.0.0.1", "4000")},
    {508, P, B2, "INVITE sip:bob@10.0.0.3", "call-1", ALICE, BOB, "2 INVITE", 2, UA_A,
     SDP("10.0.0.1", "4000")},
    {20, B1, P, "180 Ringing", "call-1", ALICE, BOB ";tag=b1", "2 INVITE", 2, UA_B1, NULL},
    {21, P, A, "180 Ringing", "call-1", ALICE, BOB ";tag=b1", "2 INVITE", 1, UA_B1, NULL},
    {530, B2, P, "180 Ringing", "call-1", ALICE, BOB ";tag=b2", "2 INVITE", 2, UA_B2, NULL},
    {531, P, A, "180 Ringing", "call-1", ALICE, BOB ";tag=b2", "2 INVITE", 1, UA_B2, NULL},
    {2105, B1, P, "200 OK", "call-1", ALICE, BOB ";tag=b1", "2 INVITE", 2, UA_B1,
     SDP("10.0.0.2", "4002")},
    {2106, P, A, "200 OK", "call-1", ALICE, BOB ";tag=b1", "2 INVITE", 1, UA_B1,
     SDP("10.0.0.2", "4002")},
    {2106, P, B2, "CANCEL sip:bob@10.0.0.3", "call-1", ALICE, BOB, "2 CANCEL", 1, NULL, NULL},
    {2110, A, P, "ACK sip:bob@10.0.0.2", "call-1", ALICE, BOB ";tag=b1", "2 ACK", 1, UA_A, NULL},
    {2111, P, B1, "ACK sip:bob@10.0.0.2", "call-1", ALICE, BOB ";tag=b1", "2 ACK", 2, UA_A, NULL},
    {2114, B2, P, "200 OK", "call-1", ALICE, BOB ";tag=b2", "2 CANCEL", 1, NULL, NULL},
    {2115, B2, P, "487 Request Terminated", "call-1", ALICE, BOB ";tag=b2", "2 INVITE", 2, UA_B2,
     NULL},
    {2116, P, B2, "ACK sip:bob@10.0.0.3", "call-1", ALICE, BOB ";tag=b2", "2 ACK", 1, NULL, NULL},
};

#define BOB_1 BOB ";tag=b1"
#define EVENT_REFER \
    "Event: refer\r\nSubscription-State: active;expires=60\r\nContent-Type: message/sipfrag\r\n"

static const struct said referred[] = {
    {9000, B1, P, "REFER sip:alice@10.0.0.1", "call-1", BOB_1, ALICE, "1 REFER", 1,
     UA_B1 "Refer-To: <sip:carol@example.com>\r\nReferred-By: <sip:bob@example.com>\r\n", NULL},
    {9001, P, A, "REFER sip:alice@10.0.0.1", "call-1", BOB_1, ALICE, "1 REFER", 2,
     UA_B1 "Refer-To: <sip:carol@example.com>\r\nReferred-By: <sip:bob@example.com>\r\n", NULL},
    {9005, A, P, "202 Accepted", "call-1", BOB_1, ALICE, "1 REFER", 2, UA_A, NULL},
    {9006, P, B1, "202 Accepted", "call-1", BOB_1, ALICE, "1 REFER", 1, UA_A, NULL},
    {9020, A, P, "INVITE sip:carol@example.com", "call-2", "<sip:alice@example.com>;tag=a2", CAROL,
     "1 INVITE", 1, UA_A "Referred-By: <sip:bob@example.com>\r\n", SDP("10.0.0.1", "4010")},
    {9023, P, C, "INVITE sip:carol@10.0.0.4", "call-2", "<sip:alice@example.com>;tag=a2", CAROL,
     "1 INVITE", 2, UA_A "Referred-By: <sip:bob@example.com>\r\n", SDP("10.0.0.1", "4010")},
    {9040, C, P, "180 Ringing", "call-2", "<sip:alice@example.com>;tag=a2", CAROL ";tag=c",
     "1 INVITE", 2, UA_C, NULL},
    {9041, P, A, "180 Ringing", "call-2", "<sip:alice@example.com>;tag=a2", CAROL ";tag=c",
     "1 INVITE", 1, UA_C, NULL},
    {9045, A, P, "NOTIFY sip:bob@10.0.0.2", "call-1", ALICE, BOB_1, "3 NOTIFY", 1, UA_A EVENT_REFER,
     "SIP/2.0 180 Ringing\r\n"},
    {9046, P, B1, "NOTIFY sip:bob@10.0.0.2", "call-1", ALICE, BOB_1, "3 NOTIFY", 2,
     UA_A EVENT_REFER, "SIP/2.0 180 Ringing\r\n"},
    {9050, B1, P, "200 OK", "call-1", ALICE, BOB_1, "3 NOTIFY", 2, NULL, NULL},
    {9051, P, A, "200 OK", "call-1", ALICE, BOB_1, "3 NOTIFY", 1, NULL, NULL},
    {12000, C, P, "200 OK", "call-2", "<sip:alice@example.com>;tag=a2", CAROL ";tag=c", "1 INVITE",
     2, UA_C, SDP("10.0.0.4", "4004")},
    {12001, P, A, "200 OK", "call-2", "<sip:alice@example.com>;tag=a2", CAROL ";tag=c", "1 INVITE",
     1, UA_C, SDP("10.0.0.4", "4004")},
    {12005, A, P, "ACK sip:carol@10.0.0.4", "call-2", "<sip:alice@example.com>;tag=a2",
     CAROL ";tag=c", "1 ACK", 1, UA_A, NULL},
    {12006, P, C, "ACK sip:carol@10.0.0.4", "call-2", "<sip:alice@example.com>;tag=a2",
     CAROL ";tag=c", "1 ACK", 2, UA_A, NULL},
    {12010, A, P, "NOTIFY sip:bob@10.0.0.2", "call-1", ALICE, BOB_1, "4 NOTIFY", 1,
     UA_A EVENT_REFER, "SIP/2.0 200 OK\r\n"},
    {12011, P, B1, "NOTIFY sip:bob@10.0.0.2", "call-1", ALICE, BOB_1, "4 NOTIFY", 2,
     UA_A EVENT_REFER, "SIP/2.0 200 OK\r\n"},
    {12015, B1, P, "200 OK", "call-1", ALICE, BOB_1, "4 NOTIFY", 2, NULL, NULL},
    {12016, P, A, "200 OK", "call-1", ALICE, BOB_1, "4 NOTIFY", 1, NULL, NULL},
    {12020, B1, P, "BYE sip:alice@10.0.0.1", "call-1", BOB_1, ALICE, "2 BYE", 1, UA_B1, NULL},
    {12021, P, A, "BYE sip:alice@10.0.0.1", "call-1", BOB_1, ALICE, "2 BYE", 2, UA_B1, NULL},
    {12025, A, P, "200 OK", "call-1", BOB_1, ALICE, "2 BYE", 2, UA_A, NULL},
    {12026, P, B1, "200 OK", "call-1", BOB_1, ALICE, "2 BYE", 1, UA_A, NULL},
    {40000, C, P, "BYE sip:alice@10.0.0.1", "call-2", CAROL ";tag=c",
     "<sip:alice@example.com>;tag=a2", "1 BYE", 1, UA_C, NULL},
    {40001, P, A, "BYE sip:alice@10.0.0.1", "call-2", CAROL ";tag=c",
     "<sip:alice@example.com>;tag=a2", "1 BYE", 2, UA_C, NULL},
    {40005, A, P, "200 OK", "call-2", CAROL ";tag=c", "<sip:alice@example.com>;tag=a2", "1 BYE", 2,
     UA_A, NULL},
    {40006, P, C, "200 OK", "call-2", CAROL ";tag=c", "<sip:alice@example.com>;tag=a2", "1 BYE", 1,
     UA_A, NULL},
};

void tell_transfer(struct rig *r)
{
    rig_tell(r, forked, sizeof forked / sizeof forked[0]);
    assert_int_equal(rig_note(r, 6, "call-1", "Exchange", "bob has two phones: both are called"),
                     0);
    assert_int_equal(rig_rtp(r, 2120, "10.0.0.2:4002", "10.0.0.1:4000", 0xb0b, 340, 100), 0);
    assert_int_equal(rig_rtp(r, 2130, "10.0.0.1:4000", "10.0.0.2:4002", 0xa11ce, 340, 0), 0);
    rig_tell(r, referred, sizeof referred / sizeof referred[0]);
    assert_int_equal(rig_rtp(r, 12020, "10.0.0.4:4004", "10.0.0.1:4010", 0xca201, 1398, 0), 0);
    assert_int_equal(rig_rtp(r, 12030, "10.0.0.1:4010", "10.0.0.4:4004", 0xa11cf, 1397, 0), 0);
}
