/* An INVITE through a proxy to two servers: RFC 3261 16.7 couples the machines. What a CANCEL does
 * to a server is among what its TU does at any time, so that here it only starts Timer B. */
#include "models.h"
#include "pair.h"
#include "property.h"

enum { N_BRANCHES = 2 };

struct fork {
    struct pair up;               /* the caller and the proxy's server transaction */
    struct pair down[N_BRANCHES]; /* the proxy's branches and the servers */
    uint8_t under_way_2xx;        /* to the caller: one bit for each To tag */
};

enum {
    UP,
    DOWN = N_PAIR_MOVES,
    TAGGED_2XX_ARRIVES = DOWN + N_BRANCHES * N_PAIR_MOVES,
    CALLER_CANCELS = TAGGED_2XX_ARRIVES + N_BRANCHES,
    BRANCH_CANCELLED, /* by the caller's CANCEL, another's 2xx or Timer C */
    N_FORK_MOVES = BRANCH_CANCELLED + N_BRANCHES
};

static void start(void *state, unsigned reliable)
{
    struct fork *f = state;
    pair_start(&f->up, TX_INVITE_CLIENT, reliable);
}

/* RFC 3261 16.6: the request goes to both. */
static void start_branches(struct fork *f)
{
    for (unsigned i = 0; i < N_BRANCHES; i++) {
        pair_start(&f->down[i], TX_INVITE_CLIENT, f->up.reliable);
        f->down[i].quiet = true;
    }
}

static bool move_up(struct explore *x, struct fork *f, enum pair_move move)
{
    unsigned actions;
    bool by_core = move >= ANSWER_1XX && move <= ANSWER_FINAL;
    bool begun = f->up.server.tx.state != TX_NONE;
    if (by_core || move == ARRIVES_2XX || !pair_move(x, &f->up, move, &actions))
        return false;
    if (!begun && f->up.server.tx.state != TX_NONE)
        start_branches(f);
    return true;
}

static bool is_pending(const struct fork *f)
{
    return machine_stands(&f->up.server.tx) && f->up.server.said < SUCCESS;
}

static bool all_failed(const struct fork *f)
{
    for (unsigned i = 0; i < N_BRANCHES; i++)
        if (f->down[i].client.outcome == PENDING || f->down[i].client.outcome == SUCCEEDED)
            return false;
    return true;
}

/* RFC 3261 16.7 step 5: every 2xx at once; where the server transaction is gone (Timer L) no client
 * waits any more. Then the others are cancelled (step 10). */
static void pass_2xx(struct explore *x, struct fork *f, unsigned branch)
{
    struct client *other = &f->down[1 - branch].client;
    if (!machine_stands(&f->up.server.tx))
        return;
    if (f->up.server.said == FAILURE)
        explore_fault(x, property(FORK_PASSES_2XX));
    pair_server_does(x, &f->up, TX_SEND_2XX);
    f->under_way_2xx |= (uint8_t)(1u << branch);
    if (other->tx.state == TX_PROCEEDING)
        machine_cancelled(&other->tx);
}

static bool move_down(struct explore *x, struct fork *f, unsigned branch, enum pair_move move)
{
    unsigned actions;
    struct pair *p = &f->down[branch];
    if (p->client.tx.state == TX_NONE || !pair_move(x, p, move, &actions))
        return false;
    if (move == ARRIVES_1XX && (actions & TX_DELIVER) && is_pending(f))
        pair_server_does(x, &f->up, TX_SEND_1XX);
    if (move == ARRIVES_2XX && (actions & TX_DELIVER))
        pass_2xx(x, f, branch);
    /* RFC 3261 16.7 step 6: the best of them, when all have failed */
    if (all_failed(f) && is_pending(f))
        pair_server_does(x, &f->up, TX_SEND_FINAL);
    return true;
}

/* The caller's ACK passes the proxies by. */
static bool tagged_2xx_arrives(struct explore *x, struct fork *f, unsigned branch)
{
    uint8_t bit = (uint8_t)(1u << branch);
    if (!(f->under_way_2xx & bit))
        return false;
    if (f->up.reliable)
        f->under_way_2xx &= (uint8_t)~bit;
    if (client_step(x, &f->up.client, TX_RECV_2XX) & TX_DELIVER)
        f->down[branch].under_way |= ACK_2XX;
    return true;
}

static bool cancel(struct client *c)
{
    if (c->tx.state != TX_PROCEEDING || c->tx.end != TIMER_NONE)
        return false;
    machine_cancelled(&c->tx);
    return true;
}

static bool move(struct explore *x, void *state, unsigned move)
{
    struct fork *f = state;
    if (move < DOWN)
        return move_up(x, f, move);
    if (move < TAGGED_2XX_ARRIVES)
        return move_down(x, f, (move - DOWN) / N_PAIR_MOVES, (move - DOWN) % N_PAIR_MOVES);
    if (move < CALLER_CANCELS)
        return tagged_2xx_arrives(x, f, move - TAGGED_2XX_ARRIVES);
    if (move == CALLER_CANCELS)
        return cancel(&f->up.client);
    return cancel(&f->down[move - BRANCH_CANCELLED].client);
}

static bool is_certain(unsigned move)
{
    if (move < TAGGED_2XX_ARRIVES)
        return pair_is_certain(move % N_PAIR_MOVES);
    return move >= CALLER_CANCELS;
}

static bool is_end(const void *state)
{
    const struct fork *f = state;
    bool begun = f->up.server.tx.state != TX_NONE;
    bool over = pair_is_over(&f->up);
    for (unsigned i = 0; i < N_BRANCHES; i++)
        over = over && (!begun || pair_is_over(&f->down[i]));
    return over;
}

static void print_move(FILE *out, unsigned move)
{
    if (move < DOWN)
        fprintf(out, "caller and proxy: %s", pair_move_name(move));
    else if (move < TAGGED_2XX_ARRIVES)
        fprintf(out, "branch %u: %s", (move - DOWN) / N_PAIR_MOVES + 1,
                pair_move_name((move - DOWN) % N_PAIR_MOVES));
    else if (move < CALLER_CANCELS)
        fprintf(out, "caller: the 2xx of server %u arrives", move - TAGGED_2XX_ARRIVES + 1);
    else if (move == CALLER_CANCELS)
        fputs("caller: CANCEL", out);
    else
        fprintf(out, "branch %u: CANCEL", move - BRANCH_CANCELLED + 1);
}

static void print_state(FILE *out, const void *state)
{
    const struct fork *f = state;
    pair_print(out, &f->up);
    for (unsigned i = 0; i < N_BRANCHES; i++) {
        fprintf(out, "; branch %u: ", i + 1);
        pair_print(out, &f->down[i]);
    }
}

#define MODEL(words, reliable)                                                         \
    {                                                                                  \
        .name = "INVITE through a forking proxy, " words, .size = sizeof(struct fork), \
        .moves = N_FORK_MOVES, .variant = reliable, .start = start, .move = move,      \
        .is_certain = is_certain, .is_end = is_end, .print_move = print_move,          \
        .print_state = print_state,                                                    \
    }

const struct model fork_models[2] = {MODEL("unreliable", 0), MODEL("reliable", 1)};
