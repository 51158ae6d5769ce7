/* The properties that the models demand, each with the section that says so. */
#ifndef TANDEM_MODEL_PROPERTY_H
#define TANDEM_MODEL_PROPERTY_H

enum property {
    DEAD_IS_DEAD,
    IGNORED_BY_FIGURE,
    LIFE_ENDS,
    ONE_OUTCOME,
    PASSED_UP,
    ACKED_ONCE_EACH,
    CLIENT_RESENDS,
    CLIENT_SENDS_ITS_OWN,
    FAILURE_TOLD,
    FAILURE_ENDS,
    CLIENT_LINGERS,
    SERVER_SENDS,
    SERVER_RESENDS,
    TRYING_FOR_SILENCE,
    ACK_TO_ITS_OWNER,
    NO_ACK_TOLD,
    SERVER_LINGERS,
    FORK_PASSES_2XX,
    SCHEDULE,
    NO_SECOND_TRANSACTION,
    NO_STRAY,
    N_PROPERTIES
};

/* What it says, and the RFC's section. */
const char *property(enum property);

#endif
