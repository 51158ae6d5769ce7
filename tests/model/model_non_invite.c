/* A request other than INVITE: RFC 3261 17.1.2, 17.2.2, RFC 4320. */
#include "models.h"
#include "pair.h"

static void start(void *state, unsigned reliable)
{
    pair_start(state, TX_NON_INVITE_CLIENT, reliable);
}

static bool move(struct explore *x, void *state, unsigned move)
{
    unsigned actions;
    return pair_move(x, state, move, &actions);
}

static bool is_certain(unsigned move)
{
    return pair_is_certain(move);
}

static bool is_end(const void *state)
{
    return pair_is_over(state);
}

static void print_move(FILE *out, unsigned move)
{
    fputs(pair_move_name(move), out);
}

static void print_state(FILE *out, const void *state)
{
    pair_print(out, state);
}

#define MODEL(words, reliable)                                                            \
    {                                                                                     \
        .name = "non-INVITE, " words, .size = sizeof(struct pair), .moves = N_PAIR_MOVES, \
        .variant = reliable, .start = start, .move = move, .is_certain = is_certain,      \
        .is_end = is_end, .print_move = print_move, .print_state = print_state,           \
    }

const struct model non_invite_models[2] = {MODEL("unreliable", 0), MODEL("reliable", 1)};
