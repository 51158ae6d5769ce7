/* What must hold of what softphones say of sessions: looks at the wire alone. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "sim/check.h"
#include "sim/softphone.h"
#include "sim/wire.h"

#define ANSWER_TIME (32 * NS_PER_S) /* 64*T1 */

static bool is_softphones(const struct node *n)
{
    return n && softphone_of((struct node *)(uintptr_t)n);
}

/* The sender's own tag, and that of whom it speaks to: empty before there is one. */
static struct str own_tag(const struct rung *r)
{
    return wire_tag(r, wire_is_request(r) ? "From" : "To");
}

static struct str other_tag(const struct rung *r)
{
    return wire_tag(r, wire_is_request(r) ? "To" : "From");
}

/* One says so of the dialog of the other, or of the INVITE that made it. */
static bool is_same_dialog(const struct rung *before, const struct rung *r)
{
    struct str other = other_tag(before);
    return before->from == r->from && str_equal(own_tag(before), own_tag(r)) &&
           (other.len == 0 || str_equal(other, other_tag(r))) &&
           str_equal(rung_header(before, "Call-ID"), rung_header(r, "Call-ID"));
}

static const char *session_of(const struct rung *r)
{
    return strstr(r->text, "\r\n\r\nv=0");
}

/* o=USER ID VERSION */
static unsigned long version_of(const struct rung *r)
{
    const char *at = strstr(session_of(r), "\r\no=");
    at = at ? strchr(at, ' ') : NULL;
    at = at ? strchr(at + 1, ' ') : NULL;
    return at ? strtoul(at, NULL, 10) : 0;
}

/* What waited for a connection may have been overtaken: it left by one, or is so large that one was
 * tried before it left by a datagram (RFC 3261 18.1.1). */
static bool may_have_waited(const struct rung *r)
{
    return r->fate == FATE_STREAM || r->len > LIMIT_UDP_REQUEST_BYTES;
}

/* RFC 3264 8: what is said anew has a version one higher than all that was said before. */
static void check_version(const struct world *w, const struct rung *r)
{
    if (may_have_waited(r))
        return;
    unsigned long most = 0;
    for (const struct rung *before = w->ladder.rungs; before < r; before++) {
        if (before->from != r->from || !session_of(before) || !is_same_dialog(before, r))
            continue;
        if (strcmp(session_of(before), session_of(r)) == 0)
            return;
        if (version_of(before) > most)
            most = version_of(before);
    }
    bool broke = w->temper > TEMPER_KIND; /* and took a description with it */
    EXPECT(w, most == 0 || version_of(r) == most + 1 || (broke && version_of(r) > most));
}

/* --- offers --- */

static bool may_offer(const struct rung *r)
{
    struct str method = wire_method(r);
    return wire_is_request(r) && session_of(r) &&
           (str_equal(method, STR("INVITE")) || str_equal(method, STR("UPDATE")));
}

/* Did anybody answer this one until then, finally or with a session? */
static bool was_answered(const struct world *w, const struct rung *request,
                         const struct rung *until)
{
    for (const struct rung *r = w->ladder.rungs; r < until; r++)
        if (r->to == request->from && wire_status(r) > 100 &&
            (wire_status(r) >= 200 || session_of(r)) &&
            str_equal(rung_header(r, "CSeq"), rung_header(request, "CSeq")) &&
            str_equal(rung_header(r, "Call-ID"), rung_header(request, "Call-ID")))
            return true;
    return until->at > time_add(request->at, ANSWER_TIME);
}

/* It was sent before, and goes again by itself, whatever its sender has done since. */
static bool is_sent_again(const struct world *w, const struct rung *r)
{
    for (const struct rung *before = w->ladder.rungs; before < r; before++)
        if (before->from == r->from && wire_is_request(before) &&
            str_equal(wire_branch(before, 0), wire_branch(r, 0)))
            return true;
    return false;
}

/* RFC 3264 4: no offer before that of before has its answer. One whose connection broke has failed
 * without one. */
static void check_turn(const struct world *w, const struct rung *r)
{
    if (is_sent_again(w, r))
        return;
    for (const struct rung *before = w->ladder.rungs; before < r; before++) {
        bool broke = w->temper > TEMPER_KIND && before->fate == FATE_STREAM;
        if (before->from == r->from && may_offer(before) && is_same_dialog(before, r) &&
            !str_equal(rung_header(before, "CSeq"), rung_header(r, "CSeq")))
            EXPECT(w, broke || was_answered(w, before, r));
    }
}

/* --- the 2xx --- */

/* Before it had come, however long that took. */
static bool ends_before(const struct world *w, const struct rung *r)
{
    const struct rung *end = w->ladder.rungs + w->ladder.n;
    time_ns at = time_add(r->at, w->slowest);
    for (const struct rung *before = w->ladder.rungs; before < end && before->at <= at; before++)
        if ((before->from == r->to || before->to == r->to) &&
            str_starts(wire_start(before), STR("BYE ")) &&
            str_equal(rung_header(before, "Call-ID"), rung_header(r, "Call-ID")))
            return true;
    return false;
}

/* RFC 3261 17.1.1.2: Timer B had ended the INVITE before anything came; or it had gone on to
 * another server (RFC 3263 4.3), where some are dead. */
static bool is_given_up(const struct world *w, const struct rung *answer)
{
    time_ns since = 0;
    for (const struct rung *r = w->ladder.rungs; r <= answer; r++) {
        if (!str_equal(rung_header(r, "CSeq"), rung_header(answer, "CSeq")) ||
            !str_equal(rung_header(r, "Call-ID"), rung_header(answer, "Call-ID")))
            continue;
        if (r->from == answer->to && wire_is_request(r) && since == 0)
            since = r->at;
        if (r->from == answer->to && r->fate == FATE_DEAD)
            return true;
        if (r->to == answer->to && wire_status(r) > 0 && wire_arrivals(r) > 0)
            return time_add(r->at, w->slowest) > time_add(since, ANSWER_TIME);
    }
    return true;
}

/* RFC 3261 13.2.2.4: 64*T1 after the first of them the caller is done with it. */
static bool is_last(const struct world *w, const struct rung *answer)
{
    for (const struct rung *r = w->ladder.rungs; r < answer; r++)
        if (r->to == answer->to && wire_status(r) / 100 == 2 &&
            str_equal(rung_header(r, "CSeq"), rung_header(answer, "CSeq")) &&
            str_equal(wire_tag(r, "To"), wire_tag(answer, "To")) &&
            str_equal(rung_header(r, "Call-ID"), rung_header(answer, "Call-ID")))
            return time_add(answer->at, w->slowest) > time_add(r->at, ANSWER_TIME);
    return false;
}

/* RFC 3261 9.1: 64*T1 after its CANCEL the caller is done with the INVITE. */
static bool is_cancelled(const struct world *w, const struct rung *answer)
{
    for (const struct rung *r = w->ladder.rungs; r < w->ladder.rungs + w->ladder.n; r++)
        if (r->from == answer->to && str_starts(wire_start(r), STR("CANCEL ")) &&
            str_equal(rung_header(r, "Call-ID"), rung_header(answer, "Call-ID")) &&
            wire_cseq(r) == wire_cseq(answer))
            return time_add(answer->at, w->slowest) > time_add(r->at, ANSWER_TIME);
    return false;
}

static bool is_ack_to(const struct rung *ack, const struct rung *r)
{
    return ack->from == r->to && str_starts(wire_start(ack), STR("ACK ")) &&
           str_equal(rung_header(ack, "Call-ID"), rung_header(r, "Call-ID")) &&
           str_equal(wire_tag(ack, "To"), wire_tag(r, "To")) && wire_cseq(ack) == wire_cseq(r);
}

/* RFC 3261 13.2.2.4: each is acknowledged, whether it is wanted or not. */
static void check_acknowledged(const struct world *w, const struct rung *r)
{
    bool acked = false;
    bool broke = r->fate == FATE_STREAM && w->temper > TEMPER_KIND;
    if (wire_arrivals(r) == 0 || broke || ends_before(w, r) || is_given_up(w, r) ||
        is_cancelled(w, r) || is_last(w, r))
        return;
    for (const struct rung *ack = r; ack < w->ladder.rungs + w->ladder.n; ack++)
        acked = acked || is_ack_to(ack, r);
    EXPECT(w, acked || w->heap.refused > 0);
}

/* --- forks --- */

static bool is_ack_of_call(const struct rung *r, const struct rung *ack)
{
    return r->from == ack->from && str_starts(wire_start(r), STR("ACK ")) &&
           str_equal(rung_header(r, "Call-ID"), rung_header(ack, "Call-ID")) &&
           str_equal(wire_tag(r, "From"), wire_tag(ack, "From")) &&
           str_equal(rung_header(r, "CSeq"), rung_header(ack, "CSeq"));
}

static bool is_bye_of(const struct rung *r, const struct rung *ack)
{
    return str_starts(wire_start(r), STR("BYE ")) &&
           str_equal(rung_header(r, "Call-ID"), rung_header(ack, "Call-ID")) &&
           (str_equal(wire_tag(r, "To"), wire_tag(ack, "To")) ||
            str_equal(wire_tag(r, "From"), wire_tag(ack, "To")));
}

/* To a 2xx; a failure is acknowledged hop by hop. */
static bool is_answers(const struct world *w, const struct rung *ack)
{
    for (const struct rung *r = w->ladder.rungs; r < ack; r++)
        if (wire_status(r) / 100 == 2 && is_ack_to(ack, r))
            return true;
    return false;
}

/* The first one of its dialog, though somebody else had got his before. */
static bool is_second(const struct world *w, const struct rung *ack)
{
    bool other = false;
    for (const struct rung *r = w->ladder.rungs; r < ack; r++) {
        if (!is_ack_of_call(r, ack) || !is_answers(w, r))
            continue;
        if (str_equal(wire_tag(r, "To"), wire_tag(ack, "To")))
            return false;
        other = true;
    }
    return other;
}

/* RFC 3261 13.2.2.4: whoever answers behind another one is hung up. An ACK that waited may be the
 * first one's. */
static void check_loser(const struct world *w, const struct rung *ack)
{
    bool over = false;
    if (may_have_waited(ack) || !is_second(w, ack) || !is_answers(w, ack))
        return;
    for (const struct rung *r = w->ladder.rungs; r < w->ladder.rungs + w->ladder.n; r++)
        over = over || (is_bye_of(r, ack) && r->at <= time_add(ack->at, ANSWER_TIME));
    EXPECT(w, over);
}

void check_offers(const struct world *w)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (is_softphones(r->from) && session_of(r))
            check_version(w, r);
        if (is_softphones(r->from) && may_offer(r))
            check_turn(w, r);
        if (is_softphones(r->from) && str_starts(wire_start(r), STR("ACK ")))
            check_loser(w, r);
        if (is_softphones(r->to) && wire_status(r) / 100 == 2 &&
            str_equal(wire_method(r), STR("INVITE")))
            check_acknowledged(w, r);
    }
}
