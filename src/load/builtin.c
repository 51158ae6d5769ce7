/* The scenarios of our own, in the same words as anybody's. */
#include "load/scenario.h"

#define BEGIN "<![CDATA[\n"
#define END "]]>"
#define REQUEST(line, cseq)                                                         \
    line " SIP/2.0\n"                                                               \
         "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport\n" \
         "Max-Forwards: 70\n"                                                       \
         "From: <[caller_uri]>;tag=[tag]\n"                                         \
         "Call-ID: [call_id]\n"                                                     \
         "CSeq: [cseq] " cseq "\n"
#define CONTACT "Contact: <sip:[user]@[local_ip]:[local_port];transport=[transport]>\n"
#define CALLEE "To: <[callee]>\n"
#define PEER "To: <[callee]>[peer_tag_param]\n"
#define EMPTY "Content-Length: 0\n\n"
#define REPLY(line, to)      \
    "SIP/2.0 " line "\n"     \
    "[last_Via:]\n"          \
    "[last_Record-Route:]\n" \
    "[last_From:]\n"         \
    "[last_To:]" to "\n"     \
    "[last_Call-ID:]\n"      \
    "[last_CSeq:]\n"
#define SDP                                                 \
    "Content-Type: application/sdp\n"                       \
    "Content-Length: [len]\n"                               \
    "\n"                                                    \
    "v=0\n"                                                 \
    "o=- [call_number] 1 IN IP[media_ip_type] [media_ip]\n" \
    "s=-\n"                                                 \
    "c=IN IP[media_ip_type] [media_ip]\n"                   \
    "t=0 0\n"                                               \
    "m=audio [media_port] RTP/AVP 0 8\n"                    \
    "[ssrc]\n"
#define CHALLENGES(again)                                                             \
    "  <recv response=\"401\" optional=\"true\" auth=\"true\" next=\"" again "\"/>\n" \
    "  <recv response=\"407\" optional=\"true\" auth=\"true\" next=\"" again "\"/>\n"

static const char call[] = "<scenario name=\"call\">\n"
                           "  <label id=\"invite\"/>\n"
                           "  <send>" BEGIN REQUEST("INVITE [callee]", "INVITE") CALLEE CONTACT
    "[authentication]\n" SDP END "</send>\n"
    "  <recv response=\"100\" optional=\"true\"/>\n"
    "  <recv response=\"180\" optional=\"true\"/>\n"
    "  <recv response=\"183\" optional=\"true\"/>\n" CHALLENGES(
        "challenged") "  <recv response=\"200\" rrs=\"true\" next=\"answered\"/>\n"
                      "  <label id=\"challenged\"/>\n"
                      "  <send>" BEGIN "ACK [callee] SIP/2.0\n"
                      "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-1];rport\n"
                      "Max-Forwards: 70\n"
                      "From: <[caller_uri]>;tag=[tag]\n"
                      "[last_To:]\n"
                      "Call-ID: [call_id]\n"
                      "CSeq: [cseq] ACK\n" EMPTY END "</send>\n"
                      "  <nop next=\"invite\"/>\n"
                      "  <label id=\"answered\"/>\n"
                      "  <send>" BEGIN REQUEST("ACK [next_url]", "ACK") PEER
    "[routes]\n" EMPTY END "</send>\n"
    "  <pause/>\n"
    "  <label id=\"bye\"/>\n"
    "  <send>" BEGIN REQUEST("BYE [next_url]", "BYE") PEER
    "[routes]\n[authentication]\n" EMPTY END
    "</send>\n" CHALLENGES("bye") "  <recv response=\"200\"/>\n"
                                  "</scenario>\n";

static const char answer[] = "<scenario name=\"answer\">\n"
                             "  <recv request=\"INVITE\" rrs=\"true\"/>\n"
                             "  <send>" BEGIN REPLY("180 Ringing", ";tag=[tag]") CONTACT EMPTY END
    "</send>\n"
    "  <pause/>\n"
    "  <send retrans=\"500\">" BEGIN REPLY("200 OK", ";tag=[tag]") CONTACT SDP END
    "</send>\n"
    "  <recv request=\"ACK\" optional=\"true\"/>\n"
    "  <recv request=\"BYE\"/>\n"
    "  <send>" BEGIN REPLY("200 OK", "") EMPTY END "</send>\n"
                                                   "</scenario>\n";

static const char registration[] =
    "<scenario name=\"register\">\n"
    "  <label id=\"register\"/>\n"
    "  <send>" BEGIN REQUEST(
        "REGISTER [callee]",
        "REGISTER") "To: <[caller_uri]>\n" CONTACT
                    "Expires: [expires]\n[authentication]\n" EMPTY END "</send>\n"
                    "  <recv response=\"100\" optional=\"true\"/>\n" CHALLENGES(
                        "register") "  <recv response=\"200\"/>\n"
                                    "</scenario>\n";

static const char options[] = "<scenario name=\"options\">\n"
                              "  <label id=\"options\"/>\n"
                              "  <send>" BEGIN REQUEST("OPTIONS [callee]", "OPTIONS") CALLEE
    "Accept: application/sdp\n[authentication]\n" EMPTY END "</send>\n"
    "  <recv response=\"100\" optional=\"true\"/>\n" CHALLENGES(
        "options") "  <recv response=\"200\"/>\n"
                   "</scenario>\n";

static const char message[] = "<scenario name=\"message\">\n"
                              "  <label id=\"message\"/>\n"
                              "  <send>" BEGIN REQUEST("MESSAGE [callee]", "MESSAGE") CALLEE
    "[authentication]\n"
    "Content-Type: text/plain\n"
    "Content-Length: [len]\n"
    "\n"
    "This is message [call_number] of a load.\n" END "</send>\n"
    "  <recv response=\"100\" optional=\"true\"/>\n" CHALLENGES(
        "message") "  <recv response=\"202\" optional=\"true\" next=\"done\"/>\n"
                   "  <recv response=\"200\"/>\n"
                   "  <label id=\"done\"/>\n"
                   "</scenario>\n";

#define SUBSCRIBE(expires)                                                                         \
    "  <send>" BEGIN REQUEST("SUBSCRIBE [next_url]", "SUBSCRIBE") PEER                             \
        "[routes]\n" CONTACT "Event: presence\nExpires: " expires "\n[authentication]\n" EMPTY END \
        "</send>\n"
#define NOTIFIED                     \
    "  <recv request=\"NOTIFY\"/>\n" \
    "  <send>" BEGIN REPLY("200 OK", "") EMPTY END "</send>\n"

/* A NOTIFY may come before the answer to its SUBSCRIBE (RFC 6665 4.1.2.4). */
static const char subscription[] =
    "<scenario name=\"subscribe\">\n"
    "  <label id=\"subscribe\"/>\n"
    "  <send>" BEGIN REQUEST("SUBSCRIBE [callee]", "SUBSCRIBE") CALLEE CONTACT
    "Event: presence\nExpires: [expires]\n[authentication]\n" EMPTY END "</send>\n"
    "  <recv response=\"100\" optional=\"true\"/>\n" CHALLENGES(
        "subscribe") "  <recv request=\"NOTIFY\" optional=\"true\" next=\"early\"/>\n"
                     "  <recv response=\"202\" rrs=\"true\" optional=\"true\" next=\"late\"/>\n"
                     "  <recv response=\"200\" rrs=\"true\" next=\"late\"/>\n"
                     "  <label id=\"early\"/>\n"
                     "  <send>" BEGIN REPLY("200 OK", "") EMPTY END
    "</send>\n"
    "  <recv response=\"202\" rrs=\"true\" optional=\"true\" next=\"subscribed\"/>\n"
    "  <recv response=\"200\" rrs=\"true\" next=\"subscribed\"/>\n"
    "  <label id=\"late\"/>\n" NOTIFIED "  <label id=\"subscribed\"/>\n"
    "  <pause/>\n"
    "  <label id=\"leave\"/>\n" SUBSCRIBE("0")
        CHALLENGES("leave") "  <recv request=\"NOTIFY\" optional=\"true\" next=\"last\"/>\n"
                            "  <recv response=\"200\"/>\n" NOTIFIED "  <nop next=\"end\"/>\n"
                            "  <label id=\"last\"/>\n"
                            "  <send>" BEGIN REPLY("200 OK", "") EMPTY END
    "</send>\n"
    "  <recv response=\"200\"/>\n"
    "  <label id=\"end\"/>\n"
    "</scenario>\n";

static const struct {
    struct str name;
    const char *xml;
} scenarios[] = {
    {STR_INIT("call"), call},
    {STR_INIT("answer"), answer},
    {STR_INIT("register"), registration},
    {STR_INIT("options"), options},
    {STR_INIT("message"), message},
    {STR_INIT("subscribe"), subscription},
};

const char *scenario_builtin(struct str name)
{
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        if (str_equal(scenarios[i].name, name))
            return scenarios[i].xml;
    return NULL;
}
