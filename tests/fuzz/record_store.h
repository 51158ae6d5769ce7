/* The records behind a fuzzed element's questions: a few of them, honest, answered at once or late,
 * and failing or changed by somebody else where an act says so. */
#ifndef FUZZ_RECORD_STORE_H
#define FUZZ_RECORD_STORE_H

#include "base/limits.h"
#include "engine/store_ask.h"

#define STORE_RECORDS 16
#define STORE_ANSWERS 1024

struct store_record {
    uint64_t version;
    time_ns expires;
    size_t key_len, value_len;
    char key[LIMIT_AOR_BYTES], value[LIMIT_RECORD_BYTES];
};

struct store_due {
    uint64_t query, version;
    enum store_status status;
    const struct store_record *record; /* NULL: there is none */
};

struct record_store {
    struct store_record records[STORE_RECORDS];
    unsigned n_records;
    struct store_due due[STORE_ANSWERS];
    unsigned n_due;
    unsigned failures; /* of the next questions */
    bool late;         /* answers wait until they are called for */
};

void record_store_init(struct record_store *);
void record_store_ask(struct record_store *, uint64_t query, const struct store_ask *, time_ns now);
/* The answer to the `which`-th open question; its value is borrowed. False: there is none. */
bool record_store_answer(const struct record_store *, unsigned which, time_ns now,
                         struct store_answer *);
/* It was given. */
void record_store_answered(struct record_store *, unsigned which);
/* Somebody else writes the `which`-th record again as it is. */
void record_store_touch(struct record_store *, unsigned which);

#endif
