/* What a session does, step by step: a scenario, read from SIPp's XML. Ours are written in it as
 * well, so that there is one machine. Immutable once it is read. */
#ifndef TANDEM_LOAD_SCENARIO_H
#define TANDEM_LOAD_SCENARIO_H

#include "base/limits.h"
#include "base/rand.h"
#include "base/regexp.h"
#include "base/time.h"
#include "load/template.h"

enum step_kind {
    STEP_SEND,
    STEP_RECEIVE,
    STEP_PAUSE,
    STEP_NOP /* its actions alone */
};

enum pause_kind {
    PAUSE_HOLD, /* as long as the user says (--hold) */
    PAUSE_FIXED,
    PAUSE_UNIFORM, /* from..to */
    PAUSE_EXPONENTIAL,
    PAUSE_NORMAL,
    PAUSE_VARIABLE /* milliseconds in a variable */
};

enum action_kind {
    ACTION_MATCH, /* <ereg> */
    ACTION_SET,   /* <assignstr>, <assign>: the text */
    ACTION_COPY,  /* <todouble>: of another variable */
    ACTION_ADD,
    ACTION_SUBTRACT,
    ACTION_MULTIPLY,
    ACTION_DIVIDE,
    ACTION_TEST,    /* <test>: a comparison of numbers */
    ACTION_COMPARE, /* <strcmp> */
    ACTION_LOG,     /* <log>, <warning> */
    ACTION_FAIL,    /* <error> */
    ACTION_STOP     /* <exec int_cmd>: stop_call, stop_gracefully, stop_now */
};

/* How <ereg> names what it looks in. */
enum match_in { MATCH_MESSAGE, MATCH_HEADER, MATCH_BODY, MATCH_VARIABLE };
enum compare {
    COMPARE_EQUAL,
    COMPARE_NOT_EQUAL,
    COMPARE_LESS,
    COMPARE_GREATER,
    COMPARE_LESS_EQUAL,
    COMPARE_GREATER_EQUAL
};

#define ACTION_GROUPS 10

struct action {
    uint8_t kind;        /* enum action_kind */
    uint8_t in, compare; /* enum match_in, enum compare */
    bool check, check_inverse, start_line;
    unsigned occurrence; /* which of the headers: from 1 on */
    struct str header;   /* with or without ':' */
    struct regexp *pattern;
    int16_t variable;          /* read, or of MATCH_VARIABLE; negative: none */
    int16_t other;             /* of a comparison; negative: `number` */
    int16_t to[ACTION_GROUPS]; /* assigned; negative: none */
    double number;
    struct template *text;
};

struct step {
    uint8_t kind;   /* enum step_kind */
    uint8_t pause;  /* enum pause_kind */
    uint8_t dialog; /* which of the session's dialogs: from 0 on */
    bool optional, auth, routes, timewait;
    uint8_t method;  /* what is sent or expected; METHOD_OTHER: `method_name` */
    uint16_t status; /* 0: a request */
    struct str method_name;
    struct regexp *names; /* of the requests that are expected; NULL: just that method */
    struct template *message;
    time_ns retransmit; /* T1 of this message; 0: the default for a request, never for a response */
    time_ns timeout;    /* 0: the default */
    time_ns from, to;   /* of a pause */
    int16_t variable;   /* of PAUSE_VARIABLE */
    int16_t next, on_timeout; /* steps; negative: none */
    int16_t test;             /* a variable that has to be set for `next`; negative: none */
    int16_t condition;        /* a variable that has to be set for this step; negative: none */
    bool condition_inverse;
    uint32_t chance;                 /* that `next` is taken, of 2^16 */
    uint32_t lost;                   /* that the message is lost, of 2^16 */
    int16_t row;                     /* where its latency is counted; negative: nowhere */
    uint8_t start_clock, stop_clock; /* clocks of the scenario's; 0: none */
    struct action *actions;
    unsigned n_actions, actions_room;
    unsigned line;
    struct str next_label, timeout_label; /* while it is read */
};

/* What latencies are of. */
struct scenario_row {
    uint8_t step;  /* the step whose message ends it */
    uint8_t clock; /* or a clock of the scenario's; 0: none */
    char name[32];
};

struct scenario_error {
    unsigned line; /* 0: the scenario as a whole */
    char what[240];
};
#define SCENARIO_LEFT_OUT 8

struct scenario {
    struct mem *mem;
    struct str name;
    struct step *steps;
    unsigned n_steps, steps_room;
    unsigned n_dialogs, n_variables, n_clocks, n_rows;
    struct str variables[LIMIT_LOAD_VARIABLES];
    struct str initials[LIMIT_LOAD_VARIABLES]; /* what they begin with; at == NULL: not set */
    bool has_initials;
    struct str clocks[LIMIT_LOAD_CLOCKS]; /* from 1 on */
    struct scenario_row rows[LIMIT_LOAD_ROWS];
    bool serves;                 /* its first message comes from the other side */
    bool has_last;               /* the message that came last is needed later */
    bool has_calls;              /* an INVITE is in it */
    struct scenario_text *texts; /* memory for names */
    /* What is in it and is not done. */
    struct scenario_error left_out[SCENARIO_LEFT_OUT];
    unsigned n_left_out;
};

/* Reads XML, whose reader's tables the randomness salts. `key`: what the user says that [NAME]
 * stands for, and [$NAME] at first; NULL: nothing. NULL: *error says what is wrong. */
MUST_USE struct scenario *scenario_read(struct mem *, struct str xml, struct rand *,
                                        bool (*key)(void *arg, struct str name, struct str *value),
                                        void *arg, struct scenario_error *);
/* NULL is legal. */
void scenario_free(struct scenario *);

/* Scenarios of our own by name ("call", "answer", "register" …), as XML. NULL: there is none. */
const char *scenario_builtin(struct str name);

#endif
