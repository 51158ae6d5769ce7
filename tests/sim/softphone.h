/* A phone whose user agent is ours: the role `ua` on an engine, as the program's phone has it, with
 * a small scripted user. What it was told of each call is written down; the checks judge. */
#ifndef SIM_SOFTPHONE_H
#define SIM_SOFTPHONE_H

#include "sim/node.h"
#include "ua/call.h"
#include "ua/registration.h"
#include "ua/transfer.h"

#define SOFTPHONE_CALLS 256
#define SOFTPHONE_STREAMS 2

/* What the user does about calls, his own and those that come. */
struct softphone_habits {
    unsigned ring; /* status; 0: nothing is said before the answer */
    bool rings_with_media, rings_reliably;
    time_ns answer_after;                /* TIME_NEVER: it rings on */
    unsigned status;                     /* of the answer: 200 takes the call */
    time_ns hang_up_after, change_after; /* from the answer, either side; TIME_NEVER: never */
    bool offers_later;
    enum call_reliability reliability;
    bool transfers; /* he does as a REFER says */
};

struct softphone;

/* What was told of a call. */
struct softphone_call {
    struct softphone *phone;
    ua_call id;
    bool is_outgoing, is_answered, is_confirmed;
    bool is_told; /* of its end: once and no more */
    enum call_end end;
    unsigned status;  /* of that end */
    bool is_changing; /* his change has not been told of yet */
    struct sdp_stream streams[SOFTPHONE_STREAMS];
    struct sdp_local media;
    char call_id[128];
};

struct softphone {
    struct node node;
    struct node *home;
    char aor[96];
    struct ua *ua;
    ua_account account;
    ua_registration registration; /* 0: none */
    char contact[96];             /* that was bound last; empty: none ever was */
    unsigned left_with;           /* status of the REGISTER that took it back last; 0: none did */
    bool by_stream;
    unsigned instance; /* RFC 5626; 0: it says none */
    struct softphone_habits habits;
    struct softphone_call calls[SOFTPHONE_CALLS];
    unsigned n_calls;
    unsigned asked, answered;       /* requests outside of calls, and their final answers */
    unsigned started, unregistered; /* registrations, and their ends */
};

struct softphone_traits {
    const char *user, *password;
    bool by_stream, by_name; /* its proxy is named by domain, else by address */
    bool outbound;
    unsigned session_s;
};

/* --- softphone.c --- */
/* Joins as a user of the server's domain. Freed by world_fini. */
struct softphone *softphone_join(struct world *, struct node *home,
                                 const struct softphone_traits *);
/* NULL: the node is something else. */
struct softphone *softphone_of(struct node *);
/* Events to the user, outputs to the network: after each command. */
void softphone_settle(struct softphone *);

/* --- softphone_user.c --- */
/* By chance; 0: rings, answers after two seconds and leaves the rest to others. */
struct softphone_habits softphone_habits(uint32_t chance);
void softphone_note(struct softphone *, const struct ua_event *);
/* Binds it for so long; again, or 0: takes the binding back. */
void softphone_register(struct softphone *, unsigned expires_s);
/* NULL: it could not. */
struct softphone_call *softphone_call(struct softphone *, const char *uri);
void softphone_hang_up(void *call);
/* The same, where nobody has answered yet. */
void softphone_give_up(void *call);
/* Other streams, directions or codecs than now, by chance. */
void softphone_change(void *call);
void softphone_info(struct softphone_call *);
/* Blind, or to whom `consulted` leads. */
void softphone_transfer(struct softphone_call *, const char *uri,
                        const struct softphone_call *consulted);
void softphone_request(struct softphone *, const char *method, const char *uri);
/* The other end of the same dialog, while both stand; NULL: there is none. */
struct softphone_call *softphone_other_end(const struct softphone_call *);

#endif
