/* Functions in Lua that say of a request what data cannot say. A script sees one request,
 * read-only, and gives words back: what they mean is known to whoever asks. It has no file, clock,
 * network, or other thing of the world, counted instructions and counted memory: whatever a script
 * does, a call ends soon, in the same way for the same request, and harms nobody.
 * docs/guide/scripting.md has it for users. */
#ifndef TANDEM_HOOK_HOOK_H
#define TANDEM_HOOK_HOOK_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "config/entries.h"
#include "msg/msg.h"

struct hook;

/* What is wrong with a script. */
struct hook_fault {
    unsigned script; /* of config_lua.texts; n of them: no memory */
    unsigned line;   /* 0: none in particular */
    char what[200];  /* printable, without file and line */
};

/* Compiles and runs the scripts once, so that their functions are there; a copy of the texts is
 * kept. All that it ever needs is taken now. NULL: fault is filled. */
struct hook *hook_new(struct mem *, const struct config_lua *, struct hook_fault *);
void hook_free(struct hook *); /* NULL is legal */
/* The number of a function of the scripts, good for hook_call; equal names have equal numbers. -1:
 * there is none of this name, or LIMIT_HOOK_FUNCTIONS are wanted already. */
int hook_function(struct hook *, struct str name);
/* Counts every single instruction, where else they are counted by the hundred: what is measured is
 * exact then, and calls are slower. */
void hook_count_all(struct hook *);

/* A request, as a script sees it; borrowed for the call. */
struct hook_view {
    struct msg *msg;
    const struct uri *uri;       /* the Request-URI, as it is by now */
    struct str method;           /* an ACK's is INVITE */
    struct str user, number;     /* of the URI: unescaped; without separators, empty: it is none */
    struct str sender;           /* "account", "peer", "stranger" */
    struct str account;          /* "user@domain"; empty: none */
    const struct addr *listener; /* NULL: not known */
    unsigned minute, weekday;    /* of the day; 0 is Monday */
    const struct str *tags;
    unsigned n_tags;
};

/* What a function gave back: words with a value each; a list is one word several times. Without
 * words it gave back nothing. */
struct hook_answer {
    unsigned n;
    struct {
        struct str key, value; /* views into `space` */
    } words[LIMIT_HOOK_WORDS];
    uint64_t instructions; /* that the call took, work of the library's functions included */
    size_t memory;         /* bytes in use behind it, scripts and garbage included */
    struct str why;        /* where the call failed: "FUNCTION: FILE:LINE: …", printable */
    struct buf text;
    char space[LIMIT_HOOK_ANSWER];
};

/* False: the script failed, or took too much, and `why` says so. `out` must not be moved. Nothing
 * is taken from the heap. */
MUST_USE bool hook_call(struct hook *, int function, const struct hook_view *,
                        struct hook_answer *out);

#endif
