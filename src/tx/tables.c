/* The figures of RFC 3261 17, with RFC 6026 and RFC 4320, as tables; a cell that is not written is
 * blank. Knows nothing of how they are run. */
#include "tx/tx.h"

/* RFC 6026 8.4, figure 5 */
#define INVITE_CLIENT                                                                         \
    {                                                                                         \
        [TX_CALLING] =                                                                        \
            {                                                                                 \
                [TX_FIRE_A] = {TX_CALLING, TX_RESEND},                                        \
                [TX_FIRE_B] = {TX_TERMINATED, TX_TIMEOUT},                                    \
                [TX_TRANSPORT_ERROR] = {TX_TERMINATED, TX_FAILED},                            \
                [TX_RECV_1XX] = {TX_PROCEEDING, TX_DELIVER},                                  \
                [TX_RECV_2XX] = {TX_ACCEPTED, TX_DELIVER},                                    \
                [TX_RECV_FINAL] = {TX_COMPLETED, TX_ACK | TX_DELIVER},                        \
            },                                                                                \
        [TX_PROCEEDING] =                                                                     \
            {                                                                                 \
                [TX_RECV_1XX] = {TX_PROCEEDING, TX_DELIVER},                                  \
                [TX_RECV_2XX] = {TX_ACCEPTED, TX_DELIVER},                                    \
                [TX_RECV_FINAL] =                                                             \
                    {TX_COMPLETED,                                                            \
                     TX_ACK | TX_DELIVER}, /* RFC 3261 9.1: runs here only behind a CANCEL */ \
                [TX_FIRE_B] = {TX_TERMINATED, TX_TIMEOUT},                                    \
            },                                                                                \
        [TX_COMPLETED] =                                                                      \
            {                                                                                 \
                [TX_RECV_FINAL] = {TX_COMPLETED, TX_ACK},                                     \
                [TX_TRANSPORT_ERROR] = {TX_TERMINATED, TX_FAILED},                            \
                [TX_FIRE_D] = {TX_TERMINATED, 0},                                             \
            },                                                                                \
        [TX_ACCEPTED] = {                                                                     \
            [TX_RECV_2XX] = {TX_ACCEPTED, TX_DELIVER},                                        \
            [TX_FIRE_M] = {TX_TERMINATED, 0},                                                 \
        },                                                                                    \
    }

/* RFC 3261 17.1.2, figure 6 */
#define NON_INVITE_CLIENT                                          \
    {                                                              \
        [TX_TRYING] =                                              \
            {                                                      \
                [TX_FIRE_E] = {TX_TRYING, TX_RESEND},              \
                [TX_FIRE_F] = {TX_TERMINATED, TX_TIMEOUT},         \
                [TX_TRANSPORT_ERROR] = {TX_TERMINATED, TX_FAILED}, \
                [TX_RECV_1XX] = {TX_PROCEEDING, TX_DELIVER},       \
                [TX_RECV_2XX] = {TX_COMPLETED, TX_DELIVER},        \
                [TX_RECV_FINAL] = {TX_COMPLETED, TX_DELIVER},      \
            },                                                     \
        [TX_PROCEEDING] =                                          \
            {                                                      \
                [TX_FIRE_E] = {TX_PROCEEDING, TX_RESEND},          \
                [TX_FIRE_F] = {TX_TERMINATED, TX_TIMEOUT},         \
                [TX_TRANSPORT_ERROR] = {TX_TERMINATED, TX_FAILED}, \
                [TX_RECV_1XX] = {TX_PROCEEDING, TX_DELIVER},       \
                [TX_RECV_2XX] = {TX_COMPLETED, TX_DELIVER},        \
                [TX_RECV_FINAL] = {TX_COMPLETED, TX_DELIVER},      \
            },                                                     \
        [TX_COMPLETED] = {                                         \
            [TX_FIRE_K] = {TX_TERMINATED, 0},                      \
        },                                                         \
    }

/* RFC 6026 8.6, figure 7 */
#define INVITE_SERVER                                               \
    {                                                               \
        [TX_PROCEEDING] =                                           \
            {                                                       \
                [TX_FIRE_TRYING] = {TX_PROCEEDING, TX_SEND_TRYING}, \
                [TX_RECV_REQUEST] = {TX_PROCEEDING, TX_RESEND},     \
                [TX_SEND_1XX] = {TX_PROCEEDING, TX_SEND},           \
                [TX_SEND_2XX] = {TX_ACCEPTED, TX_SEND},             \
                [TX_SEND_FINAL] = {TX_COMPLETED, TX_SEND},          \
                [TX_TRANSPORT_ERROR] = {TX_PROCEEDING, TX_FAILED},  \
            },                                                      \
        [TX_COMPLETED] =                                            \
            {                                                       \
                [TX_RECV_REQUEST] = {TX_COMPLETED, TX_RESEND},      \
                [TX_FIRE_G] = {TX_COMPLETED, TX_RESEND},            \
                [TX_FIRE_H] = {TX_TERMINATED, TX_TIMEOUT},          \
                [TX_RECV_ACK] = {TX_CONFIRMED, 0},                  \
                [TX_TRANSPORT_ERROR] = {TX_COMPLETED, TX_FAILED},   \
            },                                                      \
        [TX_CONFIRMED] =                                            \
            {                                                       \
                [TX_FIRE_I] = {TX_TERMINATED, 0},                   \
            },                                                      \
        [TX_ACCEPTED] = {                                           \
            [TX_RECV_ACK] = {TX_ACCEPTED, TX_DELIVER},              \
            [TX_SEND_2XX] = {TX_ACCEPTED, TX_SEND},                 \
            [TX_TRANSPORT_ERROR] = {TX_ACCEPTED, TX_FAILED},        \
            [TX_FIRE_L] = {TX_TERMINATED, 0},                       \
        },                                                          \
    }

/* RFC 3261 17.2.2, figure 8; RFC 6026 8.8: a transport error ends nothing; RFC 4320 4.1 and 4.2:
 * Timers QUIET and F */
#define NON_INVITE_SERVER                                          \
    {                                                              \
        [TX_TRYING] =                                              \
            {                                                      \
                [TX_SEND_1XX] = {TX_PROCEEDING, TX_SEND},          \
                [TX_SEND_2XX] = {TX_COMPLETED, TX_SEND},           \
                [TX_SEND_FINAL] = {TX_COMPLETED, TX_SEND},         \
                [TX_FIRE_QUIET] = {TX_PROCEEDING, TX_SEND_TRYING}, \
                [TX_FIRE_F] = {TX_TERMINATED, 0},                  \
            },                                                     \
        [TX_PROCEEDING] =                                          \
            {                                                      \
                [TX_RECV_REQUEST] = {TX_PROCEEDING, TX_RESEND},    \
                [TX_SEND_1XX] = {TX_PROCEEDING, TX_SEND},          \
                [TX_SEND_2XX] = {TX_COMPLETED, TX_SEND},           \
                [TX_SEND_FINAL] = {TX_COMPLETED, TX_SEND},         \
                [TX_TRANSPORT_ERROR] = {TX_PROCEEDING, TX_FAILED}, \
                [TX_FIRE_F] = {TX_TERMINATED, 0},                  \
            },                                                     \
        [TX_COMPLETED] = {                                         \
            [TX_RECV_REQUEST] = {TX_COMPLETED, TX_RESEND},         \
            [TX_TRANSPORT_ERROR] = {TX_COMPLETED, TX_FAILED},      \
            [TX_FIRE_J] = {TX_TERMINATED, 0},                      \
        },                                                         \
    }

const struct tx_cell tx_tables[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS] = {
    [TX_INVITE_CLIENT] = INVITE_CLIENT,
    [TX_NON_INVITE_CLIENT] = NON_INVITE_CLIENT,
    [TX_INVITE_SERVER] = INVITE_SERVER,
    [TX_NON_INVITE_SERVER] = NON_INVITE_SERVER,
};

const struct tx_state_timers tx_state_timers[N_TX_KINDS][N_TX_STATES] = {
    [TX_INVITE_CLIENT] =
        {
            [TX_CALLING] = {.repeat = TIMER_A, .end = TIMER_B},
            [TX_COMPLETED] = {.end = TIMER_D},
            [TX_ACCEPTED] = {.end = TIMER_M},
        },
    [TX_NON_INVITE_CLIENT] =
        {
            [TX_TRYING] = {.repeat = TIMER_E, .end = TIMER_F},
            [TX_PROCEEDING] = {.keep_repeat = true, .keep_end = true},
            [TX_COMPLETED] = {.end = TIMER_K},
        },
    [TX_INVITE_SERVER] =
        {
            [TX_PROCEEDING] = {.repeat = TIMER_TRYING},
            [TX_COMPLETED] = {.repeat = TIMER_G, .end = TIMER_H},
            [TX_CONFIRMED] = {.end = TIMER_I},
            [TX_ACCEPTED] = {.end = TIMER_L},
        },
    [TX_NON_INVITE_SERVER] =
        {
            [TX_TRYING] = {.repeat = TIMER_QUIET, .end = TIMER_F},
            [TX_PROCEEDING] = {.keep_end = true},
            [TX_COMPLETED] = {.end = TIMER_J},
        },
};
