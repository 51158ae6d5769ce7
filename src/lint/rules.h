/* The rules of this folder, a function for each file's, and how they note what they find. */
#ifndef TANDEM_SRC_LINT_RULES_H
#define TANDEM_SRC_LINT_RULES_H

#include "lint/lint.h"
#include "sdp/attribute.h"

/* Notes at an offset; `rfc` NULL: the code's. The same code at the same offset is noted once. */
void lint_note(struct lint *, enum lint_code, size_t offset, enum hdr_id, const char *rfc);
/* At the first byte of a view into the message; a view elsewhere counts as its start. */
void lint_note_at(struct lint *, const struct msg *, enum lint_code, struct str at, enum hdr_id);
/* At the message's start: what is missing. */
void lint_note_start(struct lint *, enum lint_code, enum hdr_id);
/* At the first line of a header that is there. */
void lint_note_header(struct lint *, const struct msg *, enum lint_code, enum hdr_id);

/* One message each; the message has a start line that could be read. */
typedef void lint_rule(struct lint *, struct msg *);
lint_rule lint_headers, lint_vias, lint_request, lint_response, lint_contacts, lint_routes;
lint_rule lint_options, lint_reliable, lint_session_timer, lint_events, lint_references;
lint_rule lint_auth, lint_identities, lint_nat, lint_values, lint_private, lint_addresses;
void lint_body(struct lint *, struct msg *, struct str whole, struct mem *);

/* A description within a message. */
struct lint_sdp {
    struct lint *l;
    struct msg *m;
    const struct sdp *s;
};
void lint_note_line(const struct lint_sdp *, enum lint_code, const struct sdp_line *);
typedef void lint_sdp_rule(const struct lint_sdp *);
lint_sdp_rule lint_sdp_formats, lint_sdp_security, lint_sdp_addresses, lint_sdp_streams;

/* What the payload types of an m= line mean, each once; how many. */
#define LINT_FORMATS 128
unsigned lint_formats(const struct sdp *, struct sdp_section, const struct sdp_media *,
                      struct sdp_rtpmap out[LINT_FORMATS]);

/* The description that a body is, or has among its parts, as an offer or answer; empty: none. */
struct str lint_description(struct msg *m);
/* Nobody can tell what the body is, or what its parts are. */
bool lint_is_unclear(struct msg *m);
/* Not to be reached from elsewhere: RFC 1918, RFC 6598, link-local, RFC 4193. */
bool lint_is_private(const struct addr *);
/* Did the message pass a public address, as its Vias have it? */
bool lint_came_far(struct msg *m);

static inline bool lint_is_method(const struct msg *m, enum method method)
{
    return m->is_request && m->method == method;
}
/* To bears a tag: the request is within a dialog. */
static inline bool lint_has_to_tag(struct msg *m)
{
    const struct nameaddr *to = msg_to(m);
    return to && to->tag.len > 0;
}

#endif
