/* An INVITE, and the CANCEL that its TU may send at any time: RFC 3261 17.1.1, 17.2.1, 9.1, 9.2,
 * RFC 6026. The server's TU may answer 487 to a CANCEL, as it may answer anything at any time. */
#include "models.h"
#include "pair.h"

struct call {
    struct pair invite;
    struct pair cancel; /* its client TX_NONE until the CANCEL goes out */
};

enum { SEND_CANCEL = N_PAIR_MOVES, CANCEL_MOVES, N_CALL_MOVES = CANCEL_MOVES + N_PAIR_MOVES };

static void start(void *state, unsigned reliable)
{
    struct call *c = state;
    pair_start(&c->invite, TX_INVITE_CLIENT, reliable);
}

/* RFC 3261 9.1: once, behind a provisional response. */
static bool send_cancel(struct call *c)
{
    if (c->invite.client.tx.state != TX_PROCEEDING || c->cancel.client.tx.state != TX_NONE)
        return false;
    pair_start(&c->cancel, TX_NON_INVITE_CLIENT, c->invite.reliable);
    machine_cancelled(&c->invite.client.tx);
    return true;
}

/* RFC 3261 9.2: a CANCEL is answered at once, with 200 or, where there is no INVITE, 481. */
static bool move_cancel(struct explore *x, struct call *c, enum pair_move move)
{
    unsigned actions;
    bool known = c->invite.server.tx.state != TX_NONE && machine_stands(&c->invite.server.tx);
    if ((move == ANSWER_2XX && !known) || (move == ANSWER_FINAL && known) || move == ANSWER_1XX)
        return false;
    return c->cancel.client.tx.state != TX_NONE && pair_move(x, &c->cancel, move, &actions);
}

static bool move(struct explore *x, void *state, unsigned move)
{
    struct call *c = state;
    unsigned actions;
    if (move < SEND_CANCEL)
        return pair_move(x, &c->invite, move, &actions);
    if (move == SEND_CANCEL)
        return send_cancel(c);
    return move_cancel(x, c, move - CANCEL_MOVES);
}

static bool is_certain(unsigned move)
{
    if (move == SEND_CANCEL)
        return true;
    return pair_is_certain(move < SEND_CANCEL ? move : move - CANCEL_MOVES);
}

static bool is_end(const void *state)
{
    const struct call *c = state;
    return pair_is_over(&c->invite) &&
           (c->cancel.client.tx.state == TX_NONE || pair_is_over(&c->cancel));
}

static void print_move(FILE *out, unsigned move)
{
    if (move == SEND_CANCEL)
        fputs("client's TU: CANCEL", out);
    else if (move < SEND_CANCEL)
        fprintf(out, "INVITE: %s", pair_move_name(move));
    else
        fprintf(out, "CANCEL: %s", pair_move_name(move - CANCEL_MOVES));
}

static void print_state(FILE *out, const void *state)
{
    const struct call *c = state;
    fputs("INVITE ", out);
    pair_print(out, &c->invite);
    fputs("; CANCEL ", out);
    pair_print(out, &c->cancel);
}

#define MODEL(words, reliable)                                                                    \
    {                                                                                             \
        .name = "INVITE with CANCEL, " words, .size = sizeof(struct call), .moves = N_CALL_MOVES, \
        .variant = reliable, .start = start, .move = move, .is_certain = is_certain,              \
        .is_end = is_end, .print_move = print_move, .print_state = print_state,                   \
    }

const struct model invite_models[2] = {MODEL("unreliable", 0), MODEL("reliable", 1)};
