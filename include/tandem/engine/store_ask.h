/* Questions to a store of versioned records and their answers, as values. The store knows no SIP: a
 * key, bytes, a version, an end. */
#ifndef TANDEM_ENGINE_STORE_ASK_H
#define TANDEM_ENGINE_STORE_ASK_H

#include "base/str.h"
#include "base/time.h"

enum store_op {
    STORE_GET,
    STORE_PUT /* succeeds only where the record still has `version` (0: no record); an empty value
                 removes it */
};

/* Which records: keys of one space are nothing to another. */
enum store_space {
    STORE_LOCATIONS, /* where users are: registrar_key */
    STORE_ACCOUNTS,  /* who may say to be whom: account_key; only ever read */
    STORE_MOMENTS    /* what is so for the moment: in memory, and gone with the server */
};

struct store_ask {
    enum store_op op;
    enum store_space space;
    struct str key;
    struct str value;
    uint64_t version;
    time_ns expires; /* the record may be dropped from then on */
};

enum store_status {
    STORE_OK, /* GET: found or not (version 0, value empty). PUT: done, version is the new one,
                 value empty */
    STORE_CONFLICT, /* PUT: another version is there; version and value are the current ones: decide
                       anew */
    STORE_FAILED    /* the store is unreachable or full */
};

struct store_answer {
    uint64_t query; /* of OUTPUT_STORE */
    enum store_status status;
    uint64_t version;
    struct str value;
};

#endif
