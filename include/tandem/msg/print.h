/* Writing messages: headers one by one, or a received message again with edits: runs of the old
 * buffer between them. */
#ifndef TANDEM_MSG_PRINT_H
#define TANDEM_MSG_PRINT_H

#include "base/buf.h"
#include "msg/msg.h"

/* Replaces bytes [at, end) of the old message by `text` (at == end: inserts). */
struct edit {
    uint32_t at, end;
    struct str text;
};

#define EDITS_MAX 64

struct edits {
    size_t n;
    bool over;
    struct edit list[EDITS_MAX];
};

void edits_init(struct edits *);
/* Adds one, keeping the order by offset (equal offsets: in the order of adding). Overlapping edits
 * are the caller's mistake. More than EDITS_MAX set `over`. */
void edits_add(struct edits *, uint32_t at, uint32_t end, struct str text);
/* Removes the whole line. */
void edits_remove_header(struct edits *, const struct hdr *h);
/* The message with the edits. Sticky overflow as in buf; edits->over counts as overflow. */
void msg_print_edited(struct buf *b, const struct msg *m, const struct edits *e);
/* The length that it will have. */
size_t msg_edited_len(const struct msg *m, const struct edits *e);

/* The message in its normal form: names spelt as in the table, one space behind the colon, folding
 * undone, values as they stand, unknown headers untouched and in order, Content-Length true.
 * print(parse(x)) is a fixed point. */
void msg_print(struct buf *b, const struct msg *m);

/* The head of a response to `request` (RFC 3261 8.2.6.2): status line, all Via, From, To (with
 * ";tag=to_tag" where it has none and to_tag is not empty), Call-ID, CSeq, and Record-Route where
 * `with_record_route`, Timestamp for a 100. Via's received and rport of the topmost come from
 * request->flow (RFC 3261 18.2.1, RFC 3581). No empty line. */
void msg_print_response_head(struct buf *b, struct msg *request, unsigned status, struct str reason,
                             struct str to_tag, bool with_record_route);

/* The topmost Via value as RFC 3261 18.2.1 and RFC 3581 4 have the receiver complete it from
 * m->flow: received, and rport where it is asked for; what the sender put there is replaced. A
 * "keep" without a value gets m->keep_s, where that is set (RFC 6223 4.4). A
 * server forwards and answers with it. False: the topmost Via is malformed, nothing was written. */
bool msg_print_top_via(struct buf *b, struct msg *m);

void print_via(struct buf *b, enum transport, struct str host, uint16_t port, struct str branch);
const char *transport_name(enum transport);   /* "UDP" */
enum transport transport_of(struct str name); /* any case */

#endif
