/* Option tags: Require, Proxy-Require, Supported (RFC 3261 8.2.2.3, 19.2, and IANA's registry).
 * What single extensions owe beside their tag stands in their own files. */
#include "rules.h"

static const char *const registered[] = {
    "100rel",
    "199",
    "answermode",
    "early-session",
    "eventlist",
    "explicitsub",
    "from-change",
    "geolocation-http",
    "geolocation-sip",
    "gin",
    "gruu",
    "histinfo",
    "ice",
    "join",
    "multiple-refer",
    "norefersub",
    "nosub",
    "outbound",
    "path",
    "policy",
    "precondition",
    "pref",
    "privacy",
    "recipient-list-invite",
    "recipient-list-message",
    "recipient-list-subscribe",
    "record-aware",
    "replaces",
    "resource-priority",
    "sdp-anat",
    "sec-agree",
    "siprec",
    "tdialog",
    "timer",
    "trickle-ice",
    "uui",
};

static bool is_registered(struct str name)
{
    for (size_t i = 0; i < sizeof(registered) / sizeof(registered[0]); i++)
        if (str_equal_nocase(name, str_from(registered[i])))
            return true;
    return false;
}

/* RFC 3841 8.1, 3891 6.1, 3911 7.1 and 3262 4: in Require of these requests only. */
static void misplaced(struct lint *l, struct msg *m, const struct token *tag)
{
    static const char *const invite_only[] = {"100rel", "replaces", "join"};
    for (size_t i = 0; m->is_request && i < sizeof(invite_only) / sizeof(invite_only[0]); i++)
        if (m->method != METHOD_INVITE && str_equal_nocase(tag->name, str_from(invite_only[i])))
            lint_note_at(l, m, LINT_REQUIRE_MISPLACED, tag->name, HDR_REQUIRE);
}

void lint_options(struct lint *l, struct msg *m)
{
    static const enum hdr_id headers[] = {HDR_REQUIRE, HDR_PROXY_REQUIRE, HDR_SUPPORTED,
                                          HDR_UNSUPPORTED};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        for (const struct token *t = msg_token_next(m, headers[i], NULL); t;
             t = msg_token_next(m, headers[i], t)) {
            if (headers[i] != HDR_UNSUPPORTED && t->name.len > 0 && !is_registered(t->name))
                lint_note_at(l, m, LINT_OPTION_UNKNOWN, t->name, headers[i]);
            if (headers[i] == HDR_REQUIRE)
                misplaced(l, m, t);
        }
}
