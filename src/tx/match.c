/* Transaction keys: read from a request, hashed, copied, compared by RFC 3261 17.2.3. Owns no table
 * and no message. */
#include "tx/match.h"

#include <assert.h>

bool tx_branch_has_cookie(struct str branch)
{
    return str_starts_nocase(branch, STR("z9hG4bK"));
}

static uint16_t sent_by_port(const struct via *v)
{
    if (v->port)
        return v->port;
    return v->transport == TRANSPORT_TLS || v->transport == TRANSPORT_WSS ? 5061 : 5060;
}

bool tx_key_of(struct msg *m, struct tx_key *k)
{
    const struct via *via = msg_via(m);
    const struct cseq *cseq = msg_cseq(m);
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    struct str call_id = msg_call_id(m);
    if (!via || !cseq || !from || !to || call_id.len == 0)
        return false;
    *k = (struct tx_key){
        .cookie = tx_branch_has_cookie(via->branch),
        .transport = via->transport,
        .method = m->method,
        .port = sent_by_port(via),
        .cseq = cseq->number,
    };
    k->field[KEY_BRANCH] = via->branch;
    k->field[KEY_HOST] = via->host;
    if (m->method == METHOD_OTHER)
        k->field[KEY_METHOD] = m->method_name;
    k->field[KEY_FROM_TAG] = from->tag;
    k->field[KEY_CALL_ID] = call_id;
    if (!k->cookie) {
        k->field[KEY_TO_TAG] = to->tag;
        k->field[KEY_URI] = m->uri_text;
    }
    return true;
}

uint64_t tx_hash(uint64_t call_hash, uint32_t cseq)
{
    uint64_t more = cseq + UINT64_C(0x9e3779b97f4a7c15) + (call_hash << 6) + (call_hash >> 2);
    return (call_hash ^ more) * UINT64_C(0xff51afd7ed558ccd);
}

size_t tx_key_size(const struct tx_key *k)
{
    size_t n = 0;
    for (unsigned i = 0; i < N_KEY_FIELDS; i++)
        n += k->field[i].len;
    return n;
}

void tx_key_copy(struct tx_key *to, const struct tx_key *from, char *at)
{
    *to = *from;
    for (unsigned i = 0; i < N_KEY_FIELDS; i++) {
        struct str s = from->field[i];
        if (s.len)
            memcpy(at, s.at, s.len);
        to->field[i].at = at;
        at += s.len;
    }
}

static bool field_equal(const struct tx_key *a, const struct tx_key *b, enum tx_key_field f)
{
    return str_equal(a->field[f], b->field[f]);
}

/* A branch is meant to be unique; some senders repeat theirs. A retransmission, an ACK to a failure
 * and a CANCEL keep Call-ID and CSeq number, so one that differs in these is another request. */
static bool same_via(const struct tx_key *a, const struct tx_key *b)
{
    return a->port == b->port && a->cseq == b->cseq && field_equal(a, b, KEY_CALL_ID) &&
           str_equal_nocase(a->field[KEY_BRANCH], b->field[KEY_BRANCH]) &&
           str_equal_nocase(a->field[KEY_HOST], b->field[KEY_HOST]);
}

static bool same_method(const struct tx_key *a, const struct tx_key *b)
{
    return a->method == b->method && field_equal(a, b, KEY_METHOD);
}

static bool same_uri(struct str a, struct str b)
{
    struct uri x, y;
    struct msg_error err;
    if (str_equal(a, b))
        return true;
    return uri_parse(a, &x, &err) && uri_parse(b, &y, &err) && uri_equal(&x, &y);
}

/* What the RFC 2543 rules compare for every method, but for the To tag. */
static bool same_2543(const struct tx_key *a, const struct tx_key *b)
{
    return a->transport == b->transport && field_equal(a, b, KEY_FROM_TAG) &&
           same_uri(a->field[KEY_URI], b->field[KEY_URI]);
}

static bool same_origin(const struct tx_key *a, const struct tx_key *b)
{
    if (a->cookie != b->cookie || !same_via(a, b))
        return false;
    return a->cookie || (same_2543(a, b) && field_equal(a, b, KEY_TO_TAG));
}

bool tx_key_matches(const struct tx_key *have, const struct tx_key *incoming)
{
    return same_method(have, incoming) && same_origin(have, incoming);
}

bool tx_key_matches_ack(const struct tx_key *invite, const struct tx_key *ack, struct str reply_tag)
{
    assert(ack->method == METHOD_ACK);
    if (invite->method != METHOD_INVITE || invite->cookie != ack->cookie || !same_via(invite, ack))
        return false;
    if (ack->cookie)
        return true;
    return same_2543(invite, ack) && str_equal(ack->field[KEY_TO_TAG], reply_tag);
}

bool tx_key_matches_cancel(const struct tx_key *have, const struct tx_key *cancel)
{
    assert(cancel->method == METHOD_CANCEL);
    return have->method != METHOD_CANCEL && have->method != METHOD_ACK && same_origin(have, cancel);
}

bool tx_key_merges(const struct tx_key *have, const struct tx_key *incoming)
{
    return have->cseq == incoming->cseq && same_method(have, incoming) &&
           field_equal(have, incoming, KEY_FROM_TAG) && field_equal(have, incoming, KEY_CALL_ID);
}
