/* What passed lately: messages as they came and went, and the reasons for what became of them, in
 * one ring of bytes that forgets the oldest first. Cheap enough to be always on: each is copied
 * once and nothing is read of it; whoever wants to see calls reads what was copied out. One
 * thread's. */
#ifndef TANDEM_TRACE_RECORDER_H
#define TANDEM_TRACE_RECORDER_H

#include "base/attr.h"
#include "base/flow.h"
#include "base/mem.h"
#include "base/time.h"

/* data/reasons.def: REASON(NAME, "name", "one sentence, about its text") */
enum reason {
    REASON_NONE = 0,
#define REASON(id, name, sentence) REASON_##id,
#include "reasons.def"
#undef REASON
    N_REASONS
};

/* "rule", "binding", …; "" for REASON_NONE. */
const char *reason_name(enum reason);

enum record_kind { RECORD_CAME, RECORD_SENT, RECORD_WHY };

struct record {
    uint8_t kind;   /* enum record_kind */
    uint8_t reason; /* of RECORD_WHY: enum reason */
    uint8_t transport;
    time_ns at;
    struct addr local, remote; /* of a message */
    struct str call_id;        /* of RECORD_WHY */
    struct str text;           /* a whole message; RECORD_WHY: what the reason is about */
};

struct recorder;

/* `bytes` of memory for records, at least RECORDER_LEAST. NULL: no memory. */
#define RECORDER_LEAST ((size_t)256 * 1024)
struct recorder *recorder_new(struct mem *, size_t bytes);
/* NULL is legal. */
void recorder_free(struct recorder *);

/* Copies the record; the oldest make room for it. Times do not go back: one that would is that of
 * the record before it. NULL is legal: nothing is kept. Of a longer text
 * than RECORD_TEXT_MOST its beginning is kept, of a longer Call-ID nothing. */
#define RECORD_TEXT_MOST ((size_t)32 * 1024)
#define RECORD_CALL_ID_MOST ((size_t)1024)
void recorder_put(struct recorder *, const struct record *);

/* What was put since the mark is taken back: of what found no memory and is worked on again. What
 * it made the recorder forget stays forgotten. Nobody may have copied in between. NULL is legal. */
uint64_t recorder_mark(const struct recorder *);
void recorder_take_back(struct recorder *, uint64_t mark);

/* A message that came or was sent by this flow. What is shorter is none: keep-alives (RFC 5626
 * 4.4.1), and what is left of a datagram that was cut there. */
#define RECORD_TEXT_LEAST 5
static inline void recorder_put_message(struct recorder *r, enum record_kind kind,
                                        const struct flow *f, struct str text, time_ns now)
{
    if (r && text.len >= RECORD_TEXT_LEAST)
        recorder_put(r, &(struct record){.kind = (uint8_t)kind,
                                         .transport = f->transport,
                                         .at = now,
                                         .local = f->local,
                                         .remote = f->remote,
                                         .text = text});
}
/* Why, about the requests of a Call-ID. */
static inline void recorder_put_reason(struct recorder *r, enum reason reason, struct str call_id,
                                       struct str about, time_ns now)
{
    if (r)
        recorder_put(r, &(struct record){.kind = RECORD_WHY,
                                         .reason = (uint8_t)reason,
                                         .at = now,
                                         .call_id = call_id,
                                         .text = about});
}

/* Copies records, whole ones alone, from *cursor on, and moves it on: 0 begins with the oldest that
 * is there, as does a cursor whose records are forgotten. Returns how many bytes were written; 0:
 * there is no more now, and the cursor is good for what comes later. `size` of RECORD_MOST
 * suffices for every record. NULL has none. */
#define RECORD_MOST (RECORD_TEXT_MOST + RECORD_CALL_ID_MOST + 128)
size_t recorder_copy(const struct recorder *, uint64_t *cursor, char *to, size_t size);
/* The next record of what was copied; its texts point there. False: none left. */
bool record_next(struct str *copied, struct record *out);

#endif
