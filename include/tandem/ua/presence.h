/* Presence documents (PIDF, RFC 3863, with the persons and devices of RFC 4479 and the activities
 * of RFC 4480): what NOTIFYs of "presence" tell in bodies of type application/pidf+xml. No document
 * type definition is read, and so no entity but the five of XML. */
#ifndef TANDEM_UA_PRESENCE_H
#define TANDEM_UA_PRESENCE_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/rand.h"
#include "base/str.h"

enum presence_kind { PRESENCE_TUPLE, PRESENCE_PERSON, PRESENCE_DEVICE };
enum presence_basic { PRESENCE_UNSAID, PRESENCE_OPEN, PRESENCE_CLOSED };

struct presence_texts {
    struct str of[LIMIT_UA_PRESENCE_TEXTS];
    unsigned n;
};

/* A way to reach somebody, the person, or a device. Texts are UTF-8, without white space around
 * them, and empty where nothing is said. */
struct presence_item {
    enum presence_kind kind;
    enum presence_basic basic; /* of a tuple */
    struct str id, contact, priority, timestamp, device;
    struct presence_texts activities; /* "away", "meeting" … */
    struct presence_texts notes;
};

struct presence {
    struct str entity; /* whose it is */
    struct presence_texts notes;
    struct presence_item items[LIMIT_UA_PRESENCE_ITEMS];
    unsigned n_items;
    bool is_more;       /* it says something that is not here */
    const char *fault;  /* what is wrong with it; NULL: nothing … */
    unsigned long line; /* … and where, from 1 */
};

/* The space that the texts of a document of so many bytes need. */
size_t presence_space(size_t len);
/* The texts go to `space`, which stays the caller's. False: it is no such document, which `fault`
 * tells: not well-formed XML, another document, what RFC 3863 demands is missing, or something that
 * has to be understood (4.1.7) is not. What was read until then is in `out`. ERR_NOMEM is a fault,
 * too. The randomness salts libexpat's tables. */
MUST_USE bool presence_parse(struct presence *out, struct str document, struct rand *, void *space,
                             size_t size);

#endif
