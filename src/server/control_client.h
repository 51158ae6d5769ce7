/* What the files of the control socket share: its thread's state, its clients and what each is
 * being told. */
#ifndef TANDEM_SERVER_CONTROL_CLIENT_H
#define TANDEM_SERVER_CONTROL_CLIENT_H

#include <pthread.h>
#include <stdio.h>

#include "base/words.h"
#include "server/control.h"

#define CONTROL_OUT_BYTES ((size_t)512 << 10) /* that may wait for a client to read them */
#define CONTROL_OUT_ROOM ((size_t)256 << 10)  /* that the rows of one step may take */

enum control_step {
    CONTROL_AGAIN, /* there is more to tell */
    CONTROL_WAIT,  /* for a worker or the store */
    CONTROL_DONE   /* with what control_end was told, or well */
};

struct control_client;

struct control_verb {
    const char *name, *arguments, *summary;
    unsigned least, most; /* words behind the verb */
    /* Tells a bounded number of rows; called until it is done. The first time `told` is 0 and
     * `state` zeroed. */
    enum control_step (*step)(struct control_client *);
};

/* How far the current command has come; each verb uses its own part. */
struct control_progress {
    bool begun;
    struct str pattern;
    uint64_t limit; /* rows; UINT64_MAX: all */
    uint64_t told;  /* rows so far */
    unsigned worker;
    struct location_walk walk;
    uint64_t users, bindings;
    struct worker_figures sum;
    unsigned answered;               /* workers */
    unsigned changed;                /* workers */
    uint64_t cursors[LIMIT_WORKERS]; /* of the workers' recorders */
    struct control_write {
        uint64_t query; /* what the store was asked by; 0: nothing */
        bool answered;
        enum store_status status;
        time_ns asked_at;
        unsigned tries;
        size_t removed;
    } write;
};

struct control_client {
    struct control *control;
    int fd; /* -1: gone, but a worker still has its inquiry */
    bool used;
    bool ended;  /* it says no more */
    bool ending; /* the rest is written, then it is closed */
    time_ns active;
    char in[LIMIT_CONTROL_LINE];
    size_t in_len;
    char *out; /* CONTROL_OUT_BYTES */
    size_t out_at, out_len;
    const struct control_verb *verb; /* NULL: none is being answered */
    struct words line;
    struct control_progress progress;
    struct inquiry *inquiry;
    struct guard_ban *bans; /* collected from the workers; NULL: none are */
    size_t n_bans;
    bool asked; /* the inquiry is a worker's */
    time_ns asked_at;
};

struct control {
    struct shared *shared;
    const char *path;
    const struct log *log;
    int listener;
    int spare; /* a descriptor for one client when there are no others; -1: it is in use */
    struct bell bell;
    _Atomic bool stop;
    pthread_t thread;
    time_ns started;
    struct block_pool blocks;
    char *row_at; /* what rows are written in */
    size_t row_len;
    FILE *row;
    uint64_t queries;                       /* that the store was asked ever */
    struct inquiry *orphans[LIMIT_WORKERS]; /* a worker that hangs still has them */
    struct control_client clients[LIMIT_CONTROL_CLIENTS];
};

/* --- control_client.c: bytes in, rows out --- */
/* Begins with an accepted socket; false: no memory, and it is closed. */
bool control_client_begin(struct control_client *, struct control *, int fd, time_ns now);
/* Reads what is there and answers as far as there is room. */
void control_client_read(struct control_client *, time_ns now);
void control_client_write(struct control_client *, time_ns now);
/* Goes on with what is being answered. True: it wants to go on at once. */
bool control_client_run(struct control_client *, time_ns now);
/* Does it wait for a worker or the store? */
bool control_client_waits(const struct control_client *);
/* Lets go of what idles, or frees what is gone and no longer asked about. */
void control_client_expire(struct control_client *, time_ns now);
void control_client_free(struct control_client *);

/* A row is begun: write an object without its end of line … */
FILE *control_row(struct control_client *);
/* … and told. */
void control_tell(struct control_client *);
/* How the command ended, in place of well: 1 refused, 2 misused; `what` is for people. */
enum control_step control_end(struct control_client *, unsigned status, const char *what);
/* Sends the client's inquiry to a worker, or looks whether it is answered. */
enum control_asked { CONTROL_ANSWERED, CONTROL_PENDING, CONTROL_UNANSWERED };
enum control_asked control_ask(struct control_client *, enum inquiry_kind, unsigned worker);

/* "worker 3 does not answer" */
enum control_step control_unanswered(struct control_client *);

/* --- control_verbs.c --- */
const struct control_verb *control_find_verb(struct str name);
extern const struct control_verb control_verbs[];
extern const size_t control_n_verbs;

/* --- the verbs --- */
enum control_step control_status(struct control_client *);
enum control_step control_registrations(struct control_client *);
enum control_step control_users(struct control_client *);
enum control_step control_calls(struct control_client *);
enum control_step control_trace(struct control_client *);
enum control_step control_transactions(struct control_client *);
enum control_step control_bans(struct control_client *);
enum control_step control_ban(struct control_client *);
enum control_step control_unban(struct control_client *);
enum control_step control_accounts(struct control_client *);
enum control_step control_domains(struct control_client *);
enum control_step control_log(struct control_client *);
enum control_step control_forward(struct control_client *);
enum control_step control_group(struct control_client *);
enum control_step control_drain(struct control_client *);
enum control_step control_reload(struct control_client *);
enum control_step control_peers(struct control_client *);
enum control_step control_explain(struct control_client *);
enum control_step control_help(struct control_client *);
/* Behind `registrations`. */
enum control_step control_remove(struct control_client *);
/* True: *found is the answer, with its value in *value; else it comes into c->progress.write, and
 * the verb returns CONTROL_WAIT. */
bool control_write(struct control_client *, const struct store_ask *, struct store_answer *found,
                   struct block **value);
/* A write of this client is under way. True: *step is what the verb returns, the client having been
 * told `late` where the disk takes too long; false: it has its answer, in c->progress.write.status.
 */
bool control_write_waits(struct control_client *, const char *late, enum control_step *step);
/* What the store has answered goes to the clients that wait for it. */
void control_take_answers(struct control *);
/* Counts users and registrations into the progress; tells nothing. */
enum control_step control_census(struct control_client *);

/* Reads "[PATTERN] [--limit N]" behind `from` words; false: *what says what is wrong. */
bool control_read_list(struct control_client *, unsigned from, const char **what);
/* ,"key":"value" with the address; ,"key":"text" where there is one */
/* "alice@example.com", with or without a scheme: the key of the user's location record … */
bool control_read_key(struct buf *key, struct str aor);
/* … or a URI that calls may be forwarded to. False: it is none. */
bool control_read_uri(struct buf *, struct str text);
void control_put_addr(FILE *, const char *key, const struct addr *);
/* ,"transport":…,"peer":… */
void control_put_peer(FILE *, const struct shown_tx *);
/* Seconds. */
double control_age(const struct control_client *, time_ns since);
void control_put_text(FILE *, const char *key, struct str);

#endif
